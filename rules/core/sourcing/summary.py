"""Who a story rests on: each source with what it carries, and the sentences that nobody answers for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rules.core.article import Article
from rules.core.sentences import Sentence
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.voices import Voice

SAYS_SOMETHING = 5  # words


@dataclass
class SourceRow:
    """One source and the attributions that rest on it."""

    voice: Voice
    attributions: list[Attribution] = field(default_factory=list)

    @property
    def words(self) -> int:
        """How many words of the story rest on it."""
        return sum(found.words for found in self.attributions)

    def count(self, *types: str) -> int:
        """How many of its attributions are of these types."""
        return sum(found.type in types for found in self.attributions)


def source_rows(article: Article) -> list[SourceRow]:
    """The story's sources, the one that carries most first; only clear attributions count."""
    rows: dict[int, SourceRow] = {}
    for found in article.attributions:
        if found.clear and found.voice is not None and found.contents:
            rows.setdefault(id(found.voice), SourceRow(found.voice)).attributions.append(found)
    return sorted(rows.values(), key=lambda row: (-row.words, row.voice.name))


def clear_voices(article: Article) -> Iterator[Attribution]:
    """The clear statements of sources that a reader can tell: a name, an institution, a document."""
    for found in article.attributions:
        if found.clear and found.contents and found.voice is not None and found.voice.named and not found.voice.crowd:
            yield found


def unanswered(article: Article, attributions: Iterable[Attribution] | None = None) -> Iterator[Sentence]:
    """The sentences of the prose that none of the attributions (default: of all) touches, in order."""
    touched: dict[int, list[tuple[int, int]]] = {}
    for found in article.attributions if attributions is None else attributions:
        for part in (found.source, found.cue, *found.contents):
            if part is not None:
                touched.setdefault(found.block.index, []).append((part.start, part.end))
    for block in article.prose:
        covered = bytearray(len(block.text))
        for start, end in touched.get(block.index, ()):
            covered[start:end] = b"x" * (end - start)
        for sentence in article.sentences(block):
            if not any(covered[sentence.start : sentence.end]):
                yield sentence


def describe(article: Article) -> dict[str, Any]:
    """The same as JSON: ``sources`` and ``unanswered``, with words counted by white space."""
    words = max(article.words, 1)
    open_sentences = [sentence for sentence in unanswered(article) if _is_whole(sentence)]
    return {
        "headline": article.headline.text if article.headline else None,
        "language": article.language,
        "words": article.words,
        "sources": [_row(row, words) for row in source_rows(article)],
        "unanswered": [{"block": sentence.block.index, "text": sentence.text} for sentence in open_sentences],
        "unanswered_words": sum(len(sentence.text.split()) for sentence in open_sentences),
    }


def _is_whole(sentence: Sentence) -> bool:
    """Whether it is a sentence that says something: a label or a cry of three words is answered for by nobody anywhere."""
    return len(sentence.text.split()) >= SAYS_SOMETHING and sentence.text.rstrip("”\"')").endswith((".", "!", "?", "…"))


def _row(row: SourceRow, words: int) -> dict[str, Any]:
    voice = row.voice
    return {
        "name": voice.name,
        "named": voice.named,
        "anonymous": voice.anonymous,
        "crowd": voice.crowd,
        "statements": len(row.attributions),
        "direct": row.count("direct", "mixed"),
        "indirect": row.count("indirect"),
        "words": row.words,
        "share": round(row.words / words, 3),
        "passages": [
            {
                "block": found.block.index,
                "kind": found.kind,
                "type": found.type,
                "cue": found.cue.text if found.cue else None,
                "text": " … ".join(content.text for content in found.contents),
            }
            for found in row.attributions
        ],
    }
