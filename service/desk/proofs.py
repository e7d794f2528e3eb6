"""Other ways to look at a story: its source with the marks, its HTML as a page, and what the fixes would make of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import nh3
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from reports.queries import ArticlePage, article_page
from rules.core.engine import Mark
from service.desk.access import GONE
from service.desk.frame import desk
from service.desk.galley import Galley, make_galley
from service.desk.mending import cleaned, difference, source_of
from service.desk.page import gravest, open_findings
from service.parts import parts

MOST = 400_000  # characters of a source that the page shows: more makes a browser slow, and the marks stand before it
PREVIEW_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
UNSHOWN = {"img"}  # the one tag of nh3's list that loads something


@desk.get("/articles/<int(max=2147483647):article_id>/source")
def show_source(article_id: int) -> ResponseReturnValue:
    """The source as it was handed in, line by line, with the same marks and the same notes."""
    kept = _find(article_id)
    source = source_of(kept.submission)
    if source is None:
        abort(404, "The source of this story could not be read.")
    return render_template("source.html", kept=kept, galley=set_source(source[:MOST], kept), whole=len(source) <= MOST)


@desk.get("/articles/<int(max=2147483647):article_id>/preview")
def show_preview(article_id: int) -> ResponseReturnValue:
    """The story's own HTML, cleaned of all that loads or runs, for a frame that may do nothing."""
    kept = _find(article_id)
    source = source_of(kept.submission) if kept.report["complete"] else None  # nh3 takes minutes over a thousand levels
    body = nh3.clean(source, tags=nh3.ALLOWED_TAGS - UNSHOWN, link_rel="noopener noreferrer nofollow") if source else None
    page = render_template("preview.html", body=body, language=kept.report["article"]["language"])
    return Response(page, headers={"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN"})


@desk.get("/articles/<int(max=2147483647):article_id>/fix")
def show_fix(article_id: int) -> ResponseReturnValue:
    """What the safe fixes make of the source: the difference, and the whole to copy. ``?as=html`` gives it as a file."""
    kept = _find(article_id)
    source = source_of(kept.submission)
    if source is None:
        abort(404, "The source of this story could not be read.")
    findings = open_findings(kept)
    mended = cleaned(source, findings)
    if request.args.get("as") == "html":
        name = f"attachment; filename=article-{article_id}.html"
        return Response(mended, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})
    made = [finding for finding in findings if finding["fix"] and finding["fix"]["safe"]]
    return render_template("fix.html", kept=kept, made=made, lines=list(difference(source, mended)), mended=mended)


def set_source(source: str, kept: ArticlePage) -> Galley:
    """The source as a galley of lines."""
    findings = gravest(open_findings(kept), kept)
    lines = source.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
    rows = [{"index": number, "kind": "line", "text": line} for number, line in enumerate(lines)]
    spans = [
        (number, span["start"], span["end"])
        for number, finding in enumerate(findings)
        for span in (finding["span"], *finding["also"])
        if span is not None
    ]
    return make_galley(rows, findings, [mark for span in spans for mark in _marks(*span, starts, lines)])


def _marks(finding: int, start: int, end: int, starts: Sequence[int], lines: Sequence[str]) -> list[Mark]:
    """A span as marks, one for each line that it touches."""
    made: list[Mark] = []
    for number in range(bisect_right(starts, start) - 1, bisect_left(starts, end)):
        first, last = max(start, starts[number]), min(end, starts[number] + len(lines[number]))
        if first < last:
            made.append(Mark(number, first - starts[number], last - starts[number], finding))
    return made


def _find(article_id: int) -> Any:
    with parts().database.read() as session:
        kept = article_page(session, article_id)
    return kept if kept is not None else abort(404, GONE)
