"""Work on several processors; an input that brings its process down costs only itself."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from service.cli.linting import Given, Report, Work
from service.lifeline import die_with_parent

_work: Work[Any]  # of a process of the pool: handed over once, and not with each input
AHEAD = 16  # inputs handed out per process before the first is back: keeps them busy, and a million files out of memory


def work_until_broken(work: Work[Given], first: Given, waiting: Iterator[Given], jobs: int) -> Iterator[Report]:
    """Works on until the inputs end or a process dies; what was under way then is done alone, one by one."""
    with _pool(work, jobs) as pool:
        under_way = deque(_hand_out(pool, [first, *islice(waiting, jobs * AHEAD - 1)]))
        broken = False
        while under_way:
            given, future = under_way.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                broken = True
                yield _alone(work, given)
            if not broken:
                under_way.extend(_hand_out(pool, islice(waiting, 1)))


def _hand_out(pool: ProcessPoolExecutor, inputs: Iterable[Given]) -> Iterator[tuple[Given, Future[Report]]]:
    for given in inputs:
        try:
            yield given, pool.submit(_run, given)
        except BrokenProcessPool as error:  # it broke between two calls: the input is then done alone
            lost: Future[Report] = Future()
            lost.set_exception(error)
            yield given, lost


def _alone(work: Work[Given], given: Given) -> Report:
    with _pool(work, 1) as pool:
        try:
            return pool.submit(_run, given).result()
        except BrokenProcessPool:
            return work.refuse(given, "The process that read it died; it may have run out of memory.")


def _pool(work: Work[Given], jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, initializer=_prepare, initargs=(work,))


def _prepare(work: Work[Any]) -> None:
    """Keeps what each input needs. A Ctrl-C is the parent's to handle, and no process outlives it."""
    global _work  # noqa: PLW0603 - of a process that does nothing else
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)


def _run(given: Any) -> Report:
    """The report on one input, in a process of the pool."""
    return _work.run(given)
