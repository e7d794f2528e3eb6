"""Articles handed in, and their reports handed out."""

import hashlib
from functools import partial

from flask import Response, url_for

from reports import queries, search
from rules.core.submission import time_text
from service.api import reports, shapes
from service.api.blueprint import ID, operations
from service.api.cursors import next_cursor, read_cursor
from service.api.handed_in import NO_SOURCE, article_of, source_of
from service.api.idempotency import key_of_call
from service.api.operation import Call
from service.deliveries import incoming_of, take_in
from service.parts import parts

NO_REPORT = "There is no report on this article yet."
gives_report = partial(
    operations.add,
    "GET",
    scope="read",
    query=shapes.Asked,
    answer=shapes.ReportOut,
    missing=True,
    media=reports.MEDIA_TYPES,
    conditional=True,
    refusals={406: "No form that Accept names."},
)


@operations.add(
    "POST",
    "/articles",
    summary="Hand an article in",
    scope="submit",
    body=shapes.ArticleIn,
    answer=shapes.Submitted,
    keyed=True,
    refusals={404: NO_SOURCE},
)
def submit(call: Call) -> dict[str, object]:
    """Takes an article in to be linted. Without an Idempotency-Key the same body is taken in once."""
    key, digest = key_of_call(), hashlib.sha256(call.raw).hexdigest()
    delivery = f"{call.token.id}:{key}:{digest[:16]}" if key else digest  # a key may come again, with another body, after a day
    article = article_of(call)
    with parts().database.begin() as session:
        source = source_of(session, call)
    return take_in(source, incoming_of(source, delivery, call.raw, article))


@operations.add("GET", "/articles", summary="Find articles", scope="read", query=shapes.ArticlesAsked, answer=shapes.ArticlePage)
def list_articles(call: Call) -> shapes.ArticlePage:
    """The articles that have a report, the newest first."""
    asked = call.query
    wanted = search.ArticleFilter(asked.source, asked.external_id, asked.url)
    with parts().database.read() as session:
        found = search.articles(session, wanted, before=read_cursor(asked.cursor), limit=asked.limit + 1)
    cursor = next_cursor([row.article.id for row in found], asked.limit)
    return shapes.ArticlePage(articles=[_article(row) for row in found[: asked.limit]], next_cursor=cursor)


@gives_report(f"/articles/<{ID}:article_id>/report", summary="The newest report on an article")
def show_latest_report(call: Call, article_id: int) -> Response:
    """The newest report, in the form that format or Accept names."""
    with parts().database.read() as session:
        found = queries.latest_report(session, article_id)
    return reports.answer(found, call.query.format, NO_REPORT)


@gives_report(f"/reports/<{ID}:report_id>", summary="A report")
def show_report(call: Call, report_id: int) -> Response:
    """One report as it was made, in the form that format or Accept names."""
    with parts().database.read() as session:
        found = queries.report(session, report_id)
    return reports.answer(found, call.query.format, "There is no such report.")


def _article(found: search.FoundArticle) -> shapes.ArticleOut:
    article = found.article
    return shapes.ArticleOut(
        id=article.id,
        source=found.source,
        external_id=article.external_id,
        url=article.url,
        headline=article.headline,
        withdrawn_at=time_text(article.withdrawn_at),
        report_id=article.latest_report_id or 0,  # the search leaves out those without
        report_url=url_for("api.show_latest_report", article_id=article.id, _external=True),
    )
