"""The compose file and the image against what they must agree with: the compose schema, the lock, and what ``serve`` starts."""

import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from reports.settings import Settings
from service.cli.main import copydesk
from service.installation import Installation

CONTEXT = click.Context(copydesk)
ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
SERVICES = {"redis": "valkey-server", "worker": "worker", "scheduler": "schedule", "web": "web"}  # part -> its command


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def test_it_is_what_the_schema_says(compose):
    jsonschema.validate(compose, SCHEMA)


def test_the_schema_refuses_what_is_wrong(compose):
    wrong = compose | {"services": compose["services"] | {"web": {"command": 7}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_its_services_are_the_parts_of_serve(compose, tmp_path):
    installation = Installation(Settings(tmp_path, f"sqlite:///{tmp_path}/s.sqlite3"), {}, print)
    parts = {part.name: Path(part.command[0]).name if part.is_base else part.command[-1] for part in installation._parts()}
    assert {name: command.replace("redis-server", "valkey-server") for name, command in parts.items()} == SERVICES
    for name, command in SERVICES.items():
        assert command in compose["services"][name]["command"]


def test_its_commands_are_commands_of_copydesk(compose):
    ours = [service["command"] for service in compose["services"].values() if service.get("image") == "copydesk"]
    assert len(ours) == 4
    for program, *arguments in ours:
        assert program == "copydesk"
        assert copydesk.get_command(CONTEXT, arguments[0]) is not None


def test_every_service_that_stays_has_a_healthcheck(compose):
    assert [name for name, service in compose["services"].items() if "healthcheck" not in service] == ["migrate"]


def test_there_is_no_secret_in_it(compose):
    values = re.findall(r"(?im)^\s*\S*(?:password|secret|token|key)\S*: (.+)$", (ROOT / "docker-compose.yml").read_text("utf-8"))
    assert values
    assert all(value.startswith("${") for value in values)
    assert all("${POSTGRES_PASSWORD:?" in s["environment"]["DATABASE_URL"] for s in compose["services"].values() if "build" in s)


def test_the_image_is_locked_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    installs = [line for line in lines if "pip install" in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert "USER copydesk" in lines


def test_the_image_gets_every_package():
    copied = re.findall(r"(?m)^COPY (rules|reports|workers|service) \1$", (ROOT / "Dockerfile").read_text("utf-8"))
    assert copied == ["rules", "reports", "workers", "service"]
