"""The isolated process itself: hears what is to be done, does it within its bounds, and answers in frames of JSON."""

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pkgutil import resolve_name
from typing import IO, Any, NoReturn

from pydantic import TypeAdapter

from planner.intake.frames import (
    KINDS,
    ROWS_A_FRAME,
    answer_type,
    error_type,
    read_frame,
    types_of,
    write_frame,
)
from planner.model.intake import Reading

# All that the XML parser says when it is refused memory.
NO_MEMORY_FOR_XML = "unknown error (<string>, line 0)"

_report: Callable[[str, float], None] = lambda words, share: None  # noqa: E731


def report_progress(words: str, share: float) -> None:
    """Tell whoever waits what is being done now, and what share of the whole is done. Unheard in
    any other process."""
    _report(words, share)


def serve(folder: str) -> NoReturn:
    """In the process itself: wait for what is to be done, do it within its bounds, say what came of
    it, and end."""
    global _report
    # Ctrl+C is for whoever asked, whose end is seen below.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests: IO[bytes] = os.fdopen(os.dup(0), "rb")
    answers: IO[bytes] = os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may be taken for an answer.
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)

    def hear() -> bytes:
        return read_frame(requests, ("request", "argument"))[1]

    def answer(kind: str, adapter: TypeAdapter[Any], value: object) -> None:
        body = adapter.dump_json(value)
        with suppress(OSError):
            write_frame(answers, kind, body)

    try:
        for name in json.loads(hear()):
            resolve_name(name)
        seconds, memory, name, errors = json.loads(hear())
        _limit(seconds, memory)
        function = resolve_name(name)
        arguments = [
            hear() if kind is bytes else TypeAdapter(kind).validate_json(hear())
            for kind in types_of(function)[0]
        ]
    except (EOFError, OSError):
        _exit(folder)
    threading.Thread(target=_exit_with_parent, args=(requests, folder), daemon=True).start()
    _report = lambda words, share: answer("progress", KINDS["progress"], (words, share))  # noqa: E731
    try:
        value = function(*arguments)
        if isinstance(value, Reading):
            for first in range(0, len(value.records), ROWS_A_FRAME):
                answer("rows", KINDS["rows"], value.records[first : first + ROWS_A_FRAME])
            value = replace(value, records=())
        answer("answer", answer_type(function), (_peak(), value))
    except Exception as error:
        kind: Any = type(error)
        if _lacks_memory(error):
            # What the error holds on to is let go, so that there is memory to say so.
            del error
            answer("memory", KINDS["memory"], None)
        elif kind.__name__ in errors:
            answer(kind.__name__, error_type(kind), error.args)
        else:
            # A library's words may quote the file.
            answer("broken", KINDS["broken"], kind.__name__)
    _exit(folder)


def _limit(seconds: float, memory: int) -> None:
    """Let the system refuse this process more than it may take. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    wanted = [
        (resource.RLIMIT_CORE, 0),
        # The clock of whoever asked comes first.
        (resource.RLIMIT_CPU, int(seconds) + 5),
        (resource.RLIMIT_DATA, memory),
        # With code and what is only reserved.
        (resource.RLIMIT_AS, memory + 2_000_000_000),
        (resource.RLIMIT_FSIZE, 1_000_000_000),
    ]
    for which, most in wanted:
        # The machine's own limit may be lower, or it has none of this kind.
        with suppress(OSError, ValueError):
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
    # An error may have been raised again as another.
    while error is not None and seen < 20:
        if isinstance(error, MemoryError) or NO_MEMORY_FOR_XML in str(error)[:200]:
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _exit_with_parent(hears: IO[bytes], folder: str) -> None:
    """End when whoever asked has gone, so that nothing goes on unseen."""
    with suppress(OSError, ValueError):
        hears.read(1)
    _exit(folder)


def _exit(folder: str) -> NoReturn:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
