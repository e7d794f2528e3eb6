"""Where the story stands in a whole page: nothing of it lost, and little beside it."""

import pytest

from rules.core.article import Article, read
from rules.core.submission import Submission

NAV = "<nav><a href=/>Home</a> <a href=/news>News</a></nav>"
FOOT = (
    "<footer><p>The Harbour Post is printed in the old fish market and has been since the railway came to the town.</p></footer>"
)


def prose(count: int, of: str = "ferry", attributes: str = "") -> str:
    """So many paragraphs of about 110 characters each."""
    line = (
        f"<p{attributes}>Number %d about the {of}: the council met in the old hall on Tuesday and talked until late at night.</p>"
    )
    return "".join(line % number for number in range(count))


def page(body: str) -> Article:
    return read(Submission(f"<html><head><title>T</title></head><body>{NAV}{body}{FOOT}</body></html>", "html"))


LINKED = "<a href=/council>The council</a> "


def stands(article: Article) -> str:
    return "\n".join(block.text for block in article.blocks)


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        (f"<div id=story>{prose(2, 'lead')}<div class=read-more>{prose(6)}</div></div>", "lead"),
        (f"<div id=story>{prose(3, 'lead')}<blockquote>{prose(8, 'letter')}</blockquote>{prose(1, 'end')}</div>", "lead"),
        (f"<div id=story><div><h2>Why</h2>{prose(2, 'lead')}</div><blockquote>{prose(8, 'letter')}</blockquote></div>", "lead"),
        (f"<div id=story><div class=intro>{prose(1, 'lead')}</div><div class=text>{prose(6)}</div></div>", "lead"),
        (f"<div id=story><p><span>{prose(1, 'lead')[3:-4]}</span></p><div class=text>{prose(6)}</div></div>", "lead"),
        (f"<div id=story><div>{LINKED}{prose(1, 'lead')[3:-4]}</div><div class=text>{prose(6)}</div></div>", "lead"),
        (f"<div id=story><blockquote>{prose(1, 'lead')}</blockquote><div class=text>{prose(6)}</div></div>", "lead"),
        (
            f"<div><div class='part part-4f2 w'>{prose(7)}</div><hr><div class='part w part-91'>{prose(2, 'end')}</div></div>",
            "end",
        ),
        (f"<main><section class=a>{prose(7)}</section><hr><section class=a><h2>So</h2>{prose(2, 'end')}</section></main>", "end"),
    ],
    ids=[
        "before-read-more",
        "before-a-long-quotation",
        "under-a-heading",
        "in-an-element",
        "in-a-span",
        "with-a-link",
        "a-quotation",
        "of-a-page-builder",
        "in-a-second-part",
    ],
)
def test_no_part_of_the_story_is_lost(body: str, lost: str) -> None:
    article = page(f"<div class=page>{body}</div>")
    assert f"about the {lost}" in stands(article)
    assert "about the ferry" in stands(article) or "about the letter" in stands(article)
    assert "Home" not in stands(article)
    assert "fish market" not in stands(article)


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class=bio>{prose(1, 'author')}</div>",
        "<div class=story><a href=/1>" + prose(2, "author") + "</a></div>",
        f"<section>{prose(2, 'author')}</section>",
        f"<div class=box><h3>More</h3>{prose(1, 'author')}</div>",
    ],
    ids=["bare-after-it", "links-of-its-make", "another-element", "under-a-heading"],
)
def test_what_only_stands_beside_the_story_does_not_widen_it(beside: str) -> None:
    assert "author" not in stands(page(f"<div class=page><div class=story>{prose(6)}</div>{beside}</div>"))


HEAD = "<h1>The ferry stays</h1>"


@pytest.mark.parametrize(
    ("story", "count"),
    [
        (f"{HEAD}<div class=preview>{prose(1, 'lead')}</div><div class=rest>{prose(20)}</div>", 1),
        (f"{HEAD}<p class=lead>{prose(1, 'lead')[3:-4]}</p><!-- ad --><div class=rest>{prose(20)}</div>", 1),
        (f"{HEAD}<p class=lead>{prose(1, 'lead')[3:-4]}</p><div class=rest>{prose(20)}</div><div>Sign up</div>", 0),
        (f"{HEAD}<p class=deck>{prose(1, 'lead')[3:-4]}</p><div>By Ann Roe</div><div class=rest>{prose(20)}</div>", 0),
        (f"<p>{prose(1, 'lead')[3:-4]}</p><div class=rest>{HEAD}{prose(20)}</div>", 0),
        (f"{HEAD}<div class=rest>{prose(20)}</div><div class=rights>{prose(1, 'lead')}</div>", 0),
    ],
    ids=["preview", "lead", "a pitch behind it", "standfirst", "a note of the site", "what comes after"],
)
def test_however_short_a_lead_is_the_storys_where_nothing_else_would_come_with_it(story: str, count: int) -> None:
    assert stands(page(f"<main><div id=story>{story}</div></main>")).count("about the lead") == count


def test_elements_without_a_class_are_not_of_one_make() -> None:
    article = page(f"<div class=page><div>{prose(6)}</div><div><h3>More</h3>{prose(1, 'author')}</div></div>")
    assert "author" not in stands(article)


def test_what_stands_before_the_story_under_a_heading_with_a_picture_or_of_links_is_no_lead() -> None:
    for mark in ("<h3>More</h3>", "<img src=a.jpg alt=b>", 30 * LINKED, "<button>e</button>"):
        article = page(f"<div class=page><div class=box>{mark}{prose(1, 'author')}</div><div class=story>{prose(6)}</div></div>")
        assert "author" not in stands(article), mark


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='page page--with-sidebar'><div class=story>{prose(6)}</div></div>",
        f"<form id=aspnetForm><div class=story>{prose(6)}</div></form>",
        f"<header><div class=story>{prose(6)}</div></header>",
        f"<form><div class=has-sidebar><div class=story>{prose(6)}</div></div></form>",
        f"<div class=story>{prose(1)}{prose(8, attributes=' class=paywall')}</div>",
        f"<div class='content paywall'>{prose(6)}</div><div class=list>{prose(4, 'offer')}</div>",
        f"<div class='article modal-enabled'>{prose(6)}</div><div class=list>{prose(4, 'offer')}</div>",
        f"<article class='post tag-newsletter'>{prose(6)}</article><div class=promo>{prose(1, 'offer')}</div>",
    ],
    ids=["layout-word", "server-form", "header", "two-names", "paragraphs", "paywalled", "state", "tag-of-the-post"],
)
def test_a_name_is_not_believed_where_it_would_leave_no_story(body: str) -> None:
    found = stands(page(f"<div class=wrap>{body}</div>"))
    assert found.count("about the ferry") == 6 + 3 * ("=paywall" in body)
    for beside in ("Home", "fish market", "offer"):
        assert beside not in found


@pytest.mark.parametrize("name", ["comments", "site-footer", "cookie-banner", "onetrust"])
def test_some_names_are_always_believed(name: str) -> None:
    found = stands(page(f"<div class=page><div class=story>{prose(2)}</div><div class={name}>{prose(40, 'reader')}</div></div>"))
    assert "ferry" in found
    assert "reader" not in found


def test_many_comments_do_not_hide_that_the_wrapper_is_misnamed() -> None:
    story = f"<div class='page page--with-sidebar'><div class=story>{prose(6)}</div></div>"
    found = stands(page(f"{story}<div class=comments>{prose(40, 'reader')}</div>"))
    assert "ferry" in found
    assert "reader" not in found
    assert "Home" not in found


@pytest.mark.parametrize("beside", [f"<div class=sidebar>{prose(7, 'other')}</div>", f"<aside>{prose(7, 'other')}</aside>"])
def test_a_sidebar_longer_than_the_story_is_still_one(beside: str) -> None:
    found = stands(page(f"<div class=page><div class=story>{prose(2)}</div>{beside}</div>"))
    assert "ferry" in found
    assert "other" not in found


def test_the_captions_of_a_gallery_are_its_story() -> None:
    slides = "".join(f"<figure><img src={n}.jpg alt=x><figcaption>{prose(2, 'ferry')}</figcaption></figure>" for n in range(4))
    found = stands(
        page(f"<div class=page><article><div>{prose(3, 'lead')}</div><div>{slides}</div></article><p>{LINKED * 9}</p></div>")
    )
    assert found.count("about the ferry") == 8
    assert found.count("about the lead") == 3


def test_a_span_that_holds_paragraphs_can_be_the_story() -> None:
    found = stands(page(f"<div class=page><span id=text>{prose(6)}</span><div class=list>{LINKED * 9}</div></div>"))
    assert "ferry" in found
    assert "The council" not in found


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class=author-box>{LINKED}{prose(2, 'other')}</div>",
        f"<div class='d-none d-print-block'>{prose(6, 'other')}</div>",
        "<div class=cards>" + "".join(f"<a href=/{n}><h3>T</h3>{prose(1, 'other')}</a>" for n in range(9)) + "</div>",
    ],
    ids=["author", "print", "cards"],
)
def test_what_has_the_shape_of_prose_and_is_none(beside: str) -> None:
    found = stands(page(f"<div class=page>{beside}<div class=story>{prose(6)}</div></div>"))
    assert "ferry" in found
    assert "other" not in found


def test_an_anchor_is_no_link() -> None:
    found = stands(page(f"<div class=page><a name=top>{prose(6)}</a><div class=list>{LINKED * 9}</div></div>"))
    assert found.count("ferry") == 6
    assert "The council" not in found


def test_the_way_to_the_page_is_no_lead() -> None:
    way = f"<div class='trail breadcrumbs'>{LINKED}{prose(1, 'author')[3:-4]}</div>"
    assert "author" not in stands(page(f"<div class=page>{way}<div class=story>{prose(6)}</div></div>"))


def test_a_page_of_promotion_alone_has_no_story() -> None:
    article = page(f"<div class=page><div class=newsletter>{prose(3, 'offer')}</div></div>")
    assert article.region is not None
    assert article.region.prose == 0


SHORT = "<p>I said sorry to a machine.</p><p>It had asked me to try again.</p><p>Why?</p><p>You have done it too, I know it.</p>"
STEPS = (
    "<h2>How</h2><ol><li>Heat the oil in a heavy pot.</li><li>Add the onion, and stir it.</li><li>Serve it with bread.</li></ol>"
)
TEASERS = "".join(
    f"<article class=card><a href=/{number}><h3>Number {number}</h3></a>{prose(1, 'other')}</article>" for number in range(3)
)
ITEMS = "".join(f"<li><h3><a href=/{number}>Number {number}</a></h3>{prose(1, 'other')}</li>" for number in range(3))
PITCH = f"<div class=box><h3>Get it first</h3>{prose(1, 'offer')}</div>"


@pytest.mark.parametrize(
    "body",
    [
        f"<main><article><header><h1>Sorry</h1></header><div>{SHORT}{STEPS}</div></article></main>",
        f"<main><article><h1>Sorry</h1><div>{SHORT}{STEPS}</div></article><div class=more>{TEASERS}</div></main>{PITCH}",
        f"<div class=a><h1>Sorry</h1><div class=b>{SHORT}{STEPS}</div>{PITCH}<div class=more>{TEASERS}</div></div>",
        f"<div class=a><h1>Sorry</h1><div itemprop=articleBody>{SHORT}{STEPS}</div>{PITCH}{PITCH}</div>",
        f"<div class=a><h1>Sorry</h1><div class=b>{SHORT}{STEPS}</div></div><div><ul>{ITEMS}</ul></div>",
    ],
    ids=["alone", "with-teasers", "in-one-column", "marked", "beside-a-list"],
)
def test_a_story_of_short_paragraphs_is_found_among_longer_ones(body: str) -> None:
    found = stands(page(f"<div class=page>{body}</div>"))
    assert found.startswith("I said sorry to a machine.")
    assert found.endswith("Serve it with bread.")


def test_what_the_software_of_a_page_says_is_no_line_of_the_story() -> None:
    states = "".join(f"<div>You can react up to {number} times!</div><p>Share this now</p>" for number in range(9))
    found = stands(page(f"<div class=page><div class=a>{SHORT}{STEPS}</div><div class=b>{states}</div></div>"))
    assert "sorry" in found
    assert "react" not in found


@pytest.mark.parametrize(
    "parts",
    [
        "".join(f"<div class=part><h2><a href=#{number}>Part</a></h2>{prose(1)}</div>" for number in range(3)),
        "".join(f"<div class=part><h2><a href=/{number}>Entry</a></h2>{prose(4)}</div>" for number in range(2)),
        f"<div class=part><h2><a href=/series>Part of a series</a></h2>{prose(3)}</div>",
        "".join(f"<div class=part><h2><a href=/{number}>One of thirty</a></h2>{prose(1)}</div>" for number in range(30)),
    ],
    ids=["anchors", "longer-parts", "one-alone", "a-long-list"],
)
def test_what_stands_under_linked_headlines_can_be_the_story(parts: str) -> None:
    found = stands(page(f"<div class=page><div class=story>{parts}</div><div class=b>{prose(1, 'other')}</div></div>"))
    assert found.count("ferry") >= 3
    assert "other" not in found


def test_labels_are_no_lines_of_the_story() -> None:
    labels = "".join(f"<li>Everything that we have about number {number}</li>" for number in range(9))
    found = stands(page(f"<div class=page><div class=a>{SHORT}{STEPS}</div><ul>{labels}</ul></div>"))
    assert "sorry" in found
    assert "Everything" not in found


def test_a_page_without_prose_is_read_where_its_headline_stands() -> None:
    rows = "".join(f"<tr><td>Ward {number}</td><td>Quinn {number}01, Field {number}02</td></tr>" for number in range(12))
    body = f"<main><article><h1>Results</h1><table>{rows}</table></article><div class=more>{LINKED}</div></main>"
    found = stands(page(f"<div class=page>{body}</div>"))
    assert "Ward 11" in found
    assert "The council" not in found
    assert "Home" not in found
    assert "Home" not in stands(page(f"<h1>The Harbour Post</h1><div class=page>{body}</div>"))
    assert "Home" in stands(page(f"<div class=page>{body}<article><h1>Another</h1></article></div>"))
    linked = "".join(f"<li><a href=/{number}>Ward {number}, all of its results</a></li>" for number in range(12))
    script = "<script>var results = 'of all the wards, and of all that were not counted yet';</script>" * 3
    assert "Home" in stands(page(f"<div class=page><main><h1>Results</h1><ul>{linked}</ul>{script}</main></div>"))
    assert "Home" in stands(page(f"<div class=page><main><h1>Results</h1></main><table>{rows}</table></div>"))


REACTIONS = "".join(f"<p>So says reader number {number} to this.</p>" for number in range(12))
ROWS = "".join(f"<tr><td>Ward {number}</td><td>Quinn {number}01, Field {number}02</td></tr>" for number in range(12))


@pytest.mark.parametrize(
    "body",
    [
        f"<main><article><h1>T</h1><div>{prose(2)}</div></article><div class=z>{REACTIONS}</div></main>",
        f"<div><h1>T</h1><div itemprop=articleBody>{prose(2)}</div><div class=z>{REACTIONS}</div></div>",
        f"<div><h1>T</h1><div>{prose(2)}</div><aside>{REACTIONS}{REACTIONS}</aside></div>",
        f"<div><h1>T</h1><div>{prose(2)}</div><div class=z>{REACTIONS}</div></div>",
        f"<h1>The Harbour Post</h1><main><h1>T</h1><div>{prose(2)}</div></main><div class=z>{REACTIONS}</div>",
        f"<div><h2>T</h2><div>{prose(2)}</div></div><div class=z>{REACTIONS}</div>",
    ],
    ids=["headline-in-it", "marked", "in-an-aside", "headline-before-it", "and-a-logo", "no-headline"],
)
def test_more_lines_than_a_brief_has_are_not_the_story(body: str) -> None:
    found = stands(page(f"<div class=page>{body}</div>"))
    assert found.count("ferry") == 2
    assert "reader" not in found


TALK = "".join(f"<div><p>So says reader number {number} to this.</p></div>" for number in range(30))


def test_a_talk_behind_the_story_does_not_take_its_place() -> None:
    story = f"{prose(1, 'lead')}<div class=text>{prose(5)}</div>"
    found = stands(page(f"<div class=page><main><h1>T</h1>{story}<section class=z>{TALK}</section></main></div>"))
    assert found.count("lead") == 1
    assert found.count("ferry") == 5


def test_a_standfirst_does_not_bring_the_talk_behind_the_story() -> None:
    story = f"{prose(1, 'lead')}<div>by</div><div class=text>{prose(12)}</div>"
    found = stands(page(f"<div class=page><main><h1>T</h1>{story}<section class=z>{TALK}</section></main></div>"))
    assert found.count("ferry") == 12
    assert "reader" not in found


def test_a_ticker_under_the_logo_is_not_the_story() -> None:
    top = "<div class=top><h1><a href=/>The Post</a></h1><p>Trains are late again.</p><p>It rains, and it will rain.</p></div>"
    rail = "<p>It was said on Monday as well, they say.</p>" * 8
    found = stands(page(f"{top}<div class=c><h2>T</h2>{prose(4)}</div><div class=r>{rail}</div>"))
    assert found.count("ferry") == 4
    assert "Trains" not in found
    assert "Monday" not in found


@pytest.mark.parametrize("lead", [4, 5])
def test_a_list_of_linked_headlines_is_not_cut_to_its_introduction(lead: int) -> None:
    items = "".join(f"<section><h2><a href=/film/{number}>Film</a></h2>{prose(1)}</section>" for number in range(6))
    found = stands(page(f"<main><h1>T</h1><div>{prose(lead, 'lead')}</div><div>{items}</div></main>"))
    assert found.count("ferry") == 6


def test_a_table_under_the_headline_is_the_story_and_not_the_lines_beside_it() -> None:
    article = f"<article><h1>Results</h1><table>{ROWS}</table></article>"
    found = stands(page(f"<div class=page><main>{article}<div class=z>{REACTIONS}</div></main></div>"))
    assert "Ward 11" in found
    assert "reader" not in found


@pytest.mark.parametrize("lead", ["/live#e", "?post=", "https://harbour.example/live#e", "javascript:go", ""])
def test_headlines_that_lead_to_entries_of_the_page_head_no_teasers(lead: str) -> None:
    entries = "".join(f"<article><h2><a href='{lead}'>Entry</a></h2>{prose(1)}</article>" for _ in range(4))
    found = stands(page(f"<div class=page><main><h1>T</h1><div>{prose(4, 'lead')}</div><div>{entries}</div></main></div>"))
    assert found.count("ferry") == 4
    assert found.count("lead") == 4


def test_what_is_longer_than_a_teaser_is_none() -> None:
    parts = "".join(f"<div><h2><a href=/{number}>Part</a></h2>{prose(3)}</div>" for number in range(2))
    found = stands(page(f"<div class=page><main><h1>T</h1><div>{prose(8, 'lead')}</div><div>{parts}</div></main></div>"))
    assert found.count("ferry") == 6


def test_a_roundup_is_made_of_linked_headlines() -> None:
    items = "".join(f"<li><h3><a href=https://other.example/{number}>Of it</a></h3>{prose(1)}</li>" for number in range(8))
    found = stands(page(f"<div class=page><main><h1>T</h1><div>{prose(2, 'lead')}</div><ul>{items}</ul></main></div>"))
    assert found.count("ferry") == 8


def test_the_element_of_the_story_is_no_teaser_for_a_linked_headline_in_it() -> None:
    story = "<br>".join("The council met in the old hall on Tuesday and talked about the ferry until late." for _ in range(6))
    more = (
        "<div><h3><a href=/z>Another</a></h3><p>The council met about the other things in the hall on a Monday as well.</p></div>"
    )
    body = f"<main><h1>T</h1><div>{story}<h3><a href=/y>More</a></h3></div>{more}{more}</main>"
    found = stands(page(f"<div class=page>{body}</div><div class=z>{prose(2, 'offer')}</div>"))
    assert found.count("ferry") == 6
    assert "offer" not in found


def test_teasers_are_known_by_the_row_they_stand_in_however_deep() -> None:
    card = "<article><div class=text><h3><a href=/{0}>Number {0}</a></h3>" + prose(1, "other") + "</div></article>"
    cards = "".join(card.format(number) for number in range(3))
    found = stands(page(f"<div class=page><main><h1>T</h1><div class=a>{SHORT}{STEPS}</div><div>{cards}</div></main></div>"))
    assert "sorry" in found
    assert "other" not in found


def test_lines_are_looked_up_in_what_the_page_says_is_the_body() -> None:
    body = "I said sorry to a machine. It had asked me to try again. Why? " * 4
    told = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'
    story = "<p>I said sorry to a machine.</p><p>It had asked me to try again.</p>" * 4
    noise = "<p>★★★★★ five of five, from me!</p><p>★★★★★!</p>" * 12
    found = stands(page(f"{told}<div class=page><h1>T</h1><div class=z>{REACTIONS}{noise}</div><div>{story}</div></div>"))
    assert "sorry" in found
    assert "reader" not in found


def test_a_date_before_the_story_is_no_lead_of_it() -> None:
    tools = "<div>Subscribe now</div><h1>T</h1><p>3 March (CET)</p>"
    found = stands(page(f"<div class=page><main>{tools}<div class=body>{SHORT}{STEPS}</div></main></div>"))
    assert "sorry" in found
    assert "Subscribe" not in found
