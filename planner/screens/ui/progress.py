"""What is shown while files are read away from the session, and the button that stops it.

No file is read here.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from planner.intake.errors import Stopped
from planner.intake.isolated_process import BackgroundJob, IsolatedJob
from planner.screens.ui.markup import plain

BEFORE_WORDS = 0.4
"""Seconds after which it is said what is being done; a short reading passes without a flicker."""
BETWEEN_LOOKS = 0.2
RUNNING, STOPPED = "reading:", "reading-stopped:"


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read: what tells it from others, its name, which of how many it is, and how to
    begin."""

    key: Hashable
    name: str
    begin: Callable[[], BackgroundJob]
    number: int = 1
    of: int = 1


def read_files(
    box: str,
    tasks: Sequence[Task],
    keep: Callable[[Task, Callable[[], Any]], None],
    what: str = "Reading",
) -> None:
    """Read each file in a process of its own, showing how far it is, with a button to stop.

    `keep` is called with each task as it ends, and a function that gives its outcome or raises;
    after a stop, of those not read, it raises Stopped. Pressing or typing anything else meanwhile
    does not begin the reading again: a job goes on in the session under `box`, and is let go when
    its file is.
    """
    # Always there, so that what comes and goes in it moves nothing below.
    place = st.empty()
    running: tuple[Hashable, BackgroundJob] | None = st.session_state.get(RUNNING + box)
    if running is not None and running[0] not in {task.key for task in tasks}:
        running[1].stop()
        running = st.session_state.pop(RUNNING + box, None) and None
    if st.session_state.pop(STOPPED + box, False):
        st.session_state.pop(RUNNING + box, None)
        for task in tasks:
            keep(task, partial(_stopped, task.name))
        return
    display = None
    for task in tasks:
        job = running[1] if running is not None and running[0] == task.key else task.begin()
        st.session_state[RUNNING + box] = (task.key, job)
        if not job.wait(BEFORE_WORDS if display is None else 0):
            if display is None:
                with place.container():
                    display = st.progress(0.0)
                    st.button(
                        f"Stop {what.lower()}", key=f"stop-{box}", on_click=_stop, args=(box,)
                    )
                    st.write(
                        "What stands below waits for it. Nothing in the plan changes meanwhile."
                    )
            _show(display, task, job, what)
            while not job.wait(BETWEEN_LOOKS):
                # Here Streamlit lets the user press Stop, or anything else.
                _show(display, task, job, what)
        keep(task, job.outcome)
        st.session_state.pop(RUNNING + box, None)
    place.empty()


def _show(bar: Any, task: Task, job: BackgroundJob, what: str) -> None:
    which = f" file {task.number} of {task.of}:" if task.of > 1 else ""
    bar.progress(
        min(1.0, (task.number - 1 + job.share) / task.of),
        text=f"{what}{which} {plain(task.name)}, {job.progress}, {job.seconds:.0f} s so far",
    )


def _stop(box: str) -> None:
    running: tuple[Hashable, BackgroundJob] | None = st.session_state.get(RUNNING + box)
    if running is not None:
        running[1].stop()
        st.session_state[STOPPED + box] = True


def _stopped(name: str) -> None:
    raise Stopped(f"{name} was not read, because it was stopped")


def read_alone(
    box: str,
    key: Hashable,
    name: str,
    function: Callable[..., Any],
    *arguments: Any,
    errors: tuple[type[Exception], ...] = (),
    what: str = "Reading",
) -> Any:
    """What a function makes of one file, in a process of its own. Raises IntakeError, or one of
    `errors`."""
    outcomes: list[Callable[[], Any]] = []
    begin = partial(IsolatedJob, name, function, *arguments, errors=errors)
    read_files(box, [Task(key, name, begin)], lambda _, outcome: outcomes.append(outcome), what)
    return outcomes[0]()
