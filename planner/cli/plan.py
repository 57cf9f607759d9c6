"""Commands about a plan, or two of them, and the figures that come with the planner. No sums."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any, get_args

from pydantic_core import to_jsonable_python as as_json

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.economics.benchmark import Benchmark
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.example import EXAMPLE_CODE, example_plan
from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.formatting import (
    SUPPRESSED,
    Unit,
    day,
    format_range,
    listed,
    percent,
    pounds,
    things_are,
)
from planner.analysis.population.need import Need
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.cli.commands import (
    JSON,
    LISTS,
    PLAN,
    Command,
    Mistake,
    icb_of,
    kind_of,
    print_json,
    print_lines,
    print_table,
    reads,
    refuse_to_replace,
    results_of,
    takes,
    write_plan,
    write_whole,
    writes,
)
from planner.documents import tables
from planner.documents.changes.compare import changes
from planner.documents.language_check import flag_language
from planner.documents.sections.case_finding import criteria
from planner.documents.set_of_documents import COVERAGE, names, path_in_set
from planner.model.case_study import number_of
from planner.model.edit import with_values
from planner.model.outcomes import MixChoice
from planner.model.reference import ReferenceMissing, ReviewEntry
from planner.model.service import AGENDA_FOR_CHANGE, PERSPECTIVES, POINTS, ZONES, Post
from planner.outputs.criteria import criteria_csv, criteria_rows
from planner.reference import load_case_studies, load_reference
from planner.reference.library import load_library
from planner.reference.load import review_dates
from planner.store.plan_file import PlanFileError, plan_to_json, read_plan


def write_example(options: argparse.Namespace) -> None:
    """Write an example plan for one board."""
    icb = icb_of(options.icb, options.list)
    plan = example_plan(icb, load_reference())
    write_plan(options.out, plan_to_json(plan).encode(), options.force)
    print(f"Wrote {options.out}: {icb.name}, from the list of {icb.organisation_list.value}")


def show_check(options: argparse.Namespace) -> None:
    """What a plan lacks, what to take care of, and words to reconsider; or which shipped figures
    are due."""
    if options.reference == (options.plan is not None):
        raise Mistake("give either a plan file or --reference")
    if options.reference:
        _show_due(options.on or date.today(), options.json)
        return
    if options.on:
        raise Mistake("--on goes with --reference")
    try:
        result = results_of(options.plan)
    except (PlanFileError, ReferenceMissing) as error:
        # A reader of JSON learns why as well; the exit code and the line stay the same.
        if options.json:
            print_json({"valid": False, "missing": [], "warnings": [], "error": str(error)})
        raise
    from planner.review.terms import load_review_terms

    alerts = [alert.in_words for alert in result.alerts]
    reconsider = [one.warning for one in flag_language(result.plan, load_review_terms().language)]
    if options.json:
        missing = [
            {"id": g.id, "where": g.where, "what": g.what, "why": g.why, "who": g.who}
            for g in result.missing_inputs
        ]
        print_json({"valid": True, "missing": missing, "warnings": [*alerts, *reconsider]})
        return
    lacks = len(result.missing_inputs)
    print(
        f"The plan is valid. {things_are(lacks) if lacks else 'Nothing is'} missing or left at our "
        "default."
    )
    if lacks:
        print_table(tables.missing_inputs(result.missing_inputs, load_library()))
    print_lines(f"  Take care: {alert}" for alert in alerts)
    print_lines(f"  Words to reconsider: {words}" for words in reconsider)


def _show_due(on: date, as_json: bool) -> None:
    """What is due on a day to be looked at again, and what comes next."""
    dates = review_dates()
    due = [entry for entry in dates if entry.review <= on]
    coming = [entry for entry in dates if entry.review > on]
    if as_json:
        print_json({"on": on.isoformat(), "due": due, "next": coming})
        return
    print(load_reference().versions.label)
    print(f"Due on {day(on)}: {len(due) or 'nothing'}")
    print_lines(map(_due_line, due))
    if coming:
        first = coming[0].review
        print(f"Next, on {day(first)}:")
        print_lines(_due_line(entry) for entry in coming if entry.review == first)


def _due_line(entry: ReviewEntry) -> str:
    rows = f" ({', '.join(entry.rows)})" if entry.rows else ""
    return f"  {entry.review.isoformat()}  {entry.owner}: {entry.of}{rows}"


def show_case_studies(options: argparse.Namespace) -> None:
    """Every case study with its figures and cautions."""
    studies = load_case_studies()
    if options.json:
        keep = {"id", "name", "place", "profile", "figures", "cautions"}
        print_json([study.model_dump(mode="json", include=keep) for study in studies])
        return
    for study in studies:
        print(f"{study.id}  {study.name}, {study.place}")
        for figure in study.figures:
            value = "withheld" if figure.value is None else f"{figure.value:,.10g}"
            print(
                f"    {figure.label}: {value} {figure.unit} "
                f"({figure.kind_in_words}; {figure.section})"
            )
        print_lines(f"    Caution: {caution}" for caution in study.cautions)


def show_need(options: argparse.Namespace) -> None:
    """People prescribed each class, for the long term, and expected to come."""
    result = results_of(options.plan)
    need = result.need
    if options.json:
        print_json(_need_json(need) | {"place": _place_json(result)})
        return
    print(f"{need.population.value:,} {need.population.basis.label}, {need.population.period}")
    library = load_library()
    print_table(
        tables.prescribing(need, library).only(
            "Class", "People", "Rests on", "Kind and source", "How"
        )
    )
    print_table(tables.demand(need, library))


def _need_json(need: Need) -> dict[str, Any]:
    """The need as it stands, each class with its rung by name and what the rung above would need,
    but for local counts of one to four people, which are hidden here too."""
    fields: dict[str, Any] = as_json(need)
    for row, values in zip(need.classes, fields["classes"], strict=True):
        wanted = BY_KEY[row.rung_asks].missing if row.rung_asks else ""
        values |= {
            "words": sorted(row.words),
            "rung_name": row.rung_label,
            "rung_above_needs": wanted.format(of=row.medicine_class.label),
        }
        for name in ("patients", "long_term"):
            if getattr(row, name) is not None and row.display(getattr(row, name)) == SUPPRESSED:
                values |= {name: None, "rate": None, "interval": None, "hidden": True}
                values["given"] = {}
    return fields


NAMES_HERE = {"expected_by_fifth": "expected_by_quintile"}
"""What JSON calls otherwise than we do."""


def _place_json(result: Results) -> dict[str, Any]:
    """What is held of the place beside its need: who lives here, what England's rates would give,
    how its region moves, the boards most like it, and where it stands among all."""
    return {
        name: as_json(getattr(holder, NAMES_HERE.get(name, name)))
        for holder, names in (
            (result.inequality, ("profile", "residents", "index_note")),
            (
                result,
                (
                    "expected_by_fifth",
                    "expected_by_age",
                    "region_trends",
                    "neighbours",
                    "standings",
                    "boundary_change",
                ),
            ),
        )
        for name in names
    }


def write_specification(options: argparse.Namespace) -> None:
    """Write the Word document of one action."""
    from planner.outputs.documents import specification_docx

    result = results_of(options.plan)
    document = specification_docx(result, options.action, load_reference(), load_library())
    write_whole(options.out, document)
    missing = len(result.missing_inputs)
    lacks = (
        f"{things_are(missing)} still missing, and named in it"
        if missing
        else "nothing asked for is missing"
    )
    print(f"Wrote {options.out}: Action {options.action}, {lacks}")


def write_documents(options: argparse.Namespace) -> None:
    """Write the set of documents, or those named, into a folder."""
    from planner.outputs.documents import document_set

    library = load_library()
    unknown = [name for name in options.only if name not in names(library)]
    if unknown:
        raise Mistake(
            f"--only {unknown[0]}: the set has no such document; it has "
            f"{listed(list(names(library)))}"
        )
    result = results_of(options.plan)
    wanted = [name for name in names(library) if not options.only or name in options.only]
    for name in wanted:
        path = options.out / path_in_set(name, library)
        refuse_to_replace(path, kind_of(path), options.force)
        if options.pdf and name != COVERAGE:
            refuse_to_replace(path.with_suffix(".pdf"), "a PDF", options.force)
    files = dict(document_set(result, load_reference(), library, only=options.only))
    for file, data in _with_office(files, options).items():
        target = options.out / file
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)
        print(f"Wrote {target}")


def _with_office(files: dict[str, bytes], options: argparse.Namespace) -> dict[str, bytes]:
    """The files with what was asked of LibreOffice; as they are, and that said, where it is not
    installed or fails."""
    from planner.outputs.word.office import tagged_pdfs, with_page_numbers

    papers = {file: data for file, data in files.items() if file.endswith(".docx")}
    try:
        if options.page_numbers and papers:
            papers = with_page_numbers(papers)
            files = files | papers
        if options.pdf and papers:
            pdfs = tagged_pdfs(papers)
            files = files | {f"{file.removesuffix('.docx')}.pdf": pdfs[file] for file in papers}
    except RuntimeError as fault:
        print(
            f"{fault}, so contents lists have no page numbers and no PDF is made. Install "
            "LibreOffice Writer, or let Word do both.",
            file=sys.stderr,
        )
    return files


def show_benchmark(options: argparse.Namespace) -> None:
    """The case studies in four columns, beside the plan's options."""
    worked = results_of(options.plan)
    result = worked.benchmark
    comparison = Projections(worked, load_reference()).case_studies
    if options.json:
        print_json(_benchmark_json(result) | _comparison_json(comparison))
        return
    print(comparison.finding)
    print_lines(filter(None, (comparison.own_in_words, comparison.features_in_words)))
    library = load_library()
    for content in (
        tables.study_models(comparison, library),
        tables.study_features(comparison, library),
        tables.study_outcomes(comparison, library),
    ):
        print_table(content)
    print_lines(f"  {words}" for words in comparison.inequality)
    print_table(
        tables.benchmark(result.rows, "The case studies, measure by measure", load_library())
    )
    print_lines(
        f"  Case study {number_of(row.case_study)}, {row.measure}: {row.missing_because}"
        for row in result.rows
        if row.missing_because
    )
    for option in result.options:
        values = (
            format_range(option.modelled, Unit.PENCE)
            if option.unit.startswith("GBP")
            else format_range(option.modelled)
        )
        print(f"{option.option} {option.measure} [{option.unit}]: {values}")


def _benchmark_json(result: Benchmark) -> dict[str, Any]:
    columns = ("published", "recomputed", "uprated", "modelled")
    return {
        "rows": [
            as_json(row)
            | {column: (cell := getattr(row, column)) and cell.value for column in columns}
            | {
                "reading": row.reading or None,
                "price_years": {
                    column: cell.price_year
                    for column in columns
                    if (cell := getattr(row, column)) and cell.price_year
                },
            }
            for row in result.rows
        ],
        "options": as_json(result.options),
        "price_year": result.price_year,
        "method": result.method,
    }


def _comparison_json(comparison: CaseStudyComparison) -> dict[str, Any]:
    """What sets the option in focus apart from each case study, at this place's size."""
    return {
        "finding": comparison.finding,
        "option": comparison.option.id if comparison.option else None,
        "own_services": [study.id for study in comparison.own],
        "models": [
            as_json(model)
            | {
                "cost_here": model.cost_here,
                "people_here": model.people_here,
                "cost_per_head": model.cost_per_head,
                "cost_per_person": model.parts.per_person,
                "reach_per_1000_residents": model.reach,
                "people_per_wte": model.parts.people_per_wte,
            }
            for model in comparison.models
        ],
        "gaps": [
            {
                "case_study": one.study.case_study,
                "reading": one.study.reading or None,
                "cost_per_person": as_json(one.steps),
                "at_its_hours": one.same_hours
                and {
                    "people": one.same_hours.people,
                    "cost_per_person": one.same_hours.per_person,
                },
                "measures": [as_json(gap) | {"ratio": gap.ratio} for gap in one.gaps],
            }
            for one in comparison.readings
        ],
        "features": as_json(comparison.features),
        "outcomes": as_json(comparison.outcomes),
        "prescribing": as_json(comparison.prescribing),
        "case_mix": as_json(comparison.case_mix),
        "inequality": comparison.inequality,
    }


def show_options(options: argparse.Namespace) -> None:
    """What each option costs, whom it sees, and what may come of it, gross and net.

    In JSON each option has the figure and likely range of each measure beside it.
    """
    result = results_of(options.plan)
    projections = Projections(result, load_reference())
    simulated = projections.simulated
    if options.json:
        print_json(
            {
                "options": [
                    _with_first_names(
                        as_json(option)
                        | {"draws": as_json(simulated.of(option.id), exclude={"id", "name"})}
                    )
                    for option in result.options
                ],
                "preferred": result.plan.preferred_option,
                "where_it_loses": list(projections.where_it_loses),
                "pairs": list(projections.pairs),
                "scenarios": list(projections.scenarios),
                "at_equal_budget": list(projections.at_equal_budget),
                "equal_reach": projections.equal_reach,
                "at_equal_reach": list(projections.at_equal_reach),
                "simulation": {
                    "seed": simulated.seed,
                    "draws": simulated.draws,
                    "method": simulated.method,
                    "distributions": dict(simulated.distributions),
                },
            }
        )
        return
    if not result.options:
        print("The plan has no option yet")
        return
    library = load_library()
    for table in (
        tables.option_reach(result, library),
        tables.options(result, library),
        tables.letters(result, library),
        tables.outcomes(result, library),
        tables.how_sure(simulated, library),
    ):
        if table is not None:
            print_table(table)
    print_lines(
        f"Too thin: {option.name}: {option.too_thin}"
        for option in result.options
        if option.too_thin
    )
    print_lines(projections.where_it_loses)


FIRST_NAMES = {
    "reach_by_quintile": "reach_by_fifth",
    "people_starting": "starting",
    "net_stopped": "additional",
    "cost_per_net_stopped": "cost_per_additional",
}
"""What the first edition called things that are still here, which stay in JSON under both names."""


def _with_first_names(value: Any) -> Any:
    """What is told of an option, with each thing under its first name too."""
    if not isinstance(value, dict):
        return value
    both = {key: _with_first_names(one) for key, one in value.items()}
    return both | {first: both[now] for now, first in FIRST_NAMES.items() if now in both}


def show_sensitivity(options: argparse.Namespace) -> None:
    """What moves the preferred option most, where options overtake, and what to find out first."""
    result = Projections(results_of(options.plan), load_reference())
    if options.json:
        print_json(
            {
                "sensitivity": result.sensitivity,
                "thresholds": list(result.thresholds),
                "find_out_first": result.find_out_first,
            }
        )
        return
    if result.sensitivity is None:
        raise Mistake("the plan has no option that does anything, so there is nothing to move")
    print(result.sensitivity.finding)
    print_table(tables.sensitivity(result.sensitivity, load_library()))
    print_lines(threshold.words for threshold in result.thresholds)
    first = result.find_out_first
    print(first.words or f"What to find out first cannot be said: {first.missing_because}")
    if first.rows:
        print_table(tables.find_out_first(first, load_library()))


def show_years(options: argparse.Namespace) -> None:
    """The financial years of every option that does something."""
    result = Projections(results_of(options.plan), load_reference())
    if options.json:
        print_json({"years": list(result.years), "preferred": result.results.plan.preferred_option})
        return
    if not result.years:
        raise Mistake("the plan has no option that does anything, so it has no years to show")
    for years in result.years:
        print(years.finding)
        print_table(tables.years(years, result.results, load_library()))
    print_lines(f"    {why}" for why in result.years[0].assumes)


def show_mix(options: argparse.Namespace) -> None:
    """The best mix of the plan's options within a budget."""
    caps = []
    for cap in options.staff:
        band, equals, wte = cap.partition("=")
        if not equals or band not in AGENDA_FOR_CHANGE:
            raise Mistake(f"--staff {cap}: write a band and a number, such as 8a=4")
        caps.append({"band": band, "wte": wte})
    given = {
        "mix.budget": options.budget,
        "mix.objective": options.objective,
        "mix.most_deprived_at_least": options.most_deprived_at_least,
        "mix.staff": caps or None,
    }
    plan = with_values(
        read_plan(options.plan),
        {path: value for path, value in given.items() if value is not None},
    )
    result = Projections(results(plan, load_reference()), load_reference())
    with _solver_unheard():
        _ = result.mix, result.frontier
        often = result.mixes_over_draws if options.over_draws else ()
    if result.mix is None:
        raise Mistake(f"no mix can be worked out: {result.mix_missing_because}")
    if options.json:
        print_json(
            {"mix": result.mix, "frontier": list(result.frontier)}
            | ({"over_draws": list(often)} if options.over_draws else {})
        )
        return
    print(result.mix.words)
    if result.mix.parts:
        print_table(tables.mix(result.mix, load_library()))
    print_lines(f"    {cost.words}" for cost in result.mix.constraints)
    print_table(tables.frontier(result.frontier, load_library()))
    print_lines(
        f"    {listed(one.names) or 'nothing'}: best in {percent(one.share)} of simulations"
        for one in often
    )
    print_lines(f"    {why}" for why in result.mix.assumes)


@contextmanager
def _solver_unheard() -> Iterator[None]:
    """The solver may write a line of its own to standard output, which would spoil what is printed
    here."""
    sys.stdout.flush()
    current, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(current, 1)
        os.close(current)
        os.close(nowhere)


def write_workbook(options: argparse.Namespace) -> None:
    """The model as an Excel workbook."""
    from planner.outputs.workbook.build import workbook

    result = results_of(options.plan)
    write_whole(options.out, workbook(result, load_reference()))
    print(f"Wrote {options.out}: {len(result.options)} options, every sum a formula")


def show_staff_cost(options: argparse.Namespace) -> None:
    """What one kind of post costs in a year, part by part."""
    chosen = {name: getattr(options, name) for name in ("band", "point", "zone", "wte")}
    cost = staff_cost(
        Post(title=f"Band {options.band}", **chosen),
        options.year,
        options.perspective,
        load_reference(),
    )
    parts = {
        "salary": cost.salary,
        "high_cost_area": cost.high_cost_area,
        "national_insurance": cost.national_insurance,
        "pension": cost.pension,
        "levy": cost.levy,
        "total": cost.total,
    }
    if options.json:
        print_json(
            {
                "year": cost.year,
                "perspective": cost.perspective,
                **chosen,
                **parts,
                "unit": "GBP a year",
                "cautions": cost.cautions,
                "sources": cost.sources,
            }
        )
        return
    print_lines(
        f"{name.replace('_', ' '):20} {pounds(value, 2):>14}" for name, value in parts.items()
    )
    print_lines(f"Take care: {caution}" for caution in cost.cautions)


def write_criteria(options: argparse.Namespace) -> None:
    """The medicines, codes and rules of the searches, as CSV, JSON or both."""
    if options.out is None and not options.json:
        raise Mistake(
            "say where to write the searches with --out codes.csv, or print them with --json"
        )
    plan = read_plan(options.plan)
    result = criteria(plan, load_reference(), load_library().case_finding)
    if options.out is not None:
        write_whole(options.out, criteria_csv(result))
    if options.json:
        print_json({"threshold_mg": result.threshold, "rows": criteria_rows(result)})
        return
    near = len(result.near_misses)
    print(
        f"Wrote {options.out}: {len(result.chemicals)} medicines in, {near} near and left out, "
        f"{len(result.risks)} searches for people at more risk. Read codes as text; begins_with "
        "is safe in a spreadsheet"
    )


def show_changes(options: argparse.Namespace) -> None:
    """What changed from one plan to another: inputs by step, results, and the sections that read
    differently."""
    before, after = results_of(options.before), results_of(options.after)
    outcome = changes(before, after, load_reference(), load_library())
    if options.out:
        from planner.outputs.documents import changes_docx

        write_whole(options.out, changes_docx(outcome, load_library()))
    if options.json:
        print_json({"nothing_changed": outcome.nothing} | as_json(outcome))
        return
    print(outcome.finding)
    print_lines(f"Take care: {caution}" for caution in outcome.cautions)
    for step, group in groupby(outcome.inputs, lambda change: change.step_title):
        print(step)
        print_lines(f"    {change.what}: {change.before} -> {change.after}" for change in group)
    for about, of_one in groupby(outcome.results, lambda change: change.about):
        print(about)
        print_lines(
            f"    {result.what}: {result.before} -> {result.after}"
            + (f"; {result.difference}" if result.difference else "")
            for result in of_one
        )
    for outline in load_library().outlines:
        names = [text.heading for text in outcome.of_document(outline.name)]
        if names:
            print(f"{outline.label} reads differently in: {'; '.join(names)}")
    if options.out:
        print(f"Wrote {options.out}")


COMMANDS = (
    Command(
        "example",
        "Write an example plan for an ICB",
        write_example,
        (
            takes("--icb", default=EXAMPLE_CODE, help="the ICB's ODS or ONS code, such as QF7"),
            takes("--list", choices=LISTS, help="which list of ICBs the code is from"),
            writes("--out", "a plan file", required=True),
        ),
    ),
    Command(
        "check",
        "Say what a plan still lacks, or which shipped figures are due",
        show_check,
        (
            reads("plan", nargs="?", help="a plan file"),
            takes(
                "--reference",
                action="store_true",
                help="which of the figures and clauses we ship are due to be looked at again",
            ),
            takes(
                "--on",
                type=date.fromisoformat,
                metavar="DATE",
                help="the day for --reference, such as 2027-04-01; today where it is left out",
            ),
            JSON,
        ),
    ),
    Command("case-studies", "List the case studies and their figures", show_case_studies, (JSON,)),
    Command("need", "How many people are prescribed these medicines", show_need, (PLAN, JSON)),
    Command(
        "spec",
        "Write the Word document for Action 3 or 4",
        write_specification,
        (
            PLAN,
            takes("--action", type=int, choices=(3, 4), required=True),
            writes("--out", "a Word document", required=True),
        ),
    ),
    Command(
        "documents",
        "Write the set of documents: two main ones, schedules, packs",
        write_documents,
        (
            PLAN,
            takes(
                "--only",
                action="append",
                default=[],
                metavar="NAME",
                help="one document of the set, such as group-pack; may be given again",
            ),
            takes(
                "--page-numbers",
                action="store_true",
                help="put the number of its page after each entry of a contents list, with "
                "LibreOffice",
            ),
            takes(
                "--pdf",
                action="store_true",
                help="a tagged PDF beside each Word document, for the web, made with LibreOffice",
            ),
            writes("--out", "a folder", required=True),
        ),
    ),
    Command(
        "benchmark",
        "The case studies in four columns, beside the plan's options",
        show_benchmark,
        (PLAN, JSON),
    ),
    Command(
        "options",
        "What each option costs, whom it sees and what may come of it",
        show_options,
        (PLAN, JSON),
    ),
    Command(
        "sensitivity",
        "What moves an option's result most, where options overtake, and what to find out",
        show_sensitivity,
        (PLAN, JSON),
    ),
    Command(
        "years",
        "Each option's financial years: cash, people and the wait",
        show_years,
        (PLAN, JSON),
    ),
    Command(
        "mix",
        "The best mix of the plan's options within a budget",
        show_mix,
        (
            PLAN,
            JSON,
            takes(
                "--budget", type=float, help="pounds a year; the plan's own where it is left out"
            ),
            takes("--objective", choices=get_args(MixChoice.model_fields["objective"].annotation)),
            takes(
                "--most-deprived-at-least",
                type=float,
                metavar="SHARE",
                help="least share of people referred from the most deprived fifth, such as 0.25",
            ),
            takes(
                "--staff",
                action="append",
                default=[],
                metavar="BAND=WTE",
                help="most whole-time equivalents of a band, such as 8a=4; may be given again",
            ),
            takes(
                "--over-draws",
                action="store_true",
                help="how often each mix is best over some of the simulations, which takes seconds",
            ),
        ),
    ),
    Command(
        "workbook",
        "Write the model as an Excel workbook with live formulas",
        write_workbook,
        (PLAN, writes("--out", "an Excel workbook", required=True)),
    ),
    Command(
        "staff-cost",
        "What one kind of post costs in a year",
        show_staff_cost,
        (
            takes("--band", choices=AGENDA_FOR_CHANGE, required=True),
            takes("--point", choices=POINTS, default="mid"),
            takes("--zone", choices=ZONES, default="none"),
            takes("--year", default="2026/27"),
            takes("--wte", type=float, default=1.0),
            takes("--perspective", choices=PERSPECTIVES, default="provider"),
            JSON,
        ),
    ),
    Command(
        "case-finding",
        "Write the medicines, codes and rules that searches are built from",
        write_criteria,
        (
            PLAN,
            JSON,
            writes("--out", "a table of searches", help="where to write them as CSV"),
        ),
    ),
    Command(
        "compare",
        "Say what changed between two plan files",
        show_changes,
        (
            reads("before", metavar="BEFORE.json", help="the earlier plan file"),
            reads("after", metavar="AFTER.json", help="the later plan file"),
            JSON,
            writes("--out", "a Word document", help="write the changes as a Word document as well"),
        ),
    ),
)
