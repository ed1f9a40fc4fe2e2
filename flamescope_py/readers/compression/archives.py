"""Archives that hold one profile, read without unpacking them: zip and tar, also inside of a compression.

The head of a file decides whether it is the profile. Other files beside it, for example a README, are passed
over, and a note counts them.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from typing import BinaryIO, cast

from flamescope_py.errors import BrokenProfileError, TooLargeError, UnknownFormatError
from flamescope_py.readers.compression import zip_members
from flamescope_py.readers.compression.layers import TAR, ZIP

# A zip archive ends with its table, so that one inside of something else is copied first.
MAX_COPIED = 64 << 20
MAX_MEMBERS = 200
# A tar archive has to be walked: 30 microseconds for each of its files.
MAX_TAR_MEMBERS = 5_000
# Headers that only extend the next one, for example by a long name. tarfile calls itself for each.
_MAX_EXTENSIONS = 20
_MAX_EXTENSION_BYTES = 1 << 20
_EXTENSIONS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
HEAD_BYTES = 64 << 10
BLOCK = 512

Wanted = Callable[[bytes], bool]


def is_tar(look: bytes) -> bool:
    """Return True for the first block of a tar archive, whose checksum is right; old ones have no magic."""
    if len(look) < BLOCK or b"\0" not in look[:BLOCK]:
        return False
    try:
        tarfile.TarInfo.frombuf(look[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def open_zip(stream: BinaryIO, limit: int, wanted: Wanted, notes: list[str]) -> BinaryIO:
    """Return the profile of a zip archive. Raises UnknownFormatError where there is not exactly one."""
    seekable = stream if stream.seekable() else _copied(stream, min(limit, MAX_COPIED))
    try:
        archive = zipfile.ZipFile(zip_members.BoundedFile(seekable))
        members = [info for info in archive.infolist() if not info.is_dir() and _is_shown(info.filename)]
        if any(info.flag_bits & 1 for info in members):
            raise UnknownFormatError(f"This zip archive is encrypted: {_advice(ZIP)}.")
        heads = {info.filename: _head(archive, seekable, info) for info in members[:MAX_MEMBERS]}
        found = [info for info in members[:MAX_MEMBERS] if wanted(heads[info.filename])]
        if len(members) == 1:
            found = members
        if len(found) != 1:
            raise UnknownFormatError(_several(ZIP, len(members), len(found)))
        _note(ZIP, len(members) - 1, notes)
        return zip_members.open_member(archive, seekable, found[0])
    except zipfile.BadZipFile as error:
        raise BrokenProfileError("The zip archive is cut off or damaged: copy it again.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnknownFormatError(f"This zip archive is packed in an unknown way: {_advice(ZIP)}.") from error


def _copied(stream: BinaryIO, limit: int) -> BinaryIO:
    copied = io.BytesIO()
    while part := stream.read(1 << 16):
        copied.write(part)
        if copied.tell() > limit:
            raise TooLargeError(f"The zip archive inside has more than {limit} bytes: {_advice(ZIP)}.")
    copied.seek(0)
    return copied


def _head(archive: zipfile.ZipFile, file: BinaryIO, info: zipfile.ZipInfo) -> bytes:
    member = zip_members.open_member(archive, file, info)
    head = b""
    while len(head) < HEAD_BYTES and (part := member.read1(HEAD_BYTES - len(head))):  # type: ignore[attr-defined]
        head += part
    return head


def open_tar(stream: BinaryIO, _limit: int, wanted: Wanted, notes: list[str]) -> BinaryIO:
    """Return the profile of a tar archive, which is read from front to back."""
    headers = _bounded_headers()
    return cast(BinaryIO, _TarMember(tarfile.open(fileobj=stream, mode="r|", tarinfo=headers), wanted, notes))


def _bounded_headers() -> type[tarfile.TarInfo]:
    """Return the class of the headers of one archive, with the bounds that tarfile lacks."""
    members = extensions = 0

    class Header(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            """Read a header. Raises UnknownFormatError, and BrokenProfileError for a hostile one."""
            nonlocal members, extensions
            found = super().frombuf(buf, encoding, errors)
            extends = found.type in _EXTENSIONS
            members, extensions = members + 1, extensions + 1 if extends else 0
            if extensions > _MAX_EXTENSIONS or (extends and found.size > _MAX_EXTENSION_BYTES):
                raise BrokenProfileError("The tar archive is damaged: pack it again.")
            if members > MAX_TAR_MEMBERS:
                many = f"A tar archive of more than {MAX_TAR_MEMBERS} files"
                raise UnknownFormatError(f"{many}: {_advice(TAR)}.")
            return found

    return Header


class _TarMember:
    """The first file of a tar archive that is wanted. Behind its end, others are looked for."""

    def __init__(self, archive: tarfile.TarFile, wanted: Wanted, notes: list[str]) -> None:
        self._archive = archive
        self._wanted = wanted
        self._notes = notes
        self._others = 0
        self._over = False
        found = self._next()
        if found is None:
            raise UnknownFormatError(_several(TAR, self._others, 0))
        self._ahead, self._member = found

    def _next(self) -> tuple[bytes, BinaryIO] | None:
        """Find the next wanted file; return its head, and where the rest of it is read."""
        for member in self._archive:
            # Members that were passed would be kept for ever.
            self._archive.members = []  # type: ignore[attr-defined]  # tarfile's own advice for long streams
            if not member.isfile() or not _is_shown(member.name):
                continue
            content = self._archive.extractfile(member)
            head = content.read(HEAD_BYTES) if content else b""
            if content is not None and self._wanted(head):
                return head, cast(BinaryIO, content)
            self._others += 1
        return None

    def read1(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""
        if self._ahead:
            part, self._ahead = self._ahead[:size], self._ahead[size:]
            return part
        part = b"" if self._over else self._member.read(size)
        if not part and not self._over:
            self._over = True
            if self._next() is not None:
                raise UnknownFormatError(_several(TAR, self._others + 2, 2))
            _note(TAR, self._others, self._notes)
        return part


def _is_shown(name: str) -> bool:
    """Return False for files that systems leave in archives: `__MACOSX/._perf.out`, `.DS_Store`."""
    parts = name.split("/")
    return "__MACOSX" not in parts and not parts[-1].startswith(".")


def _several(kind: str, files: int, profiles: int) -> str:
    if not files:
        return f"A {kind} archive without a file in it: pack it again."
    if profiles:
        return f"A {kind} archive of several profiles: {_advice(kind)}."
    several = f"{files} file{'s' * (files > 1)}"
    return f"A {kind} archive of {several}, none of them a profile that is read: {_advice(kind)}."


def _note(kind: str, others: int, notes: list[str]) -> None:
    if others:
        notes.append(f"The {kind} archive holds {others} more file{'s' * (others > 1)}, not read.")


def _advice(kind: str) -> str:
    return f"unpack it ({'unzip FILE' if kind == ZIP else 'tar xf FILE'}) and open the file in it"
