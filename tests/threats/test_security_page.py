"""The page that tells people what is promised: its table is that of the tests, and no row is without a program."""

from __future__ import annotations

from tests.threats.bundle_catalogue import BUNDLES
from tests.threats.catalogue import THREATS
from tests.threats.ledger import PAGE, cell_of, render_table, table_in
from tests.threats.rows import ROWS, describe_rows
from tests.threats.test_profile import FINDS
from tests.threats.test_two_ways import EXPECTED


def test_every_row_of_the_catalogue_has_a_program_that_runs():
    """The numbers of the catalogue are those of the programs, bundles and probes that are tests; none is left out."""
    programs = {threat.program for threat in THREATS} | set(EXPECTED) | set(FINDS)
    assert {name[:3] for name in programs} | {bundle.row[:3] for bundle in BUNDLES} == set(ROWS)


def test_every_row_says_what_it_tries():
    """There is a sentence for each, short enough for a table."""
    told = describe_rows()
    assert set(told) == set(ROWS)
    assert [row for row, text in told.items() if not 8 < len(text) < 160] == []


def test_security_page_has_the_table_of_the_tests():
    """What stands there is what comes out: after a change, AUTOGRADER_WRITE_SECURITY=1 python -m pytest tests/threats."""
    assert table_in(PAGE.read_text()) == render_table(cell_of)
