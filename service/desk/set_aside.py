"""The desk's page of jobs that were set aside, with their errors and a second chance."""

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reports.accounts import record
from reports.errors import UnknownError
from reports.jobs import retry
from reports.set_aside import jobs_set_aside
from service.deliveries import ring_for
from service.desk.views import ask_who
from service.parts import parts

MAY_RETRY = ("editor", "admin")

set_aside = Blueprint("set_aside", __name__, url_prefix="/jobs", template_folder="templates")
set_aside.before_request(ask_who)


@set_aside.get("/")
def list_jobs() -> ResponseReturnValue:
    """What was set aside, the oldest first."""
    with parts().database.begin() as session:
        rows = jobs_set_aside(session)
    return render_template("set_aside.html", jobs=rows, may_retry=g.user.role in MAY_RETRY)


@set_aside.post("/<int(max=2147483647):job_id>/retry")
def retry_job(job_id: int) -> ResponseReturnValue:
    """Three more tries for a job; who asked for them is kept, also when they may not."""
    may = g.user.role in MAY_RETRY
    now = parts().clock()
    with parts().database.begin() as session:
        record(session, f"user {g.user.name}", "job-retried" if may else "refused", {"job": job_id, "asked": "retry"}, now)
        try:
            if may:
                retry(session, job_id, now)
        except UnknownError as error:
            abort(404, error.reason)
    if not may:
        abort(403, "Your role may look, and not change anything.")
    ring_for(job_id)
    return redirect(url_for("set_aside.list_jobs"), 303)
