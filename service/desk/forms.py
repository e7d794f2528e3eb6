"""Fields of the desk's forms, as the store takes them: trimmed, bounded, without what no database keeps."""

from flask import abort, request

from reports.storable import storable


def text(name: str, longest: int) -> str:
    """A line of text. A longer one than the form allows did not come from the form: 400."""
    value = storable(request.form.get(name, "")).strip()
    if len(value) > longest:
        abort(400, f"The field {name} has at most {longest} characters.")
    return value


def number(name: str, default: int) -> int:
    """A whole number; ``default`` where there is none."""
    return request.form.get(name, default, type=int)


def lines(name: str, longest: int) -> tuple[str, ...]:
    """The lines of a text area that hold something."""
    return tuple(line.strip() for line in text(name, longest).splitlines() if line.strip())


def choices(name: str) -> tuple[str, ...]:
    """The boxes that are ticked of several of one name."""
    return tuple(storable(value)[:200] for value in request.form.getlist(name)[:200] if value)


def ticked(name: str) -> bool:
    """Whether a box is ticked."""
    return name in request.form
