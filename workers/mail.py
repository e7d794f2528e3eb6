"""Telling people by mail, through the newsroom's own mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from reports.subscriptions import Item, Parcel
from workers.errors import WorkersError
from workers.hooks import NotTakenError

TIMEOUT_S = 20
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class NoMailServerError(WorkersError):
    """Mail is to be sent, and no server is set up."""

    permanent = False


def send(parcel: Parcel, desk: str | None, server: str | None, sender: str) -> None:
    """Sends one message. Raises NotTakenError, NoMailServerError."""
    if server is None:
        raise NoMailServerError("No mail server is set up (COPYDESK_SMTP).")
    message = message_of(parcel, desk, sender)
    try:
        with _connected(server) as client:
            client.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise NotTakenError(f"The mail server refused the address: {codes[0]}.", permanent=codes[0] >= 500) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotTakenError("The mail server refused our name and password.", permanent=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotTakenError(f"The mail could not be handed over: {type(error).__name__}.", permanent=False) from error


def message_of(parcel: Parcel, desk: str | None, sender: str) -> EmailMessage:
    """The message: plain text, so that nothing in it can do anything."""
    message = EmailMessage()
    message["From"], message["To"] = sender, parcel.address
    message["Subject"] = _subject(parcel)
    message["Message-ID"] = make_msgid("copydesk", domain=sender.rpartition("@")[2].strip("> ") or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    message.set_content("\n".join(_lines(parcel, desk)))
    return message


def _subject(parcel: Parcel) -> str:
    stories = {item.article_id for item in parcel.items}
    found = f"{len(parcel.items)} finding{'' if len(parcel.items) == 1 else 's'}"
    if len(stories) == 1:
        return f"{found}: {_one_line(parcel.items[0].headline)[:120]}"
    return f"{found} in {len(stories)} stories"


def _lines(parcel: Parcel, desk: str | None) -> Iterator[str]:
    last = None
    for item in parcel.items:
        if item.article_id != last:
            yield from ([] if last is None else [""])
            yield from _story(item, desk)
            last = item.article_id
        yield f"  {item.severity}: {_one_line(item.message)} [{item.rule}]"
        if item.text:
            yield f"      “{_one_line(item.text)[:200]}”"
    yield ""
    yield f"Sent to {parcel.name} by Copydesk{', once a day' if parcel.rhythm == 'digest' else ''}."
    if desk:
        yield f"What you are told of: {desk}/you"


def _story(item: Item, desk: str | None) -> Iterator[str]:
    yield f"{_one_line(item.headline)} ({item.source})"
    if desk:
        yield f"{desk}/articles/{item.article_id}"


def _one_line(text: str) -> str:
    """Without line breaks and control characters: a headline cannot write a header or a second message."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@contextmanager
def _connected(server: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(server)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    with client:
        if parts.scheme == "smtp+starttls":
            client.starttls(context=context)
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        yield client
