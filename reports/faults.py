"""What makes two findings the same fault: the rule, the kind and the normalised text, wherever it stands."""

import hashlib
from collections.abc import Mapping
from typing import Any

KEPT = 500  # characters of the flagged text that a finding keeps for lists and the search; the report has it whole


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash of a report's finding that the same fault has in every article, whatever its case and white space."""
    parts = (row["kind"] or "", " ".join(row["text"].lower().split()))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def kept_text(row: Mapping[str, Any]) -> str:
    """The flagged text as a finding keeps it."""
    return str(row["text"])[:KEPT]


def hash_of_place(place: str | None) -> str:
    """The hash of a place in the template; "" for none."""
    return hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:32] if place else ""
