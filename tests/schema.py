"""The report's published schema, for every test that sees a report."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def validate(report: dict[str, Any]) -> dict[str, Any]:
    """The report, which is as the schema says; fails on any other."""
    VALIDATOR.validate(report)
    return report
