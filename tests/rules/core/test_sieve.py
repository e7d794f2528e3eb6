"""What is asked of all lists and patterns at once answers as each of them would."""

import gc

import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.core import residue, sieve
from rules.core.blocks import Block
from rules.core.catalogue import load
from rules.core.phrases import clauses, phrases, trimmed
from rules.core.residue import LISTS, ResidueRule, strengths

PIECES = st.sampled_from(
    ["Advertisement", "Sign up for our newsletter", "Share this story", "Oops", "Something went wrong", "Please try again later",
     "Rain fell on the town", "TK", "[CHECK]", "{{ title }}", "<br>", "the the", "&amp;", "NaN", "(MORE)", ".a { color: red; }",
     ". ", " ", ": ", "! ", ", ", "“", "”", "é"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_a_pattern_matches_in_a_block_as_it_does_alone(text: str) -> None:
    load()
    block = Block(0, "paragraph", text, None)
    for number, pattern in enumerate(sieve._PATTERNS):
        assert (number in sieve.occurring(block)) == (re2.search(pattern, text) is not None), pattern


def test_every_pattern_is_one_of_re2() -> None:
    load()
    sifted = [made for made in gc.get_objects() if isinstance(made, sieve.Sifted)]
    assert len(sifted) > 20
    assert all(made.groups >= 0 for made in sifted)


def test_a_pattern_is_found_by_its_hint() -> None:
    found = sieve.sift(r"[a-z]{0,60}#", hint="#")
    assert [match[0] for match in found.finditer(Block(0, "paragraph", "rain# fell #", None))] == ["rain#", "#"]
    assert not list(found.finditer(Block(0, "paragraph", "rain fell", None)))


@settings(deadline=None, max_examples=150)
@given(TEXTS)
@example("Something went wrong! AdvertisementAdvertisementAdvertisement")
def test_the_lists_say_together_what_each_says_alone(text: str) -> None:
    key = Block(0, "paragraph", text, None).key
    alone = {rule.name: _strength(rule.name, key) for rule in load() if isinstance(rule, ResidueRule)}
    known, together = {slug: strength for slug, strength in alone.items() if strength}, strengths(key)
    if known:
        assert together == known
    else:  # each rule knows a part of it, or some of it speaks to the reader
        assert all(any(_list_of(slug, clause) == "strong" for clause in clauses(key)) for slug in together)


def _strength(slug: str, key: str) -> str | None:
    """One list after the other: what ``strengths`` must agree with."""
    if phrases(slug, "strong").is_whole(trimmed(key)) and residue._is_known(key, slug):
        return "strong"
    found = {_list_of(slug, clause) for clause in clauses(key)}
    if None in found or not found:
        return None
    return "strong" if "strong" in found else "weak" if "weak" in found else None


def _list_of(slug: str, clause: str) -> str | None:
    return next((name for name in reversed(LISTS) if phrases(slug, name).is_whole(clause)), None)
