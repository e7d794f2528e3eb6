"""A bound on the memory of one worker process, so that an article that eats memory hurts nobody but itself."""

import resource
import sys


def bound_memory(limit: int) -> None:
    """From now on this process gets a MemoryError past ``limit`` bytes of data of its own. Linux only; nothing elsewhere."""
    if sys.platform != "linux":
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
