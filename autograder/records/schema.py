"""The JSON Schema of a report.

It is shipped as ``report.schema.json``; ``python -m autograder.records.schema`` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.records.report import Report

SCHEMA_PATH = Path(__file__).with_name("report.schema.json")


def render_schema() -> str:
    """Render the schema of the JSON that `autograder.records.report.Report.to_json` writes."""
    schema = Report.model_json_schema(mode="serialization")
    for part in (schema, *schema["$defs"].values()):
        _shorten(part)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _shorten(part: dict[str, Any]) -> None:
    """Keep a docstring's summary, on one line.

    The rest is for readers of the code.
    """
    summary, _, _ = part.get("description", "").partition("\n\n")
    if summary:
        part["description"] = " ".join(summary.split())


if __name__ == "__main__":
    SCHEMA_PATH.write_text(render_schema(), encoding="utf-8")
