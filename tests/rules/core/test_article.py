"""The one view of an article: region, blocks, metadata, sentences, quotations."""

from copy import copy
from datetime import UTC, datetime, timedelta

import pytest

from rules.core.article import Article, read
from rules.core.errors import BadMetadataError
from rules.core.sourcing.genre import addresses
from rules.core.submission import Metadata, Submission

STORY = "".join(
    f"<p>The council met for the {n}th time on Tuesday and spoke at length about the old market hall.</p>" for n in range(6)
)


def html(source: str, **more: str | None) -> Article:
    return read(Submission(source, "html", **more))  # type: ignore[arg-type]


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


def test_blocks_in_reading_order() -> None:
    article = html(
        "<h1>A</h1><p>b <b>c</b><br>d</p><ul><li>e<li><p>f</p></ul><blockquote><p>g</p></blockquote><div>h<p>i</p>j</div>"
    )
    assert [(block.kind, block.text) for block in article.blocks] == [
        ("headline", "A"), ("paragraph", "b c\nd"), ("list-item", "e"), ("list-item", "f"), ("quote", "g"),
        ("other", "h"), ("paragraph", "i"), ("other", "j"),
    ]  # fmt: skip


def test_two_breaks_in_a_row_end_a_paragraph() -> None:
    assert texts(html("<div>one<br><br>two<br>three</div>")) == ["one", "two\nthree"]


def test_what_no_reader_sees_is_no_text() -> None:
    source = "<p>a<script>x</script><style>y</style><template>z</template>b</p><noscript>n</noscript><select><option>o</select>"
    assert texts(html(source)) == ["ab"]


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ('class="d-none"', True),
        ('class="d-none d-print-block"', True),
        ('class="d-none d-md-block"', False),
        ('class="hidden md:block"', False),
        ('class="box sr-only"', True),
        ('style="Display: none"', True),
        ("hidden", True),
        ('class="hidden-gem"', False),
    ],
)
def test_what_hides_an_element_on_every_screen(attributes: str, hidden: bool) -> None:  # noqa: FBT001
    assert read(Submission(f"<div {attributes}><p>Rain fell.</p></div>", "html")).blocks[0].hidden == hidden


def test_hidden_and_links_are_known() -> None:
    article = html('<p style="display:none">a</p><p>to <a href=x>link text</a></p><p><a href=y>all</a></p>')
    assert [block.hidden for block in article.blocks] == [True, False, False]
    assert [round(block.link_share, 2) for block in article.blocks] == [0.0, 0.82, 1.0]


def test_the_region_of_a_page() -> None:
    chrome = "<nav><a href=/>Home</a></nav>", f"<footer>{STORY}</footer>", "<div class=comments>" + STORY + "</div>"
    main = f"<div id=main><div class=story>{STORY}<aside>More</aside></div></div>"
    page = f"<html><body>{chrome[0]}{main}{chrome[2]}{chrome[1]}</body></html>"
    article = html(page)
    assert article.region is not None
    assert article.region.element.get("class") == "story"
    assert texts(article)[-1] == "More", "what stands inside is linted, whatever it is"
    assert "Home" not in texts(article)


def test_a_fragment_is_linted_whole() -> None:
    assert texts(html(f"<p>Before</p><div>{STORY}</div><p>After</p>"))[-1] == "After"


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        ("<title>Old bridge is closed - Post</title>", "<h1>The Post</h1><h1>Old bridge closed</h1>", "Old bridge closed"),
        ("<title>Bridge shut - The Old Harbour Post</title>", "<h1>The Old Harbour Post</h1><h1>Bridge shut</h1>", "Bridge shut"),
        (
            '<title>Bridge shut | Post</title><meta property="og:title" content="Bridge shut">',
            "<h1>Post: bridge shut at night</h1>",
            "Post: bridge shut at night",
        ),
        ("<title>Old bridge is closed - Post</title>", "<h1>Football</h1>", "Old bridge is closed - Post"),
        ("<title>Football ground is sold</title>", "<h1>Football</h1><h1>Ground is sold</h1>", "Ground is sold"),
        ("<title>橋が閉鎖 - 港新聞</title>", "<h1>ニュース</h1><h1>橋が閉鎖</h1>", "橋が閉鎖"),
        ("<title>橋が閉鎖した - 港新聞</title>", "<h1>ニュース</h1><h1>橋が閉鎖</h1>", "橋が閉鎖"),
        ("", "<h1></h1><h1>Football</h1>", "Football"),
        ("<title>Old bridge is closed</title>", "<h1>...</h1>", "Old bridge is closed"),
    ],
    ids=[
        "the page's name first",
        "which the title repeats",
        "worded otherwise",
        "a section's name alone",
        "a section's name in the title",
        "without spaces",
        "a part without spaces",
        "no field",
        "no words",
    ],
)
def test_the_headline_is_a_heading_that_the_head_repeats(head: str, body: str, wanted: str) -> None:
    article = html(f"<html><head>{head}</head><body><div>{body}</div><div class=story>{STORY}</div></body></html>")
    assert article.headline is not None
    assert article.headline.text == wanted


def test_the_storys_own_heading_is_its_headline_whatever_the_head_says() -> None:
    head, body = "<title>Old bridge is closed</title>", f"<h1>Old bridge is closed</h1><article><h1>Shut</h1>{STORY}</article>"
    article = html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert article.headline is not None
    assert article.headline.text == "Shut"


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ("Tue, 5 Mar 2024 09:00:00 EST", 14), ("5 March 2024 09:00 CEST", 7), ("5 March 2024 09:00 +03:30", 5.5),
        ("5 March 2024 09:00 GMT", 9), ("5 March 2024 09:00", 9), ("5 March 2024 09:00 IST", 9),
    ],
)  # fmt: skip
def test_a_zones_abbreviation_is_read_where_it_has_one_meaning(date: str, wanted: float) -> None:
    """And the same on every machine, whatever its own zone is, and without a word from the library."""
    page = f'<html><head><meta property="article:published_time" content="{date}"></head><body><p>x</p></body></html>'
    published = html(page).published_at
    assert published == datetime(2024, 3, 5, tzinfo=UTC) + timedelta(hours=wanted)


def test_metadata_of_a_page_and_of_its_sender() -> None:
    head = """<html lang="de-AT"><head><title>T - Site</title><meta property="og:title" content="OG">
    <link rel="canonical" href="https://x.example/a"><script type="application/ld+json">{"@graph": [{"@type": "WebPage"},
    {"@type": ["LiveBlogPosting"], "headline": "LD", "datePublished": "2024-03-05T10:00:00+01:00", "dateModified": "2024-03-06",
    "author": [{"name": "A"}, {"name": "B"}]}]}</script></head><body><p>x</p></body></html>"""
    article = html(head)
    metadata = article.metadata
    assert metadata.headlines == {"json-ld": "LD", "og:title": "OG", "title": "T - Site"}
    assert (metadata.byline, metadata.url, article.language, article.kind) == ("A, B", "https://x.example/a", "de", "live-blog")
    assert metadata.published_at == datetime(2024, 3, 5, 9, tzinfo=UTC)
    assert metadata.zone_assumed, "the modified date has no offset"
    sender = read(Submission(head, "html", metadata=Metadata(byline="C", language="fr", kind="news")))
    assert (sender.metadata.byline, sender.language, sender.kind) == ("C", "fr", "news")


@pytest.mark.parametrize("broken", ["{", "[" * 5000, '{"@type": "NewsArticle", "datePublished": 5, "author": null}', "null"])
def test_broken_json_ld_is_no_crash(broken: str) -> None:
    assert html(f"<script type='application/ld+json'>{broken}</script><p>x</p>").published_at is None


@pytest.mark.parametrize(
    "given", [{"colour": "red"}, {"headline": ["a"]}, {"published_at": "yesterday"}, {"published_at": "2024-03-05T10:00:00"}]
)
def test_bad_metadata_is_named(given: dict[str, object]) -> None:
    with pytest.raises(BadMetadataError):
        Metadata.from_mapping(given)


def test_metadata_there_and_back() -> None:
    given = {"headline": "H", "published_at": "2024-03-05T10:00:00+01:00", "revision": 7}
    assert Metadata.from_mapping(given).to_mapping() == given | {"revision": "7"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mr. Brown met Dr. J. Smith. They left.", ["Mr. Brown met Dr. J. Smith.", "They left."]),
        ("He works for the U.S. government. She does not.", ["He works for the U.S. government.", "She does not."]),
        ("“We won.” He smiled. “Did you?” she asked.", ["“We won.”", "He smiled.", "“Did you?” she asked."]),
        ("It cost $3.5 million. Then 4.2.", ["It cost $3.5 million.", "Then 4.2."]),
        ("On Sept. 16 it rained. No. 5 came.", ["On Sept. 16 it rained.", "No. 5 came."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    article = html(f"<p>{text}</p>")
    assert [sentence.text for sentence in article.sentences(article.blocks[0])] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“One ‘inner’ two,” he said. “Three.”", ["One ‘inner’ two,", "Three."]),
        ('"Straight," he said, "and on."', ["Straight,", "and on."]),
        ('He is 6\' 2" tall and said "no way".', ["no way"]),
        ("„Ja“, sagte er. «Oui».", ["Ja", "Oui"]),
        ("“It goes on", ["It goes on"]),
        ("In der es um »Fake News« geht, »und um Wahrheit«, sagte er.", ["Fake News", "und um Wahrheit"]),
        ("und um Wahrheit.« Dann ging er. »Nie wieder«, sagte er.", ["Nie wieder"]),
        ("»Vi åker hem», sade hon. »Nu.»", ["Vi åker hem", "Nu."]),
        ("la fin. » Puis l’« identité » et « la suite ».", [" identité ", " la suite "]),
        ('Im Rahmen des „Austauschs (AIA)" melden wir „alles“.', ["Austauschs (AIA)", "alles"]),
        ('Als "Genossenschaft light“ arbeiten wir.', ["Genossenschaft light"]),
        ('"He called it “his” home', ["He called it “his"]),
    ],
)
def test_quotations(text: str, wanted: list[str]) -> None:
    assert [quote.text for quote in html(f"<p>{text}</p>").quotations] == wanted


def test_plain_text() -> None:
    article = read(Submission("A headline\n\nFirst line\nand on.\n\n\nSecond.\n", "text"))
    assert [(block.kind, block.text) for block in article.blocks] == [
        ("headline", "A headline"),
        ("paragraph", "First line and on."),
        ("paragraph", "Second."),
    ]


def test_plain_text_of_a_line_for_each_paragraph() -> None:
    """A line that no program would have left so long is a paragraph; lines that one wrapped are not."""
    long = (
        "The council met on Monday evening and put the plan to a vote, "
        + "and its members were of two minds, " * 2
        + "they said."
    )
    article = read(Submission(f"A headline\n{long}\nSecond.\n\nFirst line\nand on.\n", "text"))
    assert [block.text for block in article.blocks] == ["A headline", long, "Second.", "First line and on."]
    assert [article.source[block.start :][: len(block.text)] for block in article.blocks[:3]] == ["A headline", long, "Second."]


def test_entities_neither_grow_nor_read_files(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("planted words of a file")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    outside = f'<!ENTITY file SYSTEM "{secret.as_uri()}">'
    for head in (f"<!DOCTYPE html [{laughs}{outside}]>", f'<?xml version="1.0"?><!DOCTYPE html [{laughs}{outside}]>'):
        article = read(Submission(f"{head}<html><body><p>Rain fell. &l9; &file;</p></body></html>", "html"))
        assert len(article.text) < 2_000
        assert "planted" not in article.text
        assert "Rain fell." in article.text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("‘It was a long time, and I’m glad,’ Moss said. ‘No.’", ["‘It was a long time, and I’m glad,’", "‘No.’"]),
        ("'It was long,' he said of the '90s, and of rock 'n' roll.", ["'It was long,'"]),
        ("The clubs’ ‘big day’ out, and ‘Hamlet’ again.", []),
        ("“He said ‘Go home.’ and left,” Moss said.", ["“He said ‘Go home.’ and left,”"]),
        ("‘The players’ bus is late.’", ["‘The players’ bus is late.’"]),
        ("'Tis the season of the dogs’ home.’", []),
    ],
)
def test_speech_in_single_marks(text: str, spoken: list[str]) -> None:
    """It is somebody's words, though no quotation that asks for its speaker; scare quotes and titles are not."""
    article = html(f"<p>{text}</p>")
    (block,) = article.blocks
    assert [text[start:end] for start, end in article.quoted(block)] == spoken
    inside = {at for start, end in article.quoted(block) for at in range(start, end)}
    assert [article.is_quoted(block, at) for at in range(len(text))] == [at in inside for at in range(len(text))]


def test_who_says_i_in_single_marks_is_not_the_writer() -> None:
    said = "".join(f"<p>‘I was there on day {n},’ the clerk said, ‘and I saw you.’</p>" for n in range(6))
    assert not addresses(html(said))
    assert addresses(html(said.replace("‘", "").replace("’", "")))


def test_a_block_of_the_pages_head_has_none_of_the_storys_quotations() -> None:
    """Though it may have the index of one that has some."""
    article = html("<p>“Rain fell,” she said.</p>")
    block = article.prose[0]
    assert [quote.text for quote in article.quotations_in(block)] == ["Rain fell,"]
    assert article.quotations_in(copy(block)) == []
