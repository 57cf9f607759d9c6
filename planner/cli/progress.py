"""What long commands share: how far they are, being stopped with Ctrl+C, and files that are whole or not there."""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.cli.printing import TerminalText, visible

STOPPED_BY_USER = 130
"""The exit code of a command that was stopped with Ctrl+C, as shells count: 128 and the number of
the signal."""
PART = ".part"
WIDTH = 78


class StoppedByUser(Exception):
    """Ctrl+C was pressed. The message says what was done by then and what was not; printed as one
    line."""


class Progress:
    """How far the work is, on standard error: one line rewritten in a terminal, lines with
    --progress, else nothing."""

    def __init__(self, wanted: bool = False) -> None:
        self._stream = sys.stderr.stream if isinstance(sys.stderr, TerminalText) else sys.stderr
        self.rewritten = self._stream.isatty() and not wanted
        self.is_visible = self.rewritten or wanted

    def say(self, words: str) -> None:
        """What is being done now."""
        if self.rewritten:
            words = visible(words)[:WIDTH]
            print(f"\r{words:<{WIDTH}}", end="", file=self._stream, flush=True)
        elif self.is_visible:
            print(words, file=sys.stderr, flush=True)

    def tell(self, words: str) -> None:
        """Something that stays, and is said wherever the command runs."""
        self.close()
        print(words, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the terminal at the beginning of a line."""
        if self.rewritten:
            print(f"\r{'':<{WIDTH}}\r", end="", file=self._stream, flush=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or as it was before. Raises OSError as writing does.

    No link is followed, neither at the file's own name nor at that of its part.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
        os.replace(part, path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # The user asked for this file and not for its part.
            error.filename, error.filename2 = (
                str(path),
                None,
            )
        raise


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """What is started meanwhile never hears Ctrl+C; here it is heard at the end. On Windows nothing
    changes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
