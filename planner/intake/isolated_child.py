"""The isolated process itself, and the frames of JSON in which it is asked and answers.

It hears what is to be done, does it within its bounds, and answers. Both sides write and check
frames by what stands here. A frame is a line with its kind and its length, and then so many bytes.
Parsing JSON takes many times its length in memory, and a list of what is wrong with it more, so the
bounds are on a frame's length, on the values in it (there are no more than commas), and on the
number of frames: rows of figures come some at a time.
"""

import json
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from inspect import signature
from pkgutil import resolve_name
from types import GenericAlias
from typing import IO, Annotated, Any, NoReturn

from pydantic import Field, TypeAdapter, ValidationError

from planner.model.base import Line, Share
from planner.model.intake import Reading, Record

# The most rows of figures that a session holds of one file, about 150 MB; a national file of
# practices has fewer.
MOST_RECORDS = 500_000
# The most bytes of a frame by its kind, and of any other answer. An argument may be a whole file.
LONGEST_FRAME = {"progress": 10_000, "rows": 2_000_000, "argument": 100_000_000}
LONGEST_ANSWER = 32_000_000
HEAD = re.compile(rb"(\w{1,40}) (\d{1,12})\n")
LONGEST_HEAD = 64
# The most commas of a frame, and so of values: parsed, and each found wrong, they take some hundred
# bytes apiece.
MOST_VALUES = 300_000
ROWS_A_FRAME = 2_000
MOST_FRAMES = MOST_RECORDS // ROWS_A_FRAME + 50
# Whatever is read from a file is cleaned of control characters. JSON would write one like this; a
# tab or the end of a line may stand in a plan.
CONTROL_CHARACTER = re.compile(rb"\\[bfu]|\x7f|\xc2[\x80-\x9f]")
KINDS: dict[str, TypeAdapter[Any]] = {
    "progress": TypeAdapter(tuple[Line, Share]),
    "rows": TypeAdapter(
        Annotated[tuple[Record, ...], Field(max_length=ROWS_A_FRAME, fail_fast=True)]
    ),
    "broken": TypeAdapter(Annotated[str, Field(pattern=r"^[A-Za-z_]\w{0,80}$")]),
}


class AnswerRefused(ValueError):
    """A process answered with something that is not on the list. The message says what, in our own
    words."""


@cache
def types_of(function: Callable[..., Any]) -> tuple[tuple[Any, ...], Any]:
    """Return the types of a function's parameters, and of what it returns."""
    described = signature(function, eval_str=True)
    parameters = tuple(each.annotation for each in described.parameters.values())
    return parameters, described.return_annotation


@cache
def returned(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """Return the type of what a function returns."""
    return TypeAdapter(types_of(function)[1])


@cache
def parts_of(error: Any) -> TypeAdapter[Any]:
    """Return the type of what an error of a class is made from."""
    parts: Any = GenericAlias(tuple, types_of(error)[0])
    return TypeAdapter(parts)


def write_frame(pipe: IO[bytes], kind: str, body: bytes) -> None:
    """Write a frame and send it off. Raises OSError where nobody is there to read it."""
    pipe.write(f"{kind} {len(body)}\n".encode() + body)
    pipe.flush()


def read_frame(pipe: IO[bytes], kinds: Container[str]) -> tuple[str, bytes]:
    """Return the kind and the body of the next frame. Raises EOFError where it breaks off, and
    AnswerRefused."""
    head = pipe.readline(LONGEST_HEAD)
    if len(head) < LONGEST_HEAD and not head.endswith(b"\n"):
        raise EOFError
    match = HEAD.fullmatch(head)
    kind = match[1].decode() if match else ""
    if match is None or kind not in kinds:
        raise AnswerRefused("its reader gave an answer of an unknown kind")
    size = int(match[2])
    if size > LONGEST_FRAME.get(kind, LONGEST_ANSWER):
        raise AnswerRefused("its reader gave an answer that is too long")
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return kind, body


def read_answer(pipe: IO[bytes], kinds: Mapping[str, TypeAdapter[Any]]) -> tuple[str, Any]:
    """Return the next answer's kind and value, checked. Raises EOFError where it breaks off, and
    AnswerRefused."""
    kind, body = read_frame(pipe, kinds)
    if CONTROL_CHARACTER.search(body.replace(rb"\\", b"")):
        raise AnswerRefused("its reader gave an answer with characters that cannot be printed")
    if body.count(b",") > MOST_VALUES:
        raise AnswerRefused("its reader gave an answer that is too long")
    try:
        return kind, kinds[kind].validate_json(body, strict=True)
    except ValidationError:
        raise AnswerRefused("its reader gave an answer of the wrong shape") from None


# --- the process ---------------------------------------------------------------------------------

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
        answer("answer", returned(function), value)
    except Exception as error:
        kind: Any = MemoryError if _lacks_memory(error) else type(error)
        parts = error.args
        # What the error holds on to is let go, so that there is memory to say so.
        del error
        if kind.__name__ in errors:
            answer(kind.__name__, parts_of(kind), parts)
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


def _lacks_memory(error: BaseException | None, raised_again: int = 0) -> bool:
    # An error may have been raised again as another.
    return error is not None and (
        isinstance(error, MemoryError)
        or NO_MEMORY_FOR_XML in str(error)[:200]
        or (
            raised_again < 20
            and _lacks_memory(error.__cause__ or error.__context__, raised_again + 1)
        )
    )


def _exit_with_parent(hears: IO[bytes], folder: str) -> None:
    """End when whoever asked has gone, so that nothing goes on unseen."""
    with suppress(OSError, ValueError):
        hears.read(1)
    _exit(folder)


def _exit(folder: str) -> NoReturn:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
