"""Archives as students make them, and as nobody should."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.reading import archives
from autograder.inside.reading.archives import Allowance, clean_path, open_archive
from autograder.inside.reading.refusal import Refusal

MIB = 1 << 20


def make_zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name) if isinstance(name, str) else name, data, method)
    return out.getvalue()


def make_tar(*members: tarfile.TarInfo, data: bytes = b"", packing: str = "gz") -> bytes:
    """A tar archive, packed with gzip if nothing else is said."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packing}") as archive:
        for member in members:
            member.size = len(data) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A member of a tar archive."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def refusal(data: bytes, name: str = "a.zip") -> str:
    """What `open_archive` says against an archive."""
    with pytest.raises(Refusal) as caught:
        open_archive(data, name, Allowance())
    return str(caught.value)


def test_zip_gives_sources_and_names_the_rest() -> None:
    """Only what may be a source is unpacked; the rest is named."""
    found = open_archive(
        make_zip(("hw/", b""), ("hw/layers.py", b"x"), ("hw\\net.ipynb", b"y"), ("hw/a.png", b"z")),
        "a.zip",
        Allowance(),
    )
    assert found.files == {"hw/layers.py": b"x", "hw/net.ipynb": b"y"}
    assert (found.skipped, found.links) == (["hw/a.png"], [])


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tgz", "a.zip"])
def test_tar_gives_sources_and_names_the_rest(name: str) -> None:
    """A tar archive is one whatever it is called; folders and ``./`` are as tar writes them."""
    members = [
        member(".", tarfile.DIRTYPE),
        member("./hw", tarfile.DIRTYPE),
        member("./hw/layers.py"),
        member("hw/a.png"),
    ]
    found = open_archive(make_tar(*members, data=b"x = 1\n"), name, Allowance())
    assert found.files == {"hw/layers.py": b"x = 1\n"}
    assert found.skipped == ["hw/a.png"]


@pytest.mark.parametrize(
    ("packing", "suffix"), [("", ".tar"), ("gz", ".tar-1.gz"), ("bz2", ".tar.bz2"), ("xz", ".tar.xz")]
)
def test_tar_of_every_packing_is_read(packing: str, suffix: str) -> None:
    """As `tar`, archive managers and Canvas name them, and under another's name."""
    data = make_tar(member("hw/layers.py"), data=b"x = 1\n", packing=packing)
    for name in (f"ann{suffix}", "ann.tgz"):
        assert open_archive(data, name, Allowance()).files == {"hw/layers.py": b"x = 1\n"}


def test_xz_of_several_streams_is_read() -> None:
    """Programs that pack with several threads write them one behind the other, with padding."""
    tar = make_tar(member("layers.py"), data=b"x = 1\n", packing="")
    data = lzma.compress(tar[:1000]) + bytes(8) + lzma.compress(tar[1000:])
    assert open_archive(data, "a.tar.xz", Allowance()).files == {"layers.py": b"x = 1\n"}


def test_archive_tells_when_files_were_changed() -> None:
    """The newest of two copies is found by these times."""
    old, new = zipfile.ZipInfo("a.py", (2025, 1, 1, 0, 0, 0)), zipfile.ZipInfo("b.py", (2026, 1, 1, 0, 0, 0))
    times = open_archive(make_zip((old, b"x"), (new, b"y")), "a.zip", Allowance()).times
    assert times["b.py"] - times["a.py"] == 365 * 24 * 3600
    info = member("a.py")
    info.mtime = 7
    assert open_archive(make_tar(info), "a.tgz", Allowance()).times == {"a.py": 7.0}


def test_texts_of_an_archive_are_kept_aside() -> None:
    """A source may have been saved as a text; a large text is data."""
    found = open_archive(make_zip(("a.txt", b"x = 1"), ("data.txt", bytes(2 * MIB))), "a.zip", Allowance())
    assert (found.files, found.texts, found.skipped) == ({}, {"a.txt": b"x = 1"}, ["a.txt", "data.txt"])


def test_zip_named_as_tar_is_read_as_zip() -> None:
    """What it is counts, not what it is called."""
    assert open_archive(make_zip(("a.py", b"x")), "a.tar.gz", Allowance()).files == {"a.py": b"x"}


def test_unpacked_tar_is_read() -> None:
    """Browsers unpack the gzip layer and keep the name."""
    data = gzip.decompress(make_tar(member("a.py"), data=b"x"))
    assert open_archive(data, "a.tgz", Allowance()).files == {"a.py": b"x"}


@pytest.mark.parametrize("path", ["/etc/layers.py", "\\layers.py", "C:\\layers.py", "c:layers.py"])
def test_absolute_path_refuses_the_archive(path: str) -> None:
    """No honest program writes them."""
    assert refusal(make_zip((path, b""))) == f"'a.zip' holds an absolute path, {path!r}"
    assert refusal(make_tar(member(path)), "a.tgz") == f"'a.tgz' holds an absolute path, {path!r}"


@pytest.mark.parametrize("path", ["../layers.py", "a/../../layers.py", "a\\..\\layers.py", ".."])
def test_path_that_leads_out_refuses_the_archive(path: str) -> None:
    """Up is no way to go."""
    assert refusal(make_zip((path, b""))) == f"'a.zip' holds a path that leads out of it, {path!r}"


def test_deep_or_long_path_refuses_the_archive() -> None:
    """Folders in folders have a limit, and so have names."""
    deep = "d/" * 17 + "a.py"
    assert refusal(make_zip((deep, b""))) == f"'a.zip' holds a path that is too deep or too long, {deep!r}"
    long = "d" * 2000 + ".py"
    assert refusal(make_zip((long, b""))) == f"'a.zip' holds a path that is too deep or too long, '{long[:119]}..."


@settings(deadline=None)
@given(
    st.text(st.characters(), max_size=60)
    | st.lists(st.sampled_from(["..", ".", "", "a", "/", "\\", "C:"])).map("/".join)
)
def test_clean_path_of_anything_stays_inside(path: str) -> None:
    """Either a plain relative path comes out, or a refusal."""
    try:
        clean = clean_path(path, "a.zip")
    except Refusal:
        return
    parts = clean.split("/")
    assert not clean.startswith("/")
    assert "\\" not in clean
    assert all(part not in ("", ".", "..") for part in parts)
    assert len(parts) <= archives.MAX_DEPTH
    assert clean_path(clean, "a.zip") == clean


def test_links_and_devices_are_named_not_followed() -> None:
    """A link may point at anything; a pipe or a device is no file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, kind in (("layers.py", stat.S_IFLNK), ("net.py", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    found = open_archive(out.getvalue(), "a.zip", Allowance())
    assert (found.files, found.links) == ({}, ["layers.py", "net.py"])
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
    members = [member(f"{number}.py", kind, "/etc/passwd") for number, kind in enumerate(kinds)]
    found = open_archive(make_tar(*members), "a.tgz", Allowance())
    assert (found.files, found.links) == ({}, ["0.py", "1.py", "2.py", "3.py", "4.py"])


def test_encrypted_zip_asks_for_another_one() -> None:
    """A password cannot be handed in."""
    data = bytearray(make_zip(("a.py", b"x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refusal(bytes(data)) == "'a.zip' is encrypted ('a.py'); hand in an archive without a password"


def test_empty_zip_says_so() -> None:
    """An archive without entries."""
    assert refusal(make_zip()) == "'a.zip' is empty"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "'a.zip' is no zip archive, or a damaged one (File is not a zip file)"),
        (b"x = 1\n", "'a.zip' is no zip archive, or a damaged one (File is not a zip file)"),
        (b"PK\x03\x04" + b"\x00" * 100, "'a.zip' is no zip archive, or a damaged one (File is not a zip file)"),
        (b"Rar!\x1a\x07\x00", "'a.zip' is a RAR archive, whatever its name says; hand in a .zip"),
        (b"7z\xbc\xaf\x27\x1c", "'a.zip' is a 7-Zip archive, whatever its name says; hand in a .zip"),
        (
            b"BZh9",
            "'a.zip' is no .tar.bz2 archive, or a damaged one (Compressed file ended before the end-of-stream marker was reached)",
        ),
        (
            b"\x1f\x8b\x08\x00",
            "'a.zip' is no .tar.gz archive, or a damaged one (Compressed file ended before the end-of-stream marker was reached)",
        ),
        (
            gzip.compress(b"no tar at all" * 100, mtime=0),
            "'a.zip' is no .tar.gz archive, or a damaged one (invalid header)",
        ),
    ],
)
def test_file_that_is_no_archive_says_what_it_is(data: bytes, text: str) -> None:
    """A renamed file of another kind, or a damaged one."""
    assert refusal(data) == text


def test_two_entries_of_one_name_are_refused() -> None:
    """Which one counts would depend on who unpacks it."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = make_zip(("a.py", b"1"), ("a.py", b"2"))
    assert refusal(data) == "'a.zip' holds 'a.py' twice"
    assert refusal(make_zip(("hw/a.py", b"1"), ("hw\\a.py", b"2"))) == "'a.zip' holds 'hw/a.py' twice"


def test_damaged_entry_is_refused() -> None:
    """A checksum that does not fit."""
    data = make_zip(("a.py", b"x = 1"), method=zipfile.ZIP_STORED).replace(b"x = 1", b"x = 2")
    assert refusal(data) == "'a.zip' is damaged: 'a.py' cannot be unpacked (Bad CRC-32 for file 'a.py')"


@pytest.mark.parametrize(("method", "name"), [(zipfile.ZIP_BZIP2, "BZIP2"), (zipfile.ZIP_LZMA, "LZMA")])
def test_rare_method_is_refused(method: int, name: str) -> None:
    """These unpack without a bound on what one read gives."""
    data = make_zip(("a.py", b"x" * 1000), method=method)
    assert refusal(data) == f"'a.zip' packs 'a.py' with {name}; hand in an ordinary .zip"


# bombs ------------------------------------------------------------------------------------------------------


def test_million_entries_are_refused_before_they_are_listed() -> None:
    """The directory of entries alone would fill the memory."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    assert refusal(directory + end) == "'a.zip' holds 1,000,000 entries; at most 60,000 are looked at"


def test_many_entries_of_a_tar_are_refused() -> None:
    """The same for tar, which lists them one by one."""
    data = gzip.compress(b"".join(member(f"{n}.txt").tobuf() for n in range(10_001)))
    assert refusal(data, "a.tgz") == "'a.tgz' holds more than 10,000 entries; leave out what is not your code"


def test_bomb_of_zeros_is_refused_by_what_it_claims() -> None:
    """Four gibibytes of zeros in a few megabytes, in a file that would not even be read."""
    data = bytearray(make_zip(("a.py", b"x"), ("zeros.bin", b"")))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<L", 0xFFFFFFFE)
    assert refusal(bytes(data)) == "'a.zip' says it unpacks to 4,095 MiB; at most 1,024 are accepted"


def test_bomb_of_zeros_is_refused_by_what_it_unpacks_to() -> None:
    """A source of 100 MiB of zeros in 100 KB."""
    text = (
        "'a.zip' unpacks to too much: at most 64 MiB of sources are read, and the largest entry is 'a.py' (64 MiB);"
        " leave out what is not your code"
    )
    assert refusal(make_zip(("a.py", bytes(100 * MIB)))) == text
    assert refusal(make_tar(member("a.py"), data=bytes(100 * MIB)), "a.zip") == text


def test_bomb_over_several_archives_shares_one_allowance() -> None:
    """Nested archives do not start afresh."""
    allowance = Allowance()
    data = make_zip(("a.py", bytes(40 * MIB)))
    open_archive(data, "a.zip", allowance)
    with pytest.raises(Refusal):
        open_archive(data, "b.zip", allowance)


def test_bomb_that_lies_about_its_size_is_damaged() -> None:
    """An entry that says it is small is read no further than it says."""
    data = bytearray(make_zip(("a.py", bytes(100 * MIB))))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<L", 10)
    assert refusal(bytes(data)) == "'a.zip' is damaged: 'a.py' cannot be unpacked (Bad CRC-32 for file 'a.py')"


def test_bomb_of_overlapping_entries_is_refused() -> None:
    """Many entries that share one body."""
    body = zlib.compress(bytes(MIB))[2:-4]
    local = struct.pack("<4s2B4HL2L2H", b"PK\x03\x04", 20, 0, 0, 8, 0, 0, zlib.crc32(bytes(MIB)), len(body), MIB, 4, 0)
    names = [f"{n}.py".encode() for n in range(2)]
    central = b"".join(
        struct.pack(
            "<4s4B4HL2L5H2L",
            b"PK\x01\x02",
            20,
            3,
            20,
            0,
            0,
            8,
            0,
            0,
            zlib.crc32(bytes(MIB)),
            len(body),
            MIB,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + name
        for name in names
    )
    first = local + names[0] + body
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(central), len(first), 0)
    assert refusal(first + central + end) == "'a.zip' holds entries that overlap, '0.py' and '1.py'"


def test_bomb_in_the_gzip_layer_is_refused() -> None:
    """A tar of zeros that never becomes an entry."""
    padding = member("big.bin")
    padding.size = 400 * MIB
    data = gzip.compress(padding.tobuf() + bytes(300 * MIB), compresslevel=1)
    assert refusal(data, "a.tgz") == "'a.tgz' unpacks to too much: at most 256 MiB are read"


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress], ids=["bz2", "xz"])
def test_bomb_in_another_packing_is_refused(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the packings that make zeros smaller still, with a bound that takes less time to pack."""
    monkeypatch.setattr(archives, "MAX_STREAM_BYTES", 4 * MIB)
    padding = member("big.bin")
    padding.size = 400 * MIB
    data = pack(padding.tobuf() + bytes(5 * MIB))
    assert refusal(data, "a.tar.xz") == "'a.tar.xz' unpacks to too much: at most 4 MiB are read"


def test_xz_with_a_huge_dictionary_is_refused() -> None:
    """A header of a few bytes may ask for more than a gigabyte of memory."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 * MIB, "preset": 0}]
    data = lzma.compress(b"x" * 1024, format=lzma.FORMAT_XZ, filters=filters)
    assert refusal(data, "a.tar.xz").startswith(
        "'a.tar.xz' is no .tar.xz archive, or a damaged one (Memory usage limit"
    )


def test_chain_of_long_names_in_a_tar_is_refused() -> None:
    """Tarfile follows such headers by recursion."""
    header = member("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    header.size = 5
    data = gzip.compress((header.tobuf() + b"name\0".ljust(512, b"\0")) * 5_000)
    assert refusal(data, "a.tgz").startswith("'a.tgz' cannot be unpacked: maximum recursion depth exceeded")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x1f\x8b\x08"]))
def test_garbage_is_refused_never_raised(data: bytes, magic: bytes) -> None:
    """Whatever bytes come, the answer is an archive's content or a refusal."""
    for name in ("a.zip", "a.tgz"):
        try:
            open_archive(magic + data, name, Allowance())
        except Refusal:
            continue


# environments and other generated folders -------------------------------------------------------------------

BIG = bytes(20 * MIB)
ENVIRONMENT = {
    f"hw/{folder}/big{number}.py": BIG
    for number, folder in enumerate(
        (
            ".venv/lib",
            ".git",
            "node_modules/a",
            "venv/lib",
            "py312/lib",
            "x/site-packages/b",
            "__pycache__",
            "conda/lib",
        )
    )
} | {"hw/py312/pyvenv.cfg": b"home = x", "hw/conda/conda-meta/history": b"x"}


def test_environment_in_a_zip_takes_nothing_of_the_allowance() -> None:
    """Neither its bytes, nor its entries, nor how deep it goes."""
    deep = "hw/node_modules/" + "/".join("abcdefghijklmnopqrst") + "/x.py"
    many = {f"hw/.venv/m{number}.py": b"" for number in range(12_000)}
    entries = {**ENVIRONMENT, **many, deep: b"x = 1", "hw/layers.py": b"x = 1\n"}
    found = open_archive(make_zip(*entries.items()), "a.zip", Allowance())
    assert found.files == {"hw/layers.py": b"x = 1\n"}


def test_environment_in_a_tar_takes_nothing_of_the_allowance() -> None:
    """As far as its folders are known by their names."""
    data = make_tar(*[member(f"hw/.venv/m{number}.py") for number in range(12_000)], member("hw/layers.py"))
    assert list(open_archive(data, "a.tar", Allowance()).files) == ["hw/layers.py"]


def test_archive_that_is_too_large_names_its_largest_entry() -> None:
    """So that a student knows what to leave out."""
    sizes = {"a.py": 10, "model/weights.py": 30, "c.py": 20, "d.py": 20}
    text = refusal(make_zip(*[(name, bytes(size * MIB)) for name, size in sizes.items()]))
    assert "the largest entry is 'model/weights.py' (30 MiB); leave out what is not your code" in text
