"""Makes the screenshots of the queue and the story in docs/, with a newsroom's made-up evening in them.

    python bench/screenshots.py [--out docs] [--all]

``--all`` also makes every page at three widths, light and dark, to be looked at; only those without a suffix are for docs/.
"""

from made_up import make_evening
from pictures import take

PAGES = {
    "queue": "/",
    "article": "/articles/14",
    "incidents": "/?tab=spreading",
    "filters": "/?section=Sport&q=is:warning",
    "bulk": "/bulk?section=Sport&action=stet",
    "undo": "/undo?who=all",
    "source": "/articles/14/source",
    "fix": "/articles/14/fix",
    "keys": "/keys",
    "done": "/?tab=done",
}

if __name__ == "__main__":
    take(__doc__ or "", make_evening, PAGES, ("queue", "article", "incidents"), keys={"article": "j"})
