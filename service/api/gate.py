"""``POST /api/v1/gate``: may this be published? Answered by a worker, within the time that the caller has."""

import hashlib
import threading
import time
from collections.abc import Callable

from flask import url_for

from reports import gate
from reports.gate import Answer
from service.api import shapes
from service.api.blueprint import ID, operations
from service.api.handed_in import NO_SOURCE, article_of, source_of
from service.api.operation import Call
from service.deliveries import ring
from service.parts import parts
from service.refusal import Refused

LOOK_EVERY_S = 0.05  # a lint takes some tens of milliseconds; each look costs the store a short transaction
WAITING_AT_ONCE = 2  # callers a process waits for: half of its threads, so that deliveries are still taken in
_places = threading.BoundedSemaphore(WAITING_AT_ONCE)


@operations.add(
    "POST",
    "/gate",
    summary="May this be published?",
    scope="submit",
    body=shapes.GateIn,
    answer=shapes.GateOut,
    keyed=True,
    refusals={404: NO_SOURCE},
)
def ask_gate(call: Call) -> shapes.GateOut:
    """Lints a story that is not published yet, and answers by its source's policy within budget_ms.

    Past that the verdict is pending: allow says what the policy has for it, and a callback tells the verdict.
    """
    question = _ask(call)
    ring(question.job_id, parts().ring_first)
    return _told(_wait(question.check_id, call.body.budget_ms / 1000))


@operations.add(
    "GET",
    f"/gate/<{ID}:check_id>",
    summary="How a question to the gate stands",
    scope="submit",
    answer=shapes.GateOut,
    missing=True,
)
def show_gate(_: Call, check_id: int) -> shapes.GateOut:
    """The verdict on an earlier question, or that it is still pending."""
    return _told(_found(check_id))


def _ask(call: Call) -> gate.Question:
    article = article_of(call)
    if article.submission is None:
        raise Refused(422, "The gate needs the story: html or text that is not empty.")
    now, sha256 = parts().clock(), hashlib.sha256(call.raw).hexdigest()
    with parts().database.begin() as session:
        return gate.ask(session, source_of(session, call), article.submission, article.metadata, sha256, now)


def _wait(check_id: int, seconds: float) -> Answer:
    """The answer when it is there, or at the end of the time; when too many wait already, at once."""
    until = time.monotonic() + seconds
    if _places.acquire(blocking=False):
        try:
            _until(lambda: _found(check_id).verdict is not None, until)
        finally:
            _places.release()
    with parts().database.begin() as session:
        return gate.give_up_waiting(session, check_id)


def _until(question: Callable[[], bool], until: float) -> None:
    while not question():
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(LOOK_EVERY_S, left))


def _found(check_id: int) -> Answer:
    with parts().database.begin() as session:
        found = gate.look(session, check_id)
    if found is None:
        raise Refused(404, "There is no such question.")
    return found


def _told(answer: Answer) -> shapes.GateOut:
    late = answer.verdict not in ("pass", "fail")
    report = answer.report_id
    return shapes.GateOut(
        check=answer.check_id,
        verdict=answer.verdict or "pending",  # type: ignore[arg-type]  # one of the four words
        allow=answer.when_late == "open" if late else answer.verdict == "pass",
        failed=answer.when_late if late else None,  # type: ignore[arg-type]  # open or closed
        detail=_words(answer),
        reasons=[shapes.GateReason.model_validate(reason) for reason in answer.reasons],
        report_url=url_for("api.show_report", report_id=report, _external=True) if report is not None else None,
    )


def _words(answer: Answer) -> str:
    """What happened, in a sentence for the person at the publish button."""
    if answer.verdict == "pass":
        return "Nothing in it fails this source's policy."
    if answer.verdict == "fail":
        return f"{len(answer.reasons)} of its findings fail this source's policy."
    why = "It could not be read" if answer.verdict == "unread" else "It is not read yet"
    said = "it may be published (fails open)" if answer.when_late == "open" else "it may not be published (fails closed)"
    return f"{why}; by this source's policy {said}."
