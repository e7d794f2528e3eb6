"""Where a source's CMS is told, what it was sent, every try, and sending it again."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports import callbacks
from reports.accounts import record
from reports.errors import ReportsError, UnknownError
from reports.models import Attempt, Message
from reports.sources import get_source
from service.desk.forms import text
from service.desk.source_pages import label_of, source_pages
from service.parts import parts

PER_PAGE = 30


@source_pages.get("/<name>/callbacks")
def show_callbacks(name: str) -> ResponseReturnValue:
    """The callbacks, and a form for one more."""
    return _show(name)


@source_pages.post("/<name>/callbacks")
def add_callback(name: str) -> ResponseReturnValue:
    """One more. Its secret is on the page that answers, and never again."""
    url, now = text("url", callbacks.MAX_URL), parts().clock()
    with parts().database.begin() as store:
        get_source(store, name)
    try:
        with parts().database.begin() as store:
            made = callbacks.add_callback(store, name, url, now)
            record(store, g.user.name, "callback-added", {"source": name, "callback": made.id}, now)
    except ReportsError as error:
        return _show(name, error.reason)
    return _show(name, secret=made.secret)


@source_pages.post("/<name>/callbacks/<int(max=2147483647):number>/remove")
def remove_callback(name: str, number: int) -> ResponseReturnValue:
    """Ends one; its log stays."""
    now = parts().clock()
    with parts().database.begin() as store:
        callbacks.find_callback(store, get_source(store, name), number)
        callbacks.remove_callback(store, number, now)
        record(store, g.user.name, "callback-removed", {"source": name, "callback": number}, now)
    flash("It is told nothing any more.")
    return redirect(url_for("sources.show_callbacks", name=name), 303)


@source_pages.get("/<name>/callbacks/<int(max=2147483647):number>")
def show_messages(name: str, number: int) -> ResponseReturnValue:
    """What one callback was sent, the newest first, with every try."""
    before = request.args.get("before", None, type=int)
    with parts().database.read() as store:
        source = get_source(store, name)
        callback = callbacks.find_callback(store, source, number)
        rows = callbacks.log_of(store, number, PER_PAGE + 1, before=before)
    messages = _by_message(rows)
    shown, more = messages[:PER_PAGE], len(messages) > PER_PAGE
    return render_template("source_messages.html", source=source, callback=callback, messages=shown, more=more)


@source_pages.post("/<name>/callbacks/<int(max=2147483647):number>/messages/<int(max=2147483647):message>/redeliver")
def redeliver_message(name: str, number: int, message: int) -> ResponseReturnValue:
    """Sends a message once more."""
    now = parts().clock()
    with parts().database.begin() as store:
        callback = callbacks.find_callback(store, get_source(store, name), number)
        found = store.get(Message, message)
        if found is None or found.callback_id != callback.id:
            raise UnknownError(f"The callback was sent no message {message}.")
        callbacks.redeliver(store, message, now)
        record(store, g.user.name, "message-redelivered", {"source": name, "message": message}, now)
    flash(f"Message {message} is sent again in a moment.")
    return redirect(url_for("sources.show_messages", name=name, number=number), 303)


def _show(name: str, failed: str | None = None, *, secret: str | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        source = get_source(store, name)
        rows = callbacks.list_callbacks(store, source)
    page = render_template(
        "source_callbacks.html",
        source=source,
        label=label_of(source),
        rows=rows,
        failed=failed,
        secret_shown=secret,
        given=request.form,
    )
    return page, 400 if failed else 200


def _by_message(rows: list[tuple[Message, Attempt | None]]) -> list[tuple[Message, list[Attempt]]]:
    found: dict[int, tuple[Message, list[Attempt]]] = {}
    for message, attempt in rows:
        tries = found.setdefault(message.id, (message, []))[1]
        if attempt is not None:
            tries.append(attempt)
    return list(found.values())
