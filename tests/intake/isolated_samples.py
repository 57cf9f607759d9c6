"""What the tests of the isolated process run in it: small functions, and a reader that its file
has taken over.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import NoReturn

from planner.model.intake import Reading


def own_process() -> int:
    return os.getpid()


def absolute(number: int) -> int:
    return abs(number)


def environment(name: str) -> str | None:
    return os.getenv(name)


def endless() -> bool:
    """A search that would outlast us all, and lets nothing else of its process run meanwhile."""
    return re.fullmatch(r"(a|aa)+b", "a" * 60) is not None


def sleeping(seconds: float) -> None:
    time.sleep(seconds)


def memory_at_once(size: int) -> int:
    return len(bytearray(size))


def memory_bit_by_bit(count: int) -> int:
    return len(list(range(count)))


def end_with(code: int) -> None:
    os._exit(code)


def raise_of_a_library(words: str) -> None:
    raise TypeError(words)


def raise_of_ours_that_is_not_listed(words: str) -> None:
    from planner.model.reference import ReferenceMissing

    raise ReferenceMissing(words)


def promised(number: int) -> Reading:
    """Promise a reading, which another process then answers for."""
    raise NotImplementedError(number)


def answer_with(answer: bytes, times: int) -> Reading:
    """Write to every pipe of this process, as whoever has taken it over would, and then go on
    holding them."""
    for place in Path("/proc/self/fd").iterdir():
        with_pipe = int(place.name)
        if with_pipe > 2:
            try:
                for _ in range(times):
                    os.write(with_pipe, answer)
            except OSError:
                continue
    return _wait()


def _wait() -> NoReturn:
    while True:
        time.sleep(60)
