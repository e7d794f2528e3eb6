"""Whether a story is a shopping guide or a product review: there, prices and a shop's buttons are what readers came for."""

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.patterns import later
from rules.core.residue import strengths

MIN_PROSE = 12  # words of a paragraph that says what somebody thinks of a product
PROSE_WORDS = 5  # a shorter block is a price tag
PRICED_PARAGRAPHS = 3  # of prose; news on prices names them in one or two, a guide all along
OFFERS = 3  # headings with a paragraph and a price or a button each, from which a story is a guide
_PRICE = later(r"[$£€]\s?\d")
_SHOPPING = later(
    r"\b(?:deals?|on sale|% off|gift guide|gifts for|best .{0,40} to buy|shop|shopping|reviews?|reviewed|where to buy)\b"
)


def is_guide(article: Article) -> bool:
    """Whether several paragraphs name a price, several products have a price or a button, or the headline promises deals."""
    return article.once(_is_guide)


def is_offer(article: Article, block: Block) -> bool:
    """Whether a block is a shop's button or price in such a story."""
    return "commerce-box" in strengths(block.key) and is_guide(article)


def _is_guide(article: Article) -> bool:
    priced = sum(1 for block in article.prose if block.words >= PROSE_WORDS and _PRICE.search(block.text))
    headline = article.headline.key if article.headline else ""
    return priced >= PRICED_PARAGRAPHS or _SHOPPING.search(headline) is not None or _offers(article) >= OFFERS


def _offers(article: Article) -> int:
    """How many headings have a paragraph of prose under them, and a price or a shop's button."""
    found, has_prose, has_price = 0, False, False
    for block in article.blocks:
        if block.kind == "heading":
            found += has_prose and has_price
            has_prose = has_price = False
        elif block.words >= MIN_PROSE:
            has_prose = has_prose or block.kind == "paragraph"
        elif not has_price:
            has_price = _PRICE.search(block.text) is not None or "commerce-box" in strengths(block.key)
    return found + (has_prose and has_price)
