"""A position is right or none: the source slice, taken apart again, says what was flagged."""

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.core.article import read
from rules.core.engine import lint
from rules.core.submission import Submission
from tests.conftest import NOW

SOURCES = {
    "entities": "<p>Caf&eacute; &amp; bar &#8212; &#x1F600; &notit; &copy2 x</p>",
    "line ends": "<p>one\r\ntwo\rthree\nfour</p>\r\n<p>five</p>",
    "astral": "<p>😀😀 flag</p><p>𝒳 next</p>",
    "break": "<p>Oops!<br>Again.<br/>Later.</p>",
    "comment": "<p>be<!-- <p>no</p> -->fore</p><!-- - --><p>after</p>",
    "script": "<script>if (a < b) { '<p>' }</script><p>text</p><style>p > a {}</style><p>more</p>",
    "attributes": "<p title='a > b' class=\"x\" data-a=1>text <a href=/x?a=1&b=2>link</a></p>",
    "misnested": "<p><b>bold <i>both</b> italic</i></p><div>tail",
    "table": "<table><tr><td>a<td>b</table><p>c",
    "unclosed": "<ul><li>one<li>two</ul><p>three<p>four",
    "textarea": "<textarea>a &lt; b</textarea><p>after</p>",
    "upper case": "<P>One <BR>two</P><DIV>three</DIV>",
    "svg": "<p>a<svg><title>t</title><path d='M0'/></svg>b</p><p>c</p>",
    "nul and form feed": "<p>a\0b\fc</p>",
    "page": "<!doctype html>\n<html>\n<head>\n<title>T &amp; U</title></head>\n<body>\n<article><p>x</p></article>\n",
    "stray end tags": "</div><p>a</span>b</p></p><p>c</p>",
    "cut tag": "<p>whole</p><p class='x",
    "processing instruction": "<?xml version='1.0'?><p>a<?php echo 1 ?>b</p>",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_block_has_its_place(source: str) -> None:
    article = read(Submission(source, kind="html"))
    for block in article.blocks:
        if block.text:
            span = article.positions.span(block, 0, len(block.text))
            assert span is not None, block.text
            assert _letters(source[span.start : span.end]) == _letters_of(block.text)


def test_more_lines_than_lxml_counts() -> None:
    source = "\n" * 70_000 + "<p>far down</p>"
    article = read(Submission(source, kind="html"))
    span = article.positions.span(article.blocks[0], 0, 8)
    assert span is not None
    assert (span.line, span.column) == (70_001, 4)


def test_plain_text() -> None:
    source = "Headline\r\n\r\nFirst line\r\nof a paragraph.\r\n\r\nSecond  one.\n"
    article = read(Submission(source, kind="text"))
    spans = [article.positions.span(block, 0, len(block.text)) for block in article.blocks]
    assert [source[span.start : span.end] for span in spans if span] == [
        "Headline",
        "First line\r\nof a paragraph.",
        "Second  one.",
    ]


def test_bom_is_not_counted() -> None:
    article = read(Submission("\ufeff<p>x</p>".encode(), kind="html"))
    assert article.positions.span(article.blocks[0], 0, 1) == (3, 4, 1, 4)


def test_elements_are_whole_or_unknown() -> None:
    source = "<ul><li>one</li><li>two</li></ul><p>a<p>b"
    article = read(Submission(source, kind="html"))
    extents = [article.positions.element(block.element) for block in article.blocks if block.element is not None]
    assert [extent and source[slice(*extent)] for extent in extents] == ["<li>one</li>", "<li>two</li>", None, None]


def test_elements_of_one_name_inside_each_other_end_with_their_own_tags() -> None:
    source = "<section>Rain<section>fell</section>hard</section><section>It stopped</section>"
    article = read(Submission(source, "html"))
    assert article.root is not None
    extents = [article.positions.element(node) for node in article.root.iter("section")]
    texts = [source[slice(*extent)] for extent in extents if extent]
    assert texts == [source[:50], "<section>fell</section>", "<section>It stopped</section>"]


def test_the_story_is_not_looked_for_where_markup_only_quotes_it() -> None:
    source = (
        "<!-- <p>Rain &amp; wind.</p> --><div data-copy='<p>Rain &amp; wind.</p>'>x</div><script>'<p>Rain & wind.</p>'</script>"
        "<p>Rain &amp; wind.</p>"
    )
    article = read(Submission(source, kind="html"))
    span = article.positions.span(article.blocks[-1], 0, 12)
    assert span is not None
    assert (span.start, span.end) == (source.rindex("<p>") + 3, source.rindex("</p>"))


def test_line_ends_in_raw_text_before_a_reference() -> None:
    source = "<xmp>a &amp;\r\nb</xmp>\r\n<p>c &amp;\r\nd</p>"
    article = read(Submission(source, kind="html"))
    shown = [article.positions.span(block, len(block.text) - 1, len(block.text)) for block in article.blocks]
    assert [span and source[span.start : span.end] for span in shown] == ["b", "d"]


def test_twins_are_told_apart_by_their_place() -> None:
    source = "<p>One.</p><ul><li><img src=a.jpg></li><li><img src=a.jpg></li></ul><p>Two.</p>"
    article = read(Submission(source, kind="html"))
    assert article.root is not None
    tags = [article.positions.tag(node) for node in article.root.iter("img")]
    assert [span and span.start for span in tags] == [source.index("<img"), source.rindex("<img")]


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<div class='a'>", "</div>", "<br>", "text ", "&amp;", "&nbsp;", "é", "😀", "\r\n", "<!--c-->",
     "<ul><li>", "</ul>", "<script>x<y</script>", "<", ">", "&", '"', "<td>", "<table>", "</table>", "<a href=x>", "</a>",
     "<svg>", "</svg>", "<select><option>o</select>", "<title>t</title>", "<textarea>", "<p", "</", "<!", "word", " "]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=30))
def test_never_wrong(pieces: list[str]) -> None:
    source = "".join(pieces)
    if not source.strip():
        return
    article = read(Submission(source, kind="html"))
    for block in article.blocks:
        span = article.positions.span(block, 0, len(block.text))
        if span is not None:
            shown = read(Submission(f"<section>{source[span.start : span.end]}</section>", kind="html"))
            assert _squeeze(shown.text) == _squeeze(block.text)


def _letters(piece: str) -> str:
    return _letters_of("".join(block.text for block in read(Submission(f"<div>{piece}</div>", kind="html")).blocks))


def _letters_of(text: str) -> str:
    return "".join(html.unescape(text).split())


def _squeeze(text: str) -> str:
    return "".join(text.split())


def test_a_tag_may_have_a_name_that_lxml_cannot_search_for() -> None:
    submission = Submission("<html><body><m\x01><div>&copyRela", "html")
    assert "©Rela" in [finding["text"] for finding in lint(submission, now=NOW, strict=True)["findings"]]
