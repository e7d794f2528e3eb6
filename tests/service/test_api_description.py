"""The description of the API: valid, whole, and true of every answer that a machine can provoke."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.api.routes import operations
from tests.service.command_line import ROOT
from tests.service.prober import schemathesis
from tests.service.sender import HTML

EXAMPLES = 20  # an operation; bench/api.py asks more


@pytest.fixture
def settings(settings):
    """Thousands of calls by one token in a minute are what these tests are for."""
    return replace(settings, api_per_minute=0)


@pytest.fixture
def description(web):
    answer = web.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_it_is_openapi(description):
    assert description["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description).validate()


def test_it_has_every_route(web, description):
    described = {(path, method.upper()) for path, methods in description["paths"].items() for method in methods}
    assert described == {(said.path, said.method) for said in operations.all}
    rules = [rule for rule in web.app.url_map.iter_rules() if rule.rule.startswith("/api/") and "openapi" not in rule.rule]
    assert len(rules) == len(operations.all)


def test_every_operation_says_what_it_does(description):
    for methods in description["paths"].values():
        for said in methods.values():
            assert said["summary"]
            assert len(said["description"]) > 40
            assert {"200", "400", "401", "403", "429", "503"} <= set(said["responses"])


def test_the_report_is_the_published_one():
    """cp docs/report.schema.json service/api/report.schema.json"""
    assert (ROOT / "service/api/report.schema.json").read_bytes() == Path(ROOT, "docs/report.schema.json").read_bytes()


@pytest.fixture
def stories(publish):
    """Something of everything, so that calls find what they ask for."""
    for number in range(3):
        publish(
            f"{HTML}<p>{{{{ article.title }}}}</p><p>TK</p>", external_id=f"a-{number}", url=f"https://northgate.example/{number}"
        )


def test_no_answer_is_outside_the_description(stories, served, token, tmp_path):
    """Examples, the edges of every schema, random calls good and bad, and calls that follow from one another."""
    port, _, log = served
    ended = schemathesis(port, token("read", "submit", "write"), EXAMPLES, tmp_path)
    assert ended.returncode == 0, ended.stdout[-6000:]
    assert "❌" not in ended.stdout
    assert int(re.search(r"(\d+) generated", ended.stdout)[1]) > 10 * EXAMPLES
    assert "fault" not in log.read_text()
