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
LOOKED_UP = 3  # pieces of a text: each common one costs the index a walk over a million rows, and the text is compared anyway
_COMMON_FIRST = " etaoinshrdlucmfwypvbgkjqxz"  # the order of a Linotype's keys: letters by how often English has them


class _HasPiece(FunctionElement[bool]):
    """Whether a column has a piece of a text: what an index can say before the text itself is compared."""

    type = Boolean()
    inherit_cache = True


@compiles(_HasPiece)
def _in_any(_: _HasPiece, __: SQLCompiler, **___: Any) -> str:
    return "1 = 1"


@compiles(_HasPiece, "postgresql")
def _in_postgresql(element: _HasPiece, compiler: SQLCompiler, **how: Any) -> str:
    column, text = (compiler.process(part, **how) for part in element.clauses)
    return f"trigrams({column}) @> trigrams({text})"


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a column holds a text."""
    found: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return and_(*(_HasPiece(column, piece) for piece in rarest(text)), found)


def rarest(text: str) -> list[str]:
    """The pieces of a text that fewest texts have, as far as its letters tell; what is no letter of English counts as rare."""
    pieces = dict.fromkeys(text[at : at + PIECE] for at in range(len(text) - PIECE + 1))
    return sorted(pieces, key=_commonness)[:LOOKED_UP]


def _commonness(piece: str) -> int:
    """The higher, the more texts have it."""
    return -sum(_COMMON_FIRST.find(letter) % (len(_COMMON_FIRST) + 1) for letter in piece.lower())


def says(finding: Any, text: str) -> ColumnElement[bool]:
    """Whether a finding's text or message holds a text."""
    return or_(contains(finding.text, text), contains(finding.message, text))


def reads(finding: Any, text: str) -> ColumnElement[bool]:
    """The same for findings that something else has chosen already: no index is asked."""
    return or_(*(column.icontains(text, autoescape=True) for column in (finding.text, finding.message)))


def hits(name: str, conditions: list[ColumnElement[bool]], states: dict[str, ColumnElement[bool]], headline: str = "") -> CTE:
    """The articles with findings that fit, as a CTE: a statement may use it often, and searches once.

    A row for each such finding: ``article_id``, and for each of ``states`` whether the finding is in it. An article whose
    headline holds ``headline`` is one of them in every state.
    """
    flags = [case((condition, 1), else_=0).label(state) for state, condition in states.items()]
    found = select(Finding.article_id, *flags).where(*conditions)
    if not headline:
        return found.cte(name)
    always = [case((Article.id > 0, 1), else_=0).label(state) for state in states]
    return union_all(found, select(Article.id, *always).where(contains(Article.headline, headline))).cte(name)
