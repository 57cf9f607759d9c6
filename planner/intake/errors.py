"""What is said when a file cannot be used. Nothing is read here."""

from collections.abc import Iterator
from contextlib import contextmanager

from planner.model.base import Text


class IntakeError(ValueError):
    """A file is refused whole. The message names the file, the place, and what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)


def refuse(name: str, *faults: tuple[object, str]) -> None:
    """Raise IntakeError, which begins with the file's name, for the first fault that it has."""
    for is_so, words in faults:
        if is_so:
            raise IntakeError(f"{name} {words}")


def damaged(name: str) -> str:
    """What is said of a file that breaks off or cannot be unpacked."""
    return f"{name} is damaged or only half there. Download it again"


@contextmanager
def refused_as(
    message: Text, kinds: type[BaseException] | tuple[type[BaseException], ...] = Exception
) -> Iterator[None]:
    """Turn errors of these kinds into an IntakeError that says this.

    What is an IntakeError already says more, and stays as it is.
    """
    try:
        yield
    except IntakeError:
        raise
    except kinds as error:
        raise IntakeError(message) from error


class ClassNeeded(IntakeError):
    """A sound file does not say which class it is about. It can be read once that is said."""


class PatientLevelError(IntakeError):
    """A file holds, or looks as if it held, one row a person. Nothing of it has been kept."""


class LimitReached(IntakeError):
    """A file asked for more time or memory than one may take, or broke what opened it. Nothing of
    it has been kept."""


class Stopped(IntakeError):
    """A file was not read to its end because somebody pressed Stop. Nothing of it has been kept."""
