"""Parse the text of ``assignment.toml`` to `AssignmentSettings`.

Every mistake is named in the words of the file.
"""

from __future__ import annotations

import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pydantic
from pydantic_core import ErrorDetails

from autograder.course.model import AssignmentSettings
from autograder.course.problems import Problem, did_you_mean

__all__ = ["parse_settings"]

Location = tuple[int | str, ...]

#: pydantic speaks of Python's types, the file is TOML.
_WORDS = (
    ("input should be", "expected"),
    ("a valid integer", "a whole number"),
    ("a valid number", "a number"),
    ("a valid string", "a string"),
    ("a valid boolean", "true or false"),
    ("a valid tuple", "a list"),
    ("a valid mapping", "a table"),
    ("a valid dictionary or instance", "a table"),
    ("a valid dictionary", "a table"),
    ("a finite number", "a finite number"),
    ("string should have", "expected a string of"),
    ("tuple should have", "expected a list of"),
    ("dictionary should have", "expected a table of"),
    (" after validation", ""),
)


def parse_settings(text: str, where: str) -> tuple[AssignmentSettings | None, list[Problem]]:
    """Read ``assignment.toml``.

    Parameters
    ----------
    text
        What the file holds.
    where
        How messages call the file.

    Returns
    -------
    tuple
        The settings and no problem, or None and at least one.
    """
    try:
        return AssignmentSettings.model_validate(tomllib.loads(text)), []
    except tomllib.TOMLDecodeError as error:
        remedy = "Write it as TOML: https://toml.io."
        return None, [Problem(where, "", f"not TOML: {_lower_first(str(error))}", remedy)]
    except pydantic.ValidationError as error:
        return None, [_problem_of(detail, where) for detail in error.errors(include_url=False)]


def _problem_of(detail: ErrorDetails, where: str) -> Problem:
    location = detail["loc"]
    key = _key_of(location)
    if detail["type"] == "extra_forbidden":
        known = list(_known_keys(location[:-1]))
        remedy = did_you_mean(str(location[-1]), known, f"Known here: {', '.join(known)}.")
        return Problem(where, key, "unknown key", remedy)
    if detail["type"] == "missing":
        return Problem(where, key, "the key is missing", f"Add `{key} = ...`.")
    return Problem(where, key, _expected(detail), "Correct the value.")


def _expected(detail: ErrorDetails) -> str:
    wanted = _lower_first(detail["msg"])
    for pydantic_words, our_words in _WORDS:
        wanted = wanted.replace(pydantic_words, our_words)
    wanted = re.sub(r" of \w+Settings$|, not 0$", "", wanted)
    return f"{wanted}, found {_short(detail['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _key_of(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _known_keys(location: Location) -> Iterator[str]:
    """Keys of the table at `location`."""
    table: Any = AssignmentSettings
    for part in location:
        fields: Mapping[str, Any] = typing.get_type_hints(table)
        table = fields[str(part)]
    yield from table.model_fields
