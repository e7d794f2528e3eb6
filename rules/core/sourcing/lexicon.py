"""The English that attribution rests on: word classes and the forms of reporting verbs, from ``rules/data/sourcing.toml``.

A word class is one character: ``P`` pronoun, ``S`` possessive, ``D`` determiner, ``p`` preposition, ``c`` conjunction,
``s`` subordinator, ``t`` that, ``o`` to, ``w`` wh-word, ``b`` be, ``h`` have, ``d`` do, ``m`` modal, ``x`` not, ``k`` clitic 's,
``R`` adverb, ``z`` time, ``v`` a form of a reporting verb, ``E`` another word in -ed, ``G`` one in -ing, ``n`` any other word in
lower case, ``C`` capitalised, ``A`` capitals, ``#`` number, ``q`` and ``Q`` opening and closing quotation mark, and other marks.
"""

import tomllib
from functools import cache
from typing import Any, NamedTuple

from rules.core.phrases import DATA

_CLASSES = {
    "pronoun": "P", "possessive": "S", "determiner": "D", "preposition": "p", "conjunction": "c", "subordinator": "s",
    "that": "t",
    "to": "o", "wh": "w", "be": "b", "have": "h", "do": "d", "modal": "m", "not": "x", "clitic": "k", "adverb": "R", "time": "z",
}  # fmt: skip


class Form(NamedTuple):
    """What a form of a reporting verb is: its base, the classes of the base, and ``base``, ``s``, ``ed`` or ``ing``."""

    base: str
    classes: str
    shape: str


NO_FORM = Form("", "", "")


@cache
def data() -> dict[str, Any]:
    """The file's tables."""
    return tomllib.loads((DATA / "sourcing.toml").read_text(encoding="utf-8"))


@cache
def words(table: str, name: str) -> frozenset[str]:
    """One of the file's word lists."""
    return frozenset(data()[table][name].split())


@cache
def closed_classes() -> dict[str, str]:
    """Lower-case word to class, for the words of the closed classes."""
    found: dict[str, str] = {}
    for name, listed in data()["closed"].items():
        for word in listed.split():
            found.setdefault(word, _CLASSES[name])
    return found


@cache
def verb_forms() -> dict[str, Form]:
    """Every form of every reporting verb."""
    classes: dict[str, set[str]] = {}
    past: dict[str, list[str]] = {}
    for name, listed in data()["verbs"].items():
        for entry in listed.split():
            base, *irregular = entry.split("/")
            classes.setdefault(base, set()).add(name)
            past[base] = irregular or past.get(base, [])
    found: dict[str, Form] = {}
    for base, names in classes.items():
        for word, shape in _forms(base, past[base]):
            found.setdefault(word, Form(base, "+".join(sorted(names)), shape))
    return found


def _forms(base: str, past: list[str]) -> list[tuple[str, str]]:
    stem = base + base[-1] if base in words("spelling", "doubling") else base.removesuffix("e") if base[-2:] != "ee" else base
    regular = base[:-1] + "ied" if _ends_on_y(base) else base + "d" if base.endswith("e") else stem + "ed"
    return [(base, "base"), (_with_s(base), "s"), (stem + "ing", "ing"), *((word, "ed") for word in past or [regular])]


def _with_s(word: str) -> str:
    if _ends_on_y(word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x", "z")) else "s")


def _ends_on_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


@cache
def nouns() -> dict[str, str]:
    """Nouns of saying and thinking, singular and plural, to their class."""
    listed = [(name, word) for name, many in data()["nouns"].items() for word in many.split()]
    return {form: name for name, word in reversed(listed) for form in (word, _with_s(word))}


@cache
def states() -> frozenset[str]:
    """Adjectives and participles that tell what somebody believes, feels or means to do."""
    return words("states", "belief") | words("states", "intention")


@cache
def head_words() -> frozenset[str]:
    """Every word that may be the head of a cue."""
    return frozenset((*verb_forms(), *nouns(), *states(), "according"))


def base_of(word: str) -> str:
    """The base of a reporting verb's form; another word as it is."""
    return verb_forms().get(word, NO_FORM).base or word


@cache
def class_of(word: str) -> str:
    """The classes of a reporting verb, ``noun-`` and its class for a noun, ``state``, or the word itself."""
    form = verb_forms().get(word)
    if form:
        return form.classes
    noun = nouns().get(word)
    if noun:
        return f"noun-{noun}"
    return "state" if word in states() else word


@cache
def traits(name: str) -> tuple[str, str, str]:
    """The base, the classes and the form of a cue's head; the form of ``name!`` is ``passive``."""
    low = name.removesuffix("!") or name
    form = verb_forms().get(low, NO_FORM)
    return form.base or low, class_of(low), "passive" if low != name else form.shape


@cache
def sort_of(name: str) -> tuple[str, str]:
    """The classes and the form of a cue's head: what it has in common with others."""
    return traits(name)[1:]


@cache
def kind_of(word: str) -> str:
    """``statement``, ``belief`` or ``intention``: what a cue with this head makes of its content."""
    base, group = base_of(word), class_of(word)
    if group in ("plan", "noun-plan") or base in words("kinds", "intention") or word in words("states", "intention"):
        return "intention"
    if group in ("think", "noun-thought") or base in words("kinds", "belief") or word in words("states", "belief"):
        return "belief"
    return "statement"
