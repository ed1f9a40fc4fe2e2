"""Every parameter of a selection, alone and combined, on all routes, and every invalid value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.service import FORMATS
from flamescope_py.web import create_app
from tests.api.conftest import assert_refused, filled, opened, serving
from tests.support.perf_text import sample, script
from tests.support.recorded import input_bytes

ROUTES = {
    "/heatmap/": "filename=many.perf",
    "/flamegraph/": "filename=many.perf",
    "/differential/": "filename=many.perf&compareFilename=many.perf",
    "/elided/": "filename=many.perf&compareFilename=many.perf",
}
MANY = script(
    sample(
        "10.1", "a (/x)", "main (/x)", command="web server", task="7/8", cpu=0, period=3, event="cycles:u"
    ),
    sample(
        "10.2", "b (/x)", "main (/x)", command="web server", task="7/9", cpu=1, period=4, event="cycles:u"
    ),
    sample("10.3", "a (/y)", "main (/x)", command="db", task="20/20", cpu=0, period=5, event="page-faults"),
    sample("11.4", "c (/y)", "main (/x)", command="db", task="20/21", cpu=1, period=6, event="page-faults"),
    sample(
        "11.5", "native_safe_halt ([k])", command="swapper", task="0/0", cpu=1, period=7, event="cycles:u"
    ),
)


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = filled(tmp_path_factory.mktemp("selection"))
    (folder / "many.perf").write_bytes(MANY)
    return folder


@pytest.fixture(scope="module")
def client(profiles: Path) -> FlaskClient:
    return opened(create_app(serving(profiles)))


def total(client: FlaskClient, route: str, selection: str) -> int:
    """Return the number of samples that a selection keeps."""
    answer = client.get(f"{route}?{ROUTES[route]}&format=columns&{of_all_events(selection)}")
    assert answer.status_code == 200, answer.text
    return int((answer.json or {})["samples"])


def of_all_events(selection: str) -> str:
    """Add the sum of all events to a selection that names none."""
    return selection if "event=" in selection else f"{selection}&event=all".strip("&")


COUNTED = [
    ("", 4),
    ("comm=db", 2),
    ("comm=web%20server&comm=db", 4),
    ("comm=nobody", 0),
    ("comm=", 0),
    ("pid=7", 2),
    ("pid=7&pid=20", 4),
    ("tid=9&tid=21", 2),
    ("tid=-1", 0),
    ("cpu=0", 2),
    ("cpu=0&cpu=1", 4),
    ("event=page-faults", 2),
    ("event=cycles%3Au&event=page-faults", 4),
    ("event=main", 2),
    ("event=main&event=page-faults", 4),
    ("event=main&idle=include", 3),
    ("event=all", 4),
    ("event=all&event=page-faults", 4),
    ("event=nothing", 0),
    ("include=%5E+a+", 2),
    ("include=%5E+a+&include=%5E+b+", 3),
    ("exclude=/y", 2),
    ("include=main&exclude=%5E+a+", 2),
    ("idle=include", 5),
    ("idle=exclude", 4),
    ("idle=include&comm=swapper", 1),
    ("comm=db&cpu=0&event=page-faults&include=%5E+a+", 1),
    ("comm=db&pid=7", 0),
    ("weight=samples", 4),
    ("weight=period", 18),
    ("weight=period&idle=include&cpu=1", 17),
    ("filter=node&drop=main&flavor=nodejs", 4),
    ("inverted=true&search=main", 4),
]


@pytest.mark.parametrize("route", ["/heatmap/", "/flamegraph/"])
@pytest.mark.parametrize(("selection", "samples"), COUNTED)
def test_what_a_selection_keeps(client: FlaskClient, route: str, selection: str, samples: int) -> None:
    assert total(client, route, selection) == samples


@pytest.mark.parametrize("route", ["/heatmap/", "/flamegraph/"])
@pytest.mark.parametrize(("selection", "samples"), [("", 2), ("idle=include", 3), ("comm=db", 0)])
def test_columns_are_of_the_main_event(client: FlaskClient, route: str, selection: str, samples: int) -> None:
    answer = client.get(f"{route}?{ROUTES[route]}&format=columns&{selection}").json or {}
    assert answer["samples"] == samples


def test_flamescopes_form_and_folded_stacks_are_of_all_events(client: FlaskClient) -> None:
    asked = f"/flamegraph/?{ROUTES['/flamegraph/']}"
    main = client.get(f"{asked}&format=folded&event=main").text
    assert main == "web server;main;a 1\nweb server;main;b 1\n"
    everything = client.get(f"{asked}&format=folded").text
    assert everything == "db;main;a 1\ndb;main;c 1\nweb server;main;a 1\nweb server;main;b 1\n"
    for form in ("", "&format=nested"):
        assert {child["n"] for child in (client.get(asked + form).json or {})["c"]} == {"db", "web server"}
        assert len((client.get(f"{asked}{form}&event=main").json or {})["c"]) == 1
        cells = (client.get(f"/heatmap/?{ROUTES['/heatmap/']}{form}").json or {})["values"]
        assert sum(map(sum, cells)) == 4
    costs = client.get(f"/filter/?{ROUTES['/heatmap/']}").json or []
    assert {one["cost"]["samples"] for one in costs} == {2}


def test_info_names_the_main_event(client: FlaskClient) -> None:
    found = client.get("/profile/info?filename=many.perf").json or {}
    assert found["mainEvents"] == ["cycles:u"]


@pytest.mark.parametrize("route", ["/differential/", "/elided/"])
@pytest.mark.parametrize(("selection", "samples"), COUNTED)
def test_a_selection_holds_for_both_sides(
    client: FlaskClient, route: str, selection: str, samples: int
) -> None:
    asked = f"{route}?{ROUTES[route]}&format=columns&{of_all_events(selection)}"
    answer = client.get(asked).json or {}
    nodes = answer["nodes"]
    if route == "/differential/":
        assert nodes["total"][0] == samples
        assert set(nodes["delta"]) == {0}
    else:
        assert set(nodes["self"]) == {0}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        *((f"{name}=", name) for name in ("pid", "tid", "cpu", "event", "include", "exclude")),
        *(
            (f"{name}=", name)
            for name in ("idle", "weight", "inverted", "search", "flavor", "drop", "filter")
        ),
        *((f"{name}=x", "whole number") for name in ("pid", "tid", "cpu")),
        *((f"{name}=1.5", "whole number") for name in ("pid", "tid", "cpu")),
        *((f"{name}=%D9%A5", "whole number") for name in ("pid", "tid", "cpu")),
        *((f"{name}=99999999999999999999", "whole number") for name in ("pid", "tid", "cpu")),
        ("cpu=-2", "-1"),
        ("cpu=0&cpu=x", "'x'"),
        *((f"{name}=(", "missing )") for name in ("include", "exclude", "drop", "search")),
        *((f"{name}=(%3F%3Da)", "does not compile") for name in ("include", "exclude", "drop", "search")),
        *((f"{name}=" + "a" * 501, "500") for name in ("include", "exclude", "drop", "search")),
        ("idle=yes", "exclude, include"),
        ("weight=heavy", "samples, period"),
        ("inverted=1", "true, false"),
        ("inverted=True", "true, false"),
        ("flavor=vanilla", "standard, nodejs, nodejs-packages, java-packages"),
        ("filter=nope", "node, node-v8, node-v8-gc, none"),
        ("format=xml", "nested, columns"),
        ("search=a&search=b", "once"),
        ("idle=include&idle=exclude", "once"),
        ("drop=a" + "".join(f"&include=i{n}&exclude=e{n}" for n in range(16)), "33 patterns"),
        ("search=a" + "".join(f"&drop=a{n}" for n in range(32)), "33 patterns"),
    ],
)
def test_what_is_no_value_is_400(client: FlaskClient, route: str, bad: str, words: str) -> None:
    assert_refused(client.get(f"{route}?{ROUTES[route]}&{bad}"), 400, words)


@pytest.mark.parametrize("route", ROUTES)
def test_as_many_patterns_as_are_allowed(client: FlaskClient, route: str) -> None:
    patterns = "".join(f"&include=i{n}&exclude=e{n}" for n in range(15)) + "&drop=d&search=s"
    assert client.get(f"{route}?{ROUTES[route]}{patterns}").status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_patterns_end(client: FlaskClient, route: str) -> None:
    patterns = "&include=(a*)*b&exclude=(x%2Bx%2B)%2By&search=(.*)*%24&drop=((a%7B0,100%7D)%7B0,100%7D)x"
    assert client.get(f"{route}?{ROUTES[route]}{patterns}").status_code in {200, 400}


@pytest.mark.parametrize("route", ROUTES)
def test_periods_that_are_not_there(client: FlaskClient, route: str) -> None:
    answer = client.get(f"{route}?{ROUTES[route].replace('many', 'small')}&weight=period")
    assert_refused(answer, 400, "period")


def test_flamescopes_front_end_sends_a_flavor(client: FlaskClient) -> None:
    plain = client.get("/flamegraph/?filename=many.perf&type=perf")
    assert client.get("/flamegraph/?filename=many.perf&type=perf&flavor=standard").data == plain.data


def test_search_on_a_heatmap_counts_matches_cell_by_cell(client: FlaskClient) -> None:
    url = "/heatmap/?filename=many.perf&rows=10&event=all&search=%5E+a+"
    nested, flat = client.get(url).json or {}, client.get(url + "&format=columns").json or {}
    assert [sum(column) for column in nested["matches"]] == [2, 0]
    assert (nested["matches"][0][9], nested["matches"][0][6]) == (1, 1)
    assert flat["matches"] == [cell for column in nested["matches"] for cell in column]
    assert "matches" not in (client.get("/heatmap/?filename=many.perf").json or {})
    dropped = client.get(url + "&drop=%5E+a+").json or {}
    assert sum(map(sum, dropped["matches"])) == 0
    assert dropped["values"] == nested["values"]


@pytest.mark.parametrize("inverted", ["true", "false"])
def test_search_on_a_flame_graph_gives_the_share(client: FlaskClient, inverted: str) -> None:
    url = f"/flamegraph/?filename=many.perf&event=all&inverted={inverted}"
    for pattern, matched in [("%5E+a+", 2), ("main", 4), ("nothing", 0), ("/y", 2)]:
        assert (client.get(f"{url}&format=columns&search={pattern}").json or {})["matched"] == matched
        assert (client.get(f"{url}&search={pattern}").json or {})["matched"] == matched
    assert "matched" not in (client.get(url).json or {})
    searched = client.get(f"{url}&search=main").data
    assert searched.replace(b',"matched":4', b"") == client.get(url).data


def test_inverted_puts_callers_below_callees(client: FlaskClient) -> None:
    answer = client.get("/flamegraph/?filename=many.perf&event=all&format=columns&inverted=true").json or {}
    names, nodes = answer["frames"]["name"], answer["nodes"]
    drawn = [
        f"{'.' * depth}{names[frame]}" for frame, depth in zip(nodes["frame"], nodes["depth"], strict=True)
    ]
    assert drawn[:4] == ["root", ".a", "..main", "...web server"]
    assert nodes["total"][0] == 4


def test_the_nodejs_flavour_has_extras(client: FlaskClient, profiles: Path) -> None:
    frames = ("LazyCompile:*hash /srv/app/server.js:3 (/tmp/perf-1.map)", "main (/x)")
    (profiles / "js.perf").write_bytes(script(sample("1.0", *frames)))
    root = client.get("/flamegraph/?filename=js.perf&flavor=nodejs").json or {}
    node = root["c"][0]["c"][0]["c"][0]
    assert node["n"] == "hash"
    assert node["extras"] == {
        "javascript": True,
        "v8_jit": True,
        "realName": "LazyCompile:*hash /srv/app/server.js:3",
        "file": "/srv/app/server.js:3",
        "optimized": 1,
    }
    assert "extras" not in root["c"][0]["c"][0]


def test_anonymous_functions_tell_their_file(client: FlaskClient, profiles: Path) -> None:
    (profiles / "burn.cpuprofile").write_bytes(input_bytes("burn.cpuprofile"))
    root = client.get("/flamegraph/?filename=burn.cpuprofile").json or {}
    found: list[dict[str, Any]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node["c"]
        found += [node] if "extras" in node else []
    assert found
    assert {node["n"] for node in found} == {"(anonymous)"}
    assert all(list(node["extras"]) == ["file"] and node["extras"]["file"] for node in found)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("route", "stem"), [("/flamegraph/", "many.perf"), ("/elided/", "many.perf.elided")])
def test_exports_have_a_type_and_a_name(client: FlaskClient, route: str, stem: str, form: str) -> None:
    answer = client.get(f"{route}?{ROUTES[route]}&format={form}&comm=db")
    assert answer.status_code == 200
    assert answer.content_type == FORMATS[form].media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{stem}{FORMATS[form].suffix}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "plain", "exact"),
    [
        ("sub/a b.perf", "a_b.perf.folded", "a%20b.perf.folded"),
        ("ä\"';=.perf", "perf.folded", "%C3%A4%22%27%3B%3D.perf.folded"),
        ("..x\n\r.perf", None, None),
        ("日本", "folded", "%E6%97%A5%E6%9C%AC.folded"),
    ],
)
def test_names_of_downloads_are_safe(
    client: FlaskClient, profiles: Path, name: str, plain: str | None, exact: str | None
) -> None:
    (profiles / name).parent.mkdir(exist_ok=True)
    (profiles / name).write_bytes(MANY)
    answer = client.get("/flamegraph/", query_string={"filename": name, "format": "folded"})
    if plain is None:
        assert answer.status_code == 404
        return
    expected = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    assert answer.headers["Content-Disposition"] == expected
