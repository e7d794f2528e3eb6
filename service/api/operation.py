"""One operation of the API: a plain function, with what it takes, what it gives and who may call it said once beside it.

The same words check a call and describe it (service.api.description), so the description cannot promise something else.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, json, request
from pydantic import BaseModel, ValidationError

from reports.models import Token
from service.api import idempotency
from service.api.tokens import require
from service.body import read_body
from service.limits import count_call
from service.parts import parts
from service.refusal import Refused
from service.strict_json import BadJsonError, read_json

WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
MANY_VALUES = 50  # of one parameter of the query; a filter of more is a mistake
_PATH_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")


@dataclass(frozen=True, eq=False)
class Operation:
    """What is said of one operation. ``answer`` is what 200 carries; ``media`` its types where it is not JSON alone."""

    method: str
    rule: str
    summary: str
    scope: str
    handle: Callable[..., Any]
    answer: type[BaseModel]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    missing: bool  # whether what it is about may not be there: 404
    media: tuple[str, ...]
    keyed: bool  # whether an Idempotency-Key makes a second call give the first one's answer
    conditional: bool  # whether it knows If-None-Match
    refusals: dict[int, str]

    @property
    def description(self) -> str:
        """The function's docstring, as one paragraph."""
        return " ".join((self.handle.__doc__ or "").split())

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        return _PATH_PARAMETER.sub(r"{\1}", self.rule)

    @property
    def name(self) -> str:
        """Its operationId."""
        return self.handle.__name__


@dataclass(frozen=True)
class Call:
    """What a handler gets: who calls, and what was sent, checked."""

    token: Token
    query: Any
    body: Any
    raw: bytes


@dataclass
class Operations:
    """The operations of one blueprint, in the order in which they were written."""

    blueprint: Blueprint
    all: list[Operation]

    def add(
        self,
        method: str,
        rule: str,
        *,
        summary: str,
        scope: str,
        answer: type[BaseModel],
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        missing: bool = False,
        media: tuple[str, ...] = ("application/json",),
        keyed: bool = False,
        conditional: bool = False,
        refusals: dict[int, str] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Makes a function an operation; it is called with a ``Call`` and the parts of the path."""

        def register(handle: Callable[..., Any]) -> Callable[..., Any]:
            said = Operation(
                method, rule, summary, scope, handle, answer, query, body, missing, media, keyed, conditional, refusals or {}
            )
            self.all.append(said)

            @functools.wraps(handle)
            def view(**path: Any) -> Response:
                return _answer(said, path)

            self.blueprint.add_url_rule(rule, said.name, view, methods=[method])
            return handle

        return register


def _answer(said: Operation, path: dict[str, Any]) -> Response:
    token = require(request, said.scope)
    count_call(token)
    query = _query(said.query)
    raw = read_body(request, parts().settings.max_body) if said.body else b""
    body = _body(said.body, raw)
    call = Call(token, query, body, raw)
    if said.keyed:
        return idempotency.once(token, raw, lambda: _response(said.handle(call, **path)))
    return _response(said.handle(call, **path))


def _response(made: Any) -> Response:
    if isinstance(made, Response):
        return made
    text = made.model_dump_json(exclude_unset=True) if isinstance(made, BaseModel) else json.dumps(made, ensure_ascii=False)
    return Response(text + "\n", content_type="application/json")


def _query(shape: type[BaseModel] | None) -> Any:
    known = shape.model_fields if shape else {}
    unknown = sorted(set(request.args) - set(known))
    if unknown:
        asked = ", ".join(known) or "none"
        raise Refused(400, f"Unknown in the query: {', '.join(unknown)[:200]!a}; known: {asked}.")
    if shape is None:
        return None
    given = {name: _values(name, request.args.getlist(name), known[name].annotation) for name in request.args}
    return _validate(shape, given)


def _values(name: str, values: list[str], annotation: Any) -> Any:
    """The text of a parameter as its type wants it: a list, a whole number or text."""
    if len(values) > MANY_VALUES:
        raise Refused(400, f"{name} stands {len(values)} times in the query; at most {MANY_VALUES}.")
    kind = str(annotation)
    if "list" in kind:
        return values
    if len(values) > 1:
        raise Refused(400, f"{name} stands twice in the query; give it once.")
    return int(values[0]) if "int" in kind and WHOLE.fullmatch(values[0]) else values[0]


def _body(shape: type[BaseModel] | None, raw: bytes) -> Any:
    if shape is None:
        return None
    try:
        return _validate(shape, read_json(raw))
    except BadJsonError as error:
        raise Refused(400, error.reason) from error


def _validate(shape: type[BaseModel], given: Any) -> Any:
    try:
        return shape.model_validate(given, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:200]
        raise Refused(400, f"{where}: {first['msg']}." if where else f"{first['msg']}.") from error
