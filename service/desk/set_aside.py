"""The desk's page of jobs that were set aside, with their errors and a second chance."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reports.accounts import record
from reports.errors import UnknownError
from reports.jobs import retry
from reports.set_aside import jobs_set_aside, sees_job
from reports.sight import Sight
from service.deliveries import ring
from service.desk.access import guard
from service.parts import parts

set_aside = Blueprint("set_aside", __name__, url_prefix="/jobs", template_folder="templates")
guard(set_aside)


@set_aside.get("/")
def list_jobs() -> ResponseReturnValue:
    """What was set aside, the oldest first."""
    with parts().database.read() as session:
        rows = jobs_set_aside(session, sight=Sight.of(g.user))
    return render_template("set_aside.html", jobs=rows)


@set_aside.post("/<int(max=2147483647):job_id>/retry")
def retry_job(job_id: int) -> ResponseReturnValue:
    """Three more tries for a job; who asked for them is kept."""
    now = parts().clock()
    with parts().database.begin() as session:
        if not sees_job(session, job_id, Sight.of(g.user)):
            raise UnknownError("There is no such job here.")
        retry(session, job_id, now)
        record(session, g.user.name, "job-retried", {"job": job_id}, now)
    ring(job_id, parts().ring)
    return redirect(url_for("set_aside.list_jobs"), 303)
