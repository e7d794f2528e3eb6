"""No process of ours outlives the one that started it, however that one ended."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def die_with_parent(number: signal.Signals, parent: int | None = None) -> None:
    """Asks the kernel to send this process ``number`` when its parent ends. Linux only; elsewhere nothing happens.

    ``parent`` is the process that started this one: if it has ended already, before the kernel was asked, so does this one.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)
