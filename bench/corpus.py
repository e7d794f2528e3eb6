"""The corpus' documents for the other scripts here. Its path is an argument or ``COPYDESK_CORPUS``; there is no default."""

import argparse
import gzip
import html
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PUBLISHED = "2024-03-05T10:00:00Z"  # the corpus' scorer sets this date into the scrapes, which carry none


class Document(NamedTuple):
    """One document: a name, the publisher's domain, and its bytes."""

    name: str
    domain: str
    content: bytes


def parser(description: str) -> argparse.ArgumentParser:
    """An argument parser that already knows the corpus."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("corpus", type=Path, nargs="?", default=os.environ.get("COPYDESK_CORPUS"), help="the corpus' folder")
    return made


def folder(options: argparse.Namespace) -> Path:
    """The corpus' folder; ends the program with a sentence when none was named."""
    if options.corpus is None or not Path(options.corpus).is_dir():
        raise SystemExit("Name the corpus' folder as an argument or in COPYDESK_CORPUS.")
    return Path(options.corpus)


def rows(corpus: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one of the corpus' gzipped JSONL files."""
    with gzip.open(corpus / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def pages(corpus: Path) -> Iterator[Document]:
    """The whole pages, as served."""
    for path in sorted((corpus / "pages").glob("*.html.gz")):
        yield Document(path.name, "", gzip.decompress(path.read_bytes()))


def scrapes(corpus: Path) -> Iterator[Document]:
    """The scrapes, set into a page as the corpus' scorer does."""
    for row in rows(corpus, "scrapes"):
        title = html.escape(row["title"] or "", quote=False)
        head = f'<meta charset="utf-8"><meta property="article:published_time" content="{PUBLISHED}"><title>{title}</title>'
        head += f'<link rel="canonical" href="{html.escape(row["url"])}">'
        page = f"<!doctype html><html><head>{head}</head><body><article>{row['html']}</article></body></html>"
        yield Document(row["id"], row["domain"], page.encode())
