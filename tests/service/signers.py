"""The senders' own code, in a Node process of its own: asked for a signature, it gives the headers."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[1] / "senders" / "sign.cjs"
PACKAGES = Path(sys.prefix) / "senders"  # made by make test


class NeverSignedError(Exception):
    """The sender's own code refuses to sign this."""


@dataclass
class Signers:
    """``sign`` gives the headers and the body as they go over the wire."""

    process: subprocess.Popen[str]

    def sign(self, sender: str, secret: str, body: str, at: datetime, **more: Any) -> tuple[dict[str, str], bytes]:
        asked = {"sender": sender, "secret": secret, "body": body, "ms": round(at.timestamp() * 1_000)} | more
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        headers: dict[str, str] = json.loads(self.process.stdout.readline())
        if "error" in headers:
            raise NeverSignedError(headers["error"])
        return headers, headers.pop("body", body).encode("utf-8", "surrogatepass")


def start_signers() -> Signers:
    node = shutil.which("node")
    assert node, "The senders sign with their own code: apt-get install nodejs npm, then make test."
    assert (PACKAGES / "node_modules").is_dir(), "The senders' packages are not here: make senders."
    process = subprocess.Popen([node, str(SCRIPT), str(PACKAGES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return Signers(process)
