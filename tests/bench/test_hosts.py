"""The short form of bench/hosts.py: the workers' host is cut off and comes back, and nothing is lost."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHORT = "--deliveries 80 --rate 8 --cut 6".split()


def test_nothing_is_lost_when_a_host_is_cut_off() -> None:
    """On two network namespaces where they may be made, else on two groups of processes."""
    command = [sys.executable, ROOT / "bench" / "hosts.py", *SHORT]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    table = dict(re.findall(r"^(.+?)  +(.+)$", ended.stdout, re.MULTILINE))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (table["accepted"], table["lost, twice, stale over new"], table["still on their way"]) == ("80", "0, 0, 0", "0")
    assert table["reports at its end"] == table["reports when it was cut"], "the cut cut"
    assert int(table["waiting at its end"]) > 0
