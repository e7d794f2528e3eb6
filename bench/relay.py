"""A cable between two groups of processes on one machine, for where no network namespace may be made."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

HERE = "127.0.0.1"
PIECE = 65_536  # bytes that are carried at once


class Relay:
    """Carries the connections of its ``port`` to ``target``; between ``cut`` and ``mend`` nothing comes through or ends."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._whole = threading.Event()
        self._whole.set()
        self._listening = socket.create_server((HERE, 0))
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            self._start(self._connect, near)

    def _connect(self, near: socket.socket) -> None:
        self._whole.wait()
        with suppress(OSError):
            far = socket.create_connection((HERE, self._target))
            self._start(self._carry, far, near)
            self._carry(near, far)

    def _carry(self, giver: socket.socket, taker: socket.socket) -> None:
        """Until one of the two ends; then the other learns of it."""
        with suppress(OSError):
            while piece := giver.recv(PIECE):
                self._whole.wait()
                taker.sendall(piece)
        for end in (giver, taker):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    @staticmethod
    def _start(run: Callable[..., None], *given: socket.socket) -> None:
        threading.Thread(target=run, args=given, daemon=True).start()
