"""Cursors: where a page ended, as text that means nothing to its reader. Any text of their form is one."""

from service.api.shapes import LARGEST


def read_cursor(cursor: str | None) -> int | None:
    """The number that the next page begins below."""
    return min(int(cursor, 16), LARGEST) if cursor else None


def write_cursor(number: int) -> str:
    """The cursor of a page that ended with this number."""
    return f"{number:016x}"


def next_cursor(shown: list[int], limit: int) -> str | None:
    """The cursor after a page of ``limit``, asked for with one more to see whether there is more."""
    return write_cursor(shown[limit - 1]) if len(shown) > limit else None
