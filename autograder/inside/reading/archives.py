"""Unpacking of .zip and .tar archives in memory, for the reader.

A .tar may be packed with gzip, bzip2 or xz.

Nothing is extracted to disk and no link is followed. Limits count the bytes really unpacked, the
entries and the depth of folders; what an archive says of itself is believed only when it says that
it is too large. Only sources, notebooks and archives are unpacked at all.
"""

from __future__ import annotations

import bz2
import calendar
import contextlib
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import IO, NoReturn

from autograder.inside.reading.filenames import (
    find_environments,
    generated_part,
    is_material,
    is_text,
)
from autograder.inside.reading.refusal import MIB, Refusal, few_of, quote_complaint, quoted

MAX_ENTRIES = 10_000
# with those of environments and other generated folders, which are not unpacked
MAX_LISTED = 60_000
MAX_BYTES = 64 * MIB
MAX_CLAIMED_BYTES = 1024 * MIB
MAX_STREAM_BYTES = 256 * MIB
MAX_DEPTH = 16
MAX_PATH_CHARS = 1_000
CHUNK = 1 << 16

_DRIVE = re.compile(r"[A-Za-z]:")
_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_TAR_SUFFIXES = {_GZIP: ".tar.gz", _BZIP2: ".tar.bz2", _XZ: ".tar.xz"}
MAX_XZ_MEMORY_BYTES = 128 * MIB  # `xz -9` needs 65 MiB to unpack
MAX_TEXTS = 20
MAX_TEXT_BYTES = 1 * MIB
_LOCAL_HEADER_BYTES = 30
_CENTRAL_ENTRY = b"PK\x01\x02"
_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "BZIP2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
}
_FOREIGN = {
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
}


@dataclass
class Allowance:
    """The allowance of one upload, over all its archives.

    Attributes
    ----------
    bytes_left
        Unpacked bytes.
    entries_left
        Entries that may still be looked at.
    sizes
        Unpacked bytes by path.
    """

    bytes_left: int = MAX_BYTES
    entries_left: int = MAX_ENTRIES
    sizes: Counter[str] = field(default_factory=Counter)

    def take_bytes(self, count: int, name: str, path: str) -> None:
        """Account for bytes that were unpacked of an entry."""
        self.bytes_left -= count
        self.sizes[path] += count
        if self.bytes_left < 0:
            self.refuse(name)

    def refuse(self, name: str) -> NoReturn:
        """Refuse an archive for its size."""
        ((largest, size),) = self.sizes.most_common(1)
        what = f"at most {MAX_BYTES // MIB} MiB of sources are read"
        largest = f"the largest entry is {quoted(largest)} ({max(1, size // MIB):,} MiB)"
        raise Refusal(
            f"{quoted(name)} unpacks to too much: {what}, and {largest}; leave out what is "
            "not your code"
        )

    def take_entry(self, name: str) -> None:
        """Account for one entry."""
        self.entries_left -= 1
        if self.entries_left < 0:
            raise Refusal(
                f"{quoted(name)} holds more than {MAX_ENTRIES:,} entries; leave out what is not "
                "your code"
            )


@dataclass
class Unpacked:
    """The contents of an archive.

    Attributes
    ----------
    files
        Bytes by clean path.
    skipped
        Paths that were not unpacked since they are no Python.
    links
        Paths that are links, devices or pipes.
    texts
        Bytes of a few of the skipped that are texts, by clean path: one may be a source by mistake.
    times
        When a file was changed last, by clean path [s]; of a .zip in the time zone of its maker.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def open_archive(data: bytes, name: str, allowance: Allowance) -> Unpacked:
    """Open an archive.

    Raises
    ------
    Refusal
        The archive is damaged, encrypted, too large, or holds a path that leads out of it.
    """
    for magic, kind in _FOREIGN.items():
        if data.startswith(magic):
            raise Refusal(f"{quoted(name)} is {kind}, whatever its name says; hand in a .zip")
    try:
        found = (
            _unpack_tar(data, name, allowance)
            if _is_tar(data, name)
            else _unpack_zip(data, name, allowance)
        )
    except Refusal:
        raise
    except Exception as error:  # zipfile and tarfile raise whatever hostile input leads them to
        raise Refusal(f"{quoted(name)} cannot be unpacked: {quote_complaint(error)}") from error
    if not (found.files or found.skipped or found.links):
        raise Refusal(f"{quoted(name)} is empty")
    return found


def clean_path(path: str, archive: str) -> str:
    """Check a path of an archive and write it with single slashes.

    Raises
    ------
    Refusal
        The path is absolute, leads up, or is too deep.
    """
    slashed = path.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if slashed.startswith("/") or any(map(_DRIVE.match, parts[:1])):
        raise Refusal(f"{quoted(archive)} holds an absolute path, {quoted(path)}")
    if ".." in parts or not parts:
        raise Refusal(f"{quoted(archive)} holds a path that leads out of it, {quoted(path)}")
    is_deep = len(parts) > MAX_DEPTH or len(path) > MAX_PATH_CHARS
    if is_deep and not generated_part("/".join(parts)):
        raise Refusal(
            f"{quoted(archive)} holds a path that is too deep or too long, {quoted(path)}"
        )
    return "/".join(parts)


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _is_short_text(found: Unpacked, path: str, size: int) -> bool:
    return is_text(_base(path)) and size <= MAX_TEXT_BYTES and len(found.texts) < MAX_TEXTS


def _place(found: Unpacked, path: str, data: bytes, archive: str) -> None:
    if path in found.files:
        raise Refusal(f"{quoted(archive)} holds {quoted(path)} twice")
    found.files[path] = data


# zip ----------------------------------------------------------------------------------------------


def _unpack_zip(data: bytes, name: str, allowance: Allowance) -> Unpacked:
    # Before zipfile builds an object for each: honest archives hold this signature once per entry.
    count = data.count(_CENTRAL_ENTRY)
    if count > MAX_LISTED:
        raise Refusal(
            f"{quoted(name)} holds {count:,} entries; at most {MAX_LISTED:,} are looked at"
        )
    found = Unpacked()
    with _open_zip(data, name) as archive:
        entries = archive.infolist()
        environments = find_environments(entry.filename.replace("\\", "/") for entry in entries)
        _require_honest(entries, name, environments)
        for entry in entries:
            if entry.filename.endswith(("/", "\\")):
                continue
            path = clean_path(entry.filename, name)
            if generated_part(path, environments):
                found.skipped.append(path)
                continue
            allowance.take_entry(name)
            if _is_special(entry.external_attr >> 16):
                found.links.append(path)
                continue
            found.times[path] = _zip_time(entry)
            if is_material(_base(path)):
                _place(found, path, _unpack_entry(archive, entry, name, allowance), name)
            else:
                found.skipped.append(path)
                if _is_short_text(found, path, entry.file_size):
                    with contextlib.suppress(Refusal):  # it is most likely no source
                        found.texts[path] = _unpack_entry(archive, entry, name, allowance)
    return found


def _zip_time(entry: zipfile.ZipInfo) -> float:
    try:
        return float(calendar.timegm((*entry.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):  # month 0: an archive without times
        return 0.0


def _open_zip(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise Refusal(
            f"{quoted(name)} is no zip archive, or a damaged one ({quote_complaint(error)})"
        ) from error


def _require_honest(
    entries: list[zipfile.ZipInfo], name: str, environments: Collection[str]
) -> None:
    """Refuse an archive that no honest program writes.

    Also refuse one that declares itself too large.
    """
    claimed = sum(
        entry.file_size for entry in entries if not generated_part(entry.filename, environments)
    )
    if claimed > MAX_CLAIMED_BYTES:
        raise Refusal(
            f"{quoted(name)} says it unpacks to {claimed // MIB:,} MiB; at most 1,024 are accepted"
        )
    encrypted = [entry.filename for entry in entries if entry.flag_bits & 0x1]
    if encrypted:
        raise Refusal(
            f"{quoted(name)} is encrypted ({few_of(encrypted)}); hand in an archive without a "
            "password"
        )
    end, before = 0, ""
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Refusal(
                f"{quoted(name)} holds entries that overlap, {quoted(before)} and "
                f"{quoted(entry.filename)}"
            )
        end, before = (
            entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size,
            entry.filename,
        )


def _is_special(mode: int) -> bool:
    """Return True for the Unix mode of a special file.

    Special are links, devices, pipes and sockets. Archives made on Windows have none.
    """
    return stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)


def _unpack_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, allowance: Allowance
) -> bytes:
    if entry.compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):  # the others unpack without a bound
        method = _METHODS.get(entry.compress_type, f"method {entry.compress_type}")
        raise Refusal(
            f"{quoted(name)} packs {quoted(entry.filename)} with {method}; hand in an ordinary .zip"
        )
    try:
        with archive.open(entry) as member:
            return _read_all(member, name, allowance, entry.filename)
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(
            f"{quoted(name)} is damaged: {quoted(entry.filename)} cannot be unpacked "
            f"({quote_complaint(error)})"
        ) from error


def _read_all(member: IO[bytes], name: str, allowance: Allowance, path: str) -> bytes:
    chunks: list[bytes] = []
    while chunk := member.read(CHUNK):
        allowance.take_bytes(len(chunk), name, path)
        chunks.append(chunk)
    return b"".join(chunks)


# tar ----------------------------------------------------------------------------------------------


class _Stream(io.RawIOBase):
    """The bytes of a tar archive, counted while they are unpacked."""

    def __init__(self, data: bytes, name: str) -> None:
        self._source = _open_packed(data)
        self._left = MAX_STREAM_BYTES
        self._name = name

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise Refusal(
                f"{quoted(self._name)} unpacks to too much: at most {MAX_STREAM_BYTES // MIB} MiB "
                "are read"
            )
        return data


class _Unxz(io.RawIOBase):
    """The content of an .xz file, read with limited memory.

    The dictionary may not take more memory than the content needs.
    """

    def __init__(self, data: bytes) -> None:
        self._packed = io.BytesIO(data)
        self._decompressor = _new_xz()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._decompressor.eof and not self._next_stream():
                return b""
            fresh = self._packed.read(CHUNK) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not fresh:
                raise EOFError("it ends too early")
            unpacked = self._decompressor.decompress(fresh, size)
            if unpacked or size == 0:
                return unpacked

    def _next_stream(self) -> bool:
        """Go on with the next of several streams.

        Programs that pack with several threads write several.
        """
        rest = (self._decompressor.unused_data + self._packed.read()).lstrip(b"\x00")
        self._packed = io.BytesIO(rest)
        self._decompressor = _new_xz()
        return bool(rest)


def _new_xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_XZ_MEMORY_BYTES)


def _open_packed(data: bytes) -> io.RawIOBase | io.BufferedIOBase:
    if data.startswith(_XZ):
        return _Unxz(data)
    raw = io.BytesIO(data)
    if data.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)
    return bz2.BZ2File(raw) if data.startswith(_BZIP2) else raw


def _is_tar(data: bytes, name: str) -> bool:
    if data.startswith((*_TAR_SUFFIXES, b"PK")):
        return not data.startswith(b"PK")
    return data[257:262] == b"ustar" or not name.lower().endswith(".zip")


def _unpack_tar(data: bytes, name: str, allowance: Allowance) -> Unpacked:
    found = Unpacked()
    try:
        with tarfile.open(fileobj=_Stream(data, name), mode="r|") as archive:
            for member, path in _tar_members(archive, name, allowance):
                if generated_part(path):  # of links in environments nothing need be said
                    found.skipped.append(path)
                    continue
                if not member.isreg():
                    found.links.append(path)
                    continue
                found.times[path] = float(member.mtime)
                if is_material(_base(path)):
                    _place(found, path, _read_member(archive, member, name, allowance), name)
                else:
                    found.skipped.append(path)
                    if _is_short_text(found, path, member.size):
                        found.texts[path] = _read_member(archive, member, name, allowance)
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        suffix = next(
            (suffix for magic, suffix in _TAR_SUFFIXES.items() if data.startswith(magic)), ".tar"
        )
        raise Refusal(
            f"{quoted(name)} is no {suffix} archive, or a damaged one ({quote_complaint(error)})"
        ) from error
    return found


def _read_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, name: str, allowance: Allowance
) -> bytes:
    content = archive.extractfile(member)
    assert content is not None
    return _read_all(content, name, allowance, member.name)


def _tar_members(
    archive: tarfile.TarFile, name: str, allowance: Allowance
) -> Iterator[tuple[tarfile.TarInfo, str]]:
    for count, member in enumerate(archive, start=1):
        if count > MAX_LISTED:
            raise Refusal(
                f"{quoted(name)} holds more than {MAX_LISTED:,} entries; leave out what is "
                "not your code"
            )
        if not (member.isdir() and member.name in ("", ".", "./")):
            path = clean_path(member.name, name)
            if not generated_part(path):
                allowance.take_entry(name)
            if not member.isdir():
                yield member, path
