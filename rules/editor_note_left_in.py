"""A note of the desk to itself was published.

## Why it matters
"TK" and "[CHECK]" mark what must not go out yet. When they do, the reader sees a hole, and perhaps a claim that nobody checked.

## What is checked
"TKTK"; "TK", "XXX" and "CQ" in brackets, or between words of lower case where a number or a name belongs. What a desk writes in
brackets: "[check]", "[verify name]", "[insert quote]", "[figure to come]", "[source?]", "[Ed: can we say this?]", and the one
place kept for a fact ("[NAME]"). A line that is only "(more)", "-30-", "FIXME" or "TODO: add map"; wire headers such as "Eds:
Adds quotes", "Writethru" and "EMBARGOED UNTIL"; "DO NOT PUBLISH". The lines of a press release that was pasted whole: "For
immediate release", "Notes to editors", "ENDS", an embargo. In capitals, as desks write, it is an error, else a warning; "# # #"
above more of the story is a warning, and "Ms XXX said", once, a note.

## Known limits
Names such as Studio TK, TK Maxx, Super Bowl XXX and CQ magazine stand beside a capital and are left alone, as is what a
quotation says. "XX" alone counts only before a unit, for it names chromosomes too. An editor's note in brackets that tells
readers something ("[Ed: the shop has moved]") is no note to the desk. Two places kept for a fact may be a letter that readers
copy, or names that were taken out. "Embargo" counts before a colon, and "embargoed" before "until".
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import occurring, sift

_FACT = r"(?:names?|spellings?|facts?|figures?|numbers?|dates?|ages?|titles?|quotes?|sources?|times?|amounts?|this)"
_PIECE = (
    r"(?:(?:pull ?)?quotes?|photos?|pics?|pictures?|images?|figures?|numbers?|links?|maps?|charts?|graphics?|captions?|bylines?)"
)
_ASKS = rf"(?:please |pls )?(?:double[- ]|fact[- ])?(?:check|confirm|verify)(?: (?:the )?{_FACT}| with \w+)?"
_CUTS = r"(?:please |pls )?(?:cut|trim) [^\[\]()]{2,60}"
_TO = r"(?:eds?|editors?|subs?|note to (?:eds?|editors?|subs?|desk)): ?"
_SURE = sift(
    r"\b(?:TK|tk|Tk){2,}\b|\((?:TK|CQ|cq|(?:[A-Z]+ |[a-z]+ ){1,3}TK)\)|\[TK: [^\[\]]{1,60}\]|"
    r"\[(?:TKs?|XXX+|CQ|CK|(?:CHECK|VERIFY|CONFIRM|INSERT) [A-Z ]{2,30}|TO ?DO|LINK TK|NAME TK|"
    r"NEEDS? (?:SOURCE|LINK|CITATION|CONFIRMATION))\]|"
    rf"(?i:\[(?:{_ASKS}|(?:insert|add) (?:an? |the )?{_PIECE}(?: here)?|{_PIECE} (?:here|to come|tk)|(?:source|spelling)\?|"
    rf"(?:legal|lawyers?|subs?|desk) (?:to |please |pls )(?:check|see|read)|"
    rf"{_TO}(?:{_ASKS}|(?:can|should|do) we [^\[\]]{{2,60}}))"
    rf"[.?]?(?: ?[-–/] ?[a-z]{{2,3}})?\]|[\[(]{_TO}{_CUTS}[\])])"
)
_TITLE = r"\b(?:Councillor|Cllr|Mayor|Sen|Rep|Gov|Sgt|Lt|Capt|Det|Insp|Supt|PC|Officer|Mr|Mrs|Ms|Dr|Prof|Judge)\b"
_MAYBE = sift(
    r"(?:^|(?:^|[\s(])[a-z]+,? |[$£€])(TK|XXX)\b(?:[.,;:?!]| [a-z]|$)|(\(tk\))|"
    r"[$£€](XX)\b|\b(XX)(?:%| per ?cent\b| [mb]illion\b| years old\b)"
)
_FIELD = sift(r"\[(?:NAMES?|AGE|CITY|TOWN|DATE|QUOTE|NUMBER|AMOUNT|LOCATION)\]")
_NAMELESS = sift(rf"{_TITLE}\.? (X{{3,}}) (?:said|says|told|added)\b")
_PRESSED = later(r"\b(?:tap|click|press|choose|select|hit)(?: on| the)* \[", re.IGNORECASE)
_WHEN = r"(?:\d[.:]\d\d|\d ?[ap]\.?m\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|midnight|noon)"
_LINE = sift(
    r"^(?:\((?i:more)\)|(?:TK ?){2,}|[-–—]+ ?30 ?[-–—]+|#{3,}|# # #|EDS: .*|EDITORS?: .*|(?i:.{0,40}\bwritethru\b.{0,40})|"
    r"Eds: (?:Updates|Adds|Recasts|Corrects|Restores|Removes|Fixes|Will be) .*|"
    r"FIXME\b.{0,60}|TODO: (?:add|check|find|get|ask|fix|insert|link|call|confirm|update|write)\b.*|"
    r"(?:(?:DRAFT ?[-–—:] ?)?DO NOT PUBLISH|NOT FOR PUBLICATION)(?: ?[-–—:].*|[^a-z]*)|"
    r"(?:NOT FOR RELEASE|EMBARGOED) (?:UNTIL|TILL|FOR) .*|HOLD FOR RELEASE.*|"
    rf"(?i:for immediate release\W{{0,3}}|notes? (?:to|for) editors?:?|[-–—*\[(]+ ?ends? ?[-–—*\])]*|"
    rf"embargo: ?\d?{_WHEN}[^?!]{{0,30}}|"
    rf"(?:strictly )?(?:embargo:|embargoed:?) ?(?:until |till )[^?!]{{0,40}}{_WHEN}[^?!]{{0,30}}))$"
)
_END = later(r"[-–—]+ ?30 ?[-–—]+|#{3,}|# # #|[-–—*\[(]* ?ends? ?[-–—*\])]*", re.IGNORECASE)
_BARE_END = frozenset({"ENDS", "Ends"})  # without dashes it may be a heading, a label or a poem's line
_AFTER_END = later(  # what stands under a press release
    r"notes? (?:to|for) editors?|(?:media|press) (?:contact|enquir|inquir|office)|contacts?:|for (?:more|further) information|"
    r".*\+?\d[\d ()-]{8,}",
    re.IGNORECASE,
)
NAME_FROM = 2  # whoever writes TK more often means a company of that name


class EditorNoteLeftIn(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    specificity: ClassVar = 93

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each note where it stands; a line that is nothing else as a whole."""
        context.spend(3 * len(article.text))
        is_name = article.text.count("TK") > NAME_FROM or article.language != "en"
        said = [block for block in article.blocks if block.text]
        for block, below in zip_longest(said, said[1:]):
            if below is None and article.root is None and _END.fullmatch(block.text):
                continue  # copy from a wire ends so; on a page it was left in
            if block.text in _BARE_END and block.kind == "paragraph" and (below is None or _AFTER_END.match(below.text)):
                yield _finding(block, 0, len(block.text), "it stands under a press release")
            elif occurring(block) and not _is_code_or_quoted(block):
                yield from _notes(article, block, maybe=not is_name)

    examples: ClassVar = (
        Example(why="a number to come", html="<p>The bridge cost ⟦TK⟧ million, the council said.</p>"),
        Example(why="twice is sure", html="<p>Mayor ⟦TKTK⟧ opened it.</p>"),
        Example(why="a bracket", html="<p>It opened in 1931 ⟦[CHECK]⟧ after a strike.</p>"),
        Example(why="a wire's line", html="<p>Rain fell.</p><p>⟦(MORE)⟧</p>"),
        Example(why="the end of a wire's copy", text="Rain fell on the town.\n\n-30-"),
        Example(why="the same on a page", html="<p>Rain fell on the town.</p><p>⟦-30-⟧</p>"),
        Example(
            why="a press release that was pasted whole",
            html="<p>⟦Embargoed until 00:01 on 11 March⟧</p><p>Rain fell.</p><p>⟦ENDS</p><p>Notes to editors:⟧</p><p>Hm.</p>",
        ),
        Example(why="names", html="<p>Studio TK and TK Maxx paid for Super Bowl XXX, CQ magazine wrote.</p>"),
        Example(why="Spanish", html="<p>Todo el pueblo vino a la plaza.</p>", language="es"),
    )


def _notes(article: Article, block: Block, *, maybe: bool) -> Iterator[Finding]:
    if _LINE.occurs(block) and not (block.link_share or block.kind == "headline" or _is_of_trade(block)):
        is_ornament = block.text.startswith("#") and not _is_end(article, block)  # between two parts of a story, as "* * *" is
        severity = Severity.WARNING if is_ornament else None
        yield _finding(block, 0, len(block.text), "the whole line", severity)
        return
    found = [(match.start(), match.end()) for match in _SURE.finditer(block) if not article.is_quoted(block, match.start())]
    sure = [(start, end) for start, end in found if not _is_supplied(block.text, start, end)]
    if sure and _PRESSED.search(block.text):
        return
    for start, end in sure:
        yield _finding(block, start, end, "desks write it for what is still to come")
    for start, end, severity in _guesses(article, block) if maybe else ():
        if not any(a <= start < b for a, b in sure) and not article.is_quoted(block, start):
            yield _finding(block, start, end, "stands where a number or a name belongs", severity)


def _guesses(article: Article, block: Block) -> Iterator[tuple[int, int, Severity]]:
    for match in _MAYBE.finditer(block):
        start, end = match.span(match.lastindex)
        if match[match.lastindex] != "(tk)" or block.text[end:].strip(" ."):  # at the end they are the writer's initials
            yield start, end, Severity.WARNING
    if _FIELD.occurs(block) and article.once(_fields) == 1 and not block.key.startswith("dear "):
        yield from ((*match.span(), Severity.WARNING) for match in _FIELD.finditer(block))
    if _NAMELESS.occurs(block) and article.once(_nameless) == 1:
        yield from ((*match.span(1), Severity.NOTE) for match in _NAMELESS.finditer(block))


def _fields(article: Article) -> int:
    """How many there are: two or more are a letter for readers to copy, or names that were taken out."""
    return sum(1 for block in article.blocks for _ in _FIELD.finditer(block))


def _nameless(article: Article) -> int:
    """How many there are: who is called so again is a witness whose name is kept."""
    return sum(1 for block in article.blocks for _ in _NAMELESS.finditer(block))


def _is_of_trade(block: Block) -> bool:
    """Whether it may speak of an embargo on goods: in a heading or a list nobody asks an editor to wait."""
    return block.kind in ("heading", "list-item") and "embargo" in block.key


def _is_end(article: Article, block: Block) -> bool:
    """Whether nothing follows, or what stands under a press release."""
    below = next((below for below in article.after(block) if below.text), None)
    return below is None or _AFTER_END.match(below.text) is not None


def _is_supplied(text: str, start: int, end: int) -> bool:
    """Whether an editor put a word into what somebody said: "she would [confirm] it"."""
    return text[start:end] in ("[check]", "[confirm]", "[verify]") and text[end : end + 1] == " "


def _is_code_or_quoted(block: Block) -> bool:
    return bool(block.tags & CODE) or block.kind == "quote" or "“" in block.text or "”" in block.text


def _finding(block: Block, start: int, end: int, reason: str, severity: Severity | None = None) -> Finding:
    note = block.text[start:end]
    severity = severity or (Severity.WARNING if any(map(str.islower, note)) else Severity.ERROR)
    return Finding(f"A note of the desk was published: “{note}”.", (Place(block, start, end),), severity, 0.9, (reason,))
