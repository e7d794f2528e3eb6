"""The story's stretch of the source is what the parser made the story of, or none is taken."""

import pytest
from lxml.html import HtmlElement

from rules.core import excerpt, positions
from rules.core.article import read
from rules.core.engine import lint
from rules.core.excerpt import cut_out
from rules.core.markup import Markup, read_markup
from rules.core.submission import Submission
from rules.core.tree import is_tag_of
from tests.conftest import NOW

STORY = (
    '<div class="story text"><p>Rain &amp; wind <b>fell</b> on the town.</p><div><img src=a.jpg><br>Then it stopped.</div></div>'
)
MENU = "<nav><ul>" + "<li><a href=/x>Weather</a></li>" * 50 + "</ul></nav>"


def cut(source: str) -> tuple[excerpt.Excerpt | None, HtmlElement]:
    """The excerpt of the element whose class is "story text"."""
    root = read(Submission(source, "html")).root
    assert root is not None
    story = next(node for node in root.iter("div") if node.get("class") == "story text")
    return cut_out(source, story), story


def test_only_the_story_is_taken_apart() -> None:
    found, story = cut(f"<html><body>{MENU}{STORY}{MENU}</body></html>")
    assert found is not None
    assert "".join(found.markup.pieces) == STORY
    assert {node.tag: found.markup.tags[index] for node, index in found.tags.items()} == {
        name: name for name in ("div", "p", "b", "img", "br")
    }
    assert found.markup.text.joined[found.texts[next(story.iter("b")), True] :].startswith(" on the town.")


@pytest.mark.parametrize("size", [*range(1, 40), len(STORY) - 1, len(STORY), len(STORY) + 1])
def test_its_end_is_found_wherever_the_first_look_ends(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "FIRST", 0)
    monkeypatch.setattr(excerpt, "ROOM", size)
    for behind in ("", MENU):
        found, _ = cut(f"<html><body>{MENU}{STORY}{behind}")
        assert found is not None
        assert "".join(found.markup.pieces) == STORY


DEAD = {
    "comment": f"<!-- {STORY} -->",
    "script": f"<script type='text/template'>{STORY}</script>",
    "textarea": f"<textarea>{STORY}</textarea>",
    "attribute": f"<a data-copy='{STORY}'>Print</a>",
}


@pytest.mark.parametrize("copy", DEAD.values(), ids=DEAD)
def test_a_copy_that_is_no_markup_is_not_the_story(copy: str) -> None:
    for before, behind in ((copy, ""), ("", copy)):
        found, _ = cut(f"<body>{before}{STORY}{behind}</body>")
        assert found is not None
        assert found.markup.offsets[0] == len(f"<body>{before}")


@pytest.mark.parametrize("copy", [STORY, STORY.replace("&amp;", "&")], ids=["twice", "written differently"])
def test_none_where_two_say_the_same(copy: str) -> None:
    assert cut(f"<body>{copy}{STORY}</body>")[0] is None
    assert cut(f"<body>{STORY}{copy}</body>")[0] is None


def test_boxes_with_the_same_class_and_other_attributes_are_not_like_it() -> None:
    boxes = "".join(f'<div class="story text" id=box{number}>A box.</div>' for number in range(2 * excerpt.LIKE_IT))
    root = read(Submission(f"<body>{boxes}{STORY}</body>", "html")).root
    assert root is not None
    found = cut_out(f"<body>{boxes}{STORY}</body>", next(node for node in root.iter("div") if len(node.attrib) == 1))
    assert found is not None
    assert "".join(found.markup.pieces) == STORY


@pytest.mark.parametrize("copy", DEAD.values(), ids=DEAD)
@pytest.mark.parametrize(
    "story", [STORY[: -len("</div>")], STORY.replace("story text", "story&#45;text"), STORY.replace("</p>", "")]
)
def test_a_copy_is_not_taken_for_a_story_that_the_parser_mends(copy: str, story: str) -> None:
    source = f"<body>{copy}{story}</body>"
    root = read(Submission(source, "html")).root
    assert root is not None
    live = next(node for node in root.iter("div") if "story" in node.get("class", ""))
    found = cut_out(source, live)
    assert found is None or found.markup.offsets[0] == len(f"<body>{copy}")


def test_many_tags_and_long_ones_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(excerpt, "is_tag_of", lambda tag, node: parsed.append(tag) or is_tag_of(tag, node))
    flood = '<!-- <div class="story text" ' + " ".join(f"a{number}=1" for number in range(20_000)) + "> -->"
    assert cut(f"<body>{flood}{STORY}</body>")[0] is not None
    assert cut(f"<body>{'<div class=other></div>' * excerpt.TRIED * 2}{STORY}</body>")[0] is not None
    bare = f"<body>{'<div class=other></div>' * excerpt.TRIED * 2}<div><p>Rain fell.</p></div></body>"
    root = read(Submission(bare, "html")).root
    assert root is not None
    assert cut_out(bare, next(node for node in root.iter("div") if not node.attrib)) is None
    assert {len(tag) <= excerpt.WITHIN for tag in parsed} == {True}


@pytest.mark.parametrize(
    "story",
    [
        STORY[: -len("</div>")],
        STORY[:-1],
        STORY.replace("</p>", ""),
        STORY.replace("</b>", "</b></div>"),
        STORY.replace("<br>", "<form><form>"),
    ],
    ids=["no end", "half an end", "an end that the parser adds", "one end too many", "a tag that the parser drops"],
)
def test_what_the_parser_mends_is_taken_as_it_stands_or_not_at_all(story: str) -> None:
    found, node = cut(f"<body>{story}<p>Behind it.</p></body>")
    said = None if found is None else (found.markup.text.joined, [found.markup.tags[index] for index in found.tags.values()])
    assert said in (None, (node.text_content(), [item.tag for item in node.iter()]))


def test_a_fragment_is_a_story_without_a_tag_of_its_own() -> None:
    source = "<p>Rain fell.</p>\n<p>Then <i>it</i> stopped.</p>"
    root = read(Submission(source, "html")).root
    assert root is not None
    found = cut_out(source, root.find("body"))
    assert found is not None
    assert "".join(found.markup.pieces) == source


def test_a_finding_in_the_story_takes_nothing_else_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    read_apart: list[int] = []

    def look(source: str, start: int = 0, end: int | None = None) -> Markup:
        read_apart.append(len(source[start:end]))
        return read_markup(source, start, end)

    monkeypatch.setattr(excerpt, "read_markup", look)
    monkeypatch.setattr(positions, "read_markup", look)
    story = STORY.replace("Then it stopped.", "Oops! Something went wrong. Please try again later.")
    rain = "".join(
        f"<p>Rain fell on the town for {day} days, the mayor said, and nobody knew when it would stop.</p>" for day in "2345"
    )
    page = f"<html><head><title>Rain</title></head><body>{MENU * 20}<article>{rain}{story}</article>{MENU}</body></html>"
    found = lint(Submission(page, "html"), now=NOW, strict=True)["findings"]
    assert {"widget-error-text", "alt-missing"} <= {row["rule"] for row in found if row["span"]}
    assert sum(read_apart) < len(page) / 4


def test_half_a_tag_opens_nothing() -> None:
    root = read(Submission("<p>Rain fell.</p>", "html")).root
    assert root is not None
    assert is_tag_of("<html>", root)
    assert not is_tag_of("<html\n\n a", root)


def test_pages_inside_a_page_are_none() -> None:
    source = f"<html><body>{STORY.replace('<div><img', '<html><head></head><body><div><img')}</body></html>"
    assert cut(source)[0] is None
    found, story = cut(source.replace("<head></head>", ""))
    assert found is not None
    assert len(found.tags) == len(list(story.iter()))
