"""Links to other stories stand in this one.

## Why it matters
"Read more: …", a "Related" heading with nothing under it, five headlines of other stories between two paragraphs: a reader, an
archive and a language model all take them for part of the story.

## What is checked
A paragraph that opens with a label such as "Read more:" and is mostly a link. A heading that only announces other stories
("Related", "More on this story"), together with the links or teasers under it, or two lines that read like titles and lost their
links, or alone when the story goes on under it. Lists of links inside an element whose class names related stories or teasers.

## Known limits
Links that belong to a sentence, and lists of links that are the article itself (nothing else stands below its headline), are
left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.phrases import phrases
from rules.core.residue import is_crosshead, is_quoted, repeats_in, whole
from rules.core.rule import Context, Example, Rule

_NAMES = later(
    r"(?:^|[\s_-])(?:related\w*|read-?more|readmore|more-?on|teasers?|recirc\w*|recommend\w*|promo\w*|also-?read|see-?also|you-?may|"
    r"most-?read|most-?popular|trending|inline-?link|story-?link|link-?list|further-?reading|crosslinks?|onward|up-?next)(?:$|[\s_-])"
)
_CONTACT = later(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?|\S+@\S+|[+(\d][\d ()/.-]{4,}")  # an address or a number to call
_OPENING = " [(*\u200b"  # before a label: "[Related: …]"
_OF_STORIES = later(
    r"\b(?:also read|read also|see also|read (?:more|next|on)|related|(?:more|latest|top) (?:stories|news|articles)|icymi"
    r"|must read|in case you missed it|you (?:may|might) also like|from the archives?|(?:dive|go) deeper|learn more"
    r"|keep reading)\b"
)
_OF_A_STORY = later(
    r"more (?:about|in|on|from) (?!this\b).+|up next|don't miss|(?:in )?other news|(?:further|recommended) reading"
)
_SENTENCE_END = later(r"[^\W\d_]{3}\.['\"’”)\]]* +[A-Z]")
LINKED = 0.6  # share of a block's characters in links from which it counts as a link and no sentence with one
LABELLED = 0.4  # the same of a line that opens with a label
TITLE, TITLES = 18, 2  # words of a title at most, and how many in a row are a list of other stories
MAX_WORDS = 40  # a teaser's length: a headline and perhaps its standfirst
MESSAGE = "Links to other stories stand in this one."


class RelatedLinks(Rule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"
    version: ClassVar = 5
    specificity: ClassVar = 70

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Headings with what hangs under them, labelled lines, and lists that structure gives away."""
        context.spend(2 * len(article.text))
        if _is_list_of_links(article):
            return
        counts = repeats_in(article)
        taken: set[int] = set()
        for block in article.blocks:
            if block.index in taken or not 0 < block.words <= MAX_WORDS or is_quoted(block) or block.kind == "headline":
                continue
            found = _heading(article, block) or _labelled(block) or _structured(block, counts[block.key])
            if found:
                taken.update(found.blocks)
                yield found

    examples: ClassVar = (
        Example(
            why="a labelled link between two paragraphs",
            html='<p>Rain fell.</p><p>⟦Read more: <a href="/a">The bridge that never was⟧</a></p><p>It stopped.</p>',
            fixed="<p>Rain fell.</p><p>It stopped.</p>",
        ),
        Example(
            why="a heading with nothing related under it",
            html="<p>Rain fell on the town.</p><h3>⟦Related⟧</h3><p>The river rose by a metre before the evening, they said.</p>",
        ),
        Example(
            why="a heading and its list",
            html='<p>Rain fell.</p><h3>⟦More on this story</h3><ul><li><a href="/a">The bridge that never was</a></li>'
            '<li><a href="/b">How the river was tamed⟧</a></li></ul>',
            fixed="<p>Rain fell.</p>",
        ),
        Example(
            why="links that belong to the sentence",
            html='<p>You can read more: the <a href="/r">report of the council</a> lists every street that was under water.</p>',
        ),
        Example(
            why="whom readers may ask, a sentence, and what a player shows",
            html='<p>Read more: <a href="https://harbour.example">harbour.example</a></p><p>More information: 900 555 010.</p>'
            "<p>More on that later.</p><figure><figcaption>Watch: The Old Bridge Falls</figcaption></figure>",
        ),
        Example(
            why="a reading list that is the article",
            html='<h1>Ten books for the winter</h1><ul><li><a href="/1">The long winter of a small town</a></li>'
            '<li><a href="/2">A history of snow and of ice</a></li><li><a href="/3">The year without any summer</a></li></ul>',
        ),
        Example(
            why="a label in brackets",
            html='<p>Rain fell on the town.</p><p>⟦[Related: <a href="/a">How the river was tamed</a>]⟧</p>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="titles without their links",
            html="<p>Rain fell on the town.</p><p>⟦Also read:</p><ul><li>Pool to stay shut over the long weekend"
            "</li><li>Fruit flies found in three more streets⟧</li></ul><p>It stopped.</p>",
        ),
        Example(
            why="one of the story's own headings",
            html="<p>Rain fell on the town.</p><h3>Trainer’s room</h3><p>The keeper has a sore knee and will not play before the "
            "end of the month, the club said.</p><h3>Up next</h3><p>The Herons go to Marle on Saturday, where they have not won "
            "since the spring of last year.</p><h3>Don’t miss</h3><p>The tower, which is open on the first Sunday of each "
            "month, and from which one sees as far as the old bridge on a clear day.</p>",
        ),
        Example(
            why="an editor's note, and a label with a sentence",
            html="<p>Rain fell on the town.</p><p>[Editor’s note: The old bridge is described in our issue of May.]</p>"
            "<p>Opinion: divided. The vote was close.</p>",
        ),
        Example(
            why="a list of books",
            html="<p>Recommended reading:</p><ul><li>A history of snow, 1999.</li><li>The long winter, by her father.</li></ul>",
        ),
    )


def _is_list_of_links(article: Article) -> bool:
    """Whether the article has nothing but links below its headline: then the list is the article."""
    below = [block for block in article.blocks if block.text and block.kind != "headline"]
    return all(block.link_share > LINKED for block in below)


def _heading(article: Article, block: Block) -> Finding | None:
    if not phrases("related-links", "heading").is_whole(block.key.strip(" :.…-–—»›→|")):
        return None
    under = _links_under(article, block)
    if under:
        places = tuple(whole(item) for item in (block, *under))
        evidence = ("a heading that announces other stories", f"{len(under)} links under it")
        return Finding(MESSAGE, places, Severity.ERROR, 0.95, evidence, fix="remove")
    titles = _titles_under(article, block) if _OF_STORIES.search(block.key) else []
    if titles:
        places = tuple(whole(item) for item in (block, *titles))
        evidence = ("a heading that announces other stories", f"{len(titles)} lines under it read like titles")
        severity = Severity.ERROR if _NAMES.search(block.names) else Severity.WARNING
        return Finding(MESSAGE, places, severity, 0.85, evidence, fix="remove-unsafe")
    if block.key.endswith((":", ".")) and block.kind != "heading":
        return None  # it announces the paragraph that comes next, or is a sentence: "More on that later."
    may_be_the_storys = _OF_A_STORY.fullmatch(block.key) is not None
    if may_be_the_storys and is_crosshead(article, block):
        return None
    evidence = ("a heading that announces other stories", "nothing related under it")
    alone = Severity.NOTE if may_be_the_storys else Severity.WARNING
    severity = Severity.ERROR if _NAMES.search(block.names) else alone
    message = "A heading announces other stories, and nothing related stands under it."
    return Finding(message, (whole(block),), severity, 0.9, evidence, fix="remove-unsafe")


def _links_under(article: Article, block: Block) -> list[Block]:
    found: list[Block] = []
    for other in article.after(block):
        if not other.text:
            continue
        if other.words > MAX_WORDS or other.link_share < LINKED or other.kind == "headline":
            break
        found.append(other)
    return found


def _titles_under(article: Article, block: Block) -> list[Block]:
    """The lines of one kind right under a heading that read like titles: two at least, as the scraper left them without links."""
    found: list[Block] = []
    for other in filter(lambda item: item.text, article.after(block)):
        alike = not found or (other.tag, other.kind) == (found[0].tag, found[0].kind)
        is_title = _is_title(other.text, whole=False) and not other.text.lstrip("•*- ")[:1].islower()
        if not alike or other.words > TITLE or is_quoted(other) or not is_title:
            break
        found.append(other)
    return found if len(found) >= TITLES else []


def _labelled(block: Block) -> Finding | None:
    label = next(phrases("related-links", "label").spans(block.key), None)
    if label is None or block.key[: label[0]].strip(_OPENING) or (label[1] < len(block.key) and block.key.endswith(":")):
        return None  # what ends in a colon announces the player that comes next
    if _CONTACT.fullmatch(block.key[label[1] :].strip(" .")) or (block.kind == "caption" and block.link_share < LINKED):
        return None  # whom readers may ask; what the player above it shows
    if "(" in block.key[: label[0]] and block.link_share < LABELLED:
        return None  # "(Photos: Ann Bell)"
    rest = block.words - len(block.key[: label[1]].split())
    named = _NAMES.search(block.names) is not None
    if rest and block.link_share >= LABELLED:
        evidence = ("opens with a label for other stories", f"{block.link_share:.0%} of it is a link")
        return Finding(MESSAGE, (whole(block),), Severity.ERROR, 0.96, evidence, fix="remove")
    says = _OF_STORIES.search(block.key[: label[1]]) is not None
    if named or (rest and _is_title(block.text[label[1] :], whole=not says) and not block.key.startswith("editor")):
        evidence = ("opens with a label for other stories", "class names related stories" if named else "the rest is a title")
        severity = Severity.WARNING if named or says else Severity.NOTE
        return Finding(MESSAGE, (whole(block),), severity, 0.85, evidence, fix="remove-unsafe")
    return None


def _structured(block: Block, count: int) -> Finding | None:
    if block.link_share < 0.9 or block.words < 3 or count > 2 or not _NAMES.search(block.names):
        return None
    evidence = ("the whole block is a link", "class names related stories")
    return Finding(MESSAGE, (whole(block),), Severity.ERROR, 0.92, evidence, fix="remove-unsafe")


def _is_title(text: str, *, whole: bool) -> bool:
    """Whether a text reads like a headline: several words, no full stop at its end; ``whole``: nor one inside."""
    text = text.strip(" :-–—|")
    ended = (text.rstrip("\"'”’»)]") if whole else text).endswith((".", ";", ","))
    return len(text.split()) >= 4 and not ended and not (whole and _SENTENCE_END.search(text))
