"""Work on several processors; an input that brings its process down costs only itself."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from service.cli.linting import Given, Report, Work
from service.lifeline import die_with_parent

AHEAD = 16  # inputs handed out per process before the first is back: keeps them busy, and a million files out of memory


def work_until_broken(work: Work[Given], first: Given, waiting: Iterator[Given], jobs: int) -> Iterator[Report]:
    """Works on until the inputs end or a process dies; what was under way then is done alone, one by one."""
    with _pool(jobs) as pool:
        under_way = deque(_hand_out(pool, work, [first, *islice(waiting, jobs * AHEAD - 1)]))
        broken = False
        while under_way:
            given, future = under_way.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                broken = True
                yield _alone(work, given)
            if not broken:
                under_way.extend(_hand_out(pool, work, islice(waiting, 1)))


def _hand_out(pool: ProcessPoolExecutor, work: Work[Given], inputs: Iterable[Given]) -> Iterator[tuple[Given, Future[Report]]]:
    for given in inputs:
        try:
            yield given, pool.submit(work.run, given)
        except BrokenProcessPool as error:  # it broke between two calls: the input is then done alone
            lost: Future[Report] = Future()
            lost.set_exception(error)
            yield given, lost


def _alone(work: Work[Given], given: Given) -> Report:
    with _pool(1) as pool:
        try:
            return pool.submit(work.run, given).result()
        except BrokenProcessPool:
            return work.refuse(given, "The process that read it died; it may have run out of memory.")


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, initializer=_prepare)


def _prepare() -> None:
    """A Ctrl-C is the parent's to handle, and no process outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
