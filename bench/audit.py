"""Asks the advisory service about every locked package, and names each one that has advisories or could not be audited.

    python bench/audit.py [requirements/runtime.txt …]

Needs a network. Exit 1 when anything has advisories or could not be audited: silence about a package is no clean bill.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = tuple(f"requirements/{name}.txt" for name in ("build", "runtime", "development"))
PIP_AUDIT = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]


def main() -> None:
    """Each lock in turn, a line for each fault, and a sum."""
    bad = 0
    for lock in sys.argv[1:] or LOCKS:
        said = _ask(lock)
        told = list(faults(said)) if said is not None else [f"{lock} as a whole could not be audited (the error stands above)"]
        clean = len(said["dependencies"]) - len({line.partition(":")[0] for line in told}) if said is not None else 0
        print(f"{lock}: {clean} packages without advisories, {len(told)} faults")
        for line in told:
            print(f"  {line}")
        bad += len(told)
    raise SystemExit(1 if bad else 0)


def faults(said: dict[str, Any]) -> Iterator[str]:
    """A line for each advisory, and for each package about which the service said nothing, of pip-audit's JSON."""
    for package in said["dependencies"]:
        if "skip_reason" in package:
            yield f"{package['name']}: could not be audited: {package['skip_reason']}"
        for advisory in package.get("vulns", ()):
            mended = f"mended in {', '.join(advisory['fix_versions'])}" if advisory["fix_versions"] else "not mended yet"
            yield f"{package['name']}: {package['version']} has {advisory['id']}, {mended}"


def _ask(lock: str) -> dict[str, Any] | None:
    """What pip-audit says of a lock; None when it came to no end."""
    command = [sys.executable, "-m", "pip_audit", *PIP_AUDIT, "--requirement", lock]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    try:
        said: dict[str, Any] = json.loads(ended.stdout)
    except json.JSONDecodeError:
        print(ended.stderr.strip()[-2_000:])
        return None
    return said


if __name__ == "__main__":
    main()
