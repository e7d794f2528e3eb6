"""The short form of bench/chaos.py: every kind of fault on both stores, in some forty seconds each."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = "--deliveries 240 --rate 20 --kill-workers 4 --restart-redis 2 --kill-web 2 --pause 2".split()


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_nothing_is_lost_whatever_dies(store: str) -> None:
    command = [sys.executable, ROOT / "bench" / "chaos.py", "--store", store, *SHORT]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    table = dict(re.findall(r"^(.+?)  +(.+)$", ended.stdout, re.MULTILINE))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (table["accepted"], table["lost"], table["double"], table["stale over new"]) == ("240", "0", "0", "0")
    assert table["worker killed"] == "4", "the faults took place"
