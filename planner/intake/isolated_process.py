"""A file read in a process of its own, bounded in time and memory, that can be stopped. No file's layout is known here.

Each reading has a process that has read nothing else and ends with it; one more is kept waiting, so that nobody waits
for Python to start. Memory is bounded by the system's own limits, which Windows does not have: there the bounds on
size, rows and time hold, and Stop works, but a file may take what memory the machine has.
"""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from planner.intake.errors import IntakeError, LimitReached, Stopped

AT_ONCE = 2
"""How many files are read at the same time, whoever asks; others wait their turn."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one reading may take: seconds, and bytes of memory."""

    seconds: float = 180
    memory: int = 1_000_000_000


BOUNDS = Bounds()
SECRETS = ("PLANNER_", "STREAMLIT_")
"""Settings beginning so may hold passwords; a process that opens strangers' files is not told them."""
ENGINE = {"POLARS_MAX_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
"""Threads reserve memory, so few of them."""
START = "import sys; sys.path[:] = sys.argv[2:]; from planner.intake.isolated_process import serve; serve(sys.argv[1])"
NO_MEMORY_FOR_XML = "unknown error (<string>, line 0)"
"""All that the XML parser says when it is refused memory."""
_report: Callable[[str, float], None] = lambda words, share: None  # noqa: E731


def report_progress(words: str, share: float) -> None:
    """Tell whoever waits what is being done now, and what share of the whole lies behind. Unheard in any other process."""
    _report(words, share)


class IsolatedJob:
    """One file being read elsewhere: how far it is, what came of it, and a way to stop it. Any thread may ask."""

    def __init__(
        self, name: str, function: Callable[..., Any], *arguments: Any, bounds: Bounds | None = None
    ) -> None:
        self.name, self.bounds = name, bounds or BOUNDS
        self.progress, self.share, self.peak = "opening it", 0.0, 0
        self.duration: float | None = None
        self._began = time.monotonic()
        self._request: Any = (function, arguments)
        self._answer: Any = None
        self._error: Exception | None = None
        self._child: _Child | None = None
        self._why = ""
        self._lock, self._ended = threading.Lock(), threading.Event()
        threading.Thread(target=self._run, daemon=True, name="reading").start()

    @property
    def seconds(self) -> float:
        """How long it has taken, in seconds."""
        return time.monotonic() - self._began if self.duration is None else self.duration

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, waiting so long for it at most."""
        return self._ended.wait(seconds)

    def outcome(self) -> Any:
        """What the function returned, once it has ended. Raises what it raised, LimitReached or Stopped."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._answer

    def stop(self) -> None:
        """End it now; nothing of it is left. What has ended already stays as it is."""
        self._kill("stopped")

    def _kill(self, why: str) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._why = self._why or why
            if self._child is not None:
                self._child.process.kill()

    def _run(self) -> None:
        try:
            while not _TURNS.acquire(timeout=0.2):
                self.progress = "waiting until other files have been read"
                if self._why:
                    self._error = Stopped(f"{self.name} was not read, because it was stopped")
                    return
            try:
                self._read_in_turn()
            finally:
                _TURNS.release()
        except Exception as error:  # a fault of ours must not leave anyone waiting
            self._error = self._failure(error)
        finally:
            self._request = None
            self.duration = time.monotonic() - self._began
            self._ended.set()

    def _read_in_turn(self) -> None:
        child = _acquire_child()
        clock = threading.Timer(self.bounds.seconds, self._kill, ["time"])
        clock.daemon = True
        try:
            with self._lock:
                self._child = child
                if self._why:
                    child.process.kill()
            clock.start()
            with suppress(
                OSError
            ):  # it has ended before it heard all; what it said last, or how it ended, says why
                child.ask(self.bounds, *self._request)
            self._request = None  # the file's bytes are not needed here any more
            self._listen(child)
        finally:
            clock.cancel()
            with self._lock:
                self._child = None
            child.end()

    def _listen(self, child: _Child) -> None:
        while True:
            try:
                kind, value = pickle.load(child.answers)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._error = self._ending(child.process.wait())
                return
            if kind == "says":
                self.progress, self.share = value
                continue
            if kind == "answer":
                self._answer, self.peak = value
            elif kind == "memory":
                self._error = self._too_much_memory()
            elif kind == "error":
                self._error = value
            else:
                self._error = self._failure(value)
            return

    def _ending(self, code: int) -> IntakeError:
        if self._why == "stopped":
            return Stopped(f"{self.name} was not read, because it was stopped")
        if self._why == "time" or code == -getattr(signal, "SIGXCPU", 0):
            return LimitReached(
                f"{self.name} took longer to read than the {_minutes(self.bounds.seconds)} that one file may take, so it was "
                "let go. Bring a smaller one, with only what is needed"
            )
        if code in (
            -9,
            -getattr(signal, "SIGABRT", 6),
        ):  # by the system, or by an engine that was given no more
            return self._too_much_memory()
        return LimitReached(
            f"{self.name} could not be read: what opened it broke down over it. It may be damaged; save it again"
        )

    def _too_much_memory(self) -> LimitReached:
        return LimitReached(
            f"{self.name} needs more memory than the {self.bounds.memory / 1e6:,.0f} MB that one file may take, so it was "
            "let go. Bring a smaller one, with only what is needed"
        )

    def _failure(self, error: object) -> LimitReached:
        kind = error if isinstance(error, str) else type(error).__name__
        logging.getLogger(__name__).warning("A file could not be read: %s", kind)  # never its name or words
        return LimitReached(f"{self.name} could not be read ({kind}). It may be damaged; save it again")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"


class _Child:
    """A process of Python with a pipe to it and a folder of its own, which goes when it does."""

    def __init__(self, *functions: Callable[..., Any]) -> None:
        self.folder = tempfile.mkdtemp(prefix="planner-reading-")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, self.folder, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # an error's words may quote the file
            env=kept | ENGINE | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self.folder),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout
        with suppress(OSError):  # dead already: found out when it is asked
            self._send(functions)  # to unpickle them it imports what they need

    def _send(self, what: object) -> None:
        pickle.dump(what, self.requests, protocol=5)
        self.requests.flush()

    def ask(self, bounds: Bounds, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Say what is to be done. Raises OSError where nobody is there to hear it."""
        self._send(bounds)
        self._send((function, arguments))

    def end(self) -> None:
        """See that it is gone, and its folder with it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.requests, self.answers):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_TURNS = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_spare: _Child | None = None


def prewarm(*functions: Callable[..., Any]) -> None:
    """Have a process waiting that has already imported what these functions need. Returns at once."""
    global _spare
    with _lock:
        if _spare is not None and _spare.process.poll() is not None:
            _spare.end()
            _spare = None
        if _spare is None:
            _spare = _Child(*functions)


def _acquire_child() -> _Child:
    global _spare
    with _lock:
        child, _spare = _spare, None
    if child is not None and child.process.poll() is None:
        return child
    if child is not None:
        child.end()
    return _Child()


@atexit.register
def _end_spare() -> None:
    global _spare
    with _lock:
        if _spare is not None:
            _spare.end()
        _spare = None


def serve(folder: str) -> NoReturn:
    """In the process itself: wait for what is to be done, do it within its bounds, say what came of it, and end."""
    global _report
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever asked, whose end is seen below
    hears: BinaryIO = os.fdopen(os.dup(0), "rb")
    says: BinaryIO = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # so that nothing a library prints is taken for an answer
    try:
        pickle.load(hears)
        bounds = pickle.load(hears)
        _bound(bounds)
        function, arguments = pickle.load(hears)
    except (EOFError, OSError, pickle.UnpicklingError):
        _exit(folder)
    threading.Thread(target=_exit_with_parent, args=(hears, folder), daemon=True).start()

    def tell(kind: str, value: object) -> None:
        with suppress(OSError):
            says.write(pickle.dumps((kind, value), protocol=5))
            says.flush()

    _report = lambda words, share: tell("says", (words, share))  # noqa: E731
    try:
        tell("answer", (function(*arguments), _peak()))
    except Exception as error:
        if _lacks_memory(error):
            del error
            tell("memory", None)
        elif type(error).__module__.startswith("planner."):
            tell("error", error)
        else:  # a library's words may quote the file
            tell("broken", type(error).__name__)
    _exit(folder)


def _bound(bounds: Bounds) -> None:
    """Let the system refuse this process more than it may take. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    wanted = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(bounds.seconds) + 5),  # the clock of whoever asked comes first
        (resource.RLIMIT_DATA, bounds.memory),
        (resource.RLIMIT_AS, bounds.memory + 2_000_000_000),  # with code and what is only reserved
        (resource.RLIMIT_FSIZE, 1_000_000_000),
    ]
    for which, most in wanted:
        with suppress(OSError, ValueError):  # the machine's own limit is lower, or it has none of this kind
            resource.setrlimit(which, (most, most))


def _peak() -> int:
    """The most memory this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _lacks_memory(error: BaseException | None) -> bool:
    seen = 0
    while error is not None and seen < 20:  # an error may have been told as another
        if isinstance(error, MemoryError) or NO_MEMORY_FOR_XML in str(error)[:200]:
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _exit_with_parent(hears: BinaryIO, folder: str) -> None:
    """End when whoever asked has gone, so that nothing goes on unseen."""
    with suppress(OSError, ValueError):
        hears.read(1)
    _exit(folder)


def _exit(folder: str) -> NoReturn:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
