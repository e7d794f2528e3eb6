"""The text form, row by row."""

import pytest

from service.cli.text import Passage, printable, render_sources, render_summary


def rows(marked: str, width: int = 40) -> list[str]:
    before, _, rest = marked.partition("⟦")
    text, _, after = rest.partition("⟧")
    return list(Passage(before + text + after, len(before), len(before) + len(text)).rows(width))


def test_the_mark_stands_under_its_words() -> None:
    assert rows("The mayor ⟦said on⟧ Friday.") == ["The mayor said on Friday.", "          ^^^^^^^"]


def test_a_mark_over_several_lines() -> None:
    assert rows("⟦Oops!\nTry again⟧ now") == ["Oops!", "^^^^^", "Try again now", "^^^^^^^^^"]


def test_long_lines_break_between_words_and_the_mark_with_them() -> None:
    assert rows("one two three ⟦four five⟧ six", 20) == ["one two three four", "              ^^^^", "five six", "^^^^"]


def test_a_word_longer_than_the_row_is_cut() -> None:
    assert rows("⟦abcdefghij⟧", 4) == ["abcd", "^^^^", "efgh", "^^^^", "ij", "^^"]


@pytest.mark.parametrize(
    ("marked", "mark"),
    [("東京⟦は雨⟧", "    ^^^^"), ("Ame\u0301lie ⟦said⟧", "       ^^^^")],
    ids=["wide", "combining"],
)
def test_columns_are_those_of_the_terminal(marked: str, mark: str) -> None:
    assert rows(marked)[1] == mark


def test_a_flagged_chapter_does_not_fill_the_screen() -> None:
    shown = rows("⟦" + "\n".join(["line"] * 50) + "⟧")
    assert shown[-1] == "… 42 more lines"
    assert len(shown) == 17


def test_what_a_terminal_obeys_is_made_visible_in_place() -> None:
    text = "a\x1b[2Jb\u202ec\td\ne"
    assert printable(text) == "a\ufffd[2Jb\ufffdc d\ne"
    assert len(printable(text)) == len(text)


def test_summary() -> None:
    counts = {"error": 1, "warning": 2, "note": 0}
    assert render_summary([], 0) == "No findings in 0 articles."
    assert "3 inputs could not be read." in render_summary([counts], 3)


def test_a_source_that_is_not_clear_is_not_nobody() -> None:
    made = {
        "path": "a.html",
        "headline": None,
        "language": "en",
        "words": 9,
        "sources": [],
        "unanswered": [],
        "unanswered_words": 0,
    }
    assert "No source is clear in this story." in render_sources(made, 80)
