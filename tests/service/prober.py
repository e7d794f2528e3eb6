"""schemathesis as its own program, against a web that listens: every phase and every check it has."""

import subprocess
import sys
from pathlib import Path

SEED = 20260305
# An Idempotency-Key that came with another call before is refused with 422, however good the call.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 304, 401, 403, 404, 409, 422]
"""


def schemathesis(port: int, secret: str, examples: int, where: Path) -> subprocess.CompletedProcess[str]:
    """Its run over the whole API, with as many random examples an operation."""
    configuration = where / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    address = f"http://127.0.0.1:{port}/api/v1/openapi.json"
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run", address,
        "--header", f"Authorization: Bearer {secret}",
        "--max-examples", str(examples),
        "--seed", str(SEED),
        "--generation-database", "none",
        "--no-color",
        "--wait-for-schema", "60",
        "--request-timeout", "60",
        "--continue-on-failure",
    ]  # fmt: skip
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=1_800, check=False)
