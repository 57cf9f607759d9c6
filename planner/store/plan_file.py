"""A plan as a JSON file: written the same way each time, read with errors a person can act on."""

import json
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planner.analysis.completeness.sign_off import mark_of, step_mark
from planner.analysis.completeness.wizard_steps import LEADS_ON
from planner.analysis.periods import counted_over
from planner.model.base import Text, repeated
from planner.model.edit import with_value
from planner.model.plan import SCHEMA_VERSION, Agreement, Plan

LARGEST_FILE = 10_000_000
MOST_FAULTS = 8
MOST_LEFT_OUT, MOST_ROUNDS = 60, 6
"""How many faults of a damaged plan are mended by leaving them out, and how often it is looked at
again for faults that only then come to light. With more, nothing of it is offered."""


class PlanFileError(ValueError):
    """A file cannot be opened as a plan. The message says where the fault is and what to do.

    Where only parts of the plan are at fault, `readable` is the plan without them and `left_out`
    names them.
    """

    def __init__(
        self, message: Text, readable: Plan | None = None, left_out: tuple[Text, ...] = ()
    ) -> None:
        super().__init__(message, readable, left_out)
        self.readable, self.left_out = readable, left_out

    def __str__(self) -> str:
        return str(self.args[0])


def plan_to_json(plan: Plan) -> str:
    """The plan as JSON text, its fields in a fixed order, with a line end at the close."""
    return plan.model_dump_json(indent=2) + "\n"


def plan_from_json(data: bytes, name: str = "the file") -> Plan:
    """The plan in a file's bytes.

    Raises PlanFileError for a file that is too large, is not JSON, comes from a newer planner, or
    has a fault in one of its fields; the message names the file, the field and the fix.
    """
    if len(data) > LARGEST_FILE:
        raise PlanFileError(
            f"{name} is larger than 10 MB, so it is not a plan saved by this planner"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanFileError(
            f"{name} is not plain text. Choose a plan file, which ends in .json"
        ) from error
    if not text.strip():
        raise PlanFileError(f"{name} is empty")
    try:
        raw = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise PlanFileError(
            f"{name} is damaged or is not a plan{where}. Open an earlier saved copy"
        ) from error
    if not isinstance(raw, dict) or "schema_version" not in raw:
        raise PlanFileError(f"{name} is not a plan: it has no schema_version")
    version = raw["schema_version"]
    if type(version) is not int or version < 1:
        raise PlanFileError(f"{name} is not a plan: its schema_version is not a whole number")
    if version > SCHEMA_VERSION:
        raise PlanFileError(
            f"{name} was saved by a newer planner (version {version}; this one reads up to "
            f"{SCHEMA_VERSION}). Update the planner and open it again"
        )
    saved = deepcopy(raw)
    _migrate(raw, version)
    try:
        plan = Plan.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        faults = faults_of(error)
        readable, left_out = _what_can_be_read(raw, faults)
        raise PlanFileError(
            f"{name} cannot be opened as it stands. " + _list_faults(faults), readable, left_out
        ) from error
    return _with_agreements_of_today(plan, saved)


BEFORE_SIX_STEPS = "before the six steps"
"""The mark of an agreement that had none and is on a part of a step: it stands for no whole one."""


def _with_agreements_of_today(plan: Plan, saved: dict[str, Any]) -> Plan:
    """The plan with its agreements as today's steps have them.

    One that stood in an older file still stands: our moving it is no change of theirs. One on a
    step of the first edition is on the step which that is part of now, as changed since; the latest
    of several.
    """
    agreed: dict[str, Agreement] = {}
    is_older = saved["schema_version"] < SCHEMA_VERSION
    for one in plan.specification.agreed:
        step = LEADS_ON.get(one.step, one.step)
        if step != one.step:
            one = one.model_copy(update={"step": step, "mark": one.mark or BEFORE_SIX_STEPS})
        elif is_older and one.mark and one.mark == mark_of(saved, step):
            one = one.model_copy(update={"mark": step_mark(plan, step)})
        if step not in agreed or agreed[step].on <= one.on:
            agreed[step] = one
    if tuple(agreed.values()) == plan.specification.agreed:
        return plan
    return with_value(plan, "specification.agreed", tuple(agreed.values()))


def _what_can_be_read(
    raw: Any, faults: Sequence[ErrorDetails]
) -> tuple[Plan | None, tuple[str, ...]]:
    """The plan without what is at fault in it, and what was left out; None where nothing would be
    left of it, or where faults are very many.

    All faults of a round are taken out together, so a plan is checked a few times whatever the
    number of its faults.
    """
    left = deepcopy(raw)
    left_out: list[str] = []
    for _ in range(MOST_ROUNDS):
        if len(left_out) + len(faults) > MOST_LEFT_OUT:
            break
        taken = _take_out(left, faults)
        if not taken:
            break
        left_out += taken
        try:
            return Plan.model_validate_json(json.dumps(left), strict=True), tuple(left_out)
        except ValidationError as error:
            faults = faults_of(error)
    return None, ()


def _take_out(tree: Any, faults: Sequence[ErrorDetails]) -> list[str]:
    """Take out what stands at the place of each fault, or the nearest thing around it that is
    there; of a list that is too long, what is beyond its limit. What was taken, or nothing where
    the plan would have no place left."""
    # The most that a list may hold, of one that is too long.
    most: dict[tuple[int | str, ...], int | None] = {}
    for fault in faults:
        place = _standing(tree, fault["loc"])
        if not place or place == ("place",):
            return []
        is_too_long = fault["type"] == "too_long" and place == fault["loc"]
        most[place] = fault["ctx"]["max_length"] if is_too_long else most.get(place)
    taken = []
    # From the end, so that the places before stay where they are.
    for place in sorted(most, reverse=True):
        # What stands in something else that goes, goes with it.
        if any(place[:at] in most for at in range(1, len(place))):
            continue
        holder = reduce(getitem, place[:-1], tree)
        words, first = _place_in_words(place).replace("_", " "), most[place]
        if first is None and _is_by_key(holder, [at[-1] for at in most if at[:-1] == place[:-1]]):
            # What stands after it keeps its place, which says what it is of.
            holder[place[-1]] = None
        elif first is None:
            del holder[place[-1]]
        else:
            entries = holder[place[-1]]
            holder[place[-1]] = (
                dict([*entries.items()][:first]) if isinstance(entries, dict) else entries[:first]
            )
            words += f" beyond the first {first}"
        taken.append(words)
    return taken[::-1]


def _is_by_key(holder: Any, at_fault: Sequence[int | str]) -> bool:
    """Whether a list is of numbers, one for each class or deprivation quintile, as far as what is
    not at fault in it shows."""
    others = [one for at, one in enumerate(holder) if at not in at_fault]
    return (
        isinstance(holder, list)
        and any(isinstance(one, int | float) for one in others)
        and all(one is None or isinstance(one, int | float) for one in others)
    )


def _standing(tree: Any, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """As much of a place as there is in the tree."""
    for at, part in enumerate(place):
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return place[:at]
    return place


# --------------------------------------------------------------------------------------------------
# How a plan of an earlier version becomes one of the next. Version 2 only added what was empty
# until then. Of what is not there, or is no list or entry, the check says afterwards what is wrong.


def _at(plan: Any, path: str) -> list[dict[str, Any]]:
    """The entries of a plan at a path such as "options.*", whose star stands for each of a list."""
    here = [plan]
    for part in path.split("."):
        here = (
            [entry for entries in here if isinstance(entries, list) for entry in entries]
            if part == "*"
            else [entry.get(part) for entry in here if isinstance(entry, dict)]
        )
    return [entry for entry in here if isinstance(entry, dict)]


def _from_4(plan: dict[str, Any]) -> None:
    """Version 5 says over how long a count of people is; until then a quarter's or a month's stood
    as a year's."""
    for row in _at(plan, "prescribing.classes.*"):
        if "period" in row:
            row["counted_over"] = counted_over(str(row["period"]))


CHOICES_IN_6 = {
    ("simulation", "measure"): {
        "cost_per_additional": "people_assessed",
        "cost_per_person": "cost_per_assessed",
        "cost_per_stopped": "people_assessed",
        "supported": "people_assessed",
        "additional": "net_stopped",
    },
    ("mix", "objective"): {"supported": "people_assessed", "additional_stopped": "still_off"},
}
KINDS_IN_6 = {
    "do-minimum": "letters and education",
    "pharmacist-clinics": "pharmacist clinics",
    "therapist-peer": "therapists and peers",
    "specialist-mdt": "specialist team",
    "whole-system": "whole-system mix",
}
FEATURES_BEFORE_6 = (
    "self-referral", "prescriber in the team", "peer support", "psychological support",
    "specialist multidisciplinary team", "clinics in GP practices",
    "telephone or video appointments",
)  # fmt: skip
GONE_IN_6 = {
    "demand": {
        "appropriate_share": "share for whom an offer is appropriate",
        "coverage": "share of the place covered in a year",
        "uptake": "uptake of an offer",
    },
    "outcomes": {
        "starting_share": "share of people supported who start",
        "relapse": "share who relapse or start again later",
        "relapse_source": "source of the share who relapse",
    },
    "simulation": {"correlation": "how uptake and the share who stop move together"},
    "outcomes.classes.*": {
        "reduced": "share of {of} who reduced",
        "left": "share of {of} who left",
    },
}
"""What plans before version 6 held that the sums no longer ask for, and what it was called."""
EFFECT_OF_LETTERS_BEFORE_6 = {"low": 0.0, "central": 0.2, "high": 0.5}
HOURS_BEFORE_6 = {"low": 10.0, "central": 16.0, "high": 24.0}
HOURS_OF_DO_MINIMUM = {"low": 1.0, "central": 2.0, "high": 3.0}
"""What our own starting options had, which nobody entered."""


def _from_5(plan: dict[str, Any]) -> None:
    """Version 6 asks for referrals and steps of care in place of uptake and hours for each person.

    What it no longer asks for is kept in words. A feature that an option was not said to have was
    taken to be absent, and stays so but for options made from case studies, whose features are not
    known.
    """
    words: list[str] = []
    for path, gone in GONE_IN_6.items():
        for entry in _at(plan, path):
            for name, called in gone.items():
                value = entry.pop(name, None)
                if value not in (None, ""):
                    of = entry.get("medicine_class")
                    words.append(f"{called.format(of=of)}: {_in_words(value)}")
    for (path, name), names in CHOICES_IN_6.items():
        for entry in _at(plan, path):
            if isinstance(entry.get(name), str):
                entry[name] = names.get(entry[name], entry[name])
    for option in _at(plan, "options.*"):
        _option_in_6(option, words)
    if words:
        plan["carried_over"] = "Entered in an older version: " + "; ".join(words) + "."


def _option_in_6(option: dict[str, Any], words: list[str]) -> None:
    """One option with a kind, the features it lacks, and the hours of a person who starts."""
    name, has = str(option.get("id", "")), option.get("features")
    option.setdefault("kind", KINDS_IN_6.get(name, "another kind"))
    hours = option.pop("hours_per_person", None)
    # Our default before version 6 was one for every kind of service; it is each kind's own since.
    if hours not in (None, HOURS_BEFORE_6) and name not in KINDS_IN_6:
        option["hours_programme"] = hours
    elif hours not in (None, HOURS_BEFORE_6, HOURS_OF_DO_MINIMUM):
        words.append(f"hours for each person of {option.get('name')}: {_in_words(hours)}")
    if name == "do-minimum":
        option["classes"] = ["benzodiazepines", "z_drugs"]
        # It was a fifth of what fuller support adds; now it has the evidence on letters.
        if option.get("effect") == EFFECT_OF_LETTERS_BEFORE_6:
            option["effect"] = {"low": 1.0, "central": 1.0, "high": 1.0}
    if isinstance(has, list) and not re.match(r"cs\d+-", name):
        option["features_absent"] = [one for one in FEATURES_BEFORE_6 if one not in has]


def _as_it_is(value: Any) -> Any:
    return value


def _in_words(value: Any) -> str:
    """What a field held, in words."""
    if isinstance(value, dict) and {"low", "central", "high"} <= value.keys():
        return f"{value['central']} ({value['low']} to {value['high']})"
    return str(value)


MOVED: tuple[tuple[int, str, str, str, Callable[[Any], Any]], ...] = (
    (2, "options.*", "most_deprived_share", "shares_by_fifth", lambda share: [share] + 4 * [None]),
    (3, "imports.*", "sha256", "digest", "sha256:{}".format),
    (5, "horizon", "ramp", "staffing_profile", _as_it_is),
    (5, "simulation", "draws", "simulations", _as_it_is),
    (5, "specification", "contract_family", "contract_type", _as_it_is),
    (5, "options.*", "shares_by_fifth", "shares_by_quintile", _as_it_is),
)
"""The last version that held something under another name, where and as what: version 3 holds the
share of every deprivation fifth that an option would reach, until then of the most deprived;
version 4 says which function a file's digest is of, until then SHA-256."""


def _migrate(plan: dict[str, Any], version: int) -> None:
    """Make today's plan of one of an earlier version."""
    for last, path, name, new, become in MOVED:
        for entry in _at(plan, path):
            if version <= last and name in entry:
                entry[new] = become(entry.pop(name))
    if version <= 4:
        _from_4(plan)
    if version <= 5:
        _from_5(plan)
    plan["schema_version"] = SCHEMA_VERSION


def read_plan(path: Path) -> Plan:
    """The plan in a file. Raises PlanFileError, also where the file cannot be read or is none."""
    other = not_a_file(path)
    if other:
        raise PlanFileError(f"{path} cannot be read: it is {other}, not a file")
    try:
        with path.open("rb") as file:
            return plan_from_json(file.read(LARGEST_FILE + 1), path.name)
    except OSError as error:
        raise PlanFileError(f"{path} cannot be read: {error.strerror}") from error


def not_a_file(path: Path) -> str:
    """What a path leads to in words, where that is there and is not a file; else nothing."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    return next((words for is_one, words in _OTHER_THINGS if is_one(mode)), "")


_OTHER_THINGS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def faults_of(error: ValidationError) -> list[ErrorDetails]:
    """Every fault, without what was typed, which may be long."""
    return error.errors(include_url=False, include_input=False)


def in_words(error: ValidationError) -> str:
    """What is wrong with each field, as a sentence a person can act on."""
    return _list_faults(faults_of(error))


def _list_faults(faults: Sequence[ErrorDetails]) -> str:
    """The first faults, each with its place, and how many more there are at least: what stands in a
    field that is refused is not looked at further."""
    first = [
        f"{_place_in_words(fault['loc']) or 'the plan'}: {_message(fault)}"
        for fault in faults[:MOST_FAULTS]
    ]
    more = len(faults) - len(first)
    return "; ".join(first) + (f"; and at least {more:,} more" if more > 0 else "") + "."


def _place_in_words(place: tuple[int | str, ...]) -> str:
    return " > ".join(str(part + 1 if isinstance(part, int) else part) for part in place)


def reason(error: ValidationError) -> str:
    """What is wrong first, without its place, for whoever can see where it is."""
    return _message(faults_of(error)[0])


def _message(fault: ErrorDetails) -> str:
    # Of what is not yet read to its end, no length is known.
    limits = defaultdict(lambda: "more")
    for name, value in fault.get("ctx", {}).items():
        if isinstance(value, int):
            limits[name] = f"{value:,}"
    message = _PLAIN_WORDS.get(fault["type"], "").format_map(limits) or fault["msg"].removeprefix(
        "Value error, "
    )
    return message[0].lower() + message[1:]


_PLAIN_WORDS = {
    "string_too_short": "must not be empty",
    "string_too_long": "is too long: it may have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": (
        "is too long: it may hold at most {max_length} entries, and this has {actual_length}"
    ),
    "string_pattern_mismatch": (
        "is not written as it should be (a year as 2026/27, a board's code as QF7)"
    ),
    "finite_number": "must be an ordinary number",
    "float_type": "must be given as a number",
    "int_type": "must be given as a number",
    "extra_forbidden": "is not something this planner knows; remove it, or update the planner",
    "missing": "is missing",
}


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) < len(pairs):
        name = repeated(name for name, _ in pairs)[0]
        raise json.JSONDecodeError(f"'{name}' stands twice", name, 0)
    return once


def _refuse_constant(name: str) -> Any:
    raise json.JSONDecodeError(f"{name} is not a number a plan can hold", name, 0)
