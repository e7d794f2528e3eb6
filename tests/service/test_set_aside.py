"""What was set aside: its page on the desk, its command, and the second chance."""

from sqlalchemy import select, update

from reports.accounts import create_user
from reports.models import Audit, Delivery, Job
from tests.service.command_line import refused, run
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import CLEAN, HOSTILE, form_token, sign_in

ERROR = f"MemoryError: {HOSTILE}\x1b[31m"


def poison(web, publish):
    article = publish(CLEAN, read=False, headline=f"Ferry {HOSTILE}")
    with web.database.begin() as session:
        session.execute(update(Job).values(state="poisoned", attempts=3, error=ERROR))
        session.execute(update(Delivery).values(outcome="poisoned"))
        return article, session.scalar(select(Job.id))


def actions(web):
    with web.database.begin() as session:
        return [tuple(row) for row in session.execute(select(Audit.actor, Audit.action))]


def test_the_desk_shows_it_with_its_error_and_tries_again(web, editor, publish, read_all):
    _, job = poison(web, publish)
    client = web.app.test_client()
    assert client.get("/jobs/").location == "/login?next=/jobs/"
    sign_in(client)
    assert "/jobs/" in client.get("/").text
    page = client.get("/jobs/")
    assert "MemoryError: &lt;script&gt;" in page.text
    assert client.post(f"/jobs/{job}/retry").status_code == 400, "a form from elsewhere"
    web.rung.clear()
    answer = client.post(f"/jobs/{job}/retry", data={"csrf_token": form_token(page)})
    assert (answer.status_code, answer.location, web.rung) == (303, "/jobs/", [job])
    assert actions(web) == [("ada", "job-retried")]
    read_all()
    assert "Nothing is set aside." in client.get("/jobs/").text
    with web.database.begin() as session:
        assert session.scalar(select(Delivery.outcome)) == "reported"
    again = client.post(f"/jobs/{job}/retry", data={"csrf_token": form_token(page)})
    assert again.status_code == 404
    assert client.get(f"/jobs/{job}/retry").status_code == 405, "a look changes nothing"


def test_who_may_only_look_cannot_try_again(web, publish):
    _, job = poison(web, publish)
    with web.database.begin() as session:
        create_user(session, "grace", PASSWORD, NOW, role="reader")
    client = web.app.test_client()
    sign_in(client, "grace")
    page = client.get("/jobs/")
    assert "MemoryError" in page.text
    assert "Try again" not in page.text
    answer = client.post(f"/jobs/{job}/retry", data={"csrf_token": form_token(client.get("/"))})
    assert answer.status_code == 403
    assert actions(web) == [("grace", "refused")]


def test_the_command_line_lists_and_tries_again(web, publish, settings):
    _, job = poison(web, publish)
    given = {"DATABASE_URL": settings.database_url, "COPYDESK_DATA": str(settings.data_dir)}
    listed = run("jobs", "list", **given)
    assert listed.status == 0
    assert f"{job} " in listed.out
    assert "MemoryError" in listed.out
    assert "\x1b" not in listed.out, "a story does not steer the terminal"
    assert run("jobs", "retry", job, **given).out == f"Job {job} is queued again.\n"
    assert "was not set aside" in refused("jobs", "retry", job, **given)
    assert actions(web) == [("command line", "job-retried")]
