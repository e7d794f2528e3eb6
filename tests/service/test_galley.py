from rules.core.engine import Mark
from service.desk.galley import make_galley
from service.desk.help import read_sections


def story(*texts):
    return [{"index": index, "kind": "paragraph", "text": text} for index, text in enumerate(texts)]


def finding(severity="warning"):
    return {"severity": severity, "rule": "some-rule"}


def pieces(galley, row=0):
    return [(piece.text, piece.severity, piece.numbers, piece.closing) for piece in galley.rows[row].pieces]


def test_a_story_without_findings_is_its_text():
    galley = make_galley(story("One.", "Two."), [], [])
    assert [row.pieces[0].text for row in galley.rows] == ["One.", "Two."]
    assert galley.marks == 0
    assert galley.unplaced == ()


def test_a_mark_cuts_the_text_and_nothing_is_lost():
    galley = make_galley(story("Not so fast."), [finding()], [Mark(0, 4, 6, 0)])
    assert pieces(galley) == [("Not ", None, (), ()), ("so", "warning", (1,), (1,)), (" fast.", None, (), ())]
    assert [note.number for note in galley.rows[0].notes] == [1]


def test_marks_that_overlap_show_the_graver_one():
    galley = make_galley(story("abcdef"), [finding("note"), finding("error")], [Mark(0, 0, 4, 0), Mark(0, 2, 6, 1)])
    assert pieces(galley) == [
        ("ab", "note", (1,), ()),
        ("cd", "error", (1, 2), (1,)),
        ("ef", "error", (2,), (2,)),
    ]


def test_a_repeat_is_one_note_and_several_marks():
    galley = make_galley(story("Oops", "Oops"), [finding()], [Mark(1, 0, 4, 0), Mark(0, 0, 4, 0)])
    assert galley.marks == 2
    assert [len(row.notes) for row in galley.rows] == [1, 0]


def test_notes_are_numbered_as_they_are_read_and_the_placeless_come_first():
    findings = [finding(), finding("note"), finding("error")]
    galley = make_galley(story("a", "b"), findings, [Mark(1, 0, 1, 0), Mark(0, 0, 1, 2)])
    assert [(note.number, note.severity) for note in galley.unplaced] == [(1, "note")]
    assert [row.notes[0].number for row in galley.rows] == [2, 3]


def test_a_mark_outside_the_story_is_told_without_a_place():
    galley = make_galley(story("a"), [finding()], [Mark(7, 0, 1, 0)])
    assert [note.number for note in galley.unplaced] == [1]


def test_an_empty_block_has_no_pieces():
    assert make_galley(story(""), [], []).rows[0].pieces == ()


def test_help_is_cut_at_its_headings():
    text = "The summary.\n\n## Why it matters\nBecause\nit does.\n\nTruly.\n\n## Known limits\nNone.\n"
    sections = list(read_sections(text))
    assert [section.heading for section in sections] == ["Why it matters", "Known limits"]
    assert sections[0].paragraphs == ("Because it does.", "Truly.")
