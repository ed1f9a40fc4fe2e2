"""`/import/`: files and recordings that are fetched over SSH, as jobs."""

from __future__ import annotations

from datetime import datetime

import orjson
from flask import Blueprint, Response, request

from flamescope_py.errors import ParameterError
from flamescope_py.service import JobView
from flamescope_py.web import context
from flamescope_py.web.middleware import guard
from flamescope_py.web.respond import answer

blueprint = Blueprint("imports", __name__)

# An id has as many letters as no other name below /import/ has.
JOB = "/import/<string(length=16):job_id>"


@blueprint.post("/import/ssh")
def fetch_file() -> Response:
    """Fetch a file of a host."""
    guard.require_ssh()
    imports = context.service().imports
    job = imports.fetch(imports.read_fetch(_body()), _client())
    return _started(job, f"./{job.id}")


@blueprint.post("/import/ssh/capture")
def capture() -> Response:
    """Record on a host."""
    guard.require_ssh()
    imports = context.service().imports
    job = imports.capture(imports.read_capture(_body()), _client())
    return _started(job, f"../{job.id}")


@blueprint.get("/import/")
def list_jobs() -> Response:
    """List the jobs, the newest first; none for a request that may not use SSH."""
    jobs = context.service().imports.jobs.jobs() if guard.may_see_jobs() else []
    return _fresh(orjson.dumps([_job(job) for job in jobs]))


@blueprint.get("/import/hosts")
def list_hosts() -> Response:
    """Tell which ways to add profiles are on, and which hosts ~/.ssh/config names."""
    allowed, imports, no_ssh = guard.present(), context.service().imports, guard.why_no_ssh()
    found = {
        "upload": {"enabled": not allowed.changes, "reason": allowed.changes or None},
        "ssh": {"enabled": not no_ssh, "reason": no_ssh or None},
        "hosts": [] if no_ssh else [alias._asdict() for alias in imports.aliases()],
        "maxSeconds": imports.max_seconds,
        "maxBytes": imports.landing.bounds.max_bytes,
    }
    return _fresh(orjson.dumps(found))


@blueprint.get(JOB)
def show_job(job_id: str) -> Response:
    """Show how far a job is."""
    guard.require_jobs()
    return _fresh(orjson.dumps(_job(context.service().imports.jobs.job(job_id))))


@blueprint.delete(JOB)
def cancel_job(job_id: str) -> Response:
    """Stop a job, or forget one that is over."""
    guard.require_jobs()
    job = context.service().imports.jobs.cancel(job_id)
    response = _fresh(orjson.dumps(_job(job)))
    response.status_code = 200 if job.over else 202
    return response


def _body() -> object:
    if not request.is_json:
        raise ParameterError("Send a JSON object, with Content-Type: application/json.")
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise ParameterError("The body is not JSON.") from error


def _client() -> str:
    return request.remote_addr or ""


def _started(job: JobView, location: str) -> Response:
    response = _fresh(orjson.dumps(_job(job)))
    response.status_code = 202
    response.headers["Location"] = location
    return response


def _fresh(body: bytes) -> Response:
    response = answer(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _job(job: JobView) -> dict[str, object]:
    """Write a job; what a program needs beside the error (hostKey, processes) stands next to it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "source": job.source,
        "state": job.state,
        "step": job.step,
        "done": job.done,
        "size": job.size,
        "secondsLeft": job.seconds_left,
        "created": _time(job.created),
        "started": _time(job.started),
        "ended": _time(job.ended),
        "error": job.error,
        "filename": job.filename,
        "warnings": job.warnings,
        **job.details,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
