"""``/api/v1``: the modules that hold its operations, and the description of them all."""

from flask import Response

from service.api import articles, catalogue, deliveries, description, findings, gate
from service.api.blueprint import api, operations

__all__ = ["api", "articles", "catalogue", "deliveries", "findings", "gate", "operations"]


@api.get("/openapi.json")
def show_description() -> Response:
    """What this API is, as OpenAPI 3.1; anybody may read it."""
    response = Response(description.written(tuple(operations.all)), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
