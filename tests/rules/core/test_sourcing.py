"""The attribution map: who says what, in which words, and whose voice it is."""

import time

import pytest

from rules.core.article import read
from rules.core.engine import lint, sources_of
from rules.core.sourcing import contents, cues
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.memory import Memory
from rules.core.sourcing.sources import sources
from rules.core.sourcing.tables import spell_out, weigh
from rules.core.sourcing.tagger import READINGS, read_tagger
from rules.core.sourcing.tokens import tokenise
from rules.core.submission import Submission
from tests.rules.core.test_engine import NOW

STORY = """Bridge to close in May, council says

The old bridge at Millford will close in May, Maria Keane, the council leader, said on Monday.

“We looked at every option,” Keane told the Millford Herald. “Nobody wants this.”

She added that the ferry would run until October. According to a 2023 report by the county, the bridge carries 9,000 cars a day.

The union wants the council to wait. “It is a mistake,” said its secretary, John Hale.

Critics say the plan came too late.

The bridge was built in 1931."""


def attributions(text):
    return read(Submission(text.encode(), kind="text")).attributions


def told(text):
    """Source, cue and contents of each attribution, as texts."""
    return [
        (found.source and found.source.text, found.cue and found.cue.text, *(content.text for content in found.contents))
        for found in attributions("Bridge\n\n" + text)
    ]


def voices(text):
    return [found.voice and found.voice.name for found in attributions(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Keane said the bridge would close in May.", ("Keane", "said", "the bridge would close in May")),
        ("The bridge will close in May, Keane said.", ("Keane", "said", "The bridge will close in May")),
        ("“It will close in May,” said Maria Keane.", ("Maria Keane", "said", "“It will close in May,”")),
        ("The bridge, Keane said, will close in May.", ("Keane", "said", "The bridge", "will close in May")),
        (
            "According to the report, the bridge carries too many cars.",
            ("the report", "According to", "the bridge carries too many cars"),
        ),
        (
            "The bridge carries too many cars, according to the report.",
            ("the report", "according to", "The bridge carries too many cars"),
        ),
        ('"It will close in May," she said.', ("she", "said", '"It will close in May,"')),
        (
            "The president told African-Americans this weekend he would consider it an insult.",
            ("The president", "told", "he would consider it an insult"),
        ),
        (
            "She also told one of her young neighbours on a regular basis that “the ferry is the answer.”",
            ("She", "also told", "that “the ferry is the answer.”"),
        ),
        (
            "The bridge carries 9,000 cars, according to Anna Lee, head of the institute, and other engineers.",
            ("Anna Lee", "according to", "The bridge carries 9,000 cars"),
        ),
        (
            "“Let Keane and me sit there and debate,” Hale said this month on Channel Four.",
            ("Hale", "said", "“Let Keane and me sit there and debate,”"),
        ),
        (
            (
                "The plan “will effectively force us to put the ferry back that has long since moved to another town.” "
                "He said that if “the final plan requires us to reopen the bridge, we will appeal.”"
            ),
            ("He", "said", "that if “the final plan requires us to reopen the bridge, we will appeal.”"),
        ),
        (
            "“There is a need for more oversight,” said Ronald R. Fieldstone, a lawyer.",
            ("Ronald R. Fieldstone, a lawyer", "said", "“There is a need for more oversight,”"),
        ),
    ],
)
def test_source_cue_and_content(text, wanted):
    assert told(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "likely", "clear"),
    [
        ("Keane said the bridge is too narrow.", True, True),
        ("Keane said that two men saw the bridge.", True, True),
        ("Fans found the bridge too narrow.", True, False),  # what they judged
        ("Keane addressed the council of Millford.", True, False),  # what she addressed, not what she said
        ("Keane wrote a memoir of her years at the ferry.", True, False),  # a thing
        ("What Keane says about the bridge is known.", True, False),  # the clause is somebody else's subject
        ("The bridge stands over the river.", False, False),
    ],
)
def test_how_far_an_attribution_is_to_be_trusted(text, likely, clear):
    found = attributions("Bridge\n\n" + text)
    assert (any(one.likely for one in found), any(one.clear for one in found)) == (likely, clear)


def test_a_quotation_that_goes_on_keeps_its_voice():
    first, second = attributions("Bridge\n\n“It will close in May,” Maria Keane said. “We have no choice in this matter.”")
    assert (second.source, second.cue) == (None, None)
    assert second.voice is first.voice
    assert second.type == "direct"


def test_direct_indirect_and_mixed():
    text = "“It will close,” Keane said.\n\nKeane said it would close.\n\nKeane said it would close “in May at the latest.”"
    assert [found.type for found in attributions("Bridge\n\n" + text)] == ["direct", "indirect", "mixed"]


def test_only_statements_answer():
    text = "Bridge\n\nKeane said it would close.\n\nKeane believes that it will close.\n\nKeane wants to close it."
    assert [found.kind for found in attributions(text)] == ["statement", "belief", "intention"]


def test_names_pronouns_and_the_company_go_back_to_their_voice():
    text = (
        "Bridge\n\nMaria Keane said it would close.\n\nShe said it was old.\n\nKeane added that it was narrow.\n\n"
        "Northgate Holdings Group said it would buy the bridge.\n\nThe company said it was cheap."
    )
    assert voices(text) == ["Maria Keane"] * 3 + ["Northgate Holdings Group"] * 2


def test_a_title_is_named_whole_where_the_source_begins_in_its_middle():
    assert voices("In a speech Secretary of State Maria Keane said the bridge was late.") == ["Secretary of State Maria Keane"]


def test_who_is_a_crowd_and_who_is_anonymous():
    text = "Bridge\n\nCritics said it was old.\n\nA senior official said it would close.\n\nMaria Keane said it was narrow."
    found = [(one.voice.crowd, one.voice.anonymous, one.voice.named) for one in attributions(text)]
    assert found == [(True, False, False), (False, True, False), (False, False, True)]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_other_languages_are_not_read(language):
    html = f'<html lang="{language}"><body><article><p>Keane said the bridge would close in May.</p></article></body></html>'
    assert read(Submission(html.encode(), kind="html")).attributions == ()


def test_a_text_that_is_not_english_is_not_taken_for_it():
    zulu = "Abaphathi besikole bathi abantwana abadli kahle futhi abazali bakhala ngokuthi ukudla akwanele nsuku zonke. " * 5
    assert read(Submission(zulu.encode(), kind="text")).language == "und"


def test_the_report_points_at_the_file():
    html = "<html lang=en><body><article><p>Keane &amp; Sons <b>said</b> the bridge&nbsp;would close.</p></article></body></html>"
    report = lint(Submission(html.encode(), kind="html"), now=NOW, strict=True)
    (found,) = report["attributions"]
    assert html[found["source"]["start"] : found["source"]["end"]] == "Keane &amp; Sons"
    assert html[found["cue"]["start"] : found["cue"]["end"]] == "said"
    assert html[found["content"]["start"] : found["content"]["end"]] == "the bridge&nbsp;would close"


def test_who_a_story_rests_on():
    made = sources_of(Submission(STORY.encode(), kind="text"))
    rows = {row["name"]: row for row in made["sources"]}
    assert rows["Maria Keane"]["statements"] >= 3
    assert rows["Maria Keane"]["direct"] >= 1
    assert rows["Critics"]["crowd"]
    assert not rows["Maria Keane"]["crowd"]
    assert made["unanswered"][-1]["text"] == "The bridge was built in 1931."
    assert not any("Keane" in item["text"] or "Critics" in item["text"] for item in made["unanswered"])
    assert 0 < rows["Maria Keane"]["share"] < 1


def test_a_story_that_cannot_be_read_says_why():
    assert sources_of(Submission(b"", kind="html"))["error"]["reason"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “one two” and “three”.", ["“one two”", "“three”"]),
        ('He said "one two" and "three".', ['"one two"', '"three"']),
        ("It was one of” suffering and delight,” he said.", ["” suffering and delight,”"]),
        ("“One two. Three.", ["“One two. Three."]),
        ('A 6" pipe and "a word".', ['"a word"']),
        ("“One two “three” four", ["“One two", "“three”"]),
    ],
)
def test_quotation_marks_straight_curly_and_broken(text, quoted):
    t = tokenise(text)
    assert [text[slice(*t.span(*span))] for span in t.quotes] == quoted


@pytest.mark.parametrize(
    "text", ["", ".", "“", "”“”“", "said", "said said said", "— : — :", "“said” “said”", "\u2028said\x01", "said “" * 50]
)
def test_odd_input_is_survived(text):
    attributions(f"Bridge\n\n{text}\n\n{text}")


def test_tokens_are_those_of_the_pieces_between_white_space():
    text = "Mr. Keane’s  plan,\n“don't–wait” costs $3.5m—or more... (U.S. v. 6\" pipes) said\u2028she."
    t = tokenise(text)
    assert [text[start : start + len(word)] for start, word in zip(t.starts, t.words, strict=True)] == t.words
    assert "".join(t.words) == "".join(text.split())
    assert [text[slice(*t.span(at, at + 1))] for at in range(len(t.words))] == t.words
    assert [t.lower[at] for at in t.heads] == ["plan", "said"]


def test_a_dash_heads_a_cue_only_where_it_stands_apart_and_a_colon_does_anywhere_but_first():
    assert [tokenise(text).heads for text in ("Rain — Keane", "Rain—Keane", "Keane: rain", ": rain", "— rain")] == [
        [1], [], [1], [], [],
    ]  # fmt: skip


def test_a_memory_makes_what_it_forgot_anew_and_holds_a_bounded_number():
    made = []
    memory = Memory(lambda key: made.append(key) or key * 2, 3)
    assert [memory[key] for key in range(3)] == [0, 2, 4]
    assert [memory[3], memory[0]] == [6, 0]  # the fourth makes the first three the older ones, which are still known
    assert made == [0, 1, 2, 3]
    for key in range(100):
        assert memory[key] == key * 2
        assert len(memory) <= 3
    assert memory[0] == 0
    assert made.count(0) == 2


@pytest.mark.parametrize("name", sorted(READINGS))
def test_a_key_weighs_what_its_features_weigh(name):
    model = read_tagger().models[name]
    t = tokenise("“It will close,” Maria Keane, who leads the council, told reporters, adding that the plan: “No.”")
    cue = Cue(t.lower.index("told"), t.lower.index("told") + 1, t.lower.index("told"))
    weights, features = weigh(READINGS[name], model), spell_out(READINGS[name])
    score, spelt = (_decide(name, t, cue, tables) for tables in (weights, features))
    assert score == pytest.approx(model.total(spelt) - model.bias)
    assert any(feature in model.weights for feature in spelt)


def _decide(name, t, cue, tables):
    """One decision of that name about a cue: what it weighs, or its features."""
    number = t.heads.index(cue.head)
    source = (t.lower.index("maria"), t.lower.index("maria") + 2)
    choices = {
        "source": lambda: sources(t, cue, tables),
        "after": lambda: contents.after(t, cue, source, len(t.kinds), tables),
        "before": lambda: contents.before(t, cue, source, 0, tables),
    }
    if name in choices:
        return next(iter(choices[name]().spans().values()))
    return {
        "cue": lambda: cues.weigh_neighbours(t, cue.head, tables) + cues.weigh_sentence(t, number, tables),
        "left": lambda: cues.weigh_left(t, cue.head, cue.start, tables),
        "right": lambda: cues.weigh_right(t, cue.head, cue.end, tables),
        "quotation": lambda: contents.weigh_quotation(t, 0, [cue], [], tables, carried=False),
    }[name]()


@pytest.mark.parametrize(
    "part", ["." * 50_000 + "a ", "said " * 20_000, "“said ” " * 10_000, "a\n" * 20_000, "Keane — " * 10_000]
)
def test_time_grows_with_the_text_and_not_with_its_square(part):
    def seconds(text):
        start = time.process_time()
        attributions("Bridge\n\n" + text)
        return time.process_time() - start

    quarter = min(seconds(part[: len(part) // 4]) for _ in range(2))
    assert min(seconds(part) for _ in range(2)) < 9 * quarter + 0.05  # the square would be 16 times as much
