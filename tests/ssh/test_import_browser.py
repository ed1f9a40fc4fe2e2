"""A real browser: our page records over SSH and shows the heatmap; a page of another site can do nothing."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.explorer import Explorer
from tests.e2e.running import Server, browsing, serving
from tests.ssh.conftest import PERF_TEXT, arrived
from tests.ssh.server import Sshd
from tests.ssh.test_import_capture import EVENT
from tests.support.processes.nodes import working

pytestmark = pytest.mark.chromium

# Asks as a page would, and follows the job.
RECORD = """async (body) => {
  const headers = {"Content-Type": "application/json"};
  const started = await fetch("import/ssh/capture", {method: "POST", headers, body: JSON.stringify(body)});
  let job = await started.json();
  while (!["done", "failed", "cancelled"].includes(job.state)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    job = await (await fetch(`import/${job.id}`)).json();
  }
  return {status: started.status, job};
}"""
# A form takes the browser to the answer, so that it can be read.
FORM = """([address, body]) => {
  const form = document.createElement("form");
  Object.assign(form, {action: address, method: "post", enctype: "text/plain"});
  form.append(Object.assign(document.createElement("input"), {name: body}));
  document.body.append(form);
  form.submit();
}"""
# All requests that a page can send without a preflight, and some that need one.
ATTACK = """async ([url, body]) => {
  const send = (address, options) => fetch(url + address, {mode: "no-cors", ...options}).catch(() => null);
  await send("import/ssh", {method: "POST", body});
  await send("import/ssh/capture", {method: "POST", body: new Blob([body], {type: "text/plain"})});
  await send("profile/?filename=x", {method: "POST", body: "x", credentials: "include"});
  const form = new FormData();
  form.append("file", new Blob(["x"]), "x");
  await send("profile/?force=true", {method: "POST", body: form});
  await fetch(url + "import/ssh", {method: "POST", headers: {"Content-Type": "application/json"}, body})
    .catch(() => null);
  await fetch(url + "profile/?filename=small.perf", {method: "DELETE"}).catch(() => null);
}"""


@pytest.fixture
def server_of_profiles(profiles: Path, home: Path) -> Iterator[Server]:
    known = ("--known-hosts-file", str(home / "known_hosts"))
    with serving(profiles, home / "cache", *known) as running:
        yield running


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with browsing(chromium) as browser:
        yield browser.new_page()


@pytest.mark.perf
def test_a_recording_ends_in_a_heatmap(
    page: Page,
    server_of_profiles: Server,
    server: Sshd,
    place: dict[str, object],
    perf: str,
    paused_node: int,
) -> None:
    page.goto(server_of_profiles.opened_url)
    with working(paused_node) as pid:
        body = {**place, "pid": pid, "seconds": 1, "event": EVENT, "filename": "new/node.perf"}
        answer = page.evaluate(RECORD, body)
    assert (answer["status"], answer["job"]["state"], answer["job"]["error"]) == (202, "done", None)
    explorer = Explorer(page, server_of_profiles.url).open("new/node.perf")
    assert explorer.heatmap.is_visible()
    assert explorer.flame.is_visible()


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Serve another site: any page on another port is one."""
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>evil</title>")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{site.server_address[1]}/"
        finally:
            site.shutdown()
            thread.join()


def test_the_page_of_another_site_changes_nothing(
    page: Page, server_of_profiles: Server, profiles: Path, tmp_path: Path
) -> None:
    (profiles / "small.perf").write_bytes(PERF_TEXT)
    url = server_of_profiles.url
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    body = '{"host": "127.0.0.1", "port": 1, "path": "x"}'
    # This browser has the cookie that SSH needs.
    page.goto(server_of_profiles.opened_url)
    with elsewhere(tmp_path / "site") as site:
        page.goto(site)
        page.evaluate(ATTACK, [url, body])
        assert sent.count("POST") >= 4
        for address in ("import/ssh", "import/ssh/capture", "profile/?filename=x&force=true"):
            page.goto(site)
            with page.expect_navigation() as navigation:
                page.evaluate(FORM, [url + address, body])
            assert navigation.value.status == 403
            assert "page of another site" in navigation.value.text()
    assert arrived(profiles) == ["small.perf"]
    page.goto(server_of_profiles.opened_url)
    page.goto(f"{url}import/")
    assert page.inner_text("body") == "[]"
