"""The sheets of the sums: Demand, Cost, Outcomes and Years, each formula from the register of measures."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from planner.analysis.calculation.formulas import SCENARIOS, in_words
from planner.analysis.calculation.measures import Calculation, measures_of
from planner.outputs.workbook.content import Content, Sums
from planner.outputs.workbook.page import Book, Number, SheetWriter, in_pounds

WORKED_OUT_ON = {"pay": "Posts", "hours": "Posts", "demand": "Demand"}
"""The sheet of what a link of the register repeats, where that is not the sheet Inputs."""


def _how(step: Calculation) -> str:
    """A step's formula as it stands in the register, with the case of a name in words."""
    return "the cell of that name" if step.is_link else in_words(step.formula)


def _steps(
    book: Book,
    content: Content,
    name: str,
    note: str,
    whole: Sequence[Calculation] = (),
    pick: Callable[[Sums], Sequence[Calculation]] | None = None,
) -> None:
    """A sheet with steps down; across, the three cases of the whole plan, then of each option."""
    missing, options = content.needed.missing_because, content.options if pick else ()
    notes = [
        note,
        *([f"What follows from need cannot be worked out: {missing}."] if missing else []),
    ]
    if name == "Outcomes":
        notes += [
            f"Left out: {why}." for why in dict.fromkeys(content.results.outcomes.withheld.values())
        ]
    blank = [None] * (3 if whole else 0)
    heads = [
        *(["Low", "Central", "High"] if whole else []),
        *(f"{option.key} {scenario}" for option in options for scenario in SCENARIOS),
    ]
    above = [*[""] * 4, *(["Every option", "", ""] if whole else [])]
    for option in options:
        heading = f"{option.key}: {option.sums.option.name}"
        above += [heading if len(heading) <= 36 else f"{heading[:35].rstrip()}…", "", ""]
    sheet = SheetWriter(book, name, notes, (42, 25, 18, 42, *[13] * len(heads)))
    sheet.heads(
        ("Step", "Name", "Unit", "How", *heads),
        above=above if options else (),
        numbers=range(4, 4 + len(heads)),
    )
    for step in whole:
        numbers = [content.whole.cell(step, scenario) for scenario in SCENARIOS]
        sheet.row(step.label, step.name, in_pounds(step.unit), _how(step), *numbers)
    own = [{step.name: step for step in pick(option)} for option in options] if pick else []
    for name in _in_order(own):
        # A step of a role is there only where a post has one.
        current = [steps.get(name) for steps in own]
        same = [step for step in current if step is not None]
        how = " or ".join(dict.fromkeys(_how(step) for step in same))
        cells: list[str | Number] = [
            "" if step is None else option.cell(step, scenario)
            for option, step in zip(options, current, strict=True)
            for scenario in SCENARIOS
        ]
        sheet.row(same[0].label, name, in_pounds(same[0].unit), how, *blank, *cells)


def _in_order(own: Sequence[Mapping[str, Calculation]]) -> list[str]:
    """The names of every option's steps, each once, none before what its formula uses in any
    option."""
    names: list[str] = []
    for steps in own:
        at = 0
        for name in steps:
            if name in names:
                at = names.index(name) + 1
            else:
                names.insert(at, name)
                at += 1
    return names


def demand_sheet(book: Book, content: Content) -> None:
    """From people prescribed each class to people who may take up support."""
    note = "From people prescribed each class to people who may take up support in a year. Local counts are rounded to 5."
    _steps(book, content, "Demand", note, content.whole.sums.need)


def cost_sheet(book: Book, content: Content) -> None:
    """Each option's cost, capacity and people supported in a year."""

    def pick(option: Sums) -> list[Calculation]:
        steps = measures_of(option.sums.known, "cost")
        links = [
            replace(
                one, label=f"{one.label}, from the sheet {WORKED_OUT_ON.get(one.name, 'Inputs')}"
            )
            for one in steps
            if one.is_link
        ]
        return [*links, *(one for one in steps if not one.is_link)]

    _steps(
        book,
        content,
        "Cost",
        "Each option's cost, capacity and people supported in a year.",
        pick=pick,
    )


def outcomes_sheet(book: Book, content: Content) -> None:
    """Shares over all classes, then what may come of the people who start with each option."""
    note = "What may come of the people who start: shares over all classes first, then people of each option."

    def pick(option: Sums) -> Sequence[Calculation]:
        return measures_of(option.sums.known, "outcomes")

    _steps(book, content, "Outcomes", note, content.whole.sums.outcomes, pick)


def years_sheet(book: Book, content: Content) -> None:
    """Each option in each case, year by year."""
    years = [str(year) for year in range(1, content.results.plan.horizon.years + 1)]
    notes = [
        "Each option in each case, year by year. Cash is at the prices of its own year; present value is discounted.",
        "In How, [y] is the year itself and [y-1] the year before it. The lists under the headings show one option, case or line.",
    ]
    sheet = SheetWriter(book, "Years", notes, (8, 9, 36, 20, 10, 46, *[13] * (len(years) + 1)))
    heads = [
        "Option",
        "Case",
        "What",
        "Name",
        "Unit",
        "How",
        *(f"Year {year}" for year in years),
        "All years",
    ]
    sheet.heads(heads, keep=3, numbers=range(6, 7 + len(years)))
    first = sheet.at - 1

    def how(step: Calculation, year: str) -> str:
        return re.sub(
            r"_(\d+)\b", lambda result: "_[y]" if result[1] == year else "_[y-1]", _how(step)
        )

    for option in content.options:
        lines: dict[str, dict[str, Calculation]] = {}
        for step in option.sums.years:
            what, _, when = step.name.rpartition("_")
            lines.setdefault(what, {})[when] = step
        for scenario in SCENARIOS:
            for what, steps in lines.items():
                last = steps[years[-1]]
                label = re.sub(rf", year {years[-1]}\b", "", last.label, count=1)
                label = label.replace(f"of year {years[-1]}", "of each year")
                in_first, after = how(steps["1"], "1"), how(last, years[-1])
                text = after if in_first == after else f"year 1: {in_first}; then: {after}"
                numbers = [
                    option.cell(steps[when], scenario) if when in steps else ""
                    for when in (*years, "total")
                ]
                style = "sub" if what == "cash" else "text"
                sheet.row(
                    option.key,
                    scenario,
                    label,
                    f"{what}_[y]",
                    in_pounds(last.unit),
                    text,
                    *numbers,
                    style=style,
                )
    if content.options:
        sheet.page.autofilter(first, 0, sheet.at - 1, 6 + len(years))
