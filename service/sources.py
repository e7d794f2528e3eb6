"""Making and changing sources, with what their kinds ask of them: for the command line, the desk and the API alike."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reports import sources
from reports.errors import BadSourceError, WeakSecretError
from reports.models import Source
from service.refusal import Refused
from service.webhooks.kind import Kind
from service.webhooks.kinds import KINDS, find_kind
from workers.listing import HOW

MIN_TOKEN = 32  # characters of a secret that is sent along instead of signing
WEEK = 10_080  # minutes; whoever publishes less often needs no look by itself
CONTENTFUL = 64  # characters that Contentful's secrets have, no more and no less
RECONCILE = ("reconcile", "reconcile_url", "reconcile_key", "reconcile_minutes")


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a source. ``options`` are its kind's; ``reconcile`` says how to look for what no webhook brought."""

    language: str | None = None
    desk: str | None = None
    origin: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, list[str]] = field(default_factory=dict)
    reconcile: Mapping[str, Any] = field(default_factory=dict)


def add_source(session: Session, name: str, kind: str, wanted: Wanted, now: datetime, secret: str | None = None) -> Source:
    """A new source. Without a ``secret`` one of the kind's form is made; there is no source without.

    Raises BadSourceError, WeakSecretError, TakenError or UnknownError, each with what to do.
    """
    chosen = _kind(kind)
    _check(chosen, wanted)
    secret = new_secret(chosen) if secret is None else secret
    check_secret(chosen, secret, wanted.options)
    made = sources.create_source(
        session,
        name,
        now,
        kind=kind,
        secret=secret,
        language=wanted.language,
        desk=wanted.desk,
        origin=wanted.origin,
        options=dict(wanted.options) | dict(wanted.reconcile),
        rules=dict(wanted.rules),
    )
    made.reconcile_at = now if wanted.reconcile.get("reconcile_minutes") else None
    return made


def change_source(source: Source, wanted: Wanted, now: datetime) -> None:
    """Puts what is wanted in place of what was; what is not named stays. Raises as ``add_source`` does."""
    had = wanted_of(source)
    changed = Wanted(
        wanted.language or had.language,
        wanted.desk or had.desk,
        wanted.origin or had.origin,
        {**had.options, **wanted.options},
        {**had.rules, **wanted.rules},
        {**had.reconcile, **wanted.reconcile},
    )
    replace_source(source, changed, now)


def replace_source(source: Source, wanted: Wanted, now: datetime) -> None:
    """Makes the source what is wanted, and nothing else. Raises as ``add_source`` does; then nothing is changed."""
    had, origin, rules = wanted_of(source), sources.check_origins(wanted.origin), sources.check_rules(dict(wanted.rules))
    if source.kind in KINDS:
        _check(find_kind(source.kind), wanted)
    source.options, source.origin, source.rules = {**wanted.options, **wanted.reconcile}, origin, rules
    source.language, source.desk = wanted.language, wanted.desk
    if dict(wanted.reconcile) != dict(had.reconcile):
        source.reconcile_at = now if wanted.reconcile.get("reconcile_minutes") else None


def wanted_of(source: Source) -> Wanted:
    """What a source is, as it could have been asked for."""
    options = {name: value for name, value in source.options.items() if name not in RECONCILE}
    reconcile = {name: value for name, value in source.options.items() if name in RECONCILE}
    return Wanted(source.language, source.desk, source.origin, options, source.rules, reconcile)


def new_secret(kind: Kind) -> str:
    """A secret of the form that a kind takes, of 32 random bytes."""
    if kind.proof == "whsec":
        return sources.new_secret()
    return secrets.token_hex(32) if kind.proof == "64 characters" else secrets.token_urlsafe(32)


def check_secret(kind: Kind, secret: str, options: Mapping[str, Any] | None = None) -> None:
    """Raises WeakSecretError for one that the kind cannot use or that would protect nothing."""
    sources.check_secret(sources.STANDARD if kind.proof == "whsec" else kind.name, secret)
    if kind.proof == "64 characters" and len(secret) != CONTENTFUL:
        raise WeakSecretError(f"A secret of {kind.label} has {CONTENTFUL} characters, not {len(secret)}.")
    is_sent = kind.proof == "token" or (options or {}).get("scheme") == "token"
    if is_sent and len(secret) < MIN_TOKEN:
        raise WeakSecretError(
            f"{kind.label} sends the secret along: it needs {MIN_TOKEN} characters. Leave it out and one is made."
        )
    if not secret.isascii() or not secret.isprintable() or secret != secret.strip():
        raise WeakSecretError("A secret is of visible ASCII characters, without spaces around it.")


def hook_path(source: Source) -> str:
    """Where its CMS calls, without the secret."""
    return f"/webhooks/{source.name}"


def _kind(name: str) -> Kind:
    try:
        return find_kind(name)
    except Refused as refused:
        raise BadSourceError(refused.reason) from refused


def _check(kind: Kind, wanted: Wanted) -> None:
    try:
        kind.check(wanted.options)
    except Refused as refused:
        raise BadSourceError(refused.reason) from refused
    if kind.needs_origin and not wanted.origin:
        raise BadSourceError(f"{kind.label} sends no body: name an origin to fetch from, such as https://www.northgate.example")
    how = wanted.reconcile.get("reconcile")
    if how is not None and how not in HOW:
        raise BadSourceError(f"Looking is by one of {', '.join(HOW)}, not {how!r}.")
    minutes = wanted.reconcile.get("reconcile_minutes")
    if minutes is not None and not 5 <= minutes <= WEEK:
        raise BadSourceError(f"Looking by itself is every 5 to {WEEK:,} minutes.")
    if wanted.reconcile and not (how and wanted.origin):
        raise BadSourceError("To look for what no webhook brought takes a way to look and an origin to look at.")
