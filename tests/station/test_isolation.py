"""A sandbox of its own for every submission, where that is wanted."""

from dataclasses import replace

import pytest

from autograder.station import Station
from autograder.uploads.find import find_uploads
from tests.conftest import HONEST

LEFT_BEHIND = 'import os\nopen("/tmp/left-behind", "w").write("x")\n'


class CountingStation(Station):
    """Remembers the sandboxes that it has opened."""

    def __init__(self, settings):
        super().__init__(settings)
        self.opened = []

    def _open_sandbox(self, settings):
        self.opened.append(super()._open_sandbox(settings))
        return self.opened[-1]


@pytest.mark.parametrize(("isolation", "sandboxes"), [("candidate", 1), ("container", 3)])
def test_isolation_says_how_many_sandboxes_three_submissions_have(settings, uploads, isolation, sandboxes):
    """With `container` each submission is read and run in one that is started for it and gone after it."""
    three = find_uploads([uploads(ada=HONEST, ben=LEFT_BEHIND + HONEST, cleo=HONEST)])
    with CountingStation(replace(settings, isolation=isolation)) as station:
        reports = [station.grade(upload).report for upload in three]
        running = [one for one in station.opened if one._process is not None]
    assert len(station.opened) == sandboxes
    assert len(running) == (isolation == "candidate")
    assert [report.score for report in reports] == [20.0] * 3


def test_isolation_container_that_cannot_be_started_again_costs_a_try(settings, uploads, monkeypatch, tmp_path):
    """A sandbox that no longer starts is the machine's fault; when it starts again, grading goes on."""
    (first, second) = find_uploads([uploads(ada=HONEST, ben=HONEST)])
    with Station(replace(settings, isolation="container", sandbox="bubblewrap")) as station:
        assert station.grade(first).report.attempts == 1
        with monkeypatch.context() as without:
            without.setenv("PATH", str(tmp_path))
            with pytest.raises(Exception, match="bubblewrap is not installed"):
                station.grade(second)
        assert station.grade(second).report.score == 20.0
