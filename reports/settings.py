"""The settings: one frozen object, built from the environment by whoever starts a process; nothing reads it at import."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from reports.errors import BadSettingError

MB = 1_000_000
SMTP_FORMS = ("smtp", "smtp+starttls", "smtps")


@dataclass(frozen=True)
class Settings:
    """How one process runs. Times in the queue come from what was seen by running it."""

    data_dir: Path  # everything that ``serve`` keeps: the SQLite file, Redis' append-only file, keys
    database_url: str
    redis_url: str | None = None  # None: a private one is started or found by ``serve``
    host: str = "127.0.0.1"
    port: int = 8080
    https: bool = False  # whether readers reach the desk over https, through a proxy
    max_body: int = 10 * MB  # bytes of one webhook call; more is answered 413
    lease: timedelta = timedelta(seconds=90)  # the hard limit of a task is 60 s; then somebody else may take it
    ring_after: timedelta = timedelta(seconds=10)  # how long a queued job waits before the relay rings again
    relay_every: timedelta = timedelta(seconds=5)
    address: str | None = None  # where people reach the desk, https://desk.example.com; for links in messages and sign-in
    oidc_issuer: str | None = None  # an OpenID Connect provider: its issuer, as its own documents name it
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)
    smtp: str | None = field(default=None, repr=False)  # smtp://, smtp+starttls:// or smtps://, name:password@host:port
    mail_from: str = "copydesk@localhost"
    time_zone: str = "UTC"  # of the desk's times, for whoever has not set their own
    api_per_minute: int = 1_200  # calls of one token: 100 editors whose plug-in asks the gate every 5 s; 0: no limit
    refused_per_minute: int = 60  # webhook calls of one address to one source that are not genuine; 0: no limit
    inside_allowed: tuple[str, ...] = ()  # inside networks that may be connected to all the same

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings that docs/operations.md and docs/people.md list, COPYDESK_… and DATABASE_URL. Raises BadSettingError."""
        data_dir = Path(environ.get("COPYDESK_DATA") or "var").resolve()
        provider = _provider(environ)
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'copydesk.sqlite3'}"),
            redis_url=environ.get("REDIS_URL") or None,
            host=environ.get("COPYDESK_HOST") or "127.0.0.1",
            port=_port(environ.get("COPYDESK_PORT") or "8080"),
            https=environ.get("COPYDESK_HTTPS", "") in ("1", "true", "yes"),
            lease=_seconds(environ, "COPYDESK_LEASE_S", cls.lease),
            ring_after=_seconds(environ, "COPYDESK_RING_AFTER_S", cls.ring_after),
            relay_every=_seconds(environ, "COPYDESK_RELAY_EVERY_S", cls.relay_every),
            address=_address(environ.get("COPYDESK_ADDRESS") or None),
            oidc_issuer=provider["oidc_issuer"],
            oidc_client=provider["oidc_client"],
            oidc_secret=provider["oidc_secret"],
            smtp=_smtp(environ.get("COPYDESK_SMTP") or None),
            mail_from=environ.get("COPYDESK_MAIL_FROM") or cls.mail_from,
            time_zone=_time_zone(environ.get("COPYDESK_TIME_ZONE") or cls.time_zone),
            api_per_minute=_count(environ, "COPYDESK_API_PER_MINUTE", cls.api_per_minute),
            refused_per_minute=_count(environ, "COPYDESK_REFUSED_PER_MINUTE", cls.refused_per_minute),
            inside_allowed=_networks(environ.get("COPYDESK_INSIDE_ALLOWED", "")),
        )


def _database_url(url: str) -> str:
    """SQLAlchemy's name of the driver for the forms that hosters hand out."""
    for form in ("postgres://", "postgresql://"):
        if url.startswith(form):
            return "postgresql+psycopg://" + url.removeprefix(form)
    return url


def _address(text: str | None) -> str | None:
    if text is not None and not (text.startswith(("https://", "http://")) and urlsplit(text).hostname):
        raise BadSettingError(f"COPYDESK_ADDRESS is {text!r}; it must be an address like https://desk.example.com.")
    return text.rstrip("/") if text else None


def _provider(environ: Mapping[str, str]) -> dict[str, str | None]:
    """The identity provider: all three of its settings, or none of them."""
    names = {"oidc_issuer": "COPYDESK_OIDC_ISSUER", "oidc_client": "COPYDESK_OIDC_CLIENT", "oidc_secret": "COPYDESK_OIDC_SECRET"}
    given = {name: environ.get(variable) or None for name, variable in names.items()}
    if any(given.values()) and not all(given.values()):
        missing = [names[name] for name, value in given.items() if value is None]
        raise BadSettingError(f"An identity provider takes all of {', '.join(names.values())}; {', '.join(missing)} is not set.")
    return given


def _smtp(text: str | None) -> str | None:
    if text is not None and (urlsplit(text).scheme not in SMTP_FORMS or not urlsplit(text).hostname):
        raise BadSettingError(f"COPYDESK_SMTP must begin with {', '.join(f'{form}://' for form in SMTP_FORMS)} and name a host.")
    return text


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise BadSettingError(f"COPYDESK_TIME_ZONE is {text!r}; it must be a time zone like Europe/Berlin.")
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise BadSettingError(f"COPYDESK_PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadSettingError(f"{name} is {text[:40]!r}; it must be a whole number, and 0 for no limit.")
    return int(text)


def _networks(text: str) -> tuple[str, ...]:
    """Networks such as 10.20.0.0/16, separated by commas."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    try:
        return tuple(str(ipaddress.ip_network(name)) for name in names)
    except ValueError as error:
        raise BadSettingError(f"COPYDESK_INSIDE_ALLOWED: {error}; it must be networks like 10.20.0.0/16.") from error


def _seconds(environ: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    text = environ.get(name)
    if not text:
        return default
    try:
        return timedelta(seconds=float(text))
    except ValueError as error:
        raise BadSettingError(f"{name} is {text!r}; it must be a number of seconds.") from error
