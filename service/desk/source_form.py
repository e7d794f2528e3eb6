"""The fields that say what a source is like, as the desk's forms send them."""

from flask import request

from reports.gate import Policy
from rules.core.decoding import storable
from service.desk.forms import lines, text
from service.sources import Wanted
from service.webhooks.kind import MAX_OPTION, Kind

NAMES = 5_000  # characters of a text area of rules' names: more than all of them


def read_wanted(kind: Kind | None, kept: Wanted | None = None) -> Wanted:
    """What the form asks for. The key of a CMS's own API is in no page: an empty field leaves the ``kept`` one."""
    options = {name: text(f"option-{name}", MAX_OPTION) for name in (kind.options if kind else ())}
    rules = {"select": list(lines("select", NAMES)), "ignore": list(lines("ignore", NAMES))}
    had = kept.reconcile if kept else {}
    look = {
        "reconcile": text("reconcile", 16),
        "reconcile_url": text("reconcile_url", MAX_OPTION),
        "reconcile_key": text("reconcile_key", 200) or had.get("reconcile_key"),
        "reconcile_minutes": request.form.get("reconcile_minutes", type=int),
    }
    return Wanted(
        text("language", 16) or None,
        text("desk", 64) or None,
        " ".join(text("origin", 512).split()) or None,
        {name: value for name, value in options.items() if value},
        {name: chosen for name, chosen in rules.items() if chosen},
        {name: value for name, value in look.items() if value} if look["reconcile"] else {},
    )


def read_policy() -> Policy:
    """What the form says of the gate."""
    return Policy(text("fail_on", 8), lines("gate_rules", NAMES), lines("gate_ignore", NAMES), text("when_late", 8))


def read_bytes() -> bytes:
    """The body of a call to be tried: a file as it is; pasted text with the line feeds that a form has made two of."""
    file = request.files.get("file")
    if file is not None and file.filename:
        whole: bytes = file.read()
        return whole
    return storable(request.form.get("body", "")).replace("\r\n", "\n").encode()
