"""Makes the pictures of the pages of rules, numbers, sources and people in docs/, with twelve made-up weeks in them.

    python bench/screenshots_ledger.py [--out docs] [--all]

``--all`` also makes every page at three widths, light and dark, to be looked at; only those without a suffix are for docs/.
"""

from made_up import EVENING
from made_up_sources import make_calls
from made_up_weeks import make_weeks
from pictures import take

from reports.database import Database

PAGES = {
    "rules": "/rules",
    "numbers": "/numbers",
    "rule": "/rules/vague-attribution",
    "house-rule": "/house-rules/house-very-unique",
    "house-form": "/house-rules/house-very-unique/edit",
    "trial": "/rules/trials/1",
    "sources": "/sources",
    "source-calls": "/sources/evening-post",
    "source-call": "/sources/evening-post/calls/{call}",
    "source-hook": "/sources/evening-post/hook",
    "source-test": "/sources/evening-post/test",
    "source-callbacks": "/sources/evening-post/callbacks",
    "source-messages": "/sources/evening-post/callbacks/1",
    "source-settings": "/sources/evening-post/settings",
    "source-new": "/sources/_new?kind=contentful",
    "people": "/people",
    "person": "/people/2",
    "routing": "/people/routes",
    "tokens": "/people/tokens",
    "audit": "/people/audit",
    "you": "/you",
}


def fill(database: Database) -> None:
    """Twelve weeks, and what a CMS sent on the last evening."""
    make_weeks(database, EVENING)
    call = make_calls(database, EVENING)
    PAGES["source-call"] = PAGES["source-call"].format(call=call)


if __name__ == "__main__":
    take(__doc__ or "", fill, PAGES, ("rules", "numbers", "source-calls"), height=1000)
