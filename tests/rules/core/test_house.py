"""House rules: phrases find what their authors mean, quickly, and what is wrong with a definition is said."""

import time
from dataclasses import replace

import pytest

from rules.core.catalogue import ruleset_hash
from rules.core.engine import lint
from rules.core.examples import NOW
from rules.core.findings import Severity
from rules.core.house import Definition, make_rule, problems
from rules.core.submission import Metadata, Submission

UNIQUE = Definition(
    slug="house-very-unique",
    title="“Very unique” says it twice",
    why="A thing is unique or it is not.",
    phrases=("very unique", "most uniq*"),
    exceptions=("the Very Unique Club",),
    replacement="unique",
    catches=("It is a very unique bridge.",),
    spares=("He joined the Very Unique Club.", "She said: “It is very unique.”"),
)


def found(definition, html, *, ceilings=None, **metadata):
    submission = Submission(html, "html", metadata=Metadata(**metadata))
    report = lint(submission, now=NOW, rules=[make_rule(definition, 1)], ceilings=ceilings or {})
    return [finding["text"] for finding in report["findings"] for _ in range(finding["count"])]


def with_phrases(*phrases, **changed):
    return replace(UNIQUE, phrases=phrases, exceptions=(), **changed)


@pytest.mark.parametrize(
    ("phrases", "text", "texts"),
    [
        (("due to",), "Due  to rain, and due\nto wind.", ["Due to", "Due to"]),  # the first of repeats stands for all
        (("art",), "Smart art, an artist’s art.", ["art", "art"]),
        (("uniq*",), "Unique, uniquely, but reunique.", ["Unique", "uniquely"]),
        (("café",), "Cafés and the café.", ["café"]),
        (("it's",), "It’s late.", ["It’s"]),
        (("C++",), "C++ and C.", ["C++"]),
        (("a.c (x)",), "abc x, a.c (x).", ["a.c (x)"]),
        (("50 %",), "50 % of 150 %.", ["50 %"]),
        (("in order to", "in order"), "In order to go, in order.", ["In order to", "in order"]),
        (("Straße",), "Die straße.", ["straße"]),
        (("ein",), "ein ein ein", ["ein"] * 3),
    ],
)
def test_a_phrase_is_found_as_words_of_its_own(phrases, text, texts):
    assert sorted(found(with_phrases(*phrases), f"<p>{text}</p>")) == sorted(texts)


def test_case_counts_where_its_author_says_so():
    assert found(with_phrases("Unique", match_case=True), "<p>Unique and unique.</p>") == ["Unique"]


def test_what_people_are_quoted_as_saying_is_theirs():
    html = "<p>“A very unique day,” she said on a very unique day.</p><blockquote>Very unique!</blockquote>"
    assert found(UNIQUE, html) == ["very unique"]
    assert len(found(replace(UNIQUE, in_quotes=True), html)) == 3


def test_the_scope_is_section_and_kind():
    rule = replace(UNIQUE, sections=("Sport",), kinds=("news",))
    html = "<p>A very unique day.</p>"
    assert found(rule, html, section="sport/football", kind="news")
    assert not found(rule, html, section="sports", kind="news")
    assert not found(rule, html, section="sport", kind="opinion")
    assert not found(rule, html)


def test_the_fix_writes_what_to_say_instead_as_it_stands():
    report = lint(Submission("<p>Very unique it is.</p>", "html"), now=NOW, rules=[make_rule(UNIQUE, 1)])
    assert report["findings"][0]["fix"]["edits"] == [{"start": 3, "end": 14, "text": "Unique"}]
    assert not report["findings"][0]["fix"]["safe"]
    assert report["findings"][0]["message"] == "“Very unique” says it twice."


def test_its_version_and_its_ceiling_are_in_the_reports_ruleset():
    one, two = make_rule(UNIQUE, 1), make_rule(UNIQUE, 2)
    hashes = {ruleset_hash([one]), ruleset_hash([two]), ruleset_hash([one], {one.name: Severity.NOTE})}
    hashes.add(ruleset_hash([make_rule(replace(UNIQUE, phrases=("most unique",)), 1)]))
    assert len(hashes) == 4
    assert ruleset_hash([make_rule(UNIQUE, 1)]) == ruleset_hash([one])


def test_a_ceiling_lowers_and_never_raises():
    for severity, carried in (("error", "note"), ("note", "note")):
        rule = make_rule(replace(UNIQUE, severity=severity), 1)
        report = lint(Submission("<p>Very unique.</p>", "html"), now=NOW, rules=[rule], ceilings={rule.name: Severity.NOTE})
        assert [finding["severity"] for finding in report["findings"]] == [carried]
    rule = make_rule(replace(UNIQUE, severity="note"), 1)
    report = lint(Submission("<p>Very unique.</p>", "html"), now=NOW, rules=[rule], ceilings={rule.name: Severity.WARNING})
    assert [finding["severity"] for finding in report["findings"]] == ["note"]


def test_a_definition_comes_back_from_json_as_it_was():
    assert Definition.from_mapping(UNIQUE.to_mapping()) == UNIQUE


def test_the_example_is_fine():
    assert problems(UNIQUE) == {}


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"slug": "very-unique"}, "slug", "house-"),
        ({"slug": "house-../etc"}, "slug", "house-"),
        ({"title": ""}, "title", "Say in"),
        ({"why": " "}, "why", "why it matters"),
        ({"phrases": ()}, "phrases", "at least one phrase"),
        ({"phrases": ("*",)}, "phrases", "nearly everywhere"),
        ({"phrases": ("x" * 201,)}, "phrases", "At most"),
        ({"exceptions": ("a",)}, "phrases", "nearly everywhere"),
        ({"catches": ()}, "catches", "must flag"),
        ({"spares": ()}, "spares", "must leave alone"),
        ({"catches": ("A fine bridge.",)}, "catches", "does not flag “A fine bridge.”"),
        ({"spares": ("A very unique one.",)}, "spares", "It flags “A very unique one.”"),
        ({"severity": "fatal"}, "severity", "error, warning or note"),
        ({"kinds": ("poem",)}, "kinds", "no kind of story"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed, field, says):
    told = problems(replace(UNIQUE, **changed))
    assert says in told[field]


def test_no_phrase_is_slow_whatever_it_says_and_whatever_the_text():
    rule = make_rule(with_phrases("(a+)+$", "a*a*a*a*a*b", *(f"{'ab' * number}* c" for number in range(1, 90))), 1)
    times = []
    for size in (100_000, 200_000):
        began = time.perf_counter()
        lint(Submission(f"<p>{'a' * size}</p><p>{'ab ' * (size // 3)}</p>", "html"), now=NOW, rules=[rule], strict=True)
        times.append(time.perf_counter() - began)
    assert times[1] < 20
    assert times[1] < 6 * times[0] + 0.5


def test_what_somebody_says_in_single_marks_is_left_alone():
    assert found(UNIQUE, "<p>‘It is a very unique bridge,’ she said.</p>") == []


def test_each_place_keeps_its_capital():
    text = "<h1>Harbour master speaks</h1><p>The harbour master left. Harbour master or not, she will be back.</p>"
    rule = make_rule(replace(UNIQUE, phrases=("harbour master",), exceptions=(), replacement="port chief"), 1)
    (finding,) = lint(Submission(text, "html"), now=NOW, rules=[rule])["findings"]
    assert [edit["text"] for edit in finding["fix"]["edits"]] == ["Port chief", "port chief", "Port chief"]
