"""A caption or a picture's credit stands in the story as a paragraph.

## Why it matters
"A bridge in Norland, March 5. (Photo: Ada Bell/Agency)" between two paragraphs breaks the sentence that goes on, and a listener
hears it as a part of the story.

## What is checked
A paragraph, list item or other plain block that is only a credit ("Photo: Ada Bell", "Ada Bell/Getty Images"), or that ends on
one (in brackets, or behind its full stop: "The bridge. Photo: Ada Bell"), or that begins as captions do ("FILE - …", "In this
photo provided by …", "Pictured: …").

## Known limits
What the page marks as a caption, by element, class or role, is left alone, and so are sentences about a picture, links,
and an agency's name alone in brackets, which may stand for the story. A block that only begins as captions do is a note.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import QUOTING, whole
from rules.core.rule import Context, Example, Rule

# Agencies and picture libraries as credits name them. Provenance: the credit lines that the agencies' own terms ask for.
_AGENCIES = (
    "AFP AP Reuters REUTERS PA EPA EFE Bloomberg Xinhua ANI PTI dpa DPA NASA NOAA USGS Anadolu Postmedia Ritzau NTB Lehtikuva "
    "ANP Keystone AAP Yonhap Kyodo"
)
_LIBRARIES = (  # sell pictures and nothing else: their name alone is a credit
    "Getty Shutterstock iStock iStockphoto Alamy WireImage FilmMagic Unsplash Pexels Pixabay Flickr Wikimedia Imago imago Rex "
    "ZUMA NurPhoto SOPA LightRocket Corbis Redux Magnum Sipa Polaris Everett"
)
_PHRASES = "Associated Press|The Canadian Press|picture alliance|USA TODAY"
_AGENCY = later(
    rf"(?:^|[/|,–—-] ?|\bvia )(?:(?P<library>{'|'.join(_LIBRARIES.split())})|{'|'.join(_AGENCIES.split())}|{_PHRASES})\b"
    r"(?: (?:Images?|Photos?|Stock Photo|Wire|Media|News|Press|Commons|Agency|Features|Collection|Sports|Entertainment))*"
    r"(?: ?(?:/|\||via) ?(?P<by>[\w.'’ -]{2,30}))?\W*$"
)
_NAMED = later(  # "Photo: Ada Bell", "Photos by Ada Bell", "Courtesy of the museum", "AP Photo/Ada Bell"
    r"(?:(?:file |handout |cover )?(?:photo(?:graph)?|foto|picture|pic|image|illustration|screenshot)"
    r"(?: credit| courtesy)?(?: ?[:/|©]| source,| by:?\s)|(?:photos|pictures|images) (?:by|courtesy)\b"
    r"|(?:photo|picture|image)s? (?:courtesy|provided by|supplied by)\b"
    r"|(?:photo |picture |image )?credit:|courtesy (?:of )?(?:the )?[A-Z]|AP Photo\b/?) ?(?:of )?@?(?=.{2})",
    re.IGNORECASE,
)
_TAIL = later(r"[(\[]([^()\[\]]{2,100})[)\]]\W*$")
_SET_OFF = later(  # behind the full stop of what the picture shows
    r"(?<=[.!?”\"’)]) ((?:File )?(?:Photos?|Photograph|Foto|Pictures?|Image|Illustration|Credit|AP Photo|REUTERS)"
    r"(?: ?[:/]| by | credit| courtesy)[^!?]{2,80})$"
)
_OF_A_WORK = later(  # who wrote or made what, before who took its pictures; and a book with its pages and price
    r"\W*(?:[Bb]y (?=[A-Z])|(?i:(?:words|text|story|report|reporting|recipe|styling|cover|design|interview|music|video|written"
    r"|edited|produced|directed|compiled|translated|adapted|extracted|reprinted)(?: and \w+)?(?: by\b|:)))"
    r"|.*(?:\d (?:pages|pp)\b|[£€$]\d[\d.]*\W*$)"
)
_BEGINS = later(
    r"FILE ?[-–—:(]|FILE PHOTO|[Ff]ile (?:photo|picture|image)[:.]|(?:In this|This|A|An) (?:undated |handout |combination |"
    r"composite |file |archive |satellite |aerial |still )*(?:photo|photograph|image|picture|frame grab|video grab|screenshot)"
    r"(?:,? (?:provided|released|taken|made available|made from|from video|obtained|supplied|issued)\b)"
    r"|Image caption[,:] |Pictured(?: above| below| left| right)?: "
)
_WRITERS = later(
    r"\W*(?:(?:additional |further )?(?:reporting|contributing|contributions?)|with (?:files|reporting))\b", re.IGNORECASE
)
_MARKED = later(r"caption|credit|photo|image|media|picture|figure|gallery|slide|carousel|bildunterschrift|legende|byline")
_SMALL = frozenset("dpa by on of for via the and de van von da di via from courtesy credit photo image".split())
_POLLS = frozenset(  # "Reuters/Ipsos Poll" is the source of a table, "Reuters/World Bank" of a chart
    "Ipsos NORC Poll Survey Center Bank Data Datastream Eikon Index LSEG Refinitiv Sentiment Tracker Workspace".split()
)
MAX_WORDS = 80  # a longer block is prose, whatever stands at its end
WORDS_OF_A_CREDIT = 14
LINKED = 0.5  # share of the text in links from which a block is a link with a source behind it
KINDS = frozenset({"paragraph", "other", "list-item", "heading"})


class CaptionInBody(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.3.0"
    version: ClassVar = 4
    specificity: ClassVar = 45

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each such block."""
        context.spend(len(article.text))
        for block in article.blocks:
            if block.kind not in KINDS or not 0 < block.words <= MAX_WORDS:
                continue
            says = _says(block.text, block.words)
            if says and not _is_marked(block) and block.link_share < LINKED and not _is_of_the_text(article, block):
                severity = Severity.NOTE if says == "begins as a caption" else None
                yield Finding("A caption or credit stands in the story as a paragraph.", (whole(block),), severity, 0.85, (says,))

    examples: ClassVar = (
        Example(
            why="a caption with its credit",
            html="<p>Rain fell.</p><p>⟦The bridge in Norland on Tuesday. (Ada Bell/Getty Images)⟧</p><p>It rose.</p>",
        ),
        Example(why="a credit alone", html="<p>Rain fell.</p><p>⟦Photo: Ada Bell / Reuters⟧</p><p>It rose.</p>"),
        Example(
            why="an agency's with its photographer",
            html="<p>Rain fell.</p><p>⟦The bridge stands in Norland, May 5, 2024. (AP Photo/Ada Bell)⟧</p><p>It rose.</p>"
            "<p>⟦REUTERS/Ada Bell⟧</p><p>It fell.</p><p>⟦Image source, Getty Images⟧</p><p>It stayed.</p>",
        ),
        Example(
            why="in German",
            html="<p>Es regnet.</p><p>⟦Foto: Ada Bell⟧</p><p>Es steigt.</p><p>⟦Foto: Ada Bell/dpa⟧</p><p>Es fällt.</p>",
            language="de",
        ),
        Example(why="of a site of pictures", html="<p>Rain fell.</p><p>⟦Photo by Ada Bell on Unsplash⟧</p><p>It rose.</p>"),
        Example(why="who is pictured", html="<p>Rain fell.</p><p>⟦Pictured: Ada Bell on the old bridge.⟧</p><p>It rose.</p>"),
        Example(
            why="a credit behind the full stop",
            html="<p>Rain fell.</p><p>⟦The bridge at dusk. Photograph: Ada Bell/The Post⟧</p><p>It rose.</p>"
            "<p>⟦By the river, a hall. Photo by Tom Rowe⟧</p><p>It fell.</p>",
        ),
        Example(
            why="as agencies begin",
            html="<p>Rain fell.</p><p>⟦FILE - The bridge stands in Norland, May 5, 2024.⟧</p><p>It rose.</p>",
        ),
        Example(
            why="a caption where it belongs",
            html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>The bridge. (Ada Bell/Getty Images)</figcaption></figure>'
            '<p class="wp-caption-text">Photo: Ada Bell</p>',
        ),
        Example(
            why="who wrote it",
            html="<p>Rain fell.</p><p>Contributing: Ada Bell, Cal Dee, Associated Press.</p>"
            "<p>With files from The Canadian Press</p>",
        ),
        Example(
            why="sentences about pictures",
            html="<p>The photo shows two men, the police said. A picture by Ada Bell hangs in the hall.</p>"
            "<p>She sold the image to Getty Images.</p>",
        ),
        Example(
            why="an agency's dateline and its name behind the story",
            html="<p>NORLAND (AP) — Rain fell.</p><p>Reporting by Ada Bell.</p><p>It rose for three days. (PTI)</p>",
        ),
        Example(why="whose the text is", html="<p>Rain fell.</p><p>© Norland Post/AFP</p>"),
        Example(
            why="whose the text is, behind it, at the top or above a note on its author",
            html="<p>Translated by Cal Dee. © Norland Post 2026</p><p>Rain fell.</p><p>It rose for three days. © Norland Post</p>"
            "<p>Tom Rowe teaches in Norland.</p>",
        ),
        Example(
            why="who wrote it and took the pictures, and a book's",
            html="<p>By Tom Rowe. Photos by Ada Bell.</p><p>Rain fell.</p><p>Recipe and styling by Tom Rowe. Photo: Ada Bell</p>"
            "<p>It rose.</p><p>Rivers of Norland, 190 pages. Photos by Ada Bell. Mill Press.</p><p>It fell.</p>"
            "<p>Old Bridges. Photos by Ada Bell. Mill Press, £12.50</p>",
        ),
        Example(
            why="agencies of the text",
            html="<p>Rain fell.</p><p>REUTERS/AFP</p><p>It rose.</p><p>Reuters/Ipsos Poll</p><p>No.</p>"
            "<p>Reuters/World Bank</p><p>Yes.</p><p>REUTERS/LSEG Workspace</p><p>No.</p>",
        ),
        Example(
            why="a link with its source",
            html='<p>Rain fell.</p><p><a href="/a">Why rivers rise, and who pays for it</a> (Ada Bell/Reuters)</p>',
        ),
    )


def _is_of_the_text(article: Article, block: Block) -> bool:
    """Whether it says whose the text is: a sign of copyright on the last line."""
    after = range(block.index + 1, len(article.blocks))
    return "©" in block.text and not any(article.blocks[index].text for index in after)


def _says(text: str, words: int) -> str | None:
    """What makes the block a caption; None when nothing does."""
    if _WRITERS.match(text):
        return None
    if words <= WORDS_OF_A_CREDIT and _is_credit(text.strip("()[] ")) and not text.endswith(("?", ":")):
        return "only a credit"
    tail = _TAIL.search(text)
    if tail and tail.start() and _is_credit(tail[1]):
        return "ends on a credit"
    behind = _SET_OFF.search(text)
    if behind and _is_credit(behind[1]) and not _OF_A_WORK.match(text):
        return "ends on a credit"
    return "begins as a caption" if _BEGINS.match(text) else None


def _is_credit(text: str) -> bool:
    """Whether a short text names who made a picture: a word for it and a name, or a name before an agency's."""
    named = _NAMED.match(text)
    if named:
        return text[named.end() : named.end() + 1].isupper() and _names_somebody(text[named.end() :])
    agency = _AGENCY.search(text)
    if agency is None:
        return False
    if agency.start():
        return _names_somebody(text[: agency.start()])
    by = (agency["by"] or "").split()  # "REUTERS/Ada Bell"; one word would be another agency of the text
    is_photographer = len(by) > 1 and all(word[0].isupper() for word in by) and _POLLS.isdisjoint(by)
    return agency["library"] is not None or is_photographer


def _names_somebody(text: str) -> bool:
    """Whether most of its words are written as names are."""
    found = [word for word in re.findall(r"[^\W\d_][\w.'’-]*", text) if word not in _SMALL]
    return bool(found) and sum(word[0].isupper() for word in found) >= 0.8 * len(found) and len(found) <= WORDS_OF_A_CREDIT


def _is_marked(block: Block) -> bool:
    return bool(block.tags & (QUOTING | {"figure", "figcaption"})) or _MARKED.search(block.names) is not None
