"""A plan as a workbook of live formulas, each of the register and with the value Python gave it.

What a person typed is written as text and is never read as a formula.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from planner.analysis.calculation.formulas import WITHHELD, draw_out, write_formula
from planner.analysis.calculation.inputs import BY_KEY, INPUTS, Input, input_named
from planner.analysis.calculation.measures import (
    MEASURES,
    POST_STEPS,
    Calculation,
    cost_lines,
    measures_of,
    names_of_cost_lines,
)
from planner.analysis.economics.benchmark import BENCHMARK_MEASURES, Cell
from planner.analysis.economics.cash_flow import year_after
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import day, format_number, lower_first, range_in_words
from planner.analysis.results.results import Results
from planner.documents.context import plan_hash
from planner.model.case_study import Measure
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption
from planner.outputs.workbook.content import (
    ENDS,
    ON_POSTS,
    SCENARIOS,
    WRITTEN_TO,
    CellProvenance,
    Content,
    Placed,
    Scenario,
    Sums,
    cell_provenance,
    content_of,
    default_or_entered,
    entry,
    guarded,
    pay_sources,
)
from planner.outputs.workbook.page import (
    TEXT,
    NumberCell,
    SheetWriter,
    WorkbookFile,
    in_pounds,
    limits,
    one_of,
)

POST_INPUTS = tuple(item for item in INPUTS if item.scope == "post" and not item.feeds)
"""What a line of posts starts from."""


READ_ME = (
    (
        "Everything is modelled",
        "",
        "Nothing here is a target. No payment is linked to stopping a medicine or reducing a dose.",
    ),
    (
        "Central, cautious, hopeful",
        "",
        "Live formulas. The central case is the figure to plan with. The cautious and the hopeful "
        "case move the same few things to one end of their likely range, and leave all else as it "
        "is: what they change is entered in rows of its own on the sheet Inputs.",
    ),
    (
        "Likely from, likely to",
        "",
        "95% of the simulations lie between these two. They are values, not formulas, and do not "
        "follow a changed cell. How many simulations there were, and their seed, is on the sheet "
        "Summary.",
    ),
    (
        "Median, if printed",
        "",
        "Where the central case lies far from the middle of the simulations, screen and documents "
        "print their median in its place: it stands here, as a value.",
    ),
    (
        "Withheld",
        "",
        "A number that is too uncertain to give, such as a cost for each additional person who "
        "stops where nobody more stopped in many simulations. It is never nought. The reasons are "
        "below. A cell that is emptied, or holds words or a number that is not allowed, withholds "
        "all that rests on it.",
    ),
    (
        "Local counts",
        "",
        "Local counts are rounded to 5 in this workbook, as in all sums of the plan.",
    ),
    (
        "How a cell is named",
        "cautious_response, o1_central_pay",
        "The case, then the name in the column Name; an option's number comes first where the "
        "value is the option's own, and letters_ stands in the name where it is of people written "
        "to. The column How has the formula in these names.",
    ),
    ("Sheet Summary", "", "Every option beside the others, on one page."),
    ("Sheet One option", "", "Choose an option from the list, and its figures stand below."),
    (
        "Sheet Inputs",
        "",
        "What the sums start from, but for posts. Change any yellow cell and every sheet follows.",
    ),
    ("Sheet Posts", "", "Each line of posts, from salary to what it costs an employer."),
    ("Sheet Demand", "", "From people prescribed each class to people who are referred."),
    ("Sheet Cost", "", "Each option's cost a year, the room it has and the people it sees."),
    ("Sheet Outcomes", "", "What may come of the people who start, or are written to."),
    (
        "Sheet Years",
        "",
        "By financial year: cash, present value, people seen and waiting, and what the budget "
        "leaves.",
    ),
    ("Sheet Checks", "", "Whether lines add up to their totals: OK, or by how much they do not."),
    (
        "Sheet Benchmark",
        "",
        "The case studies as reference points, and this plan's options. They are not ranked.",
    ),
    ("Sheet Sources", "", "Where every number came from, and what to be careful of."),
)
"""What the workbook says of itself, whatever the plan."""
COLOUR_KEY = (
    ("head", "Colours", ""),
    ("entry", "Yellow, framed", "An input. It is not locked: type over it."),
    ("text", "White", "A formula, or a figure as printed. It is locked, without a password."),
    ("sub", "Grey and bold", "A heading, or a total."),
)
"""What each look of a cell means."""


def read_me_sheet(book: WorkbookFile, content: Content) -> None:
    """What the workbook is, what its colours mean, and what is withheld and why."""
    results, plan = content.results, content.results.plan
    sheet = SheetWriter(
        book,
        "Read me",
        ["The sums of one plan, as live formulas to be checked."],
        (24, 44, 80),
        plan.title or "A plan without a title",
    )
    dated = f", {day(plan.plan_date)}" if plan.plan_date else ""
    pension = {"provider": "What the employer pays.", "public": "The full public cost."}
    sheet.heads(("What", "Which", "In words"))
    for row in (
        ("Place", results.place_name, f"Figures are for {results.figures_of}"),
        ("Version", plan.specification.version, f"Plan {plan_hash(plan)}{dated}"),
        (
            "Made with",
            content.reference.versions.label,
            "The software, and the figures and words that come with it.",
        ),
        ("Prices", plan.pricing.price_year, results.benchmark.method),
        ("Pension cost", plan.pricing.perspective, pension[plan.pricing.perspective]),
        *READ_ME,
    ):
        sheet.row(*row)
    sheet.at += 1
    for style, colour, meaning in COLOUR_KEY:
        sheet.row(colour, "", meaning, style=style)
    sheet.at += 1
    sheet.row("Option", "Name", "Withheld, and why", style="head")
    reasons = [_reasons(option) for option in content.options]
    shared = [why for why in chain(*reasons[:1]) if all(why in other for other in reasons)]
    if shared:
        sheet.row("Every option", "", "\n".join(shared))
    for option, text in zip(content.options, reasons, strict=True):
        own = [why for why in text if why not in shared] or ["Nothing more is withheld."]
        sheet.row(option.key, option.sums.option.name, "\n".join(own))
    if not content.options:
        sheet.row("none", "The plan has no options yet.")


def _reasons(option: Sums) -> list[str]:
    """Why measures of an option are withheld, a sentence for each reason. Only those of the
    register are here."""
    lookup: dict[str, set[str]] = {}
    for name, why in option.withheld.items():
        if name in MEASURES:
            lookup.setdefault(why, set()).add(MEASURES[name].label)
    return [f"{'; '.join(sorted(names))}: {why}." for why, names in lookup.items()]


INPUT_COLUMNS = ("Input", "Name", "Unit", "Entered", "Allowed", "Central", "Cautious", "Hopeful",
                 "Likely from", "Likely to", "Kind", "Source")  # fmt: skip
ENTERED = INPUT_COLUMNS.index("Entered")


def inputs_sheet(book: WorkbookFile, content: Content) -> None:
    """Every input but for posts: what was entered, what each scenario makes of it, its likely
    range, its kind and its source."""
    notes = [
        "What the sums start from, but for posts. Yellow cells may be changed; what is outside the "
        "numbers allowed is withheld. Local counts are rounded to 5 here.",
        "A share who stop beyond usual care has limits of its own and does not follow from the two "
        "shares above it: change them together.",
    ]
    if content.plan_need.missing_because:
        notes.append(f"Need and outcomes are left out: {content.plan_need.missing_because}.")
    sheet = SheetWriter(book, "Inputs", notes, (44, 26, 18, 11, 14, *[11] * 5, 17, 50))
    sheet.heads(INPUT_COLUMNS, numbers=(3, *range(5, 10)))
    for heading, receipts in cell_provenance(content).items():
        if receipts:
            sheet.row(heading, *[""] * 11, style="sub")
        sums = content.letters if heading == WRITTEN_TO and content.letters else content.whole
        for name, row in receipts.items():
            _input(sheet, sums, name, row)
    for option in content.options:
        sheet.at += 1
        _option_inputs(sheet, option, content)


def _input(sheet: SheetWriter, sums: Sums, name: str, row: CellProvenance, lines: int = 0) -> None:
    """One input: its entry, or the lines of entries above it whose sum it is, and each scenario's
    reading of it. What a scenario changes is entered in rows of its own below."""
    item, _ = input_named(name)
    given = sums.sums.given[name]
    changed = (scenario for scenario in SCENARIOS if item.key in ENDS[scenario])
    below = {scenario: number for number, scenario in enumerate(changed, 1)}
    whole = sheet.block(ENTERED, -lines)
    cells = []
    for scenario in SCENARIOS:
        place = sheet.place(ENTERED, below.get(scenario, 0))
        tests, given_as = sound(item, place), place
        if lines:
            tests, given_as = sound(item, whole, lines), f"SUM({whole})"
        formula = f'=IF(AND({tests}), {given_as}, "{WITHHELD}")'
        if scenario != "central" and scenario not in below:
            formula = f"={sums.refer(name)}"
        cells.append(
            NumberCell(sums.given(name, scenario), item.unit, formula, sums.refer(name, scenario))
        )
    likely = (given.low, given.high) if item.shape and given.low < given.high else ()
    sheet.row(
        row.label,
        name,
        in_pounds(row.unit),
        "" if lines else entry(item, given.central),
        "" if lines else limits(item.lowest, item.highest),
        *cells,
        *(NumberCell(end, item.unit) for end in likely),
        *["" for _ in range(2 - len(likely))],
        row.kind,
        row.source,
    )
    for scenario in below:
        sheet.row(
            f"– in the {scenario} case",
            "",
            in_pounds(row.unit),
            entry(item, sums.given(name, scenario)),
            limits(item.lowest, item.highest),
            *[""] * 5,
            row.kind,
            f"the {ENDS[scenario][item.key]} of its likely range",
        )


def sound(item: Input, cells: str, count: int = 1) -> str:
    """The tests of a formula that so many cells hold numbers, and none that a plan may not hold."""
    most = "" if item.highest is None else f", MAX({cells})<={item.highest:.12g}"
    return f"COUNT({cells})={count}, MIN({cells})>={item.lowest:.12g}{most}"


def _option_inputs(sheet: SheetWriter, option: Sums, content: Content) -> None:
    """What one option starts from, but for its posts, each line of its other costs by itself."""
    chosen = option.sums.option
    sheet.row(f"{option.key}: {chosen.name}", *[""] * 11, style="sub")
    ours = [ServiceOption(id="ours", name="ours"), *content.reference.option_templates]
    for name in sorted(option.sums.given, key=lambda name: INPUTS.index(input_named(name)[0])):
        item, of = input_named(name)
        if item.key in ON_POSTS or item.scope not in ("option", "role"):
            continue
        field, label, receipt = item.field or "posts", item.label, default_or_entered(False)
        lines = 0
        if item.scope == "role":
            label = f"Post {of} ({chosen.posts[int(of) - 1].title}), {lower_first(label)}"
        elif name in ("other_costs", "set_up"):
            lines = _cost_lines(sheet, option, content, BY_KEY[name], name == "set_up")
            receipt = ("derived", "sum of the lines above" if lines else "no such cost in the plan")
        elif name == "practice_hours_each":
            receipt = default_or_entered(True)
        else:
            label = f"{label}, {chosen.overhead_mode}" if field == "overhead" else label
            receipt = default_or_entered(
                getattr(chosen, field) in [getattr(other, field, None) for other in ours]
            )
        _input(sheet, option, name, CellProvenance(label, item.unit, *receipt), lines)


def _cost_lines(sheet: SheetWriter, option: Sums, content: Content, item: Input, once: bool) -> int:
    """Each cost other than pay on a row of its own. Gives how many there are."""
    lines = [cost for cost in option.sums.option.other_costs if cost.once is once]
    for cost in lines:
        moved = moved_cost(cost, content.results.plan, content.reference)
        source = "this plan"
        if moved.factor != 1:
            source = f"this plan: £{cost.amount:,.0f} in {moved.from_year} prices; {moved.method}"
        sheet.row(
            f"– {cost.label}",
            "",
            cost.heading.value,
            entry(item, moved.value),
            limits(item.lowest, item.highest),
            *[""] * 5,
            "assumed or entered",
            source,
        )
    return len(lines)


def posts_sheet(book: WorkbookFile, content: Content) -> None:
    """Each line of posts, from salary to what it costs an employer, and the sum of each option."""
    names = [*(item.key for item in POST_INPUTS), *(step.name for step in POST_STEPS)]
    places = {name: column for column, name in enumerate(names, 5)}
    sheet = SheetWriter(
        book,
        "Posts",
        [
            "One row for each line of posts. Yellow cells may be changed; a row with a cell that "
            "is emptied or outside the numbers allowed is withheld, with all that rests on it.",
            "People in post does not follow from whole-time equivalents: change both, since "
            "National Insurance is charged person by person.",
        ],
        (7, 38, 9, 8, 8, *[13] * len(POST_INPUTS), *[18] * len(POST_STEPS)),
    )
    words = [*(item.label for item in POST_INPUTS), *(step.label for step in POST_STEPS)]
    sheet.heads(
        ("Option", "Post", "Band", "Point", "Sound", *words),
        ("", "", "", "Name", "", *names),
        ("", "", "", "How", "", *[""] * len(POST_INPUTS), *(step.formula for step in POST_STEPS)),
        keep=5,
        numbers=range(4, 5 + len(names)),
    )
    is_sound = places[names[0]] - 1

    def cell(name: str) -> str:
        return sheet.place(places[name])

    for option in content.options:
        posts = list(zip(option.sums.option.posts, option.sums.posts, strict=True))
        for number, (post, costs) in enumerate(posts, 1):
            cost = costs["central"]
            output = draw_out(POST_STEPS, cost.inputs)
            tests = ", ".join(sound(item, cell(item.key)) for item in POST_INPUTS)
            steps = [
                NumberCell(
                    float(output[step.name]),
                    step.unit,
                    f"=IF({sheet.place(is_sound)}=1, {write_formula(step.formula, cell)[1:]}, "
                    f'"{WITHHELD}")',
                    option.refer(f"role_hours_{number}")
                    if step.name == "hours" and post.hours_each
                    else "",
                )
                for step in POST_STEPS
            ]
            sheet.row(
                option.key,
                post.title,
                post.band,
                cost.point if post.band in AGENDA_FOR_CHANGE else "none",
                NumberCell(1.0, formula=f'=IF(AND({tests}), 1, "{WITHHELD}")'),
                *(entry(item, cost.inputs[item.key]) for item in POST_INPUTS),
                *steps,
            )
        sums: dict[str, NumberCell] = {}
        for column, name, unit in (
            ("total", "pay", "GBP"), ("hours", "hours", "hours"), ("wte", "facing_wte", "WTE"),
        ):  # fmt: skip
            block = sheet.block(places[column], -len(posts))
            added = f"SUM({block})"
            if name == "facing_wte":
                facing = sheet.block(places["patient_facing"], -len(posts))
                added = f'SUMIF({facing}, ">0", {block})'
            checked = sheet.block(is_sound, -len(posts))
            sums[column] = NumberCell(
                option.sums.central[name],
                unit,
                f'=IF(COUNT({checked})={len(posts)}, {added}, "{WITHHELD}")' if posts else "",
                option.refer(name),
            )
        sheet.row(
            option.key,
            "All posts" if posts else "No posts",
            *[""] * 3,
            *(sums.get(name, "") for name in names),
            style="sub",
        )


WORKED_OUT_ON = {"pay": "Posts", "hours": "Posts", "demand": "Demand"}
"""The sheet of what a link of the register repeats, where that is not the sheet Inputs."""
STEP_COLUMNS = ("Option", "Step", "Name", "Unit", "How", "Central", "Cautious", "Hopeful",
                "Likely from", "Likely to", "Median, if printed", "Note")  # fmt: skip
CENTRAL = STEP_COLUMNS.index("Central")
NOTE = STEP_COLUMNS[-1]


def _how(step: Calculation) -> str:
    """A step's formula as it stands in the register."""
    return "the cell of that name" if step.is_link else step.formula


def _steps(
    book: WorkbookFile,
    content: Content,
    name: str,
    note: str,
    rows: Iterable[tuple[Sums, Iterable[Calculation]]],
) -> None:
    """A sheet with the steps of the whole plan or of one option after another, each in every
    scenario, with its likely range."""
    notes = [note]
    if content.plan_need.missing_because:
        notes.append(
            f"What follows from need cannot be worked out: {content.plan_need.missing_because}."
        )
    sheet = SheetWriter(book, name, notes, (8, 40, 23, 17, 36, *[12] * 6, 34))
    sheet.heads(STEP_COLUMNS, keep=2, numbers=range(CENTRAL, CENTRAL + 6))
    for sums, steps in rows:
        if sums.key:
            sheet.row(f"{sums.key}: {sums.sums.option.name}", *[""] * 11, style="sub")
        for step in steps:
            label = step.label
            if step.is_link:
                label += f", from the sheet {WORKED_OUT_ON.get(step.name, 'Inputs')}"
            cells = [*(sums.cell(step, scenario) for scenario in SCENARIOS), *sums.likely(step)]
            for column, cell in enumerate(cells, CENTRAL):
                if isinstance(cell, NumberCell):
                    sums.places[step.name, STEP_COLUMNS[column]] = sheet.place(column), cell.value
            note = sums.note(step)
            if note:
                sums.places[step.name, NOTE] = sheet.place(CENTRAL + 6), note
            sheet.row(
                sums.key or "all",
                label,
                step.name,
                in_pounds(step.unit),
                _how(step),
                *cells,
                note,
            )


STEP_SHEETS = {
    "Demand": "From people prescribed each class to people referred in a full year. Local counts "
    "are rounded to 5.",
    "Cost": "Each option's cost a year, the room it has and the people it sees.",
    "Outcomes": "What may come of the people who start, or are written to: shares over the classes "
    "an option covers first, then people.",
}
"""The sheets of steps, each with what it says of itself."""


def step_sheets(book: WorkbookFile, content: Content) -> None:
    """From people prescribed to people referred; each option's cost, room and people seen; shares
    over the classes of each option, then what may come of the people it counts."""
    rows: dict[str, list[tuple[Sums, Sequence[Calculation]]]] = {
        "Demand": [(content.whole, content.whole.sums.need)],
        "Cost": [
            (one, sorted(measures_of(one.sums.known, "cost"), key=lambda step: not step.is_link))
            for one in content.options
        ],
        "Outcomes": [
            (one, measures_of(one.sums.known, "shares", "outcomes")) for one in content.options
        ],
    }
    for name, note in STEP_SHEETS.items():
        _steps(book, content, name, note, rows[name])


def years_sheet(book: WorkbookFile, content: Content) -> None:
    """Each option in each scenario, year by year, and whether the budget funds it."""
    plan = content.results.plan
    years = [str(year) for year in range(1, plan.horizon.years + 1)]
    sheet = SheetWriter(
        book,
        "Years",
        [
            "Each option in each scenario, by financial year. Cash is at the prices of its own "
            "year; present value is discounted. Likely ranges are of the central case.",
            "In How, [y] is the year itself and [y-1] the year before it. The lists under the "
            "headings show one option, case or line.",
        ],
        (8, 11, 36, 20, 10, 46, *[13] * (len(years) + 1)),
    )
    sheet.heads(
        [
            "Option",
            "Case",
            "What",
            "Name",
            "Unit",
            "How",
            *(year_after(plan.pricing.price_year, int(year) - 1) for year in years),
            "All years",
        ],
        keep=3,
        numbers=range(6, 7 + len(years)),
    )
    first = sheet.at - 1
    for option in content.options:
        lines: dict[str, dict[str, Calculation]] = {}
        for step in option.sums.years:
            what, _, when = step.name.rpartition("_")
            lines.setdefault(what, {})[when] = step
        for scenario in SCENARIOS:
            for what, steps in lines.items():
                _year_rows(sheet, option, scenario, what, steps, years)
            if "balance" in lines:
                sheet.row(
                    option.key,
                    scenario,
                    "Within the budget, or above it by",
                    "",
                    "£",
                    "the budget less cash, where that is below nought",
                    *(_over_budget(option, scenario, year) for year in years),
                    style="sub",
                )
    if content.options:
        sheet.page.autofilter(first, 0, sheet.at - 1, 6 + len(years))


def _year_rows(
    sheet: SheetWriter,
    option: Sums,
    scenario: Scenario,
    what: str,
    steps: Mapping[str, Calculation],
    years: Sequence[str],
) -> None:
    """A line of the years in one scenario; below the central one its likely range, as values."""
    last = steps[years[-1]]
    label = re.sub(rf", year {years[-1]}\b", "", last.label, count=1)
    label = label.replace(f"of year {years[-1]}", "of each year")
    in_first, after = _how_of_year(steps["1"], "1"), _how_of_year(last, years[-1])
    run = [steps.get(when) for when in (*years, "total")]
    likely = [["", "", ""] if step is None else option.likely(step) for step in run]
    rows = {
        scenario.capitalize(): ["" if one is None else option.cell(one, scenario) for one in run]
    }
    if scenario == "central":
        rows |= {heading: [each[at] for each in likely] for at, heading in enumerate(LIKELY)}
    for heading, cells in rows.items():
        if not any(cells):
            continue
        for column, (step, cell) in enumerate(zip(run, cells, strict=True), 6):
            if step is not None and isinstance(cell, NumberCell):
                option.places[step.name, heading] = sheet.place(column), cell.value
        is_live = heading not in LIKELY
        how = after if in_first == after else f"year 1: {in_first}; then: {after}"
        sheet.row(
            option.key,
            lower_first(heading),
            label,
            f"{what}_[y]" if is_live else "",
            in_pounds(last.unit),
            how if is_live else "",
            *cells,
            style="sub" if what == "cash" and is_live else "text",
        )


LIKELY = STEP_COLUMNS[CENTRAL + 3 : CENTRAL + 6]


def _how_of_year(step: Calculation, year: str) -> str:
    return re.sub(r"_(\d+)\b", lambda result: "_[y]" if result[1] == year else "_[y-1]", _how(step))


def _over_budget(option: Sums, scenario: Scenario, year: str) -> NumberCell:
    """Whether the budget covers the cash of a year, or by how much it does not."""
    name = f"balance_{year}"
    here, balance = option.refer(name, scenario), option.values[scenario][name]
    value: float | str | None = WITHIN if balance is None or balance >= 0 else -balance
    formula = guarded(f'=IF({here} >= 0, "{WITHIN}", 0 - {here})', [here])
    return NumberCell(None if balance is None else value, "GBP", formula)


WITHIN = "within"


def benchmark_sheet(book: WorkbookFile, content: Content) -> None:
    """The case studies in four columns, and this plan's options beside them."""
    bench = content.results.benchmark
    kinds = ("published", "recomputed", "uprated", "modelled")
    sheet = SheetWriter(
        book,
        "Benchmark",
        [
            "The case studies are reference points, not targets, and are not ranked. Uprated money "
            f"is at {bench.price_year} prices, {bench.method}.",
            "Four columns that are never merged: published as printed, recomputed from printed "
            "numbers, uprated, and modelled with a guess. Where there is no such number, the cell "
            "says none.",
        ],
        (34, 24, 24, 26, 12, 12, *[12, 10] * 4, 11, 11, 11, 36, 44, 56),
    )
    right = (6, 8, 10, 12, 14, 15, 16)
    sheet.heads(
        (
            *("Case study or option", "Measure", "Reading", "Unit", "Counts", "Shares are of"),
            *(words for kind in kinds for words in (kind.capitalize(), "At prices of")),
            *("This plan, central", "Likely from", "Likely to"),
            *("Why there is none", "How", "Cautions"),
        ),
        keep=2,
        numbers=right,
    )
    for row in bench.rows:
        cells: dict[str, Cell | None] = {kind: getattr(row, kind) for kind in kinds}
        columns: list[str | NumberCell] = []
        for cell in cells.values():
            columns += (
                [NumberCell(cell.value, row.unit), cell.price_year or ""] if cell else ["none", ""]
            )
        sheet.row(
            f"{row.case_study}: {row.name}",
            BENCHMARK_MEASURES[row.measure].label,
            row.reading,
            in_pounds(row.unit),
            row.counted,
            row.denominator,
            *columns,
            *[""] * 3,
            row.missing_because or "",
            "\n".join(
                f"{kind.capitalize()}: {cell.receipt}" for kind, cell in cells.items() if cell
            ),
            "\n".join(row.cautions),
            right=right,
        )
    for option in content.options:
        steps = {step.name: step for step in option.sums.steps}
        for measure in (Measure.COST_PER_HEAD, Measure.COST_PER_PERSON):
            label, name, unit, _ = BENCHMARK_MEASURES[measure]
            numbers: list[str | NumberCell] = [WITHHELD] * 3
            if name in steps:
                step = steps[name]
                numbers = [_link(option, step), *option.likely(step)[:2]]
            sheet.row(
                f"{option.key}: {option.sums.option.name}",
                label,
                "",
                in_pounds(unit).replace("per year", "a year"),
                "people",
                "",
                *[""] * 8,
                *numbers,
                option.withheld.get(name, ""),
                "Modelled by this plan, on the sheet Cost.",
                right=right,
            )


def _parts(*names: str) -> Callable[[Sums], list[str]]:
    """These steps, of an option that has all of them."""
    return lambda option: list(names) if set(names) <= {step.name for step in option.steps} else []


CHECKS: dict[str, tuple[str, Callable[[Sums], list[str]]]] = {
    "annual_cost": (
        "Each line of cost, added",
        lambda option: [step.name for step in cost_lines(option.sums.known)],
    ),
    "cash_total": (
        "Each line of cash of every year, added",
        lambda option: [
            step.name for step in option.sums.years if step.part_of.startswith("cash_")
        ],
    ),
    "present_total": (
        "Present value of every year, added",
        lambda option: [f"present_{year}" for year in range(1, option.sums.known.years + 1)],
    ),
    "referred": (
        "Referrals taken and not taken, added",
        _parts("referrals_taken", "not_taken"),
    ),
    "stopped": (
        "Stopped with usual care and beyond it, added",
        _parts("usual_stopped", "net_stopped"),
    ),
}
"""Each total with what is added up anew, and which steps of an option must come to it; none where
it has no such total."""
PENNY = 0.005
"""A difference smaller than half a penny, or than that part of a person, is none."""


def checks_sheet(book: WorkbookFile, content: Content) -> None:
    """Whether the lines of each total add up to it, in each scenario: OK, or the difference."""
    sheet = SheetWriter(
        book,
        "Checks",
        ["Whether lines add up to their totals: OK, or by how much they do not."],
        (8, 46, 18, 14, 14, 14),
    )
    sheet.heads(
        ("Option", "Check", "Total", *(scenario.capitalize() for scenario in SCENARIOS)),
        keep=2,
        numbers=(3, 4, 5),
    )
    first = sheet.at
    for option in content.options:
        for total, (words, lines_of) in CHECKS.items():
            lines = lines_of(option)
            if lines:
                cells = (_check(option, lines, total, scenario) for scenario in SCENARIOS)
                sheet.row(option.key, words, total, *cells)
    block = sheet.block(3, first - sheet.at, width=len(SCENARIOS))
    content.whole.places["checks", ""] = block, None


def _check(option: Sums, lines: Sequence[str], total: str, scenario: Scenario) -> NumberCell:
    steps = (*lines, total)
    names = [option.refer(name, scenario) for name in steps]
    difference = f"{' + '.join(names[:-1])} - {names[-1]}"
    known = option.not_given.isdisjoint(steps) and None not in (
        option.values[scenario][name] for name in steps
    )
    return NumberCell(
        OK if known else None,
        formula=guarded(f'=IF(ABS({difference}) < {PENNY}, "{OK}", {difference})', names),
    )


OK = "OK"
SUMMARY = (
    "annual_cost", "cost_per_head", "written", "people_assessed", "people_starting",
    "cost_per_assessed", "waiting_weeks", "net_stopped",
)  # fmt: skip
"""The measures that the summary sets beside one another."""


def summary_sheet(book: WorkbookFile, content: Content) -> None:
    """Every option beside the others on one printed page: live figures of the central case, and
    under each its likely range."""
    results, plan = content.results, content.results.plan
    simulation, budget = plan.simulation, plan.pricing.budget
    sheet = SheetWriter(
        book,
        "Summary",
        [
            f"{results.place_name}, {plan.pricing.price_year} prices. Figures are live formulas of "
            "the central case. Under each stands its likely range, a value: 95% of "
            f"{simulation.simulations:,} simulations, seed {simulation.seed}.",
        ],
        (36, *[18] * (len(SUMMARY) + 1)),
        plan.title or "A plan without a title",
        on_one_page=True,
    )
    sheet.row("The place", "Central", "Likely range", style="head", right=(1, 2))
    for step in content.whole.sums.need:
        if step.name in ("people", "long_term_people", "referrals", "demand"):
            sheet.row(
                step.label,
                _link(content.whole, step),
                _likely_words(content.whole, step),
                right=(2,),
            )
    if content.plan_need.missing_because:
        sheet.row("Need", "not known", content.plan_need.missing_because)
    if budget is not None:
        sheet.row(
            BY_KEY["budget"].label, NumberCell(budget, "GBP", f"={content.whole.refer('budget')}")
        )
    checks, _ = content.whole.places["checks", ""]
    sheet.row(
        "Totals",
        NumberCell(
            "all add up",
            "",
            f'=IF(COUNT({checks})=0, "all add up", COUNT({checks}) & " do not: see Checks")',
        ),
    )
    sheet.at += 1
    heads = [MEASURES[name].heading for name in SUMMARY]
    sheet.heads(("Option", *heads, "Budget less cost a year"), numbers=range(1, len(SUMMARY) + 2))
    for option in content.options:
        steps = {step.name: step for step in option.steps}
        chosen, cost = option.sums.option, option.refer("annual_cost")
        left: NumberCell | str = ""
        if budget is not None:
            spent = option.values["central"]["annual_cost"] or 0.0
            left = NumberCell(budget - spent, "GBP", guarded(
                f"={content.whole.refer('budget')} - {cost}", [cost]
            ))  # fmt: skip
        is_preferred = chosen.id == plan.preferred_option
        style, right = "sub" if is_preferred else "text", range(1, len(SUMMARY) + 1)
        sheet.row(
            f"{option.key}: {chosen.name}",
            *(_link(option, steps[name]) if name in steps else "–" for name in SUMMARY),
            left,
            style=style,
            right=right,
        )
        sheet.row(
            "Preferred" if is_preferred else "",
            *(_likely_words(option, steps[name]) if name in steps else "" for name in SUMMARY),
            "",
            style=style,
            right=right,
        )


def _link(sums: Sums, step: Calculation) -> NumberCell:
    """A step of the central case as it stands on its own sheet."""
    return replace(sums.cell(step, "central"), formula=f"={sums.refer(step.name)}", name="")


def _likely_words(sums: Sums, step: Calculation) -> str:
    """The likely range of a step in a few words, and its median where that is what is printed."""
    estimate = sums.estimates.get(step.name)
    if estimate is None or step.name in sums.not_given:
        return ""
    values = estimate.range()
    words, middle = (
        range_in_words(values, step.format_unit),
        format_number(values.central, step.format_unit),
    )
    return f"median {middle}; {words}" if estimate.is_median else words


VIEWED = (
    "cost_per_head", "capacity", "referred", "referrals_taken", "people_assessed",
    "people_starting", "register", "written", "cost_per_assessed", "cost_per_start",
    "cost_per_written", "waiting", "waiting_weeks", "practice_hours", "practice_cost",
    "cost_with_practices", "stopped", "usual_stopped", "net_stopped", "cost_per_net_stopped",
    "still_off", "added_relapses", "medicines",
)  # fmt: skip
VIEWED_BY_YEAR = ("cash", "assessed", "starting", "waiting", "letters", "balance")
"""What the view of one option shows of it, in a year and by financial year, below its cost and
every line of that."""


def one_option_sheet(book: WorkbookFile, content: Content) -> None:
    """The figures of the option chosen from a list."""
    sheet = SheetWriter(
        book,
        "One option",
        ["Choose an option in the yellow cell; its figures stand below, as on their own sheets."],
        (46, *[16] * 7, 56),
        on_one_page=True,
    )
    columns = (*map(str.capitalize, SCENARIOS), *LIKELY, NOTE)
    options, preferred = content.options, content.results.preferred
    labels = [f"{one.key}: {one.sums.option.name}"[:80].rstrip() for one in options]
    at = next(
        (n for n, one in enumerate(options) if preferred and one.sums.option.id == preferred.id), 0
    )
    number, chosen = sheet.place(1, 1), sheet.place(0)
    years = range(1, content.results.plan.horizon.years + 1)
    by_year = (f"{what}_{year}" for what in VIEWED_BY_YEAR for year in years)
    names = ("annual_cost", *names_of_cost_lines(), *VIEWED, *by_year)
    steps = {
        step.name: step
        for one in options
        for step in measures_of(one.sums.known, "cost", "outcomes", "years")
    }
    viewed = [steps[name] for name in names if name in steps]
    if options:
        # Below the figures and their heading.
        first = len(viewed) + 5
        listing = f"={sheet.block(0, first, first + len(labels) - 1)}"
        sheet.row(NumberCell(labels[at], TEXT, entry=True, rule=one_of(listing)))
        which = f'=IFERROR(VALUE(MID({chosen}, 2, FIND(":", {chosen}) - 2)), "{WITHHELD}")'
        sheet.row("Its number among the plan's options", NumberCell(float(at + 1), formula=which))
    sheet.heads(("Measure", "Unit", *columns), numbers=range(2, 8))
    for step in viewed:
        cells: list[NumberCell | str] = []
        for column in columns:
            placed = [one.places.get((step.name, column), NOTHING) for one in options]
            formula = f"CHOOSE({number}, {', '.join(place for place, _ in placed)})"
            cell = NumberCell(
                placed[at][1],
                TEXT if column == NOTE else step.unit,
                f'=IFERROR({formula}, "{WITHHELD}")',
            )
            cells.append("" if all(one is NOTHING for one in placed) else cell)
        label, year = step.label, step.name.rpartition("_")[2]
        if year.isdigit():
            label += f", {year_after(content.results.plan.pricing.price_year, int(year) - 1)}"
        sheet.row(label, in_pounds(step.unit), *cells)
    sheet.at += 1
    sheet.row("The options to choose from", style="head")
    for text in labels:
        sheet.row(text)


NOTHING: Placed = ('"–"', "–")
"""What stands where an option has no such figure."""


def sources_sheet(book: WorkbookFile, content: Content) -> None:
    """Every receipt and every caution."""
    results, plan = content.results, content.results.plan
    sheet = SheetWriter(
        book,
        "Sources",
        ["Where every number came from, and what to be careful of."],
        (44, 14, 48, 48, 60),
    )
    sheet.heads(("What", "Kind", "Source", "How, and how sure", "Cautions"))
    for heading, receipts in cell_provenance(content).items():
        sheet.row(heading, "", "", "", "", style="sub")
        for receipt in receipts.values():
            sheet.row(receipt.label, receipt.kind, receipt.source, "", "\n".join(receipt.cautions))
    sheet.row("Evidence on outcomes", "", "", "", "", style="sub")
    of_letters = results.outcomes.everyone if content.letters else ()
    for row in (*results.outcomes.classes, *of_letters):
        sheet.row(
            f"{row.medicine_class.label}, {row.offer.value}: {row.title}",
            row.kind.in_words(row.verified),
            row.source,
            f"Design: {row.design}. Quality: {row.quality}. Follow-up: {row.follow_up}. "
            f"{row.because} Beyond usual care: {row.net_method or row.net_missing_because}.",
            "\n".join((f"Harm: {row.harm}", *row.cautions)),
        )
    sheet.row("Pay, prices and case studies", "", "", "", "", style="sub")
    for what, kind, source, note in dict.fromkeys(pay_sources(content)):
        sheet.row(what, kind, source, "", note)
    index = price_index(plan, content.reference)
    sheet.row(
        index.name,
        "entered" if plan.pricing.own_index else "published",
        index.source,
        results.benchmark.method,
    )
    for study in content.reference.case_studies:
        sheet.row(
            f"{study.id}: {study.name}",
            "published",
            "; ".join(
                f"{source.title}, {source.publisher}, {source.published}"
                for source in study.sources
            ),
            "",
            "\n".join(study.cautions),
        )
    sheet.row("Cautions", "", "", "", "", style="sub")
    sheet.row("Need", "", "", results.need.method, "\n".join(results.need.cautions))
    for option, result in zip(content.options, results.options, strict=True):
        sheet.row(f"{option.key}: {result.name}", "", "", result.method, "\n".join(result.cautions))


def workbook(results: Results, reference: ReferenceData) -> bytes:
    """The plan as the bytes of an .xlsx file, always the same ones for the same plan.

    Inputs are unlocked and yellow; every other number is a formula, or a likely range or printed
    figure as a value, locked without a password. Local counts are rounded to 5. Money is in pounds
    at the plan's price year.
    """
    content, plan = content_of(results, reference), results.plan
    book = WorkbookFile(SHEETS, plan.title, plan.author, plan.plan_date, reference.versions.label)
    # The summary and the view of one option call on cells of the sheets after them.
    for write in (
        read_me_sheet,
        inputs_sheet,
        posts_sheet,
        step_sheets,
        years_sheet,
        checks_sheet,
        benchmark_sheet,
        sources_sheet,
        summary_sheet,
        one_option_sheet,
    ):
        write(book, content)
    return book.finished()


SHEETS = (
    "Read me", "Summary", "One option", "Inputs", "Posts", "Demand", "Cost", "Outcomes", "Years",
    "Checks", "Benchmark", "Sources",
)  # fmt: skip
