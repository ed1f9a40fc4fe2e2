"""Runs the curl commands of our documents without a network, with the few options that they use."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import Authorization
from werkzeug.test import TestResponse

ADDRESS = "http://localhost:8080"
TOKEN = "a-token-of-some-length"
# Options that take no value.
_SWITCHES = {"--compressed", "-OJ"}


def curl(client: FlaskClient, command: str, folder: Path) -> TestResponse:
    """Send the request of a curl command. `@file` is below `folder`, `$(cat token)` is TOKEN."""
    program, *words = shlex.split(command.replace("$(cat token)", TOKEN))
    assert program == "curl"
    headers: dict[str, str] = {}
    addresses: list[str] = []
    method, data = "GET", None
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            addresses.append(word)
            continue
        value = "" if word in _SWITCHES else words.pop(0)
        headers |= _headers(word, value)
        if word == "-X":
            method = value
        elif word in {"--data-binary", "-d", "-F"}:
            method, data = "POST", _body(word, value, folder)
    (address,) = addresses
    assert address.startswith(ADDRESS)
    return client.open(address.removeprefix(ADDRESS), method=method, headers=headers, data=data)


def _headers(option: str, value: str) -> dict[str, str]:
    if option == "--compressed":
        return {"Accept-Encoding": "gzip"}
    if option == "-H":
        name, _, text = value.partition(": ")
        return {name: text}
    if option == "-u":
        user, _, password = value.partition(":")
        shown = Authorization("basic", {"username": user, "password": password})
        return {"Authorization": shown.to_header()}
    assert option in {"-X", "-d", "-F", "-o", "-OJ", "--data-binary"}, option
    return {}


def _body(option: str, value: str, folder: Path) -> Any:
    if option == "-F":
        name, _, file = value.partition("=@")
        return {name: (folder / file).open("rb")}
    return (folder / value[1:]).read_bytes() if value.startswith("@") else value
