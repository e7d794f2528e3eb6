"""Fields that hold a value per locale."""

import re
from typing import Any

_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]+)*")


def in_locale(value: Any, locale: str | None) -> Any:
    """The value in a locale; without one, in the first that there is. Any other value as it is."""
    if not isinstance(value, dict) or not value or not all(_LOCALE.fullmatch(str(key)) for key in value):
        return value
    if locale:
        return value.get(locale)
    return next(iter(value.values()))
