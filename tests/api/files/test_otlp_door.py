"""OpenTelemetry's door: requests of the specification's own messages, and hostile ones."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from opentelemetry.proto.collector.profiles.v1development import profiles_service_pb2 as service_pb2
from opentelemetry.proto.profiles.v1development import profiles_pb2

from flamescope_py.errors import ConfigError
from flamescope_py.incoming import spool
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of

TOKEN = "a-token-of-some-length"
ADDRESS = "/v1development/profiles"
PROTOBUF, JSON = "application/x-protobuf", "application/json"
DATA = Path(__file__).resolve().parents[2] / "data" / "otlp"
MESSAGE = (DATA / "profiles.otlp").read_bytes()
TEXT = (DATA / "profiles.otlp.json").read_bytes()
# What both files hold: 60 of the event samples, and 2 of off_cpu.
MAIN, SAMPLES = 60, 62


class Door:
    """A server that takes profiles."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.profiles = folder / "profiles"
        self.profiles.mkdir(exist_ok=True)
        token_file = folder / "token"
        token_file.write_text(TOKEN)
        self.settings = Settings(
            profile_dir=self.profiles,
            cache_dir=folder / "cache",
            token_file=token_file,
            accept_otlp=True,
            **settings,
        )
        self.app = create_app(self.settings)
        self.client: FlaskClient = self.app.test_client()

    def send(self, body: bytes, kind: str = PROTOBUF, **headers: str) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind, **headers}
        return self.client.post(ADDRESS, data=body, headers=headers)

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.profiles).as_posix() for path in self.profiles.rglob("*.otlp*"))

    def samples(self, name: str) -> int:
        answer = self.client.get("/heatmap/", query_string={"filename": name})
        assert answer.status_code == 200, answer.get_json()
        return sum(map(sum, answer.get_json()["values"]))

    def close(self) -> None:
        service_of(self.app).close()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    found = Door(tmp_path)
    yield found
    found.close()


def message(*owners: tuple[str, str], stack: int | None = None) -> bytes:
    """Return a request with the profiles of the sample for each service and host."""
    source = profiles_pb2.ProfilesData.FromString(MESSAGE)
    found = service_pb2.ExportProfilesServiceRequest(dictionary=source.dictionary)
    for service, host in owners:
        resource = found.resource_profiles.add()
        resource.CopyFrom(source.resource_profiles[0])
        del resource.resource.attributes[:]
        for key, value in (("service.name", service), ("host.name", host)):
            resource.resource.attributes.add(key=key).value.string_value = value
        if stack is not None:
            for profile in resource.scope_profiles[0].profiles:
                for sample in profile.samples:
                    sample.stack_index = stack
    return found.SerializeToString()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("body", "kind"), [(MESSAGE, PROTOBUF), (TEXT, JSON)])
def test_a_request_is_a_profile_at_once(door: Door, body: bytes, kind: str, packed: bool) -> None:
    encoding = {"Content-Encoding": "gzip"} if packed else {}
    answer = door.send(gzip.compress(body) if packed else body, kind, **encoding)
    assert (answer.status_code, answer.mimetype) == (200, kind)
    if kind == PROTOBUF:
        assert not service_pb2.ExportProfilesServiceResponse.FromString(answer.data).HasField(
            "partial_success"
        )
    else:
        assert answer.get_json() == {}
    (name,) = door.files()
    assert name in {row["filename"] for row in door.client.get("/profile/").get_json()}
    assert door.samples(name) == SAMPLES


def test_requests_of_a_minute_are_one_file_for_each_service_and_host(door: Door) -> None:
    owners = [("web", "a"), ("web", "b"), ("db", "a")]
    for _ in range(3):
        assert door.send(message(*owners)).status_code == 200
    found: dict[tuple[str, ...], int] = {}
    for name in door.files():
        place = tuple(name.split("/")[:3])
        found[place] = found.get(place, 0) + door.samples(name)
    # A minute may have begun meanwhile.
    assert found == {("otlp", service, host): 3 * SAMPLES for service, host in owners}


def test_a_resource_of_many_attributes_reads_again(door: Door) -> None:
    request = service_pb2.ExportProfilesServiceRequest.FromString(message(("web", "a")))
    for number in range(40):
        attributes = request.resource_profiles[0].resource.attributes
        attributes.add(key=f"label.{number}").value.string_value = "x" * 100
    for _ in range(2):
        assert door.send(request.SerializeToString()).status_code == 200
    assert sum(map(door.samples, door.files())) == 2 * SAMPLES


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
def test_profiles_that_cannot_be_read_are_counted_and_the_others_kept(door: Door, kind: str) -> None:
    bad = service_pb2.ExportProfilesServiceRequest.FromString(message(("bad", "a"), stack=999))
    both = service_pb2.ExportProfilesServiceRequest.FromString(message(("good", "a")))
    both.resource_profiles.extend(bad.resource_profiles)
    expected = sum(len(scope.profiles) for scope in bad.resource_profiles[0].scope_profiles)
    if kind == PROTOBUF:
        answer = door.send(both.SerializeToString())
        partial = service_pb2.ExportProfilesServiceResponse.FromString(answer.data).partial_success
        refused, text = partial.rejected_profiles, partial.error_message
    else:
        content = json.loads(TEXT)
        lost = json.loads(TEXT)["resourceProfiles"][0]
        for profile in lost["scopeProfiles"][0]["profiles"]:
            for sample in profile["samples"]:
                sample["stackIndex"] = 999
        lost["resource"] = {"attributes": [{"key": "service.name", "value": {"stringValue": "bad"}}]}
        content["resourceProfiles"].append(lost)
        partial = door.send(json.dumps(content).encode(), JSON).get_json()["partialSuccess"]
        refused, text = int(partial["rejectedProfiles"]), partial["errorMessage"]
    assert refused == expected
    assert "bad" in text
    assert "a stack that is not in the table" in text
    (name,) = door.files()
    assert door.samples(name) == SAMPLES


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xff\xff", PROTOBUF, 422),
        (MESSAGE[:-20], PROTOBUF, 422),
        (b"[1, 2", JSON, 422),
        (b'"text"', JSON, 422),
        (MESSAGE, "text/plain", 415),
        (gzip.compress(b"\0" * (65 << 20)), PROTOBUF, 413),
    ],
    ids=["bytes", "cut", "no json", "no object", "type", "bomb"],
)
def test_bad_bodies_are_refused_with_a_reason(door: Door, body: bytes, kind: str, status: int) -> None:
    answer = door.send(body, kind)
    assert answer.status_code == status, answer.get_json()
    assert answer.get_json()["error"]
    assert door.files() == []


@pytest.mark.parametrize("body", [b"", gzip.compress(b"")], ids=["nothing", "packed"])
def test_an_empty_request_is_none(door: Door, body: bytes) -> None:
    assert door.send(body).status_code == 200
    assert door.files() == []


def test_the_token_is_needed(door: Door) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong-wrong-wrong-wrong"}):
        answer = door.client.post(ADDRESS, data=MESSAGE, headers={"Content-Type": PROTOBUF, **headers})
        assert answer.status_code == 401
    assert door.files() == []


def test_the_door_is_shut_by_default(tmp_path: Path) -> None:
    app = create_app(Settings(profile_dir=tmp_path, cache_dir=tmp_path / "cache"))
    assert app.test_client().post(ADDRESS, data=MESSAGE).status_code in (404, 405)
    service_of(app).close()


@pytest.mark.parametrize("settings", [{}, {"read_only": True, "token_file": Path("token")}])
def test_settings_that_exclude_each_other(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="accept_otlp"):
        create_app(Settings(profile_dir=tmp_path, cache_dir=tmp_path / "c", accept_otlp=True, **settings))


def test_a_full_spool_is_a_429(tmp_path: Path) -> None:
    door = Door(tmp_path, max_otlp_bytes=len(MESSAGE) + 100)
    assert door.send(message(("web", "a"))).status_code == 200
    answer = door.send(message(("web", "a")))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert sum(map(door.samples, door.files())) == SAMPLES
    door.close()


HOSTILE = ["../../etc", "/", "..", ".hidden", "a/b", "<b>x</b>", "\u202eevil", "a\nb", "", "ü" * 300]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_below_the_folder(door: Door, name: str) -> None:
    assert door.send(message((name, name))).status_code == 200
    (found,) = door.files()
    assert len(found.split("/")) == 4
    assert found.startswith("otlp/")
    assert door.samples(found) == SAMPLES


def test_names_that_look_alike_have_files_of_their_own(door: Door) -> None:
    assert door.send(message(("a/b", "x"), ("a b", "x"), ("a-b", "x"))).status_code == 200
    assert len(door.files()) == 3


@pytest.mark.parametrize(("body", "kind"), [(MESSAGE, PROTOBUF), (TEXT, JSON)])
def test_a_record_that_a_killed_server_left_is_cut_away(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, kind: str
) -> None:
    monkeypatch.setattr(spool, "_MINUTE", "20261129T1000Z")
    door.send(body, kind)
    (name,) = door.files()
    path = door.profiles / name
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2].replace(b"\n", b" "))
    later = Door(tmp_path)
    later.send(body, kind)
    assert path.read_bytes() == whole * 2
    later.close()


def test_senders_at_the_same_time_lose_nothing(door: Door) -> None:
    threads = [threading.Thread(target=lambda: door.send(message(("web", "a")))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(door.samples, door.files())) == 16 * SAMPLES


def test_files_are_ingested_when_their_minute_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    collection = tmp_path / "fleet"
    door = Door(tmp_path, fleet=str(collection))
    found = service_of(door.app).otlp_door()
    door.send(message(("web", "a"), ("db", "b")))
    assert found.ingest() == 0
    assert len(door.files()) == 2
    long_ago = datetime.now(timezone.utc) - timedelta(hours=1)
    for name in door.files():
        path = door.profiles / name
        path.rename(path.with_name(f"{long_ago:%Y%m%dT%H%MZ}.otlp"))
    foreign = path.parent / f"{long_ago:%Y%m%dT%H%MZ}.otlp.jsonl"
    foreign.write_text("Not a profile.")
    assert found.ingest() == 2
    assert door.files() == [foreign.relative_to(door.profiles).as_posix()]
    assert found.ingest() == 0
    assert sum("cannot be ingested" in one.message for one in caplog.records) == 1
    rows = door.client.get("/fleet/?by=service").get_json()["rows"]
    assert {row["row"]: row["samples"] for row in rows} == {"web": MAIN, "db": MAIN}
    door.close()
