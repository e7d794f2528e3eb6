"""A note of the desk to itself was published.

## Why it matters
"TK" and "[CHECK]" mark what must not go out yet. When they do, the reader sees a hole, and perhaps a claim that nobody
checked.

## What is checked
"TKTK"; "TK", "XXX" and "CQ" in brackets, or between words of lower case where a number or a name belongs; "[CHECK]", "[VERIFY
NAME]"; a line that is only "(MORE)" or "-30-"; wire headers such as "EDS:", "WRITETHRU" and "EMBARGOED UNTIL".

## Known limits
Names such as Studio TK, TK Maxx, Super Bowl XXX and CQ magazine stand beside a capital and are left alone, as is what a
quotation says.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import occurring, sift

_SURE = sift(
    r"\b(?:TK){2,}\b|\[(?:TK|TKs?|XXX+|CQ|CK|CHECK|CHECK [A-Z ]{2,30}|VERIFY(?: [A-Z ]{2,30})?|"
    r"FACT[- ]?CHECK|CONFIRM(?: [A-Z ]{2,30})?|TO ?DO|FIXME|"
    r"INSERT [A-Z ]{2,30}|NEEDS? (?:SOURCE|LINK|CITATION|CONFIRMATION)|LINK TK|NAME TK)\]|\((?:TK|CQ|cq)\)"
)
_MAYBE = sift(r"(?:^|(?:^|[\s(])[a-z]+,? |[$£€])(TK|XXX)\b(?:[.,;:?!]| [a-z]|$)")
_LINE = sift(
    r"^(?:\(?MORE\)?|-30-|– ?30 ?–|#{3,}|ENDS?|-ENDS-|\(?END\)?|EDS: .*|EDITORS?: .*|"
    r".{0,40}\bWRITETHRU\b.{0,40}|(?:NOT FOR RELEASE|EMBARGOED) (?:UNTIL|TILL|FOR) .*"
    r"|HOLD FOR RELEASE.*)$"
)
_END = later(r"-30-|– ?30 ?–|#{3,}|-ENDS-|\(?ENDS?\)?")
NAME_FROM = 2  # whoever writes TK more often means a company of that name
_SILENT_LINES = frozenset({"MORE", "END", "ENDS"})  # without brackets or dashes they may be a heading in capitals


class EditorNoteLeftIn(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 93

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each note where it stands; a line that is nothing else as a whole."""
        context.spend(3 * len(article.text))
        is_name = article.text.count("TK") > NAME_FROM or article.language != "en"
        last = next((block for block in reversed(article.blocks) if block.text), None)
        for block in article.blocks:
            if block is last and article.root is None and _END.fullmatch(block.text):
                continue  # copy from a wire ends so; on a page it was left in
            if occurring(block) and not block.tags & CODE and not any(mark in block.text for mark in ("“", "”")):
                yield from _notes(block, maybe=not is_name)

    examples: ClassVar = (
        Example(why="a number to come", html="<p>The bridge cost ⟦TK⟧ million, the council said.</p>"),
        Example(why="twice is sure", html="<p>Mayor ⟦TKTK⟧ opened it.</p>"),
        Example(why="a bracket", html="<p>It opened in 1931 ⟦[CHECK]⟧ after a strike.</p>"),
        Example(why="a wire's line", html="<p>Rain fell.</p><p>⟦(MORE)⟧</p>"),
        Example(why="the end of a wire's copy", text="Rain fell on the town.\n\n-30-"),
        Example(why="the same on a page", html="<p>Rain fell on the town.</p><p>⟦-30-⟧</p>"),
        Example(why="names", html="<p>Studio TK and TK Maxx paid for Super Bowl XXX, CQ magazine wrote.</p>"),
        Example(why="Spanish", html="<p>Todo el pueblo vino a la plaza.</p>", language="es"),
    )


def _notes(block: Block, *, maybe: bool) -> Iterator[Finding]:
    text = block.text
    if _LINE.occurs(block) and text not in _SILENT_LINES:
        yield _finding(block, 0, len(text), Severity.ERROR, "the whole line")
        return
    sure = [(match.start(), match.end()) for match in _SURE.finditer(block)]
    for start, end in sure:
        yield _finding(block, start, end, Severity.ERROR, "desks write it for what is still to come")
    for match in _MAYBE.finditer(block) if maybe else ():
        if not any(start <= match.start(1) < end for start, end in sure):
            yield _finding(block, match.start(1), match.end(1), Severity.WARNING, "stands where a number or a name belongs")


def _finding(block: Block, start: int, end: int, severity: Severity, reason: str) -> Finding:
    note = block.text[start:end]
    return Finding(f"A note of the desk was published: “{note}”.", (Place(block, start, end),), severity, 0.9, (reason,))
