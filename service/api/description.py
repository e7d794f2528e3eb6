"""The OpenAPI 3.1 description, made from the operations themselves."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from apispec import APISpec
from pydantic import BaseModel

from rules.core.report import ENGINE
from service.api import shapes
from service.api.idempotency import REPLAYED
from service.api.operation import Operation

REFERENCE = "#/components/schemas/{model}"
OVERVIEW = """Hand articles in, get reports and findings out, change what becomes of them, ask the gate.

Every call carries a token: `Authorization: Bearer cdk_…`, made with `copydesk token add`. Errors are problem+json (RFC 9457)."""
PATHS = {
    "name": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9-]+$"},
}
NUMBER = {"type": "integer", "minimum": 0, "maximum": shapes.LARGEST}


def describe(said: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI document of operations."""
    document = APISpec(
        "Copydesk", ENGINE, "3.1.0", info={"description": OVERVIEW}, servers=[{"url": "/api/v1"}], security=[{"token": []}]
    )
    document.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    made: dict[str, dict[str, Any]] = {}
    for operation in said:
        made.setdefault(operation.path, {})[operation.method.lower()] = _Described(document).operation(operation)
    for path, methods in made.items():
        document.path(path, operations=methods)
    return document.to_dict()


class _Described:
    """One operation being described; the shapes it needs go into the document's components."""

    def __init__(self, document: APISpec) -> None:
        self.document = document

    def operation(self, said: Operation) -> dict[str, Any]:
        made: dict[str, Any] = {
            "operationId": said.name,
            "summary": said.summary,
            "description": f"{said.description} Needs the scope `{said.scope}`.",
            "parameters": [*self._path(said), *self._query(said), *self._headers(said)],
            "responses": {str(status): answer for status, answer in sorted(self._answers(said).items())},
        }
        if said.body:
            made["requestBody"] = {"required": True, "content": {"application/json": {"schema": self._shape(said.body)}}}
        return made

    def _path(self, said: Operation) -> list[dict[str, Any]]:
        names = [part[1:-1] for part in said.path.split("/") if part.startswith("{")]
        return [{"in": "path", "name": name, "required": True, "schema": PATHS.get(name, NUMBER)} for name in names]

    def _query(self, said: Operation) -> list[dict[str, Any]]:
        if said.query is None:
            return []
        schema = said.query.model_json_schema(ref_template=REFERENCE)
        return [
            {"in": "query", "name": name, "required": False, "schema": _without_null(shape)}
            for name, shape in schema["properties"].items()
        ]

    def _headers(self, said: Operation) -> list[dict[str, Any]]:
        made = []
        if said.keyed:
            made.append(_header("Idempotency-Key", "The same key and call again: the same answer, and done once.", _KEY))
        if said.conditional:
            made.append(_header("If-None-Match", "The ETag that the caller has.", {"type": "string"}))
        return made

    def _answers(self, said: Operation) -> dict[int, dict[str, Any]]:
        answer: dict[str, Any] = {
            "description": said.answer.__doc__ or "",
            "content": {media: {"schema": self._content(said, media)} for media in said.media},
        }
        answers = {200: answer}
        if said.conditional:
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
            answers[304] = {"description": "The caller has it already."}
        if said.keyed:
            answer["headers"] = {REPLAYED: {"schema": {"type": "string"}, "description": "true: an answer given before."}}
        return answers | {status: self._problem(words) for status, words in _refusals(said).items()}

    def _content(self, said: Operation, media: str) -> dict[str, Any]:
        if media == "application/json":
            return self._shape(said.answer)
        return {"type": "object"} if media.endswith("+json") else {"type": "string"}

    def _problem(self, words: str) -> dict[str, Any]:
        return {"description": words, "content": {"application/problem+json": {"schema": self._shape(shapes.Problem)}}}

    def _shape(self, shape: type[BaseModel]) -> dict[str, Any]:
        """A reference to the shape, which is in the components from now on, as is all that it refers to."""
        schema = _report_schema() if shape is shapes.ReportOut else shape.model_json_schema(ref_template=REFERENCE)
        for name, inner in {**schema.pop("$defs", {}), shape.__name__: schema}.items():
            if name not in self.document.components.schemas:
                self.document.components.schema(name, inner)
        return {"$ref": REFERENCE.format(model=shape.__name__)}


_KEY = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}


def _header(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "description": words, "schema": schema}


def _refusals(said: Operation) -> dict[int, str]:
    """The errors that an operation may answer."""
    found = {400: "Something in the call is wrong; the detail says what.", 401: "No token, or none that is good."}
    found[403] = "The token may not do this."
    if said.missing:
        found[404] = "There is no such thing."
    if said.body:
        found |= {413: "The body is too large.", 415: "The body is no JSON, or packed."}
    if said.keyed:
        found |= {409: "The first call with this key is still being answered.", 422: "The key came with another call before."}
    found[429] = "The token calls too often; Retry-After says in how many seconds to try again."
    return found | {503: "The store is away; try again."} | said.refusals


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query has no null: the parameter is left out instead."""
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")}
    return (options[0] if len(options) == 1 else {"anyOf": options} if options else {}) | rest


def _report_schema() -> dict[str, Any]:
    text = (Path(__file__).parent / "report.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return {name: value for name, value in schema.items() if name not in ("$id", "$schema")}


@cache
def written(said: tuple[Operation, ...]) -> str:
    """The document as text; it is the same as long as the process lives."""
    return json.dumps(describe(said), ensure_ascii=False, indent=2) + "\n"
