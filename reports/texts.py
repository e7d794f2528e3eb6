"""Where a text stands that somebody searches for: whatever its case, anywhere inside a word.

PostgreSQL looks its three-letter pieces up (migration 0012: the function ``trigrams`` and an index of each column here), because
it takes 35 ms to read 50,000 findings. SQLite reads them, which takes it 15 ms.
"""

from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, and_, case, or_, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from reports.models import Article, Finding

PIECE = 3  # characters; a shorter text has no piece to look up, and everything is read


class _HasPieces(FunctionElement[bool]):
    """Whether a column has every piece of a text: what an index can say before the text itself is compared."""

    type = Boolean()
    inherit_cache = True


@compiles(_HasPieces)
def _in_any(_: _HasPieces, __: SQLCompiler, **___: Any) -> str:
    return "1 = 1"


@compiles(_HasPieces, "postgresql")
def _in_postgresql(element: _HasPieces, compiler: SQLCompiler, **how: Any) -> str:
    column, text = (compiler.process(part, **how) for part in element.clauses)
    return f"trigrams({column}) @> trigrams({text})"


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a column holds a text."""
    found: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return and_(_HasPieces(column, text), found) if len(text) >= PIECE else found


def says(finding: Any, text: str) -> ColumnElement[bool]:
    """Whether a finding's text or message holds a text."""
    return or_(contains(finding.text, text), contains(finding.message, text))


def hits(name: str, conditions: list[ColumnElement[bool]], states: dict[str, ColumnElement[bool]], headline: str = "") -> CTE:
    """The articles with findings that fit, to be asked for often in one statement and found once: a row for each such finding.

    ``article_id``, and for each of ``states`` whether the finding is in it. An article whose headline holds ``headline`` is one
    of them in every state.
    """
    flags = [case((condition, 1), else_=0).label(state) for state, condition in states.items()]
    found = select(Finding.article_id, *flags).where(*conditions)
    if not headline:
        return found.cte(name)
    always = [case((Article.id > 0, 1), else_=0).label(state) for state in states]
    return union_all(found, select(Article.id, *always).where(contains(Article.headline, headline))).cte(name)
