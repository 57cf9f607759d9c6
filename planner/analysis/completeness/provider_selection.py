"""Which selection process answers indicate, what weightings and a screening come to. No law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

from planner.analysis.formatting import listed, rounded
from planner.model.decision import (
    Criterion,
    EqualityGroup,
    Involved,
    Route,
    ScreeningAsked,
    ScreeningQuestion,
    SelectionQuestion,
)
from planner.model.plan import Plan
from planner.model.service import ServiceOption

Answers = Mapping[SelectionQuestion, bool]
Q = SelectionQuestion

CONTRADICTIONS: dict[str, dict[SelectionQuestion, bool]] = {
    "new-and-satisfying": {Q.EXISTING_PROVIDER: False, Q.SATISFYING: True},
    "one-and-choice": {Q.ONLY_CAPABLE: True, Q.UNRESTRICTED_CHOICE: True},
    "one-and-compare": {Q.ONLY_CAPABLE: True, Q.COMPARE: True},
}
"""Answers that cannot all be right, by the name under which the content says why."""

STANDSTILL = (Route.DIRECT_C, Route.MOST_SUITABLE, Route.COMPETITIVE)
"""Processes that weigh the key criteria and wait for a standstill."""


class RouteStatus(StrEnum):
    """How a step of the sequence stands on the answers given."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, kw_only=True)
class Open:
    """A question not yet answered, and the routes left by each answer; none where it would
    contradict another."""

    question: SelectionQuestion
    if_yes: tuple[Route, ...]
    if_no: tuple[Route, ...]

    @property
    def matters(self) -> bool:
        """Whether the answer would change the route; not where only one answer fits the others."""
        return bool(self.if_yes and self.if_no) and self.if_yes != self.if_no


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What the answers indicate: `routes` left open by them, one where it is indicated, none if
    they contradict.

    `contradictions` are names in `CONTRADICTIONS`; `steps` say how each step of the sequence
    stands.
    """

    routes: tuple[Route, ...]
    contradictions: tuple[str, ...]
    steps: dict[str, RouteStatus]
    unanswered: tuple[Open, ...]

    @property
    def indicated(self) -> Route | None:
        """The one route that the answers indicate, if they do."""
        return self.routes[0] if len(self.routes) == 1 else None

    @property
    def open_questions(self) -> tuple[SelectionQuestion, ...]:
        """The questions not yet answered whose answer would change the route."""
        return tuple(open.question for open in self.unanswered if open.matters)

    @property
    def weighs_criteria(self) -> bool:
        """Whether any route left open weighs the five key criteria."""
        return bool(set(self.routes) & set(STANDSTILL)) or not self.routes


def select(answers: Answers) -> Selection:
    """The process of the provider selection regime that these answers indicate, following its
    sequence.

    Every way of answering what is still open is tried: where all lead to one route, that one is
    indicated.
    """
    return _selected(frozenset(answers.items()))


# 729 sets of answers at most, and every change of a plan asks for its own.
@cache
def _selected(given: frozenset[tuple[SelectionQuestion, bool]]) -> Selection:
    answers = dict(given)
    return Selection(
        routes=_routes(answers),
        contradictions=_contradicted(answers),
        steps=_steps(answers),
        unanswered=tuple(
            Open(
                question=question,
                if_yes=_routes({**answers, question: True}),
                if_no=_routes({**answers, question: False}),
            )
            for question in Q
            if question not in answers
        ),
    )


def _contradicted(answers: Answers) -> tuple[str, ...]:
    return tuple(
        name
        for name, together in CONTRADICTIONS.items()
        if all(answers.get(question) is answer for question, answer in together.items())
    )


def _routes(answers: Answers) -> tuple[Route, ...]:
    """Each route that some answer to what is open would lead to, in the order of the regime."""
    missing = [question for question in Q if question not in answers]
    every = (
        {**answers, **dict(zip(missing, values, strict=True))}
        for values in product((True, False), repeat=len(missing))
    )
    reached = {_route(whole) for whole in every if not _contradicted(whole)}
    return tuple(route for route in Route if route in reached)


def _route(answers: Answers) -> Route:
    """The route of answers that are all there and do not contradict each other."""
    routes = (
        (Route.DIRECT_A, answers[Q.EXISTING_PROVIDER] and answers[Q.ONLY_CAPABLE]),
        (Route.DIRECT_B, answers[Q.UNRESTRICTED_CHOICE]),
        (Route.COMPETITIVE, answers[Q.COMPARE]),
        (
            Route.DIRECT_C,
            answers[Q.EXISTING_PROVIDER]
            and answers[Q.SATISFYING]
            and not answers[Q.CONSIDERABLE_CHANGE],
        ),
        (Route.MOST_SUITABLE, True),
    )
    return next(route for route, applies in routes if applies)


def _all_of(*answers: bool | None) -> RouteStatus:
    """Whether all hold, where some may not be known."""
    if False in answers:
        return RouteStatus.FAILS
    return RouteStatus.OPEN if None in answers else RouteStatus.HOLDS


def _steps(answers: Answers) -> dict[str, RouteStatus]:
    """Each step by the name that the content gives it; after one that requires a process, none is
    reached."""
    get = answers.get
    change = get(Q.CONSIDERABLE_CHANGE)
    existing = get(Q.EXISTING_PROVIDER)
    steps = {
        "existing": _all_of(existing),
        "process_a": _all_of(existing, get(Q.ONLY_CAPABLE)),
        "process_b": _all_of(get(Q.UNRESTRICTED_CHOICE)),
        "process_c": _all_of(existing, get(Q.SATISFYING), None if change is None else not change),
        "compare": _all_of(get(Q.COMPARE)),
    }
    names = list(steps)
    for required in ("process_a", "process_b"):
        if steps[required] is RouteStatus.HOLDS and not _contradicted(answers):
            return steps | dict.fromkeys(
                names[names.index(required) + 1 :], RouteStatus.NOT_REACHED
            )
    return steps


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The weightings entered, what they add to, and what is wrong with them in words. No fault:
    none, or they fit."""

    total: float
    given: int
    faults: tuple[str, ...]


def weigh(current: Mapping[Criterion, float], social_value_usual: float = 0.0) -> Weighed:
    """Whether the five weightings are all there and add to 100, and whether social value is given
    less than central government gives it."""
    total = round(sum(current.values()), 6)
    missing = [criterion.value for criterion in Criterion if criterion not in current]
    social = current.get(Criterion.SOCIAL_VALUE, social_value_usual)
    faults = (
        (current and missing, f"There is no weighting yet for {listed(missing)}."),
        (
            total > 100 or (current and not missing and total != 100),
            f"The weightings add to {_plain(total)}, and must add to 100.",
        ),
        (
            social < social_value_usual,
            f"Social value is given {_plain(social)}. Central government gives it "
            f"{_plain(social_value_usual)} or more and a board may choose: record why it is less.",
        ),
    )
    return Weighed(
        total=total,
        given=len(current),
        faults=tuple(words for holds, words in faults if holds),
    )


def _plain(value: float) -> str:
    return rounded(value, 0 if value == round(value) else 2)


@dataclass(frozen=True, kw_only=True)
class Screened:
    """What a data protection screening comes to.

    `before` are the things an assessment must come before; `doubts` what in the plan speaks against
    a no.
    """

    before: tuple[str, ...]
    unanswered: tuple[ScreeningQuestion, ...]
    doubts: tuple[str, ...]
    conclusion: str


def screen(
    answers: Mapping[ScreeningQuestion, bool],
    questions: Sequence[ScreeningAsked],
    preferred: ServiceOption | None,
) -> Screened:
    """Whether an impact assessment is needed and before what, from the answers given so far."""
    features = set(preferred.features) if preferred else set()
    yes = [entry for entry in questions if answers.get(entry.id)]
    before = tuple(entry.before for entry in yes if entry.before)
    unanswered = tuple(entry.id for entry in questions if entry.id not in answers)
    still = (
        f" {len(unanswered)} of {len(questions)} questions are still open." if unanswered else ""
    )
    conclusions = (
        (
            before,
            f"A data protection impact assessment is needed before {listed(before)} "
            f"{'begins' if len(before) == 1 else 'begin'}.{still}",
        ),
        (
            unanswered,
            f"Whether a data protection impact assessment is needed cannot be said yet.{still} "
            "Until it can, nothing that uses personal data should begin.",
        ),
        (
            yes,
            "No answer by itself requires a data protection impact assessment, and some weigh "
            "towards one. The data protection officer decides, and the reason is recorded.",
        ),
        (
            True,
            "No answer calls for a data protection impact assessment. This is agreed with the data "
            "protection officer, and screened again if the service changes.",
        ),
    )
    return Screened(
        before=before,
        unanswered=unanswered,
        doubts=tuple(
            entry.doubt
            for entry in questions
            if entry.doubt
            and answers.get(entry.id) is False
            and (not entry.doubt_features or set(entry.doubt_features) & features)
        ),
        conclusion=next(words for holds, words in conclusions if holds),
    )


def not_involved(plan: Plan) -> tuple[Involved, ...]:
    """Those the framework asks to be worked with whom no entry of the involvement record names."""
    named = {
        group for entry in plan.specification.engagement if entry.who for group in entry.groups
    }
    return tuple(group for group in Involved if group not in named)


def unanswered_prompts(plan: Plan) -> tuple[EqualityGroup, ...]:
    """The groups of the equality assessment of which nothing has been answered."""
    current = plan.specification.decision.equality.answers
    return tuple(group for group in EqualityGroup if group not in current)
