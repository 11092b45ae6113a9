"""Files that students hand in by mistake.

They come in place of a source or notebook. Each has a remedy.

One table of other files (`OTHER_FILES`), recognised by their bytes or suffix, and one of what
editors, Git, chats and web pages leave in a source (`find_leftover`). A row says what the file is
and what its student can do.
"""

from __future__ import annotations

import binascii
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from autograder.inside.reading.refusal import quoted

LOOKED_AT_BYTES = 1 << 16  # of a file, to see what it is
LOOKED_AT_LINES = 20_000
MIN_BASE64_CHARS = 120  # two lines of it: fewer may be a word

_PLAIN_TEXT = "save the code as a plain text file with the suffix .py and hand in that"
_THE_FILE_ITSELF = "download the file itself and hand in that"
_FROM_GITHUB = "on GitHub, take the file with “Download raw file” and hand in that"
_CODE = "hand in the file with your code"
_ZIP = "hand in a .zip"


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A kind of file that is no source and no notebook.

    Attributes
    ----------
    kind
        A noun phrase: "a PDF document".
    remedy
        What its student can do, as an imperative.
    suffixes
        Of files that are of this kind by their names.
    magic
        What the bytes of such a file begin with.
    is_like
        Recognises the others by their first bytes.
    """

    kind: str
    remedy: str
    suffixes: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    is_like: Callable[[bytes], bool] = lambda _: False

    def sentence(self, name: str) -> str:
        """Tell a file's kind and remedy, without a full stop."""
        wanted = "a notebook" if name.lower().rstrip("'\"").endswith(".ipynb") else "Python source"
        return f"{name} is {self.kind}, not {wanted}; {self.remedy}"

    def brief(self, name: str) -> str:
        """Tell an upload's kind and remedy, without a full stop."""
        return f"{name} is {self.kind}; {self.remedy}"


def _holds(*patterns: bytes) -> Callable[[bytes], bool]:
    """Make a test for all of several patterns, case ignored."""
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    return lambda data: all(pattern.search(data) for pattern in compiled)


_PAGE = (
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.{0,2000}?-->\s*){0,20})"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|title)\b"
)
_ANSWER_KEYS = frozenset(
    {"error", "errors", "error_description", "message", "detail", "status", "exception", "msg"}
)


def _is_servers_answer(data: bytes) -> bool:
    answer = _json_table(data)
    return (
        bool(answer) and len(answer) <= 8 and bool(_ANSWER_KEYS & {key.lower() for key in answer})
    )


def _is_cloud_document(data: bytes) -> bool:
    answer = _json_table(data)
    return bool({"doc_id", "resource_id"} & {*answer}) or "docs.google.com" in str(
        answer.get("url", "")
    )


def _json_table(data: bytes) -> dict[str, object]:
    if not data.startswith(b"{") or len(data) >= LOOKED_AT_BYTES:
        return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return (
        found
        if isinstance(found, dict) and not {"cells", "worksheets", "nbformat"} & {*found}
        else {}
    )


def _is_base64(data: bytes) -> bool:
    lines = data.split()
    if sum(map(len, lines)) < MIN_BASE64_CHARS or len({len(line) for line in lines[:-1]}) > 1:
        return False
    if len(lines) == 1 and len(lines[0]) >= LOOKED_AT_BYTES - 8:  # cut off where looking ended
        lines = [lines[0][: len(lines[0]) // 4 * 4]]
    try:
        binascii.a2b_base64(b"".join(lines)[: 4 * (sum(map(len, lines)) // 4)], strict_mode=True)
    except binascii.Error:
        return False
    return re.search(rb"[0-9+/=]", data) is not None and re.search(rb"[A-Z]", data) is not None


#: The first row that fits counts.
OTHER_FILES = (
    OtherFile(
        "a web page of GitHub",
        _FROM_GITHUB,
        is_like=_holds(_PAGE, rb"octolytics|github\.githubassets|content=\"github"),
    ),
    OtherFile(
        "Google Drive's warning that it cannot scan a large file",
        "choose “Download anyway” there and hand in the file itself",
        is_like=_holds(_PAGE, rb"virus scan|scan this file for viruses"),
    ),
    OtherFile(
        "a web page that says that something was not found",
        "check the address that it was downloaded from, and hand in the file itself",
        is_like=_holds(_PAGE, rb"<(?:title|h1)[^>]*>[^<]{0,60}(?:404|not found)"),
    ),
    OtherFile(
        "the log-in page of a web site",
        "log in there first, download the file itself and hand in that",
        is_like=_holds(
            _PAGE, rb"type=[\"']?password|<title[^>]*>[^<]{0,60}(?:log ?in|sign ?in|single sign)"
        ),
    ),
    OtherFile(
        "a notebook that was saved as a web page",
        "download it as a notebook (.ipynb) and hand in that",
        is_like=_holds(_PAGE, rb"jp-notebook|class=\"[^\"]*\bjp-|nbconvert|jupyter"),
    ),
    OtherFile(
        "a web page",
        _THE_FILE_ITSELF,
        suffixes=(".html", ".htm", ".mhtml", ".xhtml"),
        is_like=_holds(_PAGE),
    ),
    OtherFile(
        "a web archive",
        _THE_FILE_ITSELF,
        suffixes=(".webarchive",),
        is_like=_holds(rb"\AMIME-Version:|multipart/related"),
    ),
    OtherFile(
        "a web server's message that something was not found",
        "check the address that it was downloaded from, and hand in the file itself",
        is_like=_holds(rb"\A\s*(?:404|error 404|not found|404 page not found)[: \w.]{0,40}\s*\Z"),
    ),
    OtherFile("a web server's error message", _THE_FILE_ITSELF, is_like=_is_servers_answer),
    OtherFile(
        "a pointer of Git LFS to a file that is not in it",
        "run `git lfs pull` and hand in the file itself",
        is_like=_holds(rb"\Aversion https://git-lfs\.github\.com/spec/"),
    ),
    OtherFile(
        "a link to a document of Google",
        "download the document as .py or .ipynb and hand in that",
        suffixes=(".gdoc", ".gsheet", ".gslides", ".gcolab"),
        is_like=_is_cloud_document,
    ),
    OtherFile(
        "a shortcut to a file or page",
        "hand in the file itself",
        suffixes=(".lnk", ".url", ".webloc", ".desktop"),
        magic=(b"L\x00\x00\x00\x01\x14\x02\x00", b"bplist00"),
        is_like=_holds(
            rb"\A\s*(?:\[InternetShortcut\]|\[Desktop Entry\]|(?:<\?xml.{0,200}?>\s*)?<!DOCTYPE "
            rb"plist)"
        ),
    ),
    OtherFile(
        "what macOS keeps beside a file",
        "hand in the file itself, whose name does not begin with ._",
        magic=(b"\x00\x05\x16\x07", b"\x00\x05\x16\x00"),
    ),
    OtherFile("an RTF document", _PLAIN_TEXT, suffixes=(".rtf", ".rtfd"), magic=(b"{\\rtf",)),
    OtherFile(
        "a Word document",
        _PLAIN_TEXT,
        suffixes=(".docx", ".doc", ".docm"),
        is_like=_holds(rb"\APK\x03\x04", rb"word/"),
    ),
    OtherFile(
        "an OpenDocument text",
        _PLAIN_TEXT,
        suffixes=(".odt",),
        is_like=_holds(rb"\APK\x03\x04", rb"mimetypeapplication/vnd\.oasis"),
    ),
    OtherFile("a document of Pages", _PLAIN_TEXT, suffixes=(".pages",)),
    OtherFile(
        "an Office document",
        _PLAIN_TEXT,
        suffixes=(".xlsx", ".xls", ".pptx"),
        magic=(b"\xd0\xcf\x11\xe0",),
    ),
    OtherFile("a PDF document", _PLAIN_TEXT, suffixes=(".pdf",), magic=(b"%PDF",)),
    OtherFile(
        "a picture",
        _CODE,
        suffixes=(".png", ".jpg", ".jpeg", ".gif", ".heic", ".webp", ".bmp", ".svg"),
        magic=(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    ),
    OtherFile("a 7-Zip archive", _ZIP, suffixes=(".7z",), magic=(b"7z\xbc\xaf\x27\x1c",)),
    OtherFile("a RAR archive", _ZIP, suffixes=(".rar",), magic=(b"Rar!",)),
    OtherFile(
        "an archive that is not opened here",
        _ZIP,
        suffixes=(
            ".zst",
            ".lz",
            ".lz4",
            ".lzma",
            ".z",
            ".cab",
            ".iso",
            ".dmg",
            ".zipx",
            ".jar",
            ".tzst",
            ".cpio",
        ),
        magic=(b"\x28\xb5\x2f\xfd", b"\x1f\x9d"),
    ),
    OtherFile(
        "a zip archive", "give it the suffix .zip, or hand in what is in it", magic=(b"PK\x03\x04",)
    ),
    OtherFile(
        "a gzip archive",
        "hand in what is in it, or a .zip",
        suffixes=(".gz",),
        magic=(b"\x1f\x8b",),
    ),
    OtherFile(
        "a bzip2 archive", "hand in what is in it, or a .zip", suffixes=(".bz2",), magic=(b"BZh9",)
    ),
    OtherFile(
        "an xz archive",
        "hand in what is in it, or a .zip",
        suffixes=(".xz",),
        magic=(b"\xfd7zXZ\x00",),
    ),
    OtherFile(
        "compiled Python",
        "hand in the .py that it was made from",
        suffixes=(".pyc", ".pyo", ".pyd", ".so"),
        is_like=_holds(rb"\A..\r\n[\x00-\x03]\x00\x00\x00"),
    ),
    OtherFile(
        "a program",
        _CODE,
        suffixes=(".exe", ".app", ".msi"),
        magic=(b"\x7fELF", b"MZ\x90\x00", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"),
    ),
    OtherFile(
        "data, not code",
        _CODE,
        suffixes=(
            ".npy",
            ".npz",
            ".h5",
            ".hdf5",
            ".keras",
            ".pkl",
            ".pickle",
            ".pt",
            ".pth",
            ".csv",
            ".mat",
        ),
        magic=(b"\x89HDF", b"\x93NUMPY", b"SQLite format 3"),
    ),
    OtherFile(
        "a patch that Git has made",
        "hand in the changed file itself",
        suffixes=(".diff", ".patch", ".rej"),
        is_like=_holds(
            rb"\A(?:From [0-9a-f]{40} |diff --git |Index: |--- [^\n]+\n\+\+\+ |@@ -\d+)"
        ),
    ),
    OtherFile(
        "a file in Base64", "hand in the file as it was before it was encoded", is_like=_is_base64
    ),
    OtherFile("an XML document", _CODE, suffixes=(".xml",), is_like=_holds(rb"\A\s*<\?xml")),
    OtherFile(
        "a source of another language",
        _CODE,
        suffixes=(".java", ".c", ".cpp", ".r", ".m", ".js", ".jl", ".rs"),
    ),
    OtherFile(
        "a text",
        "save the code with the suffix .py and hand in that",
        suffixes=(".txt", ".md", ".rst", ".tex"),
    ),
)
_BY_SUFFIX = {suffix: row for row in OTHER_FILES for suffix in row.suffixes}


def recognise_content(data: bytes) -> OtherFile | None:
    """Find another kind of file by its bytes.

    None means that it may be a source or a notebook.
    """
    start = data[:LOOKED_AT_BYTES].removeprefix(b"\xef\xbb\xbf")
    return next(
        (
            row
            for row in OTHER_FILES
            if start.startswith(row.magic or b"\xff" * 9) or row.is_like(start)
        ),
        None,
    )


def recognise_suffix(name: str) -> OtherFile | None:
    """Find another kind of file by its suffix."""
    return _BY_SUFFIX.get(name[name.rfind(".") :].lower()) if "." in name else None


# sources with something in them -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leftover:
    """A remnant in a source that makes it no Python.

    Attributes
    ----------
    line
        Number of the line, from 1.
    kind
        A noun phrase, for staff to count.
    sentence
        What it is and what to do, without a full stop.
    """

    line: int
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _LineMark:
    pattern: re.Pattern[str]
    kind: str
    what: str
    remedy: str
    is_anywhere: bool = False  # else only where Python's error is: a docstring may hold such a line


_LINES = (
    _LineMark(
        re.compile(r"(?:<{7}|>{7}) \S"),
        "a merge in Git",
        "is left from a merge in Git",
        "keep one of the two versions and delete the lines with <<<<<<<, ======= and >>>>>>>",
        is_anywhere=True,
    ),
    _LineMark(
        re.compile(r"(?:diff --git |index [0-9a-f]{7,}\.\.|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@)"),
        "a patch",
        "is a line of a patch, as `git diff` prints it",
        "hand in the changed file itself",
        is_anywhere=True,
    ),
    _LineMark(
        re.compile(r"\s*(?:>>> ?|\.\.\. |In \[[\d ]*\]: ?|Out\[[\d ]*\]: ?)"),
        "a prompt",
        "begins with the prompt of an interactive Python",
        "delete the prompts and what was printed, and keep the code",
    ),
    _LineMark(
        re.compile(r"\s*(?:`{3}|~{3})[\w+-]*\s*$"),
        "a mark of Markdown",
        "is a mark of Markdown around code",
        "delete it and all text that is no code",
    ),
    _LineMark(
        re.compile(r"Traceback \(most recent call last\):"),
        "printed output",
        "is what Python printed, not code",
        "keep the code alone",
    ),
    _LineMark(
        re.compile(r".*&(?:lt|gt|amp|quot|nbsp|#39|#34|#x27);"),
        "HTML",
        "holds a character as web pages write it (&lt; for <)",
        "write the characters themselves, or copy the code from its file",
    ),
    _LineMark(
        re.compile(r"\s*</?(?:div|span|pre|code|html|body|p|br|td|tr)\b[^>]*>"),
        "HTML",
        "is HTML, not Python",
        "copy the code itself, without the web page around it",
    ),
)
_NUMBERED = re.compile(r"\s*(?P<number>\d{1,5})(?:[.:|)]|\s|$)")
_CODE_POINT = re.compile(r"U\+(?P<code>[0-9A-F]{4,6})")
_QUOTES = frozenset("“”„‟‘’‚‛«»‹›″′＂＇`´")
_DASHES = frozenset("‐‑‒–—―−﹣－")
#: Kinds by words of their sentences, for `leftover_kind`.
_KIND_BY_WORDS = {mark.what: mark.kind for mark in _LINES} | {
    "is a typographic quotation mark": "typographic quotes",
    "is a typographic dash": "a typographic dash",
    "a blank is the character": "a special blank",
    "there is an invisible character": "an invisible character",
    "is the character U+": "a foreign character",
    "the lines begin with their numbers": "line numbers",
}
MIN_NUMBERED_LINES = 3  # consecutive numbers at the beginnings of lines are no chance


def find_leftover(text: str, line: int, message: str) -> Leftover | None:
    """Explain a syntax error by a remnant in the source.

    Parameters
    ----------
    text
        The source.
    line, message
        Of Python's syntax error.
    """
    lines = text.split("\n")[:LOOKED_AT_LINES]
    return _foreign_character(message, line) or _marked_line(lines, line) or _numbered_lines(lines)


def leftover_kind(text: str) -> str | None:
    """Return the kind of the leftover whose sentence a text holds."""
    return next((kind for words, kind in _KIND_BY_WORDS.items() if words in text), None)


def _foreign_character(message: str, line: int) -> Leftover | None:
    found = _CODE_POINT.search(message)
    if found is None or int(found["code"], 16) > 0x10FFFF:
        return None
    character = chr(int(found["code"], 16))
    name = unicodedata.name(character, "a control character").lower()
    where = f"U+{found['code']} ({name})"
    if character in _QUOTES:
        return Leftover(
            line,
            "typographic quotes",
            f"{quoted(character)} is a typographic quotation mark, as word processors and chats "
            "write it; "
            "use the straight ones, ' and \"",
        )
    if character in _DASHES:
        return Leftover(
            line,
            "a typographic dash",
            f"{quoted(character)} is a typographic dash, as word processors write it; use the "
            "minus sign of the keyboard",
        )
    if unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return Leftover(
            line,
            "a special blank",
            f"a blank is the character {where}, as web pages and chats write it; replace it by an "
            "ordinary space",
        )
    if unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn"):
        return Leftover(
            line,
            "an invisible character",
            f"there is an invisible character, {where}, as web pages and chats leave it; delete "
            "it, or type the line anew",
        )
    plain = unicodedata.normalize("NFKC", character)
    remedy = (
        f"write {quoted(plain)}" if plain.isascii() and plain != character else "type the line anew"
    )
    return Leftover(
        line, "a foreign character", f"{quoted(character)} is the character {where}; {remedy}"
    )


def _marked_line(lines: list[str], error_line: int) -> Leftover | None:
    """Find the first line that a mark fits."""
    for number, line in enumerate(lines, start=1):
        for mark in _LINES:
            if (mark.is_anywhere or number == error_line) and mark.pattern.match(line):
                sentence = f"{quoted(line.strip()[:60])} {mark.what}; {mark.remedy}"
                return Leftover(number, mark.kind, sentence)
    return None


def _numbered_lines(lines: list[str]) -> Leftover | None:
    found = [
        (place, match)
        for place, line in enumerate(lines, start=1)
        if line.strip() and (match := _NUMBERED.match(line))
    ]
    filled = sum(1 for line in lines if line.strip())
    numbers = [int(match["number"]) for _, match in found]
    steps = [after - before for before, after in pairwise(numbers)]
    if len(found) < max(MIN_NUMBERED_LINES, 0.8 * filled) or steps.count(1) < 0.8 * len(steps):
        return None
    return Leftover(
        found[0][0],
        "line numbers",
        "the lines begin with their numbers, as they were copied from a page; delete the numbers",
    )
