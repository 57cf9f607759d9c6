"""What changed between two versions of a plan: inputs, results, and what its documents say.

No Word here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import (
    SUPPRESSED,
    UNDER,
    Unit,
    about_pounds,
    format_range,
    listed,
    lower_first,
    pounds,
    rounded,
)
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import specification
from planner.documents.changes.inputs import (
    InputChange,
    input_changes,
    names_of,
    where_they_part,
)
from planner.documents.context import plan_hash
from planner.documents.tables import marked, measure_text
from planner.model.document import Block, Bullets, Paragraph, SpecContent, Table
from planner.model.figures import FigureKind
from planner.model.labels.plan import CODES
from planner.model.library import MAIN, Outline, SpecLibrary
from planner.model.reference import ReferenceData

Pair = tuple[str, str]
SAYS_NOTHING = re.compile(r"(?<=\S) ?\[\d+\]|^\[\d+\]; | \(mark [0-9a-f]{12}\)")
"""The number of a source, which moves when any source is added, and the mark of a plan, which moves
with anything."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """One section that reads differently: each passage as it was and as it is, either of them empty
    where there is none.

    A table's row is one passage, its cells parted by semicolons.
    """

    document: str
    heading: str
    kind: Literal["changed", "added", "removed"]
    passages: tuple[Pair, ...]


def text_changes(before: SpecContent, after: SpecContent) -> tuple[TextChange, ...]:
    """The sections of one document that read differently, in its order. Sections are matched by
    what they are."""
    old, new = _sections(before), _sections(after)
    absent: tuple[str, tuple[str, ...]] = ("", ())
    return tuple(
        TextChange(
            document=after.name,
            heading=(new.get(key) or old[key])[0],
            kind="added" if key not in old else "removed" if key not in new else "changed",
            passages=_passages(old.get(key, absent)[1], new.get(key, absent)[1]),
        )
        for key in dict.fromkeys((*new, *old))
        if key not in old or key not in new or old[key][1] != new[key][1]
    )


def _sections(content: SpecContent) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every section by its id: its heading, and its passages in order. Front matter counts as one
    more."""
    front = (
        content.organisation,
        content.title,
        content.status,
        *(f"{line.label}; {line.value}" for line in content.header),
    )
    return {
        "": ("Title and header", tuple(line.replace("\n", " ") for line in front)),
    } | {
        section.id: (
            f"{section.heading} (section {section.number})",
            _lines(section.blocks),
        )
        for section in content.sections
    }


def _lines(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    return tuple(SAYS_NOTHING.sub("", line) for block in blocks for line in _block_lines(block))


def _block_lines(block: Block) -> Iterable[str]:
    match block:
        case Paragraph():
            return [line for line in block.text.split("\n") if line.strip()]
        case Bullets():
            return block.points
        case Table():
            heads = f"Table '{block.caption}': {', '.join(block.columns)}"
            return [heads, *("; ".join(row) for row in block.rows)]
        case _:
            return [f"Chart '{block.caption}'"]


def _passages(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Pair, ...]:
    """What was beside what is; the same pairs, turned round, whichever of the two comes first."""
    if before > after:
        return tuple((was, now) for now, was in _passages(after, before))
    pairs: list[Pair] = []
    for old, new in _separate_runs(before, after, before, after):
        heads = [tuple(_head(line) for line in lines) for lines in (old, new)]
        for was, now in _separate_runs(heads[0], heads[1], old, new, keep_equal=True):
            if len(was) == len(now):
                pairs += list(zip(was, now, strict=True))
            else:
                pairs += [(line, "") for line in was] + [("", line) for line in now]
    return tuple(where_they_part(was, now, "") for was, now in _without_moves(pairs) if was != now)


def _without_moves(pairs: list[Pair]) -> list[Pair]:
    """The pairs without passages that only moved, and with a passage taken out beside the one put
    in that begins alike."""
    gone = [was for was, now in pairs if not now]
    come = [now for was, now in pairs if not was]
    moved = Counter(gone) & Counter(come)
    fellows: dict[str, str] = {}
    for line in gone:
        alike = [other for other in come if _head(other) == _head(line) and other not in moved]
        if line not in moved and len(alike) == 1 and alike[0] not in fellows.values():
            fellows[line] = alike[0]
    return [
        (was, now or fellows.get(was, ""))
        for was, now in pairs
        if (now or was not in moved) and (was or (now not in moved and now not in fellows.values()))
    ]


def _separate_runs(
    old_keys: tuple[str, ...],
    new_keys: tuple[str, ...],
    old: tuple[str, ...],
    new: tuple[str, ...],
    keep_equal: bool = False,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The runs of lines that differ by their keys, and on request those that do not, each beside
    its fellow."""
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old_keys, new_keys, autojunk=False
    ).get_opcodes():
        if tag != "equal" or keep_equal:
            yield old[old_from:old_to], new[new_from:new_to]


def _head(line: str) -> str:
    """How a passage begins: a row's first cell, or three words; by this a passage finds its
    fellow."""
    cell, more, _ = line.partition(";")
    return cell if more else " ".join(line.split()[:3])


NOT_THERE = "not in this version"
NOT_OF_THIS_OFFER = "does not apply"
NOTHING = "no difference in the central value as shown"


@dataclass(frozen=True, kw_only=True)
class ResultChange:
    """One result that differs: what it is about, its name, how it stood, and the difference, in
    words.

    The difference is of the central numbers as they are shown, so that a reader can check it and a
    hidden count stays hidden. Where the two cannot be set beside each other it says why instead.
    """

    about: str
    what: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """Why numbers of two plans cannot simply be set beside each other; empty where they can."""

    people: str = ""
    money: str = ""


def unlike(before: Results, after: Results) -> Unlike:
    """Whether the two plans count the same people, at the prices of one year, with the same pension
    cost."""
    old, new = before.need.population.basis, after.need.population.basis
    was, now = before.plan.pricing, after.plan.pricing
    money = ""
    if was.price_year != now.price_year:
        money = f"not given: {was.price_year} prices before, {now.price_year} prices after"
    elif was.perspective != now.perspective:
        money = (
            f"not given: {CODES[was.perspective]} before, {CODES[now.perspective]} after, "
            "as pension cost"
        )
    return Unlike(
        people="" if old is new else f"not given: {old.label} before, {new.label} after",
        money=money,
    )


Compared = tuple[str, str, Sequence[str], str]
"""One result: what it is about, its name, how it stands before and after, and what stands between
the two numbers."""

COMPARED = {
    # Shorter than the register's label, as --json has always had it.
    name: MEASURES[name].heading if name == "cost_per_head" else MEASURES[name].label
    for name in (
        "annual_cost", "set_up", "practice_cost", "cost_with_practices", "cost_per_head",
        "capacity", "referrals_taken", "people_assessed", "cost_per_assessed", "people_starting",
        "cost_per_start", "waiting", "written", "cost_per_written", "stopped", "net_stopped",
        "still_off", "cost_per_stopped", "cost_per_net_stopped",
    )
}  # fmt: skip
"""The measures of an option that are told where they differ, with what each is called."""


def result_changes(before: Results, after: Results) -> tuple[ResultChange, ...]:
    """Every result that reads differently, need first, then each option, then the plan as a
    whole."""
    differing = unlike(before, after)
    rows = (
        *_need(before, after, differing),
        *_options(before, after, differing),
        *_whole(before, after),
    )
    return tuple(
        ResultChange(
            about=about,
            what=what,
            before=was,
            after=now,
            difference=between or difference(was, now),
        )
        for about, what, (was, now), between in rows
        if was != now
    )


def _need(before: Results, after: Results, differing: Unlike) -> Iterator[Compared]:
    needs = (before.need, after.need)
    populations = [
        f"{n.population.value:,} {n.population.basis.label}, {n.population.period}" for n in needs
    ]
    yield "Need", "Population", populations, differing.people
    for medicine_class in dict.fromkeys(
        (*before.plan.prescribing.included, *after.plan.prescribing.included)
    ):
        classes = [need.of(medicine_class) for need in needs]
        kinds_differ = len({row.kind for row in classes if row}) > 1
        words = [
            NOT_THERE
            if row is None
            else row.display(row.patients) + (f" ({row.kind.value})" if kinds_differ else "")
            for row in classes
        ]
        what = f"People prescribed {medicine_class.label} in a year"
        yield "Need", what, words, differing.people
    for name in ("people", "long_term_people", "referrals", "in_tiers", "demand"):
        what = MEASURES[name].label
        words = [
            "withheld"
            if getattr(need, name) is None
            else marked(format_range(getattr(need, name)), name in need.medians)
            for need in needs
        ]
        yield "Need", what, words, differing.people


def _options(before: Results, after: Results, differing: Unlike) -> Iterator[Compared]:
    old, new = ({option.id: option for option in results.options} for results in (before, after))
    for key in dict.fromkeys((*old, *new)):
        pair = (old.get(key), new.get(key))
        there = [option for option in pair if option]
        about = f"Option: {' / '.join(sorted({option.name for option in there}))}"
        if len(there) < 2:
            words = [
                f"{format_range(option.annual_cost, Unit.POUNDS)} a year, "
                f"{option.price_year} prices"
                if option
                else NOT_THERE
                for option in pair
            ]
            yield about, COMPARED["annual_cost"], words, "one version does not have this option"
            continue
        for name, label in COMPARED.items():
            measure = MEASURES[name]
            between = differing.money if measure.is_money else differing.people
            if measure.over:
                between = differing.people or differing.money
            words = (
                [pounds(option.set_up) for option in there]
                if name == "set_up"
                else [_in_words(option, name) for option in there]
            )
            yield about, label, words, between


def _whole(before: Results, after: Results) -> Iterator[Compared]:
    plans = (before, after)
    names = [one.preferred.name if one.preferred else "not yet chosen" for one in plans]
    yield "The plan as a whole", "Preferred option", names, "another choice"
    missing = [str(len(one.missing_inputs)) for one in plans]
    yield "The plan as a whole", "Things missing, or the planner's defaults", missing, ""


def _in_words(option: OptionResult, name: str) -> str:
    if name in option.measures:
        return measure_text(option, name)
    return "withheld" if name in option.withheld else NOT_OF_THIS_OFFER


NUMBER = re.compile(r"(£?)(-?[\d,]+(?:\.\d+)?)(?P<fewer> fewer)?")


def difference(before: str, after: str) -> str:
    """The second number less the first, each as it is shown and at its central value; never of a
    hidden count."""
    central = [re.split(r" \(|, |; ", words)[0].strip() for words in (before, after)]
    if SUPPRESSED in central or any(words.startswith(UNDER) for words in central):
        return "not shown, to protect a small number"
    rows = [NUMBER.match(words) for words in central]
    if rows[0] is None or rows[1] is None:
        return "not given"
    old, new = (
        float(match[2].replace(",", "")) * (-1 if match["fewer"] else 1)
        for match in rows
        if match is not None
    )
    money = rows[0][1]
    if old == new:
        return NOTHING
    places = 2 if money and any("." in match[2] for match in rows if match is not None) else 0
    size = pounds(abs(new - old), places) if money else rounded(abs(new - old), 0)
    share = abs(new - old) / old if old > 0 else 0
    part = f" ({rounded(share * 100, 0 if share >= 0.1 else 1)}%)" if share else ""
    return f"{'up' if new > old else 'down'} by {size}{part}"


def cost_moved(before: Results, after: Results, library: SpecLibrary) -> str:
    """How the preferred option and its cost a year moved, as one sentence; empty where neither
    did."""
    was, now = before.preferred, after.preferred
    if was is None and now is None:
        return library.text("changes.preferred.neither")
    if was is None or now is None or was.id != now.id:
        one, other = (
            f"'{o.name}', at {about_pounds(o.annual_cost.central)} a year" if o else "none"
            for o in (was, now)
        )
        return library.text("changes.preferred.changed", before=one, after=other)
    old, new = (format_range(o.annual_cost, Unit.POUNDS) for o in (was, now))
    if old == new:
        return library.text("changes.preferred.stays", cost=new)
    differing = unlike(before, after).money
    moved = (
        f"; the difference is {differing}."
        if differing
        else f": {difference(old, new)} at the central value."
    )
    return library.text("changes.preferred.moved", before=old, after=new, difference=moved)


@dataclass(frozen=True, kw_only=True)
class ComparedPlan:
    """How a reader tells one version of a plan from the other."""

    title: str
    number: str
    hash: str
    organisation: str
    author: str

    @property
    def words(self) -> str:
        """The version in one line."""
        return f"{self.title or 'without a title'}, version {self.number or 'not numbered'}"


@dataclass(frozen=True, kw_only=True)
class PlanChanges:
    """What changed between two plans. `cautions` say why the two cannot simply be set beside each
    other."""

    before: ComparedPlan
    after: ComparedPlan
    inputs: tuple[InputChange, ...]
    results: tuple[ResultChange, ...]
    texts: tuple[TextChange, ...]
    cost_moved: str
    cautions: tuple[str, ...]
    finding: str

    @property
    def nothing(self) -> bool:
        """Whether the two plans are the same, in what they hold and in what they come to."""
        return not (self.inputs or self.results or self.texts)

    def of_document(self, name: str) -> tuple[TextChange, ...]:
        """The sections of one document that read differently."""
        return tuple(text for text in self.texts if text.document == name)

    def documents(self, library: SpecLibrary) -> tuple[Outline, ...]:
        """The two main documents, and each other one in which a section reads differently."""
        return tuple(
            outline
            for outline in library.outlines
            if outline.name in MAIN.values() or self.of_document(outline.name)
        )


def _things(number: int, one: str, several: str) -> str:
    return f"{number or 'No'} {one if number == 1 else several}"


def changes(
    before: Results, after: Results, reference: ReferenceData, library: SpecLibrary
) -> PlanChanges:
    """What changed from one plan to another: inputs and decisions, then results, then the text of
    both documents.

    Swapping the two swaps every before and after. Differences are of numbers as shown, and only
    between numbers on one basis and at the prices of one year.
    """
    names = names_of(reference, library) | {
        f"default {item.key}": format_range(
            item.values, Unit.PERCENT if item.unit == "share" else Unit.RATE
        )
        for results in (before, after)
        for item in results.need.inputs
        if item.kind is not FigureKind.ENTERED
    }
    # One outlook serves both documents.
    projections = [Projections(results, reference) for results in (before, after)]
    result = PlanChanges(
        before=_version(before),
        after=_version(after),
        inputs=input_changes(before.plan, after.plan, names),
        results=result_changes(before, after),
        texts=tuple(
            change
            for outline in library.outlines
            for change in text_changes(
                *(
                    specification(one.results, outline.name, reference, library, one)
                    for one in projections
                )
            )
        ),
        cost_moved=cost_moved(before, after, library),
        cautions=_cautions(before, after, library),
        finding="",
    )
    return replace(result, finding=_finding(result, library))


def _finding(result: PlanChanges, library: SpecLibrary) -> str:
    """What changed, in two or three sentences."""
    if result.nothing:
        return library.text("changes.finding.nothing")
    sections = [
        f"{number} {'section' if number == 1 else 'sections'} of the {lower_first(outline.label)}"
        for outline in library.outlines
        if (number := len(result.of_document(outline.name)))
    ]
    moved = library.text(
        "changes.finding.moved",
        inputs=_things(len(result.inputs), "input or decision", "inputs and decisions"),
        results=_things(len(result.results), "result", "results"),
    )
    texts = (
        library.text(
            "changes.finding.sections",
            sections=listed(sections),
            read="reads" if len(result.texts) == 1 else "read",
        )
        if sections
        else library.text("changes.finding.same_text")
    )
    return " ".join((moved, result.cost_moved, texts))


def _version(results: Results) -> ComparedPlan:
    plan = results.plan
    return ComparedPlan(
        title=plan.title,
        number=plan.specification.version,
        hash=plan_hash(plan),
        organisation=results.organisation.name,
        author=plan.author or results.organisation.name,
    )


def _cautions(before: Results, after: Results, library: SpecLibrary) -> tuple[str, ...]:
    differing = unlike(before, after)
    cautions = (
        (
            before.organisation != after.organisation,
            library.text(
                "changes.caution.icbs",
                before=before.organisation.name,
                after=after.organisation.name,
            ),
        ),
        (
            differing.people,
            library.text("changes.caution.people", people=differing.people),
        ),
        (differing.money, library.text("changes.caution.money", money=differing.money)),
    )
    return tuple(text for is_so, text in cautions if is_so)
