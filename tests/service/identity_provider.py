"""A small OpenID Connect provider that speaks HTTP on loopback: discovery, authorization with PKCE, tokens signed with RS256."""

import base64
import hashlib
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


@dataclass
class Provider:
    """Everybody who comes is ``person``; ``changed`` claims are put over the right ones, for tests of wrong ones."""

    issuer: str = ""
    client: str = "copydesk"
    secret: str = "not-for-anybody-else"
    person: dict = field(default_factory=lambda: {"sub": "7f3a", "preferred_username": "maria", "email": "maria@news.example"})
    changed: dict = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    asked: dict = field(default_factory=dict)
    redirect_uris: list = field(default_factory=list)

    def app(self):
        app = Flask("provider")
        app.add_url_rule("/.well-known/openid-configuration", view_func=self.discover)
        app.add_url_rule("/jwks", view_func=lambda: {"keys": [self.key.as_dict(private=False)]})
        app.add_url_rule("/authorize", view_func=self.authorize)
        app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        return app

    def discover(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self):
        given = request.args.to_dict()
        assert given["client_id"] == self.client
        assert given["response_type"] == "code"
        assert given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.asked[code] = given
        self.redirect_uris.append(given["redirect_uri"])
        return redirect(f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}")

    def token(self):
        asked = self.asked.pop(request.form["code"], None)
        named = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if asked is None or named != f"{self.client}:{self.secret}":
            return {"error": "invalid_client"}, 401
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims |= {"email_verified": True} | self.person | self.changed
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with or self.key)
        return {"access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 60, "id_token": signed}


@contextmanager
def running(provider: Provider):
    """The provider on a free port, until the block ends."""
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
