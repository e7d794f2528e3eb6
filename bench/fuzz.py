"""200,000 and more inputs for everything that reads what strangers send.

    python bench/fuzz.py [--runs 210000] [--seed 8] [--minutes 60] [--target engine] [--engine chance]

With atheris (``make fuzz`` installs it; it follows which lines an input reaches), else with inputs made by chance from the same
seed. Each target runs in a process of its own under a bound of memory, and ends after its share of the minutes. Ends with a
table; exit 1 when any input broke anything, took longer than a second for each begun 100 kB or more memory than the bound, or
when a target did not come to its cases in its time.
"""

import argparse
import base64
import importlib.util
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MEMORY = 1_000_000_000  # bytes
SECONDS = 1.0  # of the processor for each begun 100 kB; a case may call the engine four times
CALLS = 4
INSTRUMENTED = 3.0  # how much slower code is that atheris follows, measured on the engine
# Of the cases; by what one costs, so that the slow targets take as long as the quick ones.
SHARES = {"decoding": 0.12, "payload": 0.28, "article": 0.20, "positions": 0.16, "engine": 0.10, "fix": 0.08, "fingerprint": 0.06}
MAX_SIZE = 4096  # bytes of an input; as pieces of markup they become some 60 kB


def main() -> None:
    options = _options()
    if options.only:
        run_target(options.only, options.runs, options.seed, options.engine, options.minutes * 60)
        return
    engine = options.engine or ("atheris" if importlib.util.find_spec("atheris") else "chance")
    print(f"engine {engine}, seed {options.seed}, inputs up to {MAX_SIZE} bytes, memory bound {MEMORY:,} bytes a process")
    print(f"{'target':12} {'cases':>8} {'seconds':>8} {'slowest, s':>10} {'memory, MB':>10}  result")
    done, failed = 0, False
    for name, share in SHARES.items():
        if options.target and name != options.target:
            continue
        part = 1 if options.target else share
        cases, ended = _fuzz(
            name, round(options.runs * part), options.seed, engine, options.minutes * (1 if options.target else 1 / len(SHARES))
        )
        done, failed = done + cases, failed or ended
    print(f"{done:,} cases")
    raise SystemExit(1 if failed else 0)


def _fuzz(name: str, runs: int, seed: int, engine: str, minutes: float) -> tuple[int, bool]:
    """One target in a process of its own; the cases that ran, and whether any failed or was not come to."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--only", name, "--runs", str(runs), "--seed", str(seed), "--engine", engine]
        command += ["--minutes", str(minutes)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, errors="replace")
    said = re.findall(r"^cases (\d+) slowest ([\d.]+) memory (\d+)$", ended.stdout, re.MULTILINE)
    cases, slowest, memory = said[-1] if said else ("0", "0", "0")
    result = "FAILED" if ended.returncode else "held" if int(cases) >= runs else "OUT OF TIME"
    print(
        f"{name:12} {int(cases):8,} {time.monotonic() - began:8.1f} {float(slowest):10.2f} {int(memory) // 1000:10,}  {result}",
        flush=True,
    )
    if ended.returncode:
        print(_told(ended.stdout + ended.stderr))
    return int(cases), result != "held"


def _told(output: str) -> str:
    """What a failed target said: the input, the traceback, and no progress of the fuzzer's."""
    lines = [line for line in output.splitlines() if not re.match(r"#\d+\s|cases \d|INFO:", line)]
    return "\n".join(line[:8_000] for line in lines[-60:])


def run_target(name: str, runs: int, seed: int, engine: str, seconds: float) -> None:
    """Runs one target for at most so long, and prints what it took after every hundredth case and at the end."""
    if engine == "atheris":
        import atheris  # noqa: PLC0415 - it is there only after make fuzz

        with atheris.instrument_imports(include=["rules", "service.strict_json", "service.article_json", "service.webhooks"]):
            from tests.fuzz.targets import TARGETS  # noqa: PLC0415
        one = Watched(TARGETS[name], runs, INSTRUMENTED)
        limits = [f"-runs={runs}", f"-seed={seed}", f"-max_len={MAX_SIZE}", "-len_control=0", "-timeout=60", "-rss_limit_mb=0"]
        limits.append(f"-max_total_time={max(1, round(seconds))}")
        atheris.Setup([name, *limits, str(_corpus(seed))], one)
        _bound()
        atheris.Fuzz()
        return
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    _bound()
    one, chance = Watched(TARGETS[name], runs, 1.0), random.Random(seed)
    ends = time.monotonic() + seconds
    while one.cases < runs and time.monotonic() < ends:
        one(_made(chance))


class Watched:
    """A target that counts its cases and holds each to its time."""

    def __init__(self, target, runs: int, slower: float) -> None:  # noqa: ANN001
        self.target, self.runs, self.slower = target, runs, slower
        self.cases, self.slowest = 0, 0.0

    def __call__(self, data: bytes) -> None:
        began = time.process_time()
        try:
            self.target(data)
        except Exception:
            print(f"input, in base64: {base64.b64encode(data).decode()}", flush=True)
            raise
        took = time.process_time() - began
        self.cases, self.slowest = self.cases + 1, max(self.slowest, took)
        assert took < SECONDS * CALLS * self.slower, f"{took:.2f} s for {len(data)} bytes"
        if self.cases % 100 == 0 or self.cases >= self.runs:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"cases {self.cases} slowest {self.slowest:.3f} memory {memory}", flush=True)


def _corpus(seed: int) -> Path:
    """Inputs to start from, in the current folder: without them most cases would be a few bytes."""
    folder, chance = Path("corpus"), random.Random(seed)
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}").write_bytes(_made(chance))
    return folder


def _made(chance: random.Random) -> bytes:
    from tests.fuzz.targets import PIECES  # noqa: PLC0415

    size = int(chance.expovariate(1 / 200))
    return bytes(
        chance.randrange(len(PIECES)) if chance.random() < 0.9 else chance.randrange(256) for _ in range(min(size, MAX_SIZE))
    )


def _bound() -> None:
    from workers.memory import bound_memory  # noqa: PLC0415

    bound_memory(MEMORY)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=210_000, help="cases in all")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=90, help="in all; each target has its seventh")
    parser.add_argument("--target", choices=SHARES, help="all cases for this one")
    parser.add_argument("--engine", choices=("atheris", "chance"))
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
