"""One submission through examiner and sandbox, supervised."""

from autograder.station.station import Station, StationSettings, describe_criteria

__all__ = ["Station", "StationSettings", "describe_criteria"]
