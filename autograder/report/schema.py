"""The JSON Schema of a report, shipped as ``report.schema.json``; ``python -m autograder.report.schema`` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.report.model import Report

SCHEMA_PATH = Path(__file__).with_name("report.schema.json")


def render_schema() -> str:
    """Render the schema of the JSON that `autograder.report.model.Report.to_json` writes."""
    schema = Report.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(render_schema(), encoding="utf-8")
