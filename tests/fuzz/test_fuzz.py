"""2,000 cases of what bench/fuzz.py runs 200,000 of. hypothesis prints the seed of a failure and shrinks its input."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import PIECES, TARGETS

CASES = {"decoding": 700, "payload": 600, "article": 250, "positions": 150, "engine": 150, "fix": 50, "fingerprint": 100}
SECONDS = 1.0  # of the processor for one case: each is far smaller than 100 kB
DATA = st.lists(st.integers(0, len(PIECES) - 1) | st.integers(0, 255), max_size=300).map(bytes) | st.binary(max_size=2_000)


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_it(name: str) -> None:
    @settings(max_examples=CASES[name], deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(DATA)
    def run(data: bytes) -> None:
        began = time.process_time()
        TARGETS[name](data)
        assert time.process_time() - began < SECONDS * 4, "a case calls the engine up to four times"

    run()


def test_two_thousand_cases() -> None:
    assert sum(CASES.values()) == 2_000
    assert CASES.keys() == TARGETS.keys()
