"""What a source sent: its log, one call with its payload, delivering it again, and trying a call that was refused."""

import json
import secrets
from datetime import datetime

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.accounts import record
from reports.deliveries import ANSWERS, delivery_log, log_row, place_after, read_place
from reports.errors import ReportsError
from reports.jobs import sweep_of
from reports.models import Source
from reports.payloads import Kept, find_payload
from reports.sources import get_source, secrets_of
from rules.core.submission import parse_time
from service import deliveries
from service.desk.forms import lines, text
from service.desk.source_form import read_bytes
from service.desk.source_pages import label_of, source_pages
from service.parts import parts
from service.redelivery import redeliver as take_again
from service.refusal import Refused
from service.source_check import check_call, last_call
from service.strict_json import BadJsonError, read_json
from service.webhooks.diagnosis import Diagnosis
from service.webhooks.kind import Ignored

PER_PAGE = 50
SHOWN = 100_000  # characters of a payload on its page
HEADERS = 20_000  # characters of a call's headers, pasted


@source_pages.get("/<name>")
def show_calls(name: str) -> ResponseReturnValue:
    """The log, the newest call first."""
    answer = request.args.get("answer", "")
    chosen, after = (answer if answer in ANSWERS else None), read_place(request.args.get("after", ""))
    with parts().database.read() as store:
        source = get_source(store, name)
        rows = delivery_log(store, source, limit=PER_PAGE + 1, answer=chosen, after=after)
        sweep = sweep_of(store, source.id)
    page, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    return render_template(
        "source_calls.html",
        source=source,
        label=label_of(source),
        rows=page,
        sweep=sweep,
        answer=chosen or "",
        answers=ANSWERS,
        older=str(place_after(page, after)) if more else None,
    )


@source_pages.get("/<name>/calls/<int(max=2147483647):number>")
def show_call(name: str, number: int) -> ResponseReturnValue:
    """One delivery: its answer, what became of it, its payload."""
    with parts().database.read() as store:
        source = get_source(store, name)
        row, kept = log_row(store, source, number), find_payload(store, number)
    if row is None:
        abort(404, f"{name} has no call {number}.")
    payload = _readable(kept) if kept else ""
    return render_template("source_call.html", source=source, row=row, kept=kept, payload=payload, shown=SHOWN)


@source_pages.post("/<name>/calls/<int(max=2147483647):number>/redeliver")
def redeliver(name: str, number: int) -> ResponseReturnValue:
    """Takes a kept delivery in once more."""
    now = parts().clock()
    with parts().database.begin() as store:
        get_source(store, name)
    back = redirect(url_for("sources.show_call", name=name, number=number), 303)
    try:
        taken = take_again(
            parts().database, lambda job: deliveries.ring(job, parts().ring), name, str(number), now, secrets.token_hex(4)
        )
    except (ReportsError, Refused, Ignored) as error:
        flash(f"It was not taken in: {error.reason}")
        return back
    with parts().database.begin() as store:
        record(store, g.user.name, "delivery-redelivered", {"name": name, "delivery": number}, now)
    flash(
        "It is taken in again, in the place that it had. What becomes of it stands in the log." if taken else "It holds no story."
    )
    return back


@source_pages.get("/<name>/test")
def show_test(name: str) -> ResponseReturnValue:
    """What became of the last call, and a form to try one by hand."""
    return _show_test(name, None)


@source_pages.post("/<name>/test")
def try_call(name: str) -> ResponseReturnValue:
    """Says in words what is wrong with a call. Nothing is stored."""
    headers, address, came = lines("headers", HEADERS), text("address", 2_000), text("at", 40)
    try:
        at = parse_time(came) if came else parts().clock()
    except ValueError:
        return _show_test(name, Diagnosis(fits=False, words=("The time must be like 2026-11-24T21:04:00Z.",)))
    return _show_test(name, _check(name, headers, address, at))


def _check(name: str, headers: tuple[str, ...], address: str, at: datetime) -> Diagnosis:
    with parts().database.begin() as store:
        source = get_source(store, name)
        try:
            return check_call(store, source, headers, read_bytes(), at, address)
        except Refused as refused:
            return Diagnosis(fits=False, words=(refused.reason,))


def _show_test(name: str, tried: Diagnosis | None) -> ResponseReturnValue:
    with parts().database.read() as store:
        source = get_source(store, name)
        last = last_call(store, source)
    given = {field: _without_secrets(source, request.form.get(field, "")) for field in ("headers", "body", "address", "at")}
    return render_template("source_test.html", source=source, label=label_of(source), last=last, tried=tried, given=given)


def _without_secrets(source: Source, typed: str) -> str:
    """What was typed, to be put right; without what would tell a secret to whoever looks at the screen."""
    for secret in secrets_of(source):
        typed = typed.replace(secret, "…")
    kept = (line for line in typed.splitlines() if not line.lower().lstrip().startswith("authorization"))
    return "\n".join(kept)


def _readable(kept: Kept) -> str:
    """A payload as text; JSON is indented."""
    try:
        return json.dumps(read_json(kept.body), ensure_ascii=False, indent=2)
    except BadJsonError:
        return kept.body.decode("utf-8", "replace")
