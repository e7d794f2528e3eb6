"""What submitting and asking the gate have in common: the story in a call, and whose it is."""

from sqlalchemy.orm import Session

from reports.models import Source
from reports.sources import api_source, find_source
from service.api.operation import Call
from service.article_json import KNOWN, Article, read_article
from service.parts import parts
from service.refusal import Refused
from service.strict_json import read_json

NO_SOURCE = "There is no such source."


def article_of(call: Call) -> Article:
    """The story, without what else the call says. Raises Refused (400)."""
    return read_article({name: value for name, value in read_json(call.raw).items() if name in KNOWN})


def source_of(session: Session, call: Call) -> Source:
    """The source that the call names; without a name, that of what the API hands in. Raises Refused (404)."""
    if call.body.source is None:
        return api_source(session, parts().clock())
    source = find_source(session, call.body.source)
    if source is None:
        raise Refused(404, NO_SOURCE)
    return source
