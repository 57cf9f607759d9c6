"""Commands about one plan and what it comes to: example, check, need, spec; and the case studies. No sums here."""

import argparse
from datetime import date
from typing import Any

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.economics.example import EXAMPLE_CODE, example_plan
from planner.analysis.formatting import SUPPRESSED, day, things_are
from planner.analysis.population.need import Need
from planner.cli.printing import LISTS, Mistake, as_json, print_json, print_table, results_of
from planner.cli.progress import write_whole
from planner.cli.registration import Commands, prints_json, reads, reads_plan, writes
from planner.documents import tables
from planner.documents.language_check import flag_language
from planner.model.reference import ReferenceMissing, ReviewEntry
from planner.reference import load_case_studies, load_reference
from planner.reference.library import load_library
from planner.reference.review_dates import review_dates
from planner.store.plan_file import PlanFileError, plan_to_json


def register(commands: Commands) -> None:
    """Register the commands."""
    example = commands.add("example", "Write an example plan for an ICB", write_example)
    example.add_argument("--icb", default=EXAMPLE_CODE, help="the ICB's ODS code, such as QF7")
    example.add_argument("--list", choices=LISTS, help="which list of ICBs the code is from")
    writes(example, "--out", "a plan file", required=True)
    check = commands.add(
        "check", "Say what a plan still lacks, or which shipped figures are due", show_check
    )
    reads(check, "plan", nargs="?", help="a plan file")
    check.add_argument("--reference", action="store_true",
                       help="which of the figures and clauses we ship are due to be looked at again")  # fmt: skip
    check.add_argument("--on", type=date.fromisoformat, metavar="DATE",
                       help="the day for --reference, such as 2027-04-01; today where it is left out")  # fmt: skip
    prints_json(check)
    prints_json(
        commands.add("case-studies", "List the case studies and their figures", show_case_studies)
    )
    reads_plan(commands.add("need", "How many people are prescribed these medicines", show_need))
    spec = commands.add("spec", "Write the Word document for Action 3 or 4", write_specification)
    reads_plan(spec, json=False)
    spec.add_argument("--action", type=int, choices=(3, 4), required=True)
    writes(spec, "--out", "a Word document", required=True)


def write_example(options: argparse.Namespace) -> None:
    """Write an example plan for one board."""
    reference = load_reference()
    code = options.icb.strip().upper()
    organisation = (
        reference.organisation(code, LISTS[options.list])
        if options.list
        else reference.find_organisation(code)
    )
    if organisation.code == "ENG":
        raise Mistake("a plan is for an ICB, not for England; give a code such as QF7")
    write_whole(options.out, plan_to_json(example_plan(organisation, reference)).encode())
    print(
        f"Wrote {options.out}: {organisation.name}, from the list of {organisation.organisation_list.value}"
    )


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
    missing = [
        {"id": g.id, "where": g.where, "what": g.what, "why": g.why, "who": g.who}
        for g in result.missing_inputs
    ]
    from planner.review.terms import load_review_terms

    reconsider = [one.warning for one in flag_language(result.plan, load_review_terms().language)]
    if options.json:
        alerts = [alert.text for alert in result.alerts]
        print_json({"valid": True, "missing": missing, "warnings": [*alerts, *reconsider]})
        return
    print(
        f"The plan is valid. {things_are(len(missing)) if missing else 'Nothing is'} missing or left at our default."
    )
    if missing:
        print_table(tables.missing_inputs(result.missing_inputs, load_library()))
    for alert in result.alerts:
        print(f"  Take care: {alert.text}")
    for words in reconsider:
        print(f"  Words to reconsider: {words}")


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
    for entry in due:
        _print_entry(entry)
    if coming:
        first = coming[0].review
        print(f"Next, on {day(first)}:")
        for entry in coming:
            if entry.review == first:
                _print_entry(entry)


def _print_entry(entry: ReviewEntry) -> None:
    rows = f" ({', '.join(entry.rows)})" if entry.rows else ""
    print(f"  {entry.review.isoformat()}  {entry.owner}: {entry.of}{rows}")


def show_case_studies(options: argparse.Namespace) -> None:
    """Every case study with its figures and cautions."""
    studies = load_case_studies()
    if options.json:
        keep = ("id", "name", "place", "profile", "figures", "cautions")
        print_json([study.model_dump(mode="json", include=set(keep)) for study in studies])
        return
    for study in studies:
        print(f"{study.id}  {study.name}, {study.place}")
        for figure in study.figures:
            value = "withheld" if figure.value is None else f"{figure.value:,.10g}"
            print(
                f"    {figure.label}: {value} {figure.unit} ({figure.kind_in_words}; {figure.section})"
            )
        for caution in study.cautions:
            print(f"    Caution: {caution}")


def show_need(options: argparse.Namespace) -> None:
    """People prescribed each class, for the long term, and expected to come."""
    need = results_of(options.plan).need
    if options.json:
        print_json(_need_json(need))
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
        asked = BY_KEY[row.rung_asks].missing if row.rung_asks else ""
        values |= {
            "words": sorted(row.words),
            "rung_name": row.rung_label,
            "rung_above_needs": asked.format(of=row.medicine_class.label),
        }
        for name in ("patients", "long_term"):
            if getattr(row, name) is not None and row.display(getattr(row, name)) == SUPPRESSED:
                values |= {name: None, "rate": None, "interval": None, "hidden": True}
                values["given"] = {}
    return fields


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
