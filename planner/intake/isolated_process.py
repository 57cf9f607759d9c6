"""A file read in a process of its own, bounded in time and memory, that can be stopped.

No file's layout is known here.

Each reading has a process that has read nothing else and ends with it; one more is kept waiting, so
that nobody waits for Python to start. Memory is bounded by the system's own limits, which Windows
does not have: there the bounds on size, rows and time hold, and Stop works, but a file may take
what memory the machine has.

What opens a stranger's file may be taken over by it, so its answers are not trusted: they are
frames of JSON of bounded length, each of a kind on a closed list, and each checked against the type
that the function's signature promises. docs/explanation/security.md says what this does not bound.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Any

from pydantic import TypeAdapter

from planner.intake.errors import (
    ClassNeeded,
    IntakeError,
    LimitReached,
    PatientLevelError,
    Stopped,
)
from planner.intake.isolated_child import (
    KINDS,
    MOST_FRAMES,
    AnswerRefused,
    parts_of,
    read_answer,
    returned,
    types_of,
    write_frame,
)
from planner.model.intake import Reading, Record

# How many files are read at the same time, whoever asks; others wait their turn.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one reading may take: seconds, and bytes of memory."""

    seconds: float = 180
    memory: int = 1_000_000_000


BOUNDS = Bounds()
# Settings beginning so may hold passwords; a process that opens strangers' files is not told them.
SECRETS = ("PLANNER_", "STREAMLIT_")
# Threads reserve memory, so few of them.
ENGINE = {"POLARS_MAX_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
START = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from planner.intake.isolated_child import serve; serve(sys.argv[1])"
)
# What any reading may be refused with. Stopped is not among them: only whoever asked can say that.
ERRORS: tuple[type[Exception], ...] = (IntakeError, ClassNeeded, PatientLevelError, LimitReached)


class BackgroundJob(ABC):
    """Work that goes on beside a session: how far it is, and what came of it.

    Any thread may ask. Of one kind of work no more goes on at a time than it has `turns`.
    """

    turns: threading.BoundedSemaphore
    expected: tuple[type[Exception], ...] = (IntakeError,)
    """What may be raised whose words are for the user. Anything else is a fault of ours."""

    def __init__(self, progress: str) -> None:
        self.progress, self.share = progress, 0.0
        self.duration: float | None = None
        self._began, self._future = time.monotonic(), Future[Any]()
        threading.Thread(target=self._run, daemon=True, name=type(self).__name__).start()

    @property
    def seconds(self) -> float:
        """How long it has taken, in seconds."""
        return time.monotonic() - self._began if self.duration is None else self.duration

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, waiting so long for it at most."""
        return bool(wait([self._future], seconds).done)

    def outcome(self) -> Any:
        """What came of it, once it has ended. Raises what it raised, LimitReached or Stopped."""
        return self._future.result()

    def _run(self) -> None:
        try:
            while not self.turns.acquire(timeout=0.2):
                self._wait_on()
            try:
                end = partial(self._future.set_result, self._work())
            finally:
                self.turns.release()
        except self.expected as error:
            end = partial(self._future.set_exception, error)
        # A fault of ours must not leave anyone waiting.
        except Exception as error:
            end = partial(self._future.set_exception, self._failure(error))
        self.duration = time.monotonic() - self._began
        end()

    @abstractmethod
    def stop(self) -> None:
        """End it as soon as may be."""

    @abstractmethod
    def _wait_on(self) -> None:
        """Wait for a turn. Raises Stopped where it was stopped meanwhile."""

    @abstractmethod
    def _work(self) -> Any:
        """Do the work, once it has its turn."""

    @abstractmethod
    def _failure(self, error: Exception) -> IntakeError:
        """What is said of a fault of ours."""


class IsolatedJob(BackgroundJob):
    """One file being read elsewhere.

    The function is of a module, with a type for each parameter and for what it returns. `errors`
    are those it may raise beside ERRORS; anything else that it raises ends as LimitReached.
    """

    turns = threading.BoundedSemaphore(AT_ONCE)

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *arguments: Any,
        errors: tuple[type[Exception], ...] = (),
        bounds: Bounds | None = None,
    ) -> None:
        self.name, self.bounds = name, bounds or BOUNDS
        self.expected = (*ERRORS, *errors)
        self._errors: dict[str, Any] = {error.__name__: error for error in self.expected}
        self._request: Any = (function, arguments, list(self._errors))
        self._kinds = KINDS | {"answer": returned(function)}
        self._kinds |= {name: parts_of(error) for name, error in self._errors.items()}
        self._child: _Child | None = None
        self._why, self._lock = "", threading.Lock()
        super().__init__("opening it")

    def stop(self) -> None:
        """End it now; nothing of it is left. What has ended already stays as it is."""
        self._kill("stopped")

    def _kill(self, why: str) -> None:
        with self._lock:
            if self._future.done():
                return
            self._why = self._why or why
            if self._child is not None:
                self._child.process.kill()

    def _wait_on(self) -> None:
        self.progress = "waiting until other files have been read"
        if self._why:
            self._request = None
            raise self._ending(0)

    def _work(self) -> Any:
        child = _take_spare() or _Child()
        clock = threading.Timer(self.bounds.seconds, self._kill, ["time"])
        clock.daemon = True
        try:
            with self._lock:
                self._child = child
                if self._why:
                    child.process.kill()
            clock.start()
            # A process may end before it heard all; what it said last, or how it ended, says why.
            with suppress(OSError):
                child.ask(self.bounds, *self._request)
            # The file's bytes are not needed here any more.
            self._request = None
            return self._listen(child)
        finally:
            clock.cancel()
            with self._lock:
                self._child = None
            child.end()

    def _listen(self, child: _Child) -> Any:
        try:
            kind, value = self._last_answer(child.answers)
        except (EOFError, OSError):
            raise self._ending(child.process.wait()) from None
        except AnswerRefused as error:
            raise self._failure(str(error)) from None
        if kind == "answer":
            return value
        if kind == "broken":
            raise self._too_much_memory() if value == "MemoryError" else self._failure(value)
        raise self._errors[kind](*value)

    def _last_answer(self, pipe: IO[bytes]) -> tuple[str, Any]:
        """Note progress, gather rows, and return the kind and value of the answer that ends it."""
        rows: list[Record] = []
        for _ in range(MOST_FRAMES):
            kind, value = read_answer(pipe, self._kinds)
            if kind == "progress":
                self.progress, self.share = value
            elif kind == "rows":
                rows += value
            elif isinstance(value, Reading):
                return kind, replace(value, records=tuple(rows))
            else:
                return kind, value
        raise AnswerRefused("its reader gave an answer that is too long")

    def _ending(self, code: int) -> IntakeError:
        if self._why == "stopped":
            return Stopped(f"{self.name} was not read, because it was stopped")
        if self._why == "time" or code == -getattr(signal, "SIGXCPU", 0):
            return LimitReached(
                f"{self.name} took longer to read than the {_minutes(self.bounds.seconds)} that "
                "one file may take, so it was let go. Bring a smaller one, with only what is needed"
            )
        # Ended by the system, or by an engine that was given no more.
        if code in (-9, -getattr(signal, "SIGABRT", 6)):
            return self._too_much_memory()
        return LimitReached(
            f"{self.name} could not be read: what opened it broke down over it. It may be damaged; "
            "save it again"
        )

    def _too_much_memory(self) -> LimitReached:
        return LimitReached(
            f"{self.name} needs more memory than the {self.bounds.memory / 1e6:,.0f} MB that one "
            "file may take, so it was let go. Bring a smaller one, with only what is needed"
        )

    def _failure(self, error: object) -> LimitReached:
        kind = error if isinstance(error, str) else type(error).__name__
        # Never the file's name or its words.
        logging.getLogger(__name__).warning("A file could not be read: %s", kind)
        return LimitReached(
            f"{self.name} could not be read ({kind}). It may be damaged; save it again"
        )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


class _Child:
    """A process of Python with a pipe to it and a folder of its own, which goes when it does."""

    def __init__(self, *functions: Callable[..., Any]) -> None:
        self.folder = tempfile.mkdtemp(prefix="planner-reading-")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(SECRETS)
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, self.folder, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # An error's words may quote the file.
            stderr=subprocess.DEVNULL,
            env=environment | ENGINE | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self.folder),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout
        # A process that is dead already is found out when it is asked.
        with suppress(OSError):
            self._send([_name_of(function) for function in functions])

    def _send(self, what: object) -> None:
        write_frame(self.requests, "request", json.dumps(what).encode())

    def ask(
        self,
        bounds: Bounds,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        errors: list[str],
    ) -> None:
        """Say what is to be done, and which errors are heard. Raises OSError where nobody is there
        to hear it."""
        self._send([bounds.seconds, bounds.memory, _name_of(function), errors])
        for kind, value in zip(types_of(function)[0], arguments, strict=True):
            body = value if kind is bytes else TypeAdapter(kind).dump_json(value)
            write_frame(self.requests, "argument", body)

    def end(self) -> None:
        """Kill the process and delete its temporary folder."""
        with suppress(OSError), self.process:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


# At the most one process that waits for work.
_spare: deque[_Child] = deque()
_lock = threading.Lock()


def prewarm(*functions: Callable[..., Any]) -> None:
    """Have a process waiting that has already imported what these functions need. Returns at
    once."""
    with _lock:
        _spare.append(_take_spare() or _Child(*functions))


def _take_spare() -> _Child | None:
    """The process that waits, if it still runs; what is left of one that does not is cleared
    away."""
    with suppress(IndexError):
        child = _spare.pop()
        if child.process.poll() is None:
            return child
        child.end()
    return None


@atexit.register
def _end_spare() -> None:
    while child := _take_spare():
        child.end()
