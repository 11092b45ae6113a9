"""One submission through examiner and sandbox, supervised."""

from autograder.station.parallel import work_in_parallel
from autograder.station.settings import StationSettings
from autograder.station.station import Station, describe_criteria
from autograder.station.supervise import ExamObserver

__all__ = ["ExamObserver", "Station", "StationSettings", "describe_criteria", "work_in_parallel"]
