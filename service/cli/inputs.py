"""What ``check`` is to read: files, folders, standard input; each opened with a bound and never with a surprise."""

import gzip
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rules.core.decoding import MAX_BYTES
from rules.core.errors import UnreadableInputError
from rules.core.submission import ContentKind, Submission
from workers.errors import FetchError

SUFFIXES = (".html", ".htm", ".xhtml", ".txt")
STANDARD_INPUT = "-"
ADDRESSES = ("https://", "http://")
Fetch = Callable[[str], Submission]


@dataclass(frozen=True)
class Input:
    """One thing to read: its path and, where a folder could not be listed, why."""

    path: str
    fault: str | None = None

    @property
    def shown(self) -> str:
        """The path as text that can be printed; bytes that are no UTF-8 become U+FFFD."""
        return os.fsencode(self.path).decode("utf-8", "replace")


def find_inputs(arguments: Sequence[str]) -> Iterator[Input]:
    """The files that the arguments name: a folder's stories sorted by path, everything else as it stands."""
    for argument in arguments:
        if argument != STANDARD_INPUT and Path(argument).is_dir():
            yield from sorted(_walk(argument), key=lambda found: found.path)
        else:
            yield Input(argument)


def read_input(given: Input, kind: ContentKind) -> Submission:
    """The submission of an input; an address is fetched. Raises UnreadableInputError with the reason for a person."""
    if given.fault is not None:
        raise UnreadableInputError(given.fault)
    if given.path.lower().startswith(ADDRESSES):
        return replace(fetch_page(given.path), kind=kind)
    try:
        content = _read(given.path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableInputError("The gzip data is damaged; pack the file anew.") from error
    except (OSError, ValueError) as error:
        raise UnreadableInputError(_say(error)) from error
    if len(content) > MAX_BYTES:
        raise UnreadableInputError(f"The input is larger than {MAX_BYTES:,} bytes. Hand in the article alone.")
    return Submission(content, kind=_kind(given.path, kind), path=given.shown)


def fetch_page(url: str) -> Submission:
    """The page at ``url``, from its own site. Raises UnreadableInputError.

    An inside address is read only where the environment opens its network (``COPYDESK_INSIDE_ALLOWED``).
    """
    from reports.settings import Settings  # noqa: PLC0415 - files need no network, and it starts slowly
    from workers.fetching import Fetcher  # noqa: PLC0415
    from workers.network import networks  # noqa: PLC0415

    try:
        page = Fetcher(networks(Settings.from_environ(os.environ).inside_allowed)).page(url, site_of(url))
    except FetchError as error:
        raise UnreadableInputError(error.reason) from error
    return Submission(page.content, charset=page.charset, path=url, url=page.url)


def site_of(url: str) -> list[str]:
    """The origins that an address of a site is commonly redirected to: the same host, with ``www.`` or without, with TLS."""
    from workers.fetching import origin_of  # noqa: PLC0415 - as above

    origin = origin_of(url)
    host = origin.partition("://")[2]
    bare = host.removeprefix("www.")
    return [origin, *(f"https://{name}" for name in (bare, f"www.{bare}"))]


def _walk(folder: str) -> Iterator[Input]:
    """A folder's stories at any depth: regular files only, nothing hidden, no symbolic links."""
    faults: list[Input] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: faults.append(Input(error.filename, _say(error)))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - a Path would fold the "./" that the caller wrote
            if not name.startswith(".") and is_story(name) and Path(path).is_file() and not Path(path).is_symlink():
                yield Input(path)
    yield from faults


def is_story(name: str) -> bool:
    """Whether a file of that name holds a story."""
    return name.lower().removesuffix(".gz").endswith(SUFFIXES)


def _read(path: str) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if path.lower().endswith(".gz"):
        with gzip.open(path) as packed:
            return packed.read(MAX_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _kind(path: str, kind: ContentKind) -> ContentKind:
    """What the option says; else ``.txt`` is text, and everything else shows by its tags what it is."""
    return "text" if kind == "auto" and path.lower().removesuffix(".gz").endswith(".txt") else kind


def _say(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file or folder."
    if isinstance(error, PermissionError):
        return "It may not be read by this user."
    return f"It cannot be read: {getattr(error, 'strerror', None) or error}."
