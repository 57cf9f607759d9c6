"""The line between a browser and a server on this machine: it can be made slow, cut and mended."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress


class Line:
    """Passes bytes both ways between a port of its own and the server's. `delay` is in seconds,
    `rate` in bytes a second.

    A browser's own way to be slow or offline leaves a web socket alone that is open already; this
    one does not.
    """

    def __init__(self, to: int) -> None:
        self.to = to
        self.delay, self.rate = 0.0, float("inf")
        self.whole = True
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._start(self._answer)

    def cut(self) -> None:
        """Break every connection, and refuse new ones until mended."""
        self.whole = False
        for end in list(self._open):
            self._drop(end)

    def mend(self) -> None:
        """Let connections through again."""
        self.whole = True

    def close(self) -> None:
        """Stop for good."""
        self.cut()
        self._drop(self._door)

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._door.accept()
                if not self.whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self.to))
                self._open |= {here, there}
                self._start(self._pass, here, there)
                self._start(self._pass, there, here)

    def _pass(self, source: socket.socket, onward: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.delay + len(piece) / self.rate)
                onward.sendall(piece)
        self._drop(source)
        self._drop(onward)

    def _drop(self, end: socket.socket) -> None:
        self._open.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    @staticmethod
    def _start(work: Callable[..., None], *ends: socket.socket) -> None:
        threading.Thread(target=work, args=ends, daemon=True).start()
