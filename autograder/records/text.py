r"""Foreign text, made safe for its sink.

There is one function per sink.

Names, messages, printed output and tracebacks come from a submission. Nothing is dropped silently:
what cannot be shown as it is becomes visible as Python writes it: ``\x1b`` for an escape,
``\u202e`` for a mark that turns reading round.

=================  ====================================================
``stored_text``    a field of a report: encodable as UTF-8, bounded
``json_text``      a JSON document that somebody will ``cat``
``page_text``      an HTML page, before the template escapes it
``page_line``      the same, on one line
``terminal_text``  a terminal or a log that people read with ``cat``
``log_line``       one record of a log: one line, whatever is in it
``csv_cell``       a cell that a spreadsheet will open
=================  ====================================================
"""

from __future__ import annotations

import re

# Apart from line feed and tab: C0 and C1 controls, DEL; marks that reorder text (Trojan source),
# invisible operators and fillers, line and paragraph separators, interlinear and tag characters,
# lone surrogates, noncharacters. Joiners (U+200C and U+200D) stay: Persian and Indic names, and
# emoji, need them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA = re.compile(r"['\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_PLAIN_CELL = re.compile(r"[\w .()\[\]/:#%+-]*")
_GAP_CHARACTERS = 48  # of the line that says what is left out, with room for its number


def stored_text(text: str, limit: int) -> str:
    """Bound a text for a report and make it encodable as UTF-8.

    Parameters
    ----------
    text
        Any string, lone surrogates included.
    limit
        Characters of the result, at least 100: of a longer text the beginning, a line that says how
        many characters are left out, and the end. A text within the limit stays as it is, so
        storing it twice changes nothing.
    """
    text = _LONE_SURROGATE.sub(_escape, text)
    if len(text) <= limit:
        return text
    half = (limit - _GAP_CHARACTERS) // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def json_text(document: str) -> str:
    """Escape the unsafe characters of a JSON document.

    They are unsafe to look at. The document means the same as before.

    JSON allows such characters as they are, but only inside of strings, where an escape stands for
    each of them.
    """
    return _UNSAFE.sub(_json_escape, document)


def page_text(text: str) -> str:
    """Return text of several lines for an HTML page.

    The template escapes ``< > & " '`` afterwards.
    """
    return _UNSAFE.sub(_escape, text.replace("\r\n", "\n"))


def page_line(text: str) -> str:
    """Return text for one line of an HTML page.

    Line feeds and tabs become visible, too.
    """
    return _one_line(page_text(text))


def terminal_text(text: str) -> str:
    """Return text of several lines for a terminal.

    No control sequence survives.
    """
    return page_text(text)


def log_line(text: str) -> str:
    """Return text for one record of a log.

    The text cannot end the record early.
    """
    return _one_line(page_text(text))


def csv_cell(text: str) -> str:
    """Return one cell of a CSV row, quoted where needed.

    A cell that a spreadsheet would take for a formula begins with ``'``.

    Cells with a semicolon or a tab are quoted too: some spreadsheets split at these.
    """
    cell = _one_line(page_text(text))
    if _FORMULA.match(text) or _FORMULA.match(cell):
        cell = f"'{cell}"
    if _PLAIN_CELL.fullmatch(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _escape(match: re.Match[str]) -> str:
    return (
        "\\r"
        if match[0] == "\r"
        else match[0].encode("unicode_escape", "surrogatepass").decode("ascii")
    )
