"""The place of a finding in the template: the same box of every page, whatever it holds."""

import pytest

from rules.core.engine import lint, open_article
from rules.core.places import places_of
from rules.core.submission import Submission
from tests.conftest import NOW


def places(html):
    submission = Submission(html, "html")
    return list(places_of(open_article(submission), lint(submission, now=NOW)).values())


@pytest.mark.parametrize(
    "box",
    [
        '<div id="post-77" class="Error box-12">Oops! Something went wrong. Please try again later.</div>',
        '<div id="post-8" class="box-9 error">Oops! Something went wrong. Please try again in 5 minutes.</div>',
    ],
)
def test_numbers_order_and_case_of_names_make_no_other_place(box):
    assert places(f"<p>Rain fell on the town.</p>{box}") == ["div#post-#.box-#.error"]


def test_what_stands_in_a_bare_paragraph_has_no_place_of_its_own():
    assert places("<p>Rain fell on the town.</p><p>Oops! Something went wrong. Please try again later.</p>") == []


def test_prose_has_none_either():
    assert places('<div class="story"><p>Critics say that the ferry sails. It is understood that it sails.</p></div>') == []


def test_nor_what_could_not_be_read():
    assert places_of(None, {"findings": []}) == {}
