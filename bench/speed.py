"""What a check costs, as ratios in one run; writes docs/speed.md (``make speed CORPUS=folder``).

    python bench/speed.py CORPUS [--parts pages rules …] [--articles 50000] [--minutes 10]

Parts: ``pages`` (whole checks in bare parses), ``beside`` (other linters), ``rules`` (each rule's share), ``start`` (of the
command on one file), ``growth`` (10 kB to 10 MB, findings, speech), ``processes`` (``--jobs``), ``memory``. Only all of them
together write the page.

One process, warm. A bare ``lxml.html.document_fromstring`` of the same bytes is 1. Caches that know whole texts are emptied
before each pass, so that no page is remembered from the pass before. trafilatura, proselint and write-good are measured beside
it, the last inside node; each is left out where it is not installed. Everything is CPU time of the process, and of the passes
the least is taken, because the machine may have other work.
"""

import functools
import gc
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import corpus
from lxml import html

from rules.core import engine, leftovers, residue, wording
from rules.core.article import ATTRIBUTED, read
from rules.core.catalogue import choose
from rules.core.rule import BudgetExceededError, Context, NotRunError, Rule, budget_for
from rules.core.sourcing.attributions import attribute
from rules.core.submission import Submission
from service.cli.main import OBJECTS_MADE

NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "speed.md"
BESIDE = Path(sys.prefix) / "beside"  # where ``make speed`` puts what is measured beside it, apart from what we depend on
PARTS = ("pages", "beside", "rules", "start", "growth", "processes", "memory")
PASSES = 2
EVERY = 20  # of the scrapes one in so many
WORDS = (
    "the river rose by two metres on Tuesday and took old bridge with it council nobody can tell when road to town will open "
    "again engineers looked at piers after long meeting repairs until autumn water school children bus line market square"
).split()
NODE = """
const writeGood = require("write-good"), texts = JSON.parse(require("fs").readFileSync(0));
texts.slice(0, 20).forEach((text) => writeGood(text));
console.log(JSON.stringify(texts.map((text) => {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage(); writeGood(text); const spent = process.cpuUsage(before); return spent.user + spent.system;
  });
  return Math.min(...runs) / 1e6;
})));
"""


def main() -> None:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure; all, if none is named")
    parser.add_argument("--articles", type=int, default=50_000, help="how many articles one process lints for the memory's sake")
    parser.add_argument("--minutes", type=float, default=10, help="of CPU that these may take at most")
    options = parser.parse_args()
    folder = corpus.folder(options)
    sys.path.append(str(BESIDE))
    gc.set_threshold(OBJECTS_MADE)  # as the command line does
    pages, all_scrapes = list(corpus.pages(folder)), list(corpus.scrapes(folder))
    scrapes = all_scrapes[::EVERY]
    measure: dict[str, Callable[[], str]] = {
        "pages": lambda: whole_pages(pages, scrapes),
        "beside": lambda: beside_others(pages),
        "rules": lambda: per_rule(pages),
        "start": start_up,
        "growth": growth,
        "processes": lambda: processes(all_scrapes),
        "memory": lambda: memory(options.articles, 60 * options.minutes),
    }
    made: list[str] = [_heading()]
    for part in (name for name in PARTS if name in options.parts):
        made.append(measure[part]())
        print(made[-1], flush=True)
        if set(options.parts) == set(PARTS):
            PAGE.write_text("\n\n".join(made) + "\n", encoding="utf-8")


def _heading() -> str:
    return (
        "# Speed\nWritten by `make speed CORPUS=…`: one process, warm, CPU time, the least of the passes over documents that\n"
        "are not remembered from the last one. 1 is a bare `lxml.html.document_fromstring` of the same bytes in the same run.\n"
        "Ratios carry over to other machines, milliseconds do not. Load of the machine: "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
    )


def cost(function: Callable[[], Any]) -> float:
    """The CPU seconds of one call."""
    before = time.process_time()
    function()
    return time.process_time() - before


def forget() -> None:
    """Empties the caches that know whole texts."""
    residue.strengths.cache_clear()
    leftovers._says.cache_clear()  # noqa: SLF001
    wording.voice.cache_clear()


def least(calls: Sequence[Callable[[], Any]], passes: int = PASSES) -> list[float]:
    """For each call the least of several passes over all of them."""
    times: list[list[float]] = []
    for _ in range(passes):
        forget()
        gc.collect()
        times.append([cost(call) for call in calls])
    return [min(seen) for seen in zip(*times, strict=True)]


def check(content: bytes | str, kind: Any = "html") -> dict[str, Any]:
    """A whole check, as ``copydesk check`` calls it."""
    return engine.lint(Submission(content, kind=kind), now=NOW, rules=choose())


def attributed(content: bytes) -> Callable[[], Any]:
    """The attribution map of an article that was read before."""
    article = read(Submission(content, kind="html"))
    blocks = [block for block in article.blocks if block.kind in ATTRIBUTED]
    return functools.partial(attribute, blocks if article.language == "en" else [])


def whole_pages(pages: list[corpus.Document], scrapes: list[corpus.Document]) -> str:
    rows = []
    for name, documents in (("60 whole pages", pages), ("every twentieth scrape", scrapes)):
        passes = [[_beside_parse(document.content) for document in documents] for _ in range(PASSES)]
        for what in passes[0][0]:
            seen = [[page[number][what] for page in passes] for number in range(len(documents))]
            both = [min(pairs, key=lambda pair: pair[0] / pair[1]) for pairs in seen]
            ratio = statistics.median(spent / bare for spent, bare in both)
            rows.append(f"| {name} | {what} | {1000 * statistics.median(spent for spent, _ in both):.2f} | {ratio:.2f} |")
    return "## A page\n\n| documents | what | ms, median | bare parses, median |\n|---|---|---|---|\n" + "\n".join(rows)


def _beside_parse(content: bytes) -> dict[str, tuple[float, float]]:
    """Each part's seconds, and those of bare parses right before and after it, so that other work on the machine hits both."""
    submission, found = Submission(content, kind="html"), {}
    parse = functools.partial(html.document_fromstring, content)
    for what, call in (
        ("bare parse", parse),
        ("reading the article", functools.partial(read, submission)),
        ("attribution map", attributed(content)),
        ("**whole check**", functools.partial(check, content)),
    ):
        forget()
        before = [cost(parse) for _ in range(3)]
        spent = cost(call)
        found[what] = (spent, min(*before, *(cost(parse) for _ in range(3))))
    return found


def beside_others(pages: list[corpus.Document]) -> str:
    contents = [document.content for document in pages]
    texts = [story(content) for content in contents]
    ours = least([functools.partial(check, content) for content in contents])
    ours_text = least([functools.partial(check, text, "text") for text in texts])
    rows = []
    for name, on, mine, theirs in (
        ("trafilatura.extract", "whole pages", ours, trafilatura_times(contents)),
        ("proselint, all checks", "the stories' text", ours_text, proselint_times(texts)),
        ("write-good, inside node", "the stories' text", ours_text, write_good_times(texts)),
    ):
        if theirs is None:
            rows.append(f"| {name} | {on} | not installed | {1000 * statistics.median(mine):.2f} | - |")
            continue
        share = statistics.median(other / one for one, other in zip(mine, theirs, strict=True))
        a, b = 1000 * statistics.median(theirs), 1000 * statistics.median(mine)
        rows.append(f"| {name} | {on} | {a:.2f} | {b:.2f} | {share:.2f} |")
    return (
        "## Beside others\n\n| what | on | its ms | a whole check's ms | times a check's, median |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
    )


def story(content: bytes) -> str:
    """The page's story as plain text, blank lines between its paragraphs."""
    article = read(Submission(content, kind="html"))
    return "\n\n".join(block.text for block in article.blocks if block.text)


def trafilatura_times(contents: list[bytes]) -> list[float] | None:
    try:
        import trafilatura  # noqa: PLC0415
    except ImportError:
        return None
    return least([functools.partial(trafilatura.extract, content) for content in contents], 2)


def proselint_times(texts: list[str]) -> list[float] | None:
    try:
        from proselint.checks import __register__  # noqa: PLC0415
        from proselint.registry import CheckRegistry  # noqa: PLC0415
        from proselint.tools import LintFile  # noqa: PLC0415
    except ImportError:
        return None
    CheckRegistry().register_many(__register__)
    return least([LintFile("story", content=text).lint for text in texts], 2)


def write_good_times(texts: list[str]) -> list[float] | None:
    folder = Path(sys.prefix) / "write-good"
    if shutil.which("node") is None or not folder.is_dir():
        return None
    run = ["node", "-e", NODE]
    done = subprocess.run(run, input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=folder)
    return list(json.loads(done.stdout))


def per_rule(pages: list[corpus.Document]) -> str:
    """What every rule costs after what several of them share was computed; the sum is the whole check."""
    spent: Counter[str] = Counter()
    for document in pages:
        check(document.content)
    forget()
    for document in pages:
        submission = Submission(document.content, kind="html")
        spent["whole"] += cost(functools.partial(check, document.content))
        forget()
        article = read(submission)
        spent["(attribution map)"] += cost(lambda: article.attributions)  # noqa: B023
        article = read(submission)
        _ = article.attributions
        for rule in choose():
            spent[rule.name] += cost(functools.partial(_run, rule, article))
    total = spent.pop("whole")
    rows = [f"| {name} | {1000 * seconds / len(pages):.3f} | {seconds / total:.1%} |" for name, seconds in spent.most_common()]
    ms = 1000 * total / len(pages)
    return (
        f"## Per rule\nMean over the 60 pages; a whole check {ms:.2f} ms. What rules share is counted with the first that asks\n"
        "for it; the attribution map, which the report itself asks for, stands by itself.\n\n"
        "| rule | ms | share |\n|---|---|---|\n" + "\n".join(rows)
    )


def _run(rule: Rule, article: Any) -> None:
    try:
        if rule.languages is None or article.language in rule.languages:
            list(rule.check(article, Context(NOW, budget_for(article))))
    except (NotRunError, BudgetExceededError):
        pass  # it has nothing to say of this article; what it spent counts


def growth() -> str:
    rows = []
    for size in (10_000, 100_000, 1_000_000, 10_000_000):
        content = page_of(size)
        rows.append(_growth_row("a page", f"{size // 1000:,} kB", len(content) / 1e6, "MB", lambda: check(content)))  # noqa: B023
    for count in (10, 100, 1_000, 10_000):
        story = "".join(f"<p>{sentence(random.Random(n))} {{{{ value_{n} }}}}</p>" for n in range(count))
        found = len(check(story.encode())["findings"])
        rows.append(_growth_row("findings", f"{found:,}", found / 1e3, "thousand", lambda: check(story.encode())))  # noqa: B023
    for words in (1_000, 10_000, 100_000):
        map_of = attributed(spoken(words).encode())
        rows.append(_growth_row("the attribution map", f"{words:,} words", words / 1e3, "thousand words", map_of))
    return "## Growth\n\n| what grows | to | s | ms for each |\n|---|---|---|---|\n" + "\n".join(rows)


def _growth_row(what: str, to: str, units: float, unit: str, call: Callable[[], Any]) -> str:
    seconds = min(least([call], 1 if units >= 10 else 2))
    return f"| {what} | {to} | {seconds:.3f} | {1000 * seconds / units:.1f} ms a {unit} |"


def sentence(chance: random.Random) -> str:
    """A sentence of the word list."""
    return " ".join(chance.choices(WORDS, k=chance.randint(9, 22))).capitalize() + "."


def page_of(size: int) -> bytes:
    """A page of about ``size`` bytes: paragraphs, links, a list and a script."""
    chance = random.Random(size)
    body: list[str] = []
    length = 0
    while length < size:
        body.append(
            f'<p class="story-text">{sentence(chance)} <a href="/{length}">{sentence(chance)}</a> {sentence(chance)}</p>\n'
            f'<div class="box"><script>var a{length} = {{"x": 1}};</script><span>{sentence(chance)}</span></div>\n'
        )
        length += len(body[-1])
    head = '<meta charset="utf-8"><title>The bridge</title>'
    return f"<!doctype html><html><head>{head}</head><body><h1>The bridge</h1>{''.join(body)}</body></html>".encode()


def spoken(words: int) -> str:
    """A story of about so many words in which people speak."""
    chance = random.Random(words)
    made: list[str] = []
    count = 0
    while count < words:
        first, second = sentence(chance), sentence(chance)
        made.append(f"<p>“{first[:-1]},” Maria Keane said. {second[:-1]}, the council told reporters on Tuesday. {first}</p>")
        count += len(made[-1].split())
    return f"<article>{''.join(made)}</article>"


def start_up() -> str:
    with tempfile.TemporaryDirectory() as folder:
        story = Path(folder) / "story.html"
        story.write_text("<h1>Rain</h1><p>Rain fell on the town on Tuesday, the council said.</p>", encoding="utf-8")
        run = [str(Path(sys.executable).parent / "copydesk"), "check", str(story)]
        installed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        installed["PYTHONPYCACHEPREFIX"] = folder  # an installation has its bytecode; so has this from the first run on
        subprocess.run(run, check=True, capture_output=True, env=installed)
        walls, users = [], []
        for _ in range(12):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(run, check=True, capture_output=True, env=installed)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls.append(time.perf_counter() - start)
            users.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    wall, cpu = (f"{1000 * min(t):.0f} ms at best, {1000 * statistics.median(t):.0f} ms median" for t in (walls, users))
    return f"## Start\n`copydesk check` on one small file, 12 runs: {wall}; CPU {cpu}."


def processes(scrapes: list[corpus.Document]) -> str:
    """The scrapes as files through ``copydesk check --jobs``."""
    with tempfile.TemporaryDirectory() as place:
        for number, document in enumerate(scrapes):
            (Path(place) / f"{number:05}.html").write_bytes(document.content)
        (one, cpu_one), (two, cpu_two) = _jobs(place, 1), _jobs(place, 2)
    return (
        f"## Processes\n`copydesk check DIR --format jsonl` over {len(scrapes):,} files: {one:.1f} s with `--jobs 1` (CPU "
        f"{cpu_one:.1f} s), {two:.1f} s with `--jobs 2` (CPU {cpu_two:.1f} s): {one / two:.2f} times as fast by the clock, at "
        f"{cpu_two / cpu_one:.2f} times the CPU; load of the machine {os.getloadavg()[0]:.1f}."
    )


def _jobs(place: str, jobs: int) -> tuple[float, float]:
    """Wall and CPU seconds."""
    run = [
        str(Path(sys.executable).parent / "copydesk"),
        "check",
        place,
        "--format",
        "jsonl",
        "--jobs",
        str(jobs),
    ]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(run, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(articles: int, seconds: float) -> str:
    """The resident memory of one process over many articles, each made anew, or over as many as so many seconds of CPU allow."""
    seen: list[tuple[int, int]] = []
    end = time.process_time() + seconds
    for number, content in enumerate(stories(articles), 1):
        check(content)
        late = time.process_time() > end
        if number % max(1, articles // 10) == 0 or late:
            seen.append((number, _resident()))
        if late:
            break
    row = " | ".join(f"{number:,}: {megabytes} MB" for number, megabytes in seen)
    return f"## Memory\nResident memory of one process that lints articles made from templates, after so many: {row}."


def stories(count: int) -> Iterator[bytes]:
    """Small stories, no two alike."""
    chance = random.Random(7)
    for number in range(count):
        paragraphs = "".join(f"<p>{sentence(chance)} {sentence(chance)}</p>" for _ in range(5))
        share = f'<div class="share"><span>Share this story {number}</span></div>' if number % 3 == 0 else ""
        quote = f"<p>“{sentence(chance)[:-1]},” Maria Keane said.</p>"
        yield f"<article><h1>{sentence(chance)}</h1>{paragraphs}{quote}{share}<p>Advertisement</p></article>".encode()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


if __name__ == "__main__":
    main()
