"""Is this process up, and can it do its work?"""

from flask import Blueprint, Response

from service.parts import parts

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> dict[str, str]:
    """200 while this process answers; it asks nobody else, so that a slow store does not get it restarted."""
    return {"status": "up"}


@health.get("/readyz")
def ready() -> dict[str, str] | Response:
    """200 when a delivery could be stored now, else 503."""
    parts().database.check()
    return {"status": "ready"}
