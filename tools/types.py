"""`make types`: write the front end's types of answers and bodies, made of the server's own description.

openapi-typescript turns the schemas of /openapi.json into `frontend/src/types/api.ts`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.openapi.document import document

ROOT = Path(__file__).resolve().parents[1]
TYPES = ROOT / "frontend" / "src" / "types" / "api.ts"
PROGRAM = ROOT / "frontend" / "node_modules" / ".bin" / "openapi-typescript"
_OPTIONS = ("--immutable", "--root-types", "--root-types-no-schema-prefix", "--default-non-nullable=false")


def types_of_the_front_end() -> str:
    """Return the text of `TYPES` for this version of the server. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = Settings(profile_dir=place, cache_dir=place / "cache", fleet=str(place / "fleet"))
        found = document(create_app(settings))
        # Routes stay out, so that a new parameter needs no new types.
        only = {**found, "paths": {}, "components": {"schemas": found["components"]["schemas"]}}
        (place / "openapi.json").write_bytes(orjson.dumps(only))
        node = ROOT / ".ci" / "node"
        output = place / "api.ts"
        command: list[Path | str] = [node, PROGRAM, place / "openapi.json", "--output", output, *_OPTIONS]
        subprocess.run(command, cwd=ROOT / "frontend", check=True, capture_output=True)
        return output.read_text("utf-8")


if __name__ == "__main__":
    TYPES.write_text(types_of_the_front_end(), "utf-8")
    sys.stdout.write(f"{TYPES.relative_to(ROOT)} is written\n")
