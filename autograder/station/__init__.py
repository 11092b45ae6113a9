"""One submission through examiner and sandbox, supervised."""

from autograder.station.station import Station, StationSettings

__all__ = ["Station", "StationSettings"]
