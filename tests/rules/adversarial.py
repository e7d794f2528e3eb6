"""Text that is made to cost: each rule's own trigger, and what patterns, parsers and pairings stumble over."""

from collections.abc import Iterator

from rules.core.catalogue import load
from rules.core.examples import unmark
from rules.core.rule import Rule

PROSE = "The council met on Monday evening, the clerk said, and put the plan to a vote of its members. "
HOSTILE = {
    "a": "a",
    "a and spaces": "a ",
    "spaces": " \n",
    "straight quotes": '"',
    "opening quotes": "“",
    "quotations": "“Yes,” she said. ",
    "inches": '1" ',
    "inches and quotes": '1"“',
    "apostrophes": "it's 'so' ",
    "full stops": "A. ",
    "ellipses": "… ",
    "digits": "1,000 ",
    "dates": "on Tuesday 5 March 2026 ",
    "capitals": "Ann Lee Of The Old Harbour ",
    "said": "he said she said ",
    "colons": "a: b: ",
    "brackets": "[({",
    "braces": "{{ {% ",
    "entities": "&amp;&#x41;",
    "not entities": "&",
    "angle brackets": "<",
    "nested tags": "<b><i>x",
    "closed tags": "<p>x</p>",
    "paragraphs of prose": f"<p>{PROSE}</p>",
    "list items": "<ul><li>x</li></ul>",
    "links": "<a href='https://x.example/a?b=c'>x</a> ",
    "headings": "<h2>x</h2>",
    "comments": "<!--",
    "combining marks": "e\u0301\u0302",
    "invisible": "\u200b\u00ad",
    "mojibake": "Ã©â€™",
    "astral": "😀",
    "speech without breaks": "“I met her,” she said. I left. ",
    "studies": "A new study found that rivers rise. Research shows it is so. ",
    "broken lines": "The bridge is old. “We met,” she said.<br>",
    "elements in a line": "The <span>river {{ value }}</span> rose. ",
    "unclosed": 'Rain fell.<br><p class="instagram-media">View this post on Instagram<br>',
}


def trigger(rule: Rule) -> str:
    """The source of the rule's first example that it finds something in."""
    for example in rule.examples:
        source, marks = unmark(example.html or example.text or "")
        if marks or example.whole_input:
            return source
    raise AssertionError(f"{rule.name} has no example that is caught")


def texts(rule: Rule) -> Iterator[tuple[str, str]]:
    """What to repeat, by name."""
    yield "its own trigger", trigger(rule)
    yield from HOSTILE.items()


def filled(piece: str, size: int) -> str:
    """``piece`` again and again, in one paragraph where it is no markup, up to ``size`` characters."""
    return "<p>" + (piece * (size // len(piece) + 1))[:size]


def rules() -> list[Rule]:
    """The catalogue, previews included."""
    return list(load())
