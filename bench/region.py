"""How much of a story the region of its page holds, and how much beside it, against what two extractors say.

    python bench/region.py FOLDER [--worst 20]

FOLDER holds whole pages (``*.html``, ``*.htm``, also gzipped), at any depth. What trafilatura and readability both take is story;
what neither takes stands beside it. Both err: this compares two states of the code, and finds pages to look at. The two are
installed apart from what we depend on: pip install --target .venv/beside trafilatura readability-lxml lxml_html_clean
"""

import argparse
import gzip
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from speed import BESIDE

from rules.core.engine import open_article, text_of
from rules.core.submission import Submission

ENOUGH_WORDS = 150  # that both take; in less they agree by chance
LOST, MIXED = 0.9, 0.7  # below: a part of the story is not read, or a third of what is read is none
_WORD = re.compile(r"\w+")


class Measured(NamedTuple):
    """A page, the share of the story that its region holds, and the share of the region that is story."""

    name: str
    held: float
    story: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=20, help="how many of the worst pages to name")
    options = parser.parse_args()
    sys.path.append(str(BESIDE))
    found = [measured for name, page in _pages(options.folder) if (measured := _measure(name, page))]
    if not found:
        raise SystemExit(f"No page in {options.folder} from which both extractors took {ENOUGH_WORDS} words.")
    print(f"{len(found)} pages")
    print(f"of the story in the region     {statistics.fmean(page.held for page in found):.3f}", end="")
    print(f", pages below {LOST}: {sum(page.held < LOST for page in found)}")
    print(f"of the region that is story    {statistics.fmean(page.story for page in found):.3f}", end="")
    print(f", pages below {MIXED}: {sum(page.story < MIXED for page in found)}")
    for page in sorted(found, key=lambda page: min(page.held, page.story))[: options.worst]:
        print(f"  {page.held:.2f} {page.story:.2f} {page.name}")


def _pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each page once, however often it lies there."""
    seen: set[bytes] = set()
    for path in sorted(path for path in folder.rglob("*.htm*") if path.is_file()):
        page = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if page not in seen:
            seen.add(page)
            yield str(path.relative_to(folder)), page


def _measure(name: str, page: bytes) -> Measured | None:
    """None where the two agree on too little."""
    import trafilatura  # noqa: PLC0415 - beside, and slow to start
    from lxml import html  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    text = trafilatura.utils.decode_file(page)
    try:
        one = _words(trafilatura.extract(text, include_comments=False) or "")
        other = _words("\n".join(html.fromstring(Document(text).summary()).itertext()))
    except Exception as error:  # noqa: BLE001 - whatever they break on is no page to measure by
        print(f"  left out: {name}: {type(error).__name__}")
        return None
    both = one & other
    if both.total() < ENOUGH_WORDS:
        return None
    region = _words(text_of(open_article(Submission(page, path=name))))
    return Measured(name, (region & both).total() / both.total(), (region & (one | other)).total() / max(1, region.total()))


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


if __name__ == "__main__":
    main()
