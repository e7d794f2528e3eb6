"""The API under schemathesis for longer than the tests have time for.

    python bench/api.py [--examples 1000] [--seed N]

Starts ``copydesk serve`` on a store of its own, with some stories in it, and runs schemathesis' own program over the whole
API: examples, the edges of every schema, random calls good and bad, and calls that follow from one another, with every check
that it has. Ends with its status; its report stands on standard output.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from load import SOURCE, Target, free_port, wait_until_up

from reports.accounts import create_token
from reports.database import open_database
from reports.settings import Settings
from reports.sources import create_source

STORIES = 20
# An Idempotency-Key that came with another call before is refused with 422, however good the call.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 304, 401, 403, 404, 409, 422]
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=1_000, help="random calls an operation")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-api-") as folder:
        return run(Path(folder), asked.examples, asked.seed)


def run(folder: Path, examples: int, seed: int) -> int:
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'copydesk.sqlite3'}", port=free_port())
    database = open_database(settings)
    database.upgrade()
    now = datetime.now(UTC)
    with database.begin() as session:
        secret = create_source(session, SOURCE, now).secret_current or ""
        token = create_token(session, "bench", ["read", "submit", "write"], now)[1]
    database.close()
    command = [sys.executable, "-m", "service.cli", "serve", "--data", str(folder), "--port", str(settings.port)]
    environ = os.environ | {"COPYDESK_DATA": str(folder), "COPYDESK_API_PER_MINUTE": "0"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ) as serving:
        try:
            wait_until_up(settings.port)
            for number in range(STORIES):
                Target(settings.port, secret).send(number, 0.0)
            return probe(folder, settings.port, token, examples, seed)
        finally:
            serving.send_signal(signal.SIGTERM)


def probe(folder: Path, port: int, token: str, examples: int, seed: int) -> int:
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration),
        "run", f"http://127.0.0.1:{port}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--max-examples", str(examples), "--seed", str(seed),
        "--generation-database", "none", "--no-color", "--continue-on-failure", "--request-timeout", "60",
        "--wait-for-schema", "60",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
