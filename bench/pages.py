"""Whether a block gets the same verdict in the whole page and in a scrape of it.

    python bench/pages.py CORPUS

For each page of the corpus and each scrape of it: the blocks that stand in the page's region and in the scrape by normalised
text, and the share of them that both flag as junk or template, or both leave alone. A page's file name is its id cut to 40
characters.
"""

import collections
import re
from datetime import UTC, datetime

import corpus
from leftover_model import plain

from rules.core.article import read
from rules.core.catalogue import choose
from rules.core.findings import REMOVES
from rules.core.resolution import resolve
from rules.core.rule import Context, budget_for
from rules.core.submission import Submission

NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)
NAME = 40  # characters of an id in a page's file name
RULES = [rule for rule in choose() if rule.category in REMOVES]


def main() -> None:
    folder = corpus.folder(corpus.parser(__doc__ or "").parse_args())
    pages = {slug(page.name.removesuffix(".html.gz"))[:NAME]: verdicts(page.content) for page in corpus.pages(folder)}
    same: collections.Counter[str] = collections.Counter()
    shared: collections.Counter[str] = collections.Counter()
    matched = set()
    for scrape in corpus.scrapes(folder):
        name, _, scraper = scrape.name.rpartition("#")
        key = next((page for page in pages if slug(name).startswith(page) or slug(name)[:NAME] == page), None)
        if key is None:
            continue
        matched.add(key)
        for text, flagged in verdicts(scrape.content).items():
            if text in pages[key]:
                shared[scraper] += 1
                same[scraper] += pages[key][text] == flagged
    print(f"{len(matched)} of {len(pages)} pages have scrapes")
    for scraper in sorted(shared):
        print(
            f"{scraper}: {same[scraper]} of {shared[scraper]} shared blocks judged alike, {same[scraper] / shared[scraper]:.2%}"
        )


def verdicts(content: bytes) -> dict[str, bool]:
    """Each block's normalised text, and whether it is flagged as no part of the story anywhere."""
    article = read(Submission(content, kind="html"))
    found = [(rule, finding) for rule in RULES for finding in rule.check(article, Context(NOW, budget_for(article)))]
    flagged = {index for _, finding in resolve(found) for index in finding.blocks}
    texts: dict[str, bool] = {}
    for block in article.blocks:
        if text := plain(block.text):
            texts[text] = texts.get(text, False) or block.index in flagged
    return texts


def slug(name: str) -> str:
    """An id as file names have it."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


if __name__ == "__main__":
    main()
