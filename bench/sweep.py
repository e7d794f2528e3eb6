"""A sweep of a large archive on this machine, killed once in the middle and taken up again.

    python bench/sweep.py [--articles 100000] [--jobs 2] [--words 300] [--parquet]

The archive is made from templates and a word list, as JSON lines packed with gzip; one in 200 lines is broken, one story in 20
holds what slips through. At the end every record must stand in the output exactly once, in the archive's order.
"""

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

TEMPLATES = (
    "The {0} of {1} will {2} the {3} before the {4}, the {5} said on Monday.",
    "“We do not {2} a {0} without a {3},” said {1} {5}, who leads the {4}.",
    "About forty {0}s waited at the {3} of {1}, and the {4} was {2}ed by night.",
    "In {1}, the {3} has {2}ed its {0} since the spring, according to the {5}.",
)
WORDS = [
    first + last for first in "bdfgklmnprstvw" for last in ("arrow", "ench", "idge", "ollen", "under", "ask", "ell", "orton")
]
LEFT_OVER = ("<p>{{ article.title }}</p>", '<div class="error"><p>Oops! Something went wrong. Please try again later.</p></div>')


def main() -> None:
    """Runs it and prints what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--words", type=int, default=300, help="of a story, about")
    parser.add_argument("--parquet", action="store_true", help="write Parquet instead of JSON lines")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-sweep-") as folder:
        archive, output = (
            Path(folder) / "archive.jsonl.gz",
            Path(folder) / ("reports.parquet" if asked.parquet else "reports.jsonl"),
        )
        make(archive, asked.articles, asked.words)
        run(archive, output, asked.articles, asked.jobs)


def make(archive: Path, articles: int, words: int) -> None:
    chance = random.Random(7)
    with gzip.open(archive, "wt", compresslevel=1) as file:
        for number in range(articles):
            if number % 200 == 199:
                file.write('{"url": "https://archive.example/\n')
                continue
            sentences = [chance.choice(TEMPLATES).format(*chance.choices(WORDS, k=6)) for _ in range(words // 15)]
            left_over = chance.choice(LEFT_OVER) if number % 20 == 0 else ""
            paragraphs = "".join(f"<p>{' '.join(sentences[at : at + 3])}</p>" for at in range(0, len(sentences), 3))
            html = f"<article><h1>{sentences[0][:60]}</h1>{paragraphs}{left_over}<p>The run ends in May.</p></article>"
            file.write(json.dumps({"url": f"https://archive.example/{number}", "html": html}) + "\n")


def run(archive: Path, output: Path, articles: int, jobs: int) -> None:
    command = [sys.executable, "-m", "service.cli", "sweep", str(archive), "--output", str(output), "--jobs", str(jobs)]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    print(f"{articles:,} articles, {archive.stat().st_size / 1e6:.0f} MB packed; {jobs} processes on {os.cpu_count()} processors")
    started, peak = time.monotonic(), 0
    first = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    while lines(output) < articles // 3 and first.poll() is None:
        time.sleep(1)
    before = lines(output)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    while second.poll() is None:
        try:
            peak = max(peak, psutil.Process(second.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(1)
    said = second.communicate()[0]
    took = time.monotonic() - started
    print(f"killed with -9 after {before:,}; {articles / took:.0f} a second over all, load {os.getloadavg()[0]:.1f}")
    print(f"memory of the process that reads and writes: {peak / 1e6:.0f} MB; {said.strip()}")
    print(f"every record once and in order: {is_whole(output, articles)}; output {size_of(output) / 1e6:.0f} MB")


def lines(output: Path) -> int:
    """Counted from the size of the first thousand, which is near enough to choose when to kill."""
    if output.suffix == ".parquet":
        waiting = max(output.glob(".waiting-*"), default=None)
        return int(waiting.stem.rpartition("-")[2]) - 1 + lines(waiting) if waiting else 0
    if not output.exists() or output.stat().st_size < 100_000:
        return 0
    with output.open("rb") as file:
        head = file.read(100_000)
    return int(output.stat().st_size / (len(head) / max(head.count(b"\n"), 1)))


def size_of(output: Path) -> int:
    return sum(path.stat().st_size for path in (output, *output.rglob("*")) if path.is_file())


def is_whole(output: Path, articles: int) -> bool:
    if output.is_dir():
        paths = [path for part in sorted((output / "articles").glob("*.parquet")) for path in read_paths(part)]
    else:
        with output.open() as file:
            paths = [json.loads(line)["path"] for line in file]
    return [int(path.partition(":")[2]) for path in paths] == list(range(1, articles + 1))


def read_paths(part: Path) -> list[str]:
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    return parquet.read_table(part, columns=["path"])["path"].to_pylist()


if __name__ == "__main__":
    main()
