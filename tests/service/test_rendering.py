"""Structured bodies as HTML: everything a reader sees is there, what cannot be shown is a named gap, nothing executes anew."""

import json
from datetime import UTC, datetime

import pytest

from rules.core.engine import lint, story
from rules.core.submission import Metadata, Submission
from service.rendering import ans, contentful, datocms, ninjs, portable_text, strapi
from service.rendering.bodies import read_body

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def leaf(value, *marks):
    return {"nodeType": "text", "value": value, "marks": [{"type": mark} for mark in marks], "data": {}}


def node(kind, *content, **data):
    return {"nodeType": kind, "content": list(content), "data": data}


def test_contentful():
    document = node(
        "document",
        node("heading-2", leaf("Ferry")),
        node("paragraph", leaf("It ran "), leaf("late", "bold", "italic"), leaf("\n& <b>wet</b>"), leaf("x", "sparkling")),
        node("unordered-list", node("list-item", node("paragraph", leaf("May")))),
        node("paragraph", node("hyperlink", leaf("more"), uri="https://x.example/?a=1&b=2")),
        node("paragraph", node("hyperlink", leaf("bad"), uri="javascript:alert(1)")),
        node("hr"),
        node("table", node("table-row", node("table-cell", node("paragraph", leaf("7"))))),
        node("embedded-asset-block", target={}),
        node("paragraph", node("embedded-entry-inline")),
        node("something-new", node("paragraph", leaf("kept"))),
    )
    assert contentful.render(document).split("\n") == [
        "<h2>Ferry</h2>",
        '<p>It ran <i><b>late</b></i><br>&amp; &lt;b&gt;wet&lt;/b&gt;<span data-copydesk-gap="mark">x</span></p>',
        "<ul><li><p>May</p></li></ul>",
        '<p><a href="https://x.example/?a=1&amp;b=2">more</a></p>',
        '<p><span data-copydesk-gap="link">bad</span></p>',
        "<hr>",
        "<table><tr><td><p>7</p></td></tr></table>",
        '<figure data-copydesk-gap="embedded-asset-block"></figure>',
        '<p><span data-copydesk-gap="embedded-entry-inline"></span></p>',
        '<figure data-copydesk-gap="something-new"><p>kept</p></figure>',
    ]


def block(text, **more):
    return {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": text, "marks": []}]} | more


def test_portable_text():
    linked = {
        "_type": "block",
        "style": "h2",
        "markDefs": [{"_key": "a", "_type": "link", "href": "https://x.example/"}, {"_key": "b", "_type": "footnote"}],
        "children": [
            {"_type": "span", "text": "one", "marks": ["strong", "a"]},
            {"_type": "span", "text": "two", "marks": ["b"]},
            {"_type": "stock", "symbol": "X"},
        ],
    }
    items = [
        block("May", listItem="bullet", level=1),
        block("early", listItem="number", level=2),
        block("late", listItem="number", level=2),
        block("June", listItem="bullet", level=1),
    ]
    image = {"_type": "image", "asset": {"_ref": "image-abc"}, "caption": "The <ferry>"}
    assert portable_text.render([block("Rain\nfell & <i>fell</i>"), linked, *items, image, {"_type": "poll"}]).split("\n") == [
        "<p>Rain<br>fell &amp; &lt;i&gt;fell&lt;/i&gt;</p>",
        '<h2><a href="https://x.example/"><strong>one</strong></a><span data-copydesk-gap="mark">two</span>@</h2>'.replace(
            "@", '<span data-copydesk-gap="stock"></span>'
        ),
        "<ul><li>May<ol><li>early</li><li>late</li></ol></li><li>June</li></ul>",
        '<figure data-copydesk-gap="image"><figcaption>The &lt;ferry&gt;</figcaption></figure>',
        '<figure data-copydesk-gap="poll"></figure>',
    ]


def test_ans():
    elements = [
        {"type": "text", "content": "Rain <b>fell</b>."},
        {"type": "header", "level": 3, "content": "Later"},
        {"type": "list", "list_type": "ordered", "items": [
            {"type": "text", "content": "May"},
            {"type": "list", "list_type": "unordered", "items": [{"type": "text", "content": "June"}]},
        ]},
        {"type": "quote", "content_elements": [{"type": "text", "content": "We sail."}], "citation": {"content": "A crew"}},
        {"type": "image", "url": "https://i.example/a.jpg", "alt_text": 'a "ferry"', "caption": "At sea"},
        {"type": "raw_html", "content": "<p>raw</p>"},
        {"type": "correction", "text": "It was <May>."},
        {"type": "table", "header": [{"type": "text", "content": "Day"}], "rows": [[{"type": "text", "content": "Sunday"}]]},
        {"type": "element_group", "content_elements": [{"type": "text", "content": "in a group"}]},
        {"type": "oembed_response", "raw_oembed": {"html": "<script>alert(1)</script>"}},
        {"type": "numeric_rating", "numeric_rating": 4},
        {"no": "type"},
    ]  # fmt: skip
    assert ans.render(elements).split("\n") == [
        "<p>Rain <b>fell</b>.</p>",
        "<h3>Later</h3>",
        "<ol><li>May</li><li><ul><li>June</li></ul></li></ol>",
        "<blockquote><p>We sail.</p><cite>A crew</cite></blockquote>",
        '<figure><img src="https://i.example/a.jpg" alt="a &quot;ferry&quot;"><figcaption>At sea</figcaption></figure>',
        "<p>raw</p>",
        '<p title="correction">It was <May>.</p>',
        "<table><tr><th>Day</th></tr><tr><td>Sunday</td></tr></table>",
        "<div><p>in a group</p></div>",
        '<figure data-copydesk-gap="oembed-response"></figure>',
        '<figure data-copydesk-gap="numeric-rating"></figure>',
        '<figure data-copydesk-gap="unnamed"></figure>',
    ]


def test_ninjs():
    picture = {
        "type": "picture",
        "description_text": "At sea",
        "body_text": "a ferry",
        "renditions": {"original": {"href": "https://i.example/a.jpg"}},
    }
    body = "<p>Rain fell.</p>"
    assert ninjs.render(body, {}) == (body, False)
    assert ninjs.render(body, {"editor_0": picture}) == (body, False), "what stands in the body already is not shown twice"
    html, rendered = ninjs.render(body, {"featuremedia": picture, "related": {"type": "text", "headline": "Other"}, "gone": None})
    assert rendered
    assert html.split("\n") == [
        '<figure><img src="https://i.example/a.jpg" alt="a ferry"><figcaption>At sea</figcaption></figure>',
        body,
        '<figure data-copydesk-gap="text"></figure>',
    ]


def test_strapi_and_datocms():
    blocks = [
        {"type": "heading", "level": 2, "children": [{"type": "text", "text": "Ferry"}]},
        {"type": "paragraph", "children": [
            {"type": "text", "text": "late & wet", "bold": True},
            {"type": "link", "url": "/x", "children": [{"type": "text", "text": "more"}]},
        ]},
        {"type": "list", "format": "ordered", "children": [{"type": "list-item", "children": [{"type": "text", "text": "May"}]}]},
        {"type": "image", "image": {"url": "/a.jpg", "alternativeText": "a ferry"}, "children": []},
        {"type": "carousel", "children": []},
    ]  # fmt: skip
    assert strapi.render(blocks).split("\n") == [
        "<h2>Ferry</h2>",
        '<p><b>late &amp; wet</b><a href="/x">more</a></p>',
        "<ol><li>May</li></ol>",
        '<figure><img src="/a.jpg" alt="a ferry"></figure>',
        '<figure data-copydesk-gap="carousel"></figure>',
    ]
    dast = {"schema": "dast", "document": {"type": "root", "children": [
        {"type": "paragraph", "children": [{"type": "span", "value": "late", "marks": ["strong"]}]},
        {"type": "list", "style": "bulleted", "children": [{"type": "listItem", "children": [{"type": "paragraph"}]}]},
        {"type": "block", "item": "9"},
    ]}}  # fmt: skip
    assert datocms.render(dast).split("\n") == [
        "<p><strong>late</strong></p>",
        "<ul><li><p></p></li></ul>",
        '<figure data-copydesk-gap="block"></figure>',
    ]


@pytest.mark.parametrize("value", [7, True, {"a": 1}, ["x"], {"nodeType": "entry"}])
def test_what_is_no_body(value):
    with pytest.raises(TypeError):
        read_body(value)


@pytest.mark.parametrize("value", [None, "", "  ", [], {}, {"nodeType": "document", "content": []}])
def test_nothing(value):
    assert read_body(value) is None


def test_markdown_and_text():
    made = read_body("# Ferry\n\nIt ran *late*.", "markdown")
    assert (made.content, made.rendered) == ("<h1>Ferry</h1>\n<p>It ran <em>late</em>.</p>\n", True)
    assert read_body("It ran late.", "text").kind == "text"
    assert read_body("<p>x</p>").rendered is False


def deep(wrap, inner, depth):
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def test_depth_is_bounded_and_said():
    lists = deep(lambda inner: {"type": "list", "items": [inner]}, {"type": "text", "content": "deep"}, 500)
    assert 'data-copydesk-gap="too-deep"' in ans.render([lists])
    tree = deep(lambda inner: node("blockquote", inner), node("paragraph", leaf("deep")), 500)
    assert 'data-copydesk-gap="too-deep"' in contentful.render(node("document", tree))
    assert 'data-copydesk-gap="too-deep"' in ans.render(
        [deep(lambda inner: {"type": "quote", "content_elements": [inner]}, {}, 500)]
    )


def test_no_rule_trips_over_a_gap():
    """The same story with and without every kind of gap in it: the same findings."""
    prose = "".join(f"<p>The ferry runs on Sundays from May, the operator of line {n} said on Friday.</p>" for n in "abcdefgh")
    gaps = [
        "oembed-response",
        "image",
        "video",
        "gallery",
        "embedded-entry-block",
        "text",
        "too-deep",
        "unnamed",
        "poll",
        "block",
    ]
    within = "".join(f'<figure data-copydesk-gap="{name}"></figure>' for name in gaps)
    inline = '<p>The boat <span data-copydesk-gap="stock"></span> is red.</p>'
    metadata = Metadata(headline="Ferry adds a Sunday crossing", byline="Ada Lund", language="en")

    def found(html):
        report = lint(Submission(html, "html", metadata=metadata), now=NOW)
        return [(finding["rule"], finding["text"]) for finding in report["findings"]]

    plain = found(prose + "<p>The boat  is red.</p>")
    assert found(prose + within + inline) == plain
    shown = json.dumps(story(Submission(prose + within, "html")))
    assert "gap" not in shown
