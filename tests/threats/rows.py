"""Every row of the catalogue of threats by its number, what must come out, and what is special about a sandbox.

The first hundred says what the class is: 0 controls, 1 tampering with the score, 2 leaks, 3 resources, 4 the channel,
5 odd input, 6 cheating special to deep learning, 7 probes.
"""

from __future__ import annotations

import ast

from autograder.sandbox.open import SANDBOXES
from tests.threats.bundle_catalogue import BUNDLES
from tests.threats.bundles import PROGRAMS

FULL = "full marks"
ZERO = "wrong values earn nothing"
VALUES = "scored by its values; nothing is seen"
NOT_LOADED = "cannot be loaded; one message with file and line"
REFUSED = "refused with a sentence"
LIMITED = "its criterion is ended by a limit, and no other"

ROWS = {
    **dict.fromkeys(("001", "002", "003", "005"), FULL),
    "004": "the right half earns, the wrong half does not",
    **dict.fromkeys(("101", "103", "107", "109", "111", "117", "119", "121", "123", "125", "127", "129", "131", "133"), ZERO),
    "105": "ends its own process; earns nothing",
    "113": "that statement is left out; there is nothing else",
    "115": "crashed in each call; earns nothing",
    "135": "wrong values earn nothing; the change of its input is told",
    "137": "right values earn; the slow criterion is ended by the outer clock",
    "139": ZERO,
    "141": "scored by its code alone; wrong values earn nothing",
    "143": ZERO,
    "145": ZERO,
    "147": "wrong values earn nothing; shown to staff",
    **dict.fromkeys(("201", "203", "205", "207", "209", "211", "217", "219"), VALUES),
    "213": "exceptions earn nothing; inert wherever it is shown",
    "215": "exceptions earn nothing; records stay one record",
    "301": LIMITED,
    "303": LIMITED,
    "305": "ended for its memory; others are not touched",
    "307": "folders end at their size; gone afterwards",
    "309": "folders end at their number of files; gone afterwards",
    "311": "full marks; the output is cut",
    "313": LIMITED,
    "315": LIMITED,
    "317": "crashed or raised; no core file",
    "319": "full marks; it alone runs out",
    "321": REFUSED,
    "323": "full marks without a GPU; one job per GPU with one",
    "325": LIMITED,
    "327": "full marks; nothing is left of it",
    "329": "scored by its values; as an upload refused",
    "331": "counted as its memory, or refused",
    "333": "too complex: cannot be loaded",
    "335": "full marks; no log of the host is reached",
    "337": "full marks; nobody waits for its locks",
    "339": LIMITED,
    "341": "crashed: another program answers no call",
    "343": "full marks; nothing is left of it",
    "345": "counted as its memory; gone afterwards",
    **dict.fromkeys(("401", "403", "407", "409", "413", "415", "423", "425"), ZERO),
    "405": FULL,
    "411": "its criterion is lost, the next is not",
    "417": "its criterion may be lost, the next is not",
    "419": "right values earn; nothing it says of itself counts",
    "421": "full marks; there is nothing to read ahead",
    "427": FULL,
    "429": "its criterion may be lost, the next is not",
    "431": "scored by its source; no model file is ever loaded",
    "447": ZERO,
    "449": LIMITED,
    "451": LIMITED,
    "453": "its own fault, never the rubric's",
    "455": "sees nothing, and crashed by trying",
    "457": ZERO,
    "461": "full marks; nobody takes them",
    "463": "full marks; none is sent",
    "465": LIMITED,
    "459": "fewer values than expected earn nothing",
    **dict.fromkeys(("501", "531", "533", "545", "549"), NOT_LOADED),
    **dict.fromkeys(("503", "505", "507", "515", "521", "535", "537", "541", "543"), FULL),
    "509": "the other criteria earn; the name that was found is told",
    "511": "the other criteria earn; the missing name is told",
    "513": "not attempted: earns nothing",
    "517": "what it defines is graded; its own words are shown",
    "519": "the other criteria earn",
    "523": "the package is not allowed; its tensors elsewhere are values",
    "525": "float16 fails by its precision",
    "527": "fails where a function is called twice",
    "529": "what trains is left out; what it defines is graded",
    "539": "one candidate is taken, two are refused, no trace of ours",
    "547": "what uses the package is lost; what it defines is graded",
    "601": "hidden criteria earn nothing; shown to staff",
    "603": "the package cannot be had; shown to staff",
    "605": "ended by its cost, which grows with the inputs",
    "607": "there are no such packages and no weights; shown to staff",
    "609": "there are no labels to find",
    "611": "hidden criteria earn nothing",
    "613": "full marks; shown to staff as alike",
    "615": "a history that does not fit the weights earns nothing",
    "617": "scored by its values; shown to staff",
    "619": "random scores earn nothing",
    **dict.fromkeys(("701", "703", "705"), "finds the declared profile and nothing else"),
}  # fmt: skip
IN_GVISOR = "gvisor"
WALLS = (*SANDBOXES[1:], IN_GVISOR)
# What stands beside a cell: the row was run and came out as it must, on less than a machine may have.
NO_GPU = "no GPU here"
REMARKS = {
    **{("323", sandbox): NO_GPU for sandbox in WALLS},
    ("317", IN_GVISOR): "or by its CPU time",
}
# What a sandbox cannot meet: another outcome is expected there, and why. ``SECURITY.md`` says what that leaves open.
UNMET = {
    ("309", IN_GVISOR): "files are not counted; ended by its CPU time",
}


FAMILIES = {
    "321": "Archives that unpack to too much, lie about it, overlap, nest, hold a hundred thousand entries, links, or names that lead out",
    "329": "Puts pipes, sockets, links to endless devices and folders where a grader may look for files, and hands such in",
    "333": "Sources on which a parser runs out of stack or memory: deep nesting, endless sums, huge numbers, long names, NULs",
    "539": "Honest: uploads as they arrive, nested, renamed, of other kinds, empty, encrypted, twice",
}


def describe_rows() -> dict[str, str]:
    """Tell of each row that has a program what it tries: the first sentence of the first program's docstring."""
    told: dict[str, str] = {}
    for path in (*sorted(PROGRAMS.glob("*.py")), *sorted(PROGRAMS.glob("two_ways/*.py"))):
        told.setdefault(path.stem[:3], _docstring(path.read_text()))
    for bundle in BUNDLES:
        told.setdefault(bundle.row[:3], bundle.make.__doc__)
    return {row: _sentence(FAMILIES.get(row, text)) for row, text in told.items()}


def _docstring(text: str) -> str:
    try:
        return ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError:  # which is what it tries
        return text.partition('"""')[2].partition('"""')[0] or text.partition("# ")[2].partition("\n")[0]


def _sentence(text: str) -> str:
    first = " ".join(text.split()).partition(": ")[0] if len(text) > 120 else " ".join(text.split())
    return first.rstrip(".").replace("|", "\\|").replace("<", "&lt;")
