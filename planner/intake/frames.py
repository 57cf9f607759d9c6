"""Frames of JSON between the isolated process and whoever asked it, and the checks of what comes back. No process is here.

A frame is a line with its kind and its length, and then so many bytes. Parsing JSON takes many
times its length in memory, and a list of what is wrong with it more, so the bounds are on a frame's
length, on the values in it (there are no more than commas), and on the number of frames: rows of
figures come some at a time.
"""

import re
from collections.abc import Callable, Container, Mapping
from functools import cache
from inspect import signature
from types import GenericAlias
from typing import IO, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from planner.model.base import Line, Share
from planner.model.intake import Record

# The most rows of figures that a session holds of one file, about 150 MB; a national file of practices has fewer.
MOST_RECORDS = 500_000
# The most bytes of a frame by its kind, and of any other answer. An argument may be a whole file.
LONGEST_FRAME = {"progress": 10_000, "rows": 2_000_000, "argument": 100_000_000}
LONGEST_ANSWER = 32_000_000
HEAD = re.compile(rb"(\w{1,40}) (\d{1,12})\n")
LONGEST_HEAD = 64
# The most commas of a frame, and so of values: parsed, and each found wrong, they take some hundred bytes apiece.
MOST_VALUES = 300_000
ROWS_A_FRAME = 2_000
MOST_FRAMES = MOST_RECORDS // ROWS_A_FRAME + 50
# Whatever is read from a file is cleaned of control characters. JSON would write one like this; a tab or the end of
# a line may stand in a plan.
CONTROL_CHARACTER = re.compile(rb"\\[bfu]|\x7f|\xc2[\x80-\x9f]")
KINDS: dict[str, TypeAdapter[Any]] = {
    "progress": TypeAdapter(tuple[Line, Share]),
    "rows": TypeAdapter(
        Annotated[tuple[Record, ...], Field(max_length=ROWS_A_FRAME, fail_fast=True)]
    ),
    "memory": TypeAdapter(None),
    "broken": TypeAdapter(Annotated[str, Field(pattern=r"^[A-Za-z_]\w{0,80}$")]),
}


class AnswerRefused(ValueError):
    """A process answered with something that is not on the list. The message says what, in our own
    words."""


@cache
def types_of(function: Callable[..., Any]) -> tuple[tuple[Any, ...], Any]:
    """Return the types of a function's parameters, and of what it returns."""
    described = signature(function, eval_str=True)
    return tuple(
        each.annotation for each in described.parameters.values()
    ), described.return_annotation


@cache
def answer_type(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """Return the type of an answer: the most memory that was taken, and what the function returns."""
    promised: Any = GenericAlias(tuple, (int, types_of(function)[1]))
    return TypeAdapter(promised)


@cache
def error_type(error: Any) -> TypeAdapter[Any]:
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
