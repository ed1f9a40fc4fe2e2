"""`/import/`: files that are fetched over SSH, and recordings on hosts or here, as jobs."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import CaptureBody, FetchBody, JobView, RecordBody
from flamescope_py.web import context, wire
from flamescope_py.web.bodies import json_body
from flamescope_py.web.middleware import guard
from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import JSON, uncached

blueprint = Blueprint("imports", __name__)

# The length of an id distinguishes it from the other names below /import/.
JOB = "/import/<string(length=16):job_id>"
_JOB = json_answer(wire.Job)
_STARTING = Operation(
    _JOB,
    errors=(413, 503),
    status=202,
    changes=True,
    headers={"Location": "The address of the job, relative to the request."},
)


@blueprint.post("/import/ssh")
@describes(
    _STARTING._replace(
        body={JSON: FetchBody},
        detail="path may name a perf.data: then perf script runs on the host. The host key must be known, or "
        "named in hostKey; the job of an unknown one fails and carries the key.",
    )
)
def fetch_file() -> Response:
    """Fetch a file of a host."""
    guard.require_ssh()
    imports = context.service().imports
    job = imports.fetch(imports.read_fetch(json_body()), _client())
    return _started(job, f"./{job.id}")


@blueprint.post("/import/ssh/capture")
@describes(
    _STARTING._replace(
        body={JSON: CaptureBody},
        detail="Exactly one of pid, pgrep and system names what perf records.",
    )
)
def capture() -> Response:
    """Record on a host."""
    guard.require_ssh()
    imports = context.service().imports
    job = imports.capture(imports.read_capture(json_body()), _client())
    return _started(job, f"../{job.id}")


@blueprint.post("/import/record")
@describes(
    _STARTING._replace(
        body={JSON: RecordBody},
        detail="Exactly one of pid, pgrep and system names what perf records. Needs allow_record.",
    )
)
def record() -> Response:
    """Record on the server's own machine."""
    guard.require_record()
    imports = context.service().imports
    job = imports.record(imports.read_record(json_body()), _client())
    return _started(job, f"./{job.id}")


@blueprint.post("/import/commands")
@describes(
    Operation(
        json_answer(wire.Commands),
        body={JSON: RecordBody},
        errors=(413,),
        changes=True,
        detail="Nothing is run. The body is that of a recording, without the host.",
    )
)
def show_commands() -> Response:
    """Return the commands that a recording would run."""
    imports = context.service().imports
    return uncached(wire.encode(wire.Commands(commands=imports.commands(imports.read_record(json_body())))))


@blueprint.get("/import/")
@describes(Operation(json_answer(list[wire.Job])))
def list_jobs() -> Response:
    """List the jobs, the newest first; none for a request without the token of SSH."""
    jobs = context.service().imports.jobs.jobs() if guard.may_see_jobs() else []
    return uncached(wire.job_list(jobs))


@blueprint.get("/import/hosts")
@describes(Operation(json_answer(wire.Hosts)))
def list_hosts() -> Response:
    """Return the allowed actions, the reasons against the others, and the hosts of ~/.ssh/config."""
    allowed, imports, no_ssh = guard.present(), context.service().imports, guard.why_no_ssh()
    no_record = guard.why_no_record()
    found = wire.Hosts(
        upload=wire.Permission(enabled=not allowed.changes, reason=allowed.changes or None),
        ssh=wire.Permission(enabled=not no_ssh, reason=no_ssh or None),
        record=wire.Permission(enabled=not no_record, reason=no_record or None),
        fleet=context.service().fleet is not None,
        hosts=[] if no_ssh else [wire.Alias.of(alias) for alias in imports.aliases()],
        max_seconds=imports.max_seconds,
        max_bytes=imports.landing.bounds.max_bytes,
    )
    return uncached(wire.encode(found))


@blueprint.get(JOB)
@describes(Operation(_JOB, errors=(404,)))
def show_job(job_id: str) -> Response:
    """Return the state of a job."""
    guard.require_jobs()
    return uncached(wire.job(context.service().imports.jobs.job(job_id)))


@blueprint.post(f"{JOB}/finish")
@describes(Operation(_JOB, errors=(404,), changes=True, detail="Other jobs, and other steps, go on."))
def finish_job(job_id: str) -> Response:
    """End a recording early, and keep what it recorded."""
    guard.require_jobs()
    return uncached(wire.job(context.service().imports.jobs.finish(job_id)))


@blueprint.delete(JOB)
@describes(Operation(_JOB, errors=(404,), changes=True, later=True))
def cancel_job(job_id: str) -> Response:
    """Stop a job, or forget one that has ended."""
    guard.require_jobs()
    job = context.service().imports.jobs.cancel(job_id)
    return uncached(wire.job(job), 200 if job.over else 202)


def _client() -> str:
    return request.remote_addr or ""


def _started(job: JobView, location: str) -> Response:
    response = uncached(wire.job(job), 202)
    response.headers["Location"] = location
    return response
