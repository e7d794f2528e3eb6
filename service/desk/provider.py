"""Signing in by OpenID Connect: the newsroom's identity provider says who somebody is; Copydesk says what they may do."""

from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.flask_client import OAuth  # type: ignore[import-untyped]
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from reports.accounts import meet_from_provider
from reports.settings import Settings
from reports.storable import storable
from service.desk.access import guard
from service.desk.who import own_path, sign_in
from service.parts import parts

EXTENSION = "copydesk.provider"
TIMEOUT_S = 10  # for the provider's answer; a person waits for it

provider = Blueprint("provider", __name__, url_prefix="/login/provider")
guard(provider)
log = structlog.get_logger("copydesk.desk")


def install(app: Flask, settings: Settings) -> None:
    """Sets the provider up, where the settings name one. It is first asked when somebody signs in."""
    if settings.oidc_issuer is None:
        return
    app.extensions[EXTENSION] = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client,
        client_secret=settings.oidc_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": TIMEOUT_S},
    )


def provider_name() -> str | None:
    """The provider's host, for the button; None where there is no provider."""
    issuer = parts().settings.oidc_issuer
    return urlsplit(issuer).hostname if issuer and EXTENSION in current_app.extensions else None


@provider.get("")
def go() -> ResponseReturnValue:
    """Off to the provider, with a state, a nonce and a PKCE challenge that only this browser's return can answer."""
    client = current_app.extensions.get(EXTENSION) or abort(404, "No identity provider is set up here.")
    session["next"] = own_path(request.args.get("next", "")) or url_for("desk.list_articles")
    try:
        answer: ResponseReturnValue = client.authorize_redirect(_return_address())
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as error:
        return _failed(error)
    return answer


@provider.get("/return")
def come_back() -> ResponseReturnValue:
    """Back from the provider: its signed word is checked, and the person it names signs in."""
    client = current_app.extensions.get(EXTENSION) or abort(404, "No identity provider is set up here.")
    target = session.get("next") or url_for("desk.list_articles")
    try:
        claims = client.authorize_access_token().get("userinfo") or {}
        issuer, subject = str(claims["iss"]), str(claims["sub"])
    except (RequestException, AuthlibBaseError, JoseError, ValueError, RuntimeError, KeyError) as error:
        return _failed(error)
    email = str(claims["email"]) if claims.get("email") and claims.get("email_verified") is True else None
    name = storable(str(claims.get("preferred_username") or claims.get("name") or claims.get("email") or subject))
    with parts().database.begin() as store:
        user = meet_from_provider(store, issuer, subject, name, email, parts().clock())
    if user.left_at is not None:
        return _failed(PermissionError("may not sign in any more"))
    sign_in(user, "oidc")
    return redirect(target, 303)


def _return_address() -> str:
    address = parts().settings.address
    return address + url_for("provider.come_back") if address else url_for("provider.come_back", _external=True)


def _failed(error: Exception) -> ResponseReturnValue:
    log.warning("sign-in-refused", way="oidc", address=request.remote_addr, error=f"{type(error).__name__}: {error}"[:300])
    detail = "The identity provider could not say who you are, or you may not sign in here. Nothing was changed; try again."
    return render_template("error.html", status=403, title="Not signed in", detail=detail), 403
