"""Jobs of a server of several processes: each runs in one of them, and all can show and end it.

The process that runs a job writes its snapshot to a file whenever it changes. Another process reads that
file, and asks for the end of the job with a flag file beside it. All files lie in one folder that only this
server uses. They are named by the number of the process and the id of the job.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple

from flamescope_py.errors import JobNotFoundError
from flamescope_py.jobs.job import ENDED, FAILED, JobView, Work, now
from flamescope_py.jobs.runner import JobBounds, JobRunner

logger = logging.getLogger(__name__)

_JOB, _FLAG, _FINISH = ".job", ".end", ".finish"
_TIMES = ("created", "started", "ended")
_LOST = "The server process that ran this job has ended: start it again."
# How soon a flag is seen, and the shortest time between two writes of one process.
_LOOK_SECONDS = 0.2
_REST_SECONDS = 0.05


class _Known(NamedTuple):
    """A snapshot in a file."""

    path: Path
    view: JobView


class SharedJobs(JobRunner):
    """The jobs of one process, and a view of those of its siblings."""

    def __init__(self, bounds: JobBounds, folder: Path, number: int) -> None:
        """`number` is that of this process. A job that its predecessor left running has failed."""
        super().__init__(bounds)
        self._folder = folder
        self._prefix = f"{number}-"
        self._written: dict[str, bytes] = {}
        self._watcher: threading.Thread | None = None
        self._complained = False
        for known in self._files():
            if known.path.name.startswith(self._prefix) and not known.view.over:
                lost = replace(known.view, state=FAILED, error=_LOST, ended=now(), seconds_left=None)
                self._put(known.path, _dumps(lost))

    def submit(self, kind: str, source: str, client: str, work: Work) -> JobView:
        """Queue a job as `JobRunner.submit` does; when this returns, every process knows it."""
        with self._change:
            view = super().submit(kind, source, client, work)
            self._write()
            if self._watcher is None or not self._watcher.is_alive():
                self._watcher = threading.Thread(target=self._watch, name="job-files", daemon=True)
                self._watcher.start()
        return view

    def jobs(self) -> list[JobView]:
        """Return the jobs of all processes, newest first."""
        self._obey()
        mine = super().jobs()
        ids = {view.id for view in mine}
        others = [known.view for known in self._files() if known.view.id not in ids]
        return sorted(mine + others, key=lambda view: view.created, reverse=True)

    def job(self, job_id: str) -> JobView:
        """Return a job of any process. Raises JobNotFoundError."""
        self._obey()
        try:
            with self._change:
                view = super().job(job_id)
                # Publish first: a client may ask another process about this answer.
                self._write()
        except JobNotFoundError:
            return self._other(job_id).view
        return view

    def cancel(self, job_id: str) -> JobView:
        """Stop or forget a job of any process, as `JobRunner.cancel` does. Raises JobNotFoundError."""
        self._obey()
        with self._change:
            if job_id in self._jobs:
                view = super().cancel(job_id)
                self._write()
                return view
        known = self._other(job_id)
        if known.path.name.startswith(self._prefix):
            # Of a predecessor of this process.
            known.path.unlink(missing_ok=True)
        else:
            known.path.with_suffix(_FLAG).touch()
        return known.view

    def finish(self, job_id: str) -> JobView:
        """End the recording of a job of any process. Raises JobNotFoundError."""
        with self._change:
            if job_id in self._jobs:
                return super().finish(job_id)
        known = self._other(job_id)
        if not known.path.name.startswith(self._prefix):
            known.path.with_suffix(_FINISH).touch()
        return known.view

    def stop(self) -> None:
        """Cancel every job of this process and take no further ones."""
        super().stop()
        with self._change:
            self._write()

    def _other(self, job_id: str) -> _Known:
        found = next((known for known in self._files() if known.view.id == job_id), None)
        if found is None:
            # The same sentence as for a job that this process had.
            self._find(job_id)
            raise JobNotFoundError(job_id)
        return found

    def _files(self) -> Iterator[_Known]:
        """Yield the snapshots in the folder, without those of ended jobs that are to be forgotten."""
        try:
            names = sorted(path.name for path in self._folder.iterdir())
        except OSError:
            return
        flags = {name for name in names if name.endswith(_FLAG)}
        for name in names:
            path = self._folder / name
            view = _loads(path) if name.endswith(_JOB) else None
            if view is not None and not (view.over and path.with_suffix(_FLAG).name in flags):
                yield _Known(path, view)

    def _obey(self) -> None:
        """Follow the flags of other processes."""
        for flag in self._folder.glob(f"{self._prefix}*{_FLAG}"):
            job_id = flag.name.removeprefix(self._prefix).removesuffix(_FLAG)
            with self._change:
                if job_id in self._jobs:
                    super().cancel(job_id)
                else:
                    flag.with_suffix(_JOB).unlink(missing_ok=True)
                flag.unlink(missing_ok=True)
                self._write()

        for flag in self._folder.glob(f"{self._prefix}*{_FINISH}"):
            flag.unlink(missing_ok=True)
            with suppress(JobNotFoundError):
                super().finish(flag.name.removeprefix(self._prefix).removesuffix(_FINISH))

    def _watch(self) -> None:
        """Write every change, and look for flags, as long as there is a job under way."""
        while True:
            with self._change:
                alive = any(job.state not in ENDED for job in self._jobs.values())
                self._write()
                if not alive:
                    self._watcher = None
                    return
                self._change.wait(_LOOK_SECONDS)
            sleep(_REST_SECONDS)
            self._obey()

    def _write(self) -> None:
        """Write the snapshots that have changed and remove those of forgotten jobs. The lock is held."""
        present = {job.id: _dumps(job.view()) for job in self._jobs.values()}
        for job_id, text in present.items():
            if self._written.get(job_id) != text:
                self._put(self._folder / f"{self._prefix}{job_id}{_JOB}", text)
        for job_id in self._written.keys() - present.keys():
            (self._folder / f"{self._prefix}{job_id}{_JOB}").unlink(missing_ok=True)
        self._written = present

    def _put(self, path: Path, text: bytes) -> None:
        """Replace a file. A job goes on if that fails, unseen by the other processes."""
        aside = path.with_suffix(".new")
        try:
            aside.write_bytes(text)
            aside.replace(path)
        except OSError as error:
            level = logging.DEBUG if self._complained else logging.WARNING
            self._complained = True
            logger.log(level, "The state of a job cannot be written (%s).", error.strerror)


def _dumps(view: JobView) -> bytes:
    return json.dumps(asdict(view), default=datetime.isoformat).encode()


def _loads(path: Path) -> JobView | None:
    """Read a snapshot; None if another process has just removed it."""
    try:
        values: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    times: Mapping[str, Any] = {
        name: values[name] and datetime.fromisoformat(values[name]) for name in _TIMES
    }
    return JobView(**{**values, **times, "warnings": tuple(values["warnings"])})
