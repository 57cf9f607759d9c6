"""Case finding follows the plan: its classes, threshold and numbers; it never rewards stopping."""

from __future__ import annotations

import csv
import io
import re
from itertools import combinations

import pytest

from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.coverage import coverage
from planner.documents.sections.case_finding import audit_rows, criteria, tiers
from planner.model.document import Bullets, Paragraph, SpecContent, Table
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.outputs.criteria import COLUMNS, IN, criteria_csv

PACK = "clinical-pack"
SUBSETS = [
    frozenset(chosen) for size in range(1, 6) for chosen in combinations(list(MedicineClass), size)
]
SAID_AS = {
    MedicineClass.ANTIDEPRESSANTS: "antidepressant",
    MedicineClass.BENZODIAZEPINES: "benzodiazepine",
    MedicineClass.GABAPENTINOIDS: "gabapentinoid",
    MedicineClass.OPIOIDS: "opioid",
    MedicineClass.Z_DRUGS: "z-drug",
}


def covering(plan: Plan, chosen: frozenset[MedicineClass], **prescribing: object) -> Plan:
    values = plan.model_dump()
    for row in values["prescribing"]["classes"]:
        row["included"] = row["medicine_class"] in chosen
    values["prescribing"].update(prescribing)
    return Plan.model_validate(values)


def pack_text(content: SpecContent) -> str:
    lines = []
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                lines += [block.caption, *(cell for row in block.rows for cell in row)]
            elif isinstance(block, Bullets):
                lines += block.points
            elif isinstance(block, Paragraph):
                lines.append(block.text)
    return "\n".join(lines)


@pytest.mark.parametrize("chosen", SUBSETS, ids=lambda c: "+".join(sorted(c)))
def test_every_choice_of_classes_reaches_every_tier(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary, chosen: frozenset[MedicineClass]
) -> None:
    plan = covering(minimal, chosen)
    result = criteria(plan, reference, library.case_finding)
    assert {s.medicine_class for s in result.searches} == chosen
    assert {c.medicine_class for c in result.chemicals} == chosen
    assert {m.nearest_class for m in result.near_misses} <= chosen | {None}
    assert {c for risk in result.risks for c in risk.classes} == chosen
    assert {risk.tier for risk in result.risks} == {1, 2, 3, 4}
    assert not [risk.rule for risk in result.risks if "$" in risk.rule]
    words = criteria_csv(result).decode("utf-8-sig").lower()
    for medicine_class in set(MedicineClass) - chosen:
        about = [line for line in words.splitlines() if medicine_class.label.lower() in line]
        assert not about, about


@pytest.mark.parametrize("left_in", [*MedicineClass])
def test_only_the_classes_of_the_plan_are_printed(
    minimal: Plan,
    reference: ReferenceData,
    library: SpecLibrary,
    left_in: MedicineClass,
) -> None:
    plan = covering(minimal, frozenset({left_in}))
    text = pack_text(specification(results(plan, reference), PACK, reference, library)).lower()
    assert SAID_AS[left_in] in text
    for other in set(MedicineClass) - {left_in}:
        # opioid substitution is a treatment for dependence on drugs not prescribed, whatever the
        # plan covers
        assert SAID_AS[other] not in text.replace("opioid substitution", ""), other


@pytest.mark.parametrize("threshold", [90, 120])
def test_the_threshold_follows_the_plan_and_both_are_shown(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary, threshold: int
) -> None:
    plan = covering(minimal, frozenset(MedicineClass), high_dose_threshold_mg=threshold)
    content = specification(results(plan, reference), PACK, reference, library)
    table = next(
        block
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Table) and block.caption.startswith("Which dose")
    )
    assert [row[0] for row in table.rows] == ["90 mg", "120 mg"]
    assert [row[0] for row in table.rows if row[1] == "the line used here"] == [f"{threshold} mg"]
    text = pack_text(content)
    assert f"{threshold} mg or more of oral morphine equivalent" in text
    assert f"{210 - threshold} mg or more" not in text
    assert "Never put counts at 90 mg and at 120 mg in one trend" in text
    chosen = [row for row in _rows(plan, reference, library) if row["row"] == "dose threshold"]
    assert {row["name"][:3].strip(): row["counted"] for row in chosen} == {
        str(threshold): "chosen",
        str(210 - threshold): "not chosen",
    }


def _rows(plan: Plan, reference: ReferenceData, library: SpecLibrary) -> list[dict[str, str]]:
    data = criteria_csv(criteria(plan, reference, library.case_finding))
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return rows


def test_every_chemical_is_in_the_file_and_no_near_miss_is_counted(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    rows = _rows(minimal, reference, library)
    medicines = [row for row in rows if row["row"] == "medicine"]
    counted = {row["bnf_code"]: row for row in medicines if row["counted"] == IN}
    assert {c.bnf_code: (c.medicine_class.label, c.name) for c in reference.chemicals} == {
        code: (row["class"], row["name"]) for code, row in counted.items()
    }
    near = {row["begins_with"] for row in medicines if row["counted"] != IN}
    assert near == {m.bnf_code.rstrip("*") + "*" for m in reference.near_misses}
    for code in counted:
        assert not any(code.startswith(pattern.rstrip("*")) for pattern in near), code
    # A spreadsheet may read 0401020E0 as a number, and never this.
    for row in medicines:
        assert row["begins_with"] == row["bnf_code"] + "*"


def test_near_misses_of_no_class_come_with_their_section(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    def none_of_five(medicine_class: MedicineClass) -> list[str]:
        rows = _rows(covering(minimal, frozenset({medicine_class})), reference, library)
        return [row["name"] for row in rows if row["class"] == "none of the five"]

    assert "Melatonin" in none_of_five(MedicineClass.Z_DRUGS)
    assert none_of_five(MedicineClass.OPIOIDS) == []


def test_a_combination_names_only_what_the_plan_covers(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan = covering(minimal, frozenset({MedicineClass.OPIOIDS, MedicineClass.GABAPENTINOIDS}))
    result = criteria(plan, reference, library.case_finding)
    match = next(risk for risk in result.risks if risk.id == "opioid_beside")
    assert match.rule.endswith("last 3 months: gabapentinoids")
    assert not [risk for risk in result.risks if risk.id == "three_classes"]


def test_each_tier_has_a_reason_a_time_and_somebody(library: SpecLibrary) -> None:
    for tier in library.case_finding.tiers:
        assert len(tier.reason.split()) > 8
        assert re.search(r"\d+ (weeks|months)", tier.offer_within)
        assert re.search("pharmacist|GP|prescriber", tier.by_whom)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        (1_912, "1,910 people at 90 mg a day or more (entered)"),
        (3, "fewer than 5 people"),
        (0, "0 people at"),
    ],
)
def test_a_local_count_is_shown_in_its_tier_as_local_counts_are(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary, entered: int, words: str
) -> None:
    plan = covering(minimal, frozenset(MedicineClass), high_dose_opioid_patients=entered)
    first = tiers(plan, results(plan, reference).need, reference, library.case_finding)[0]
    assert words in first.people


def test_what_is_not_known_is_left_to_the_search(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan = covering(minimal, frozenset({MedicineClass.Z_DRUGS}))
    result = tiers(plan, results(plan, reference).need, reference, library.case_finding)
    assert [tier.people for tier in result[:3]] == [""] * 3
    assert "modelled" in result[3].people
    text = pack_text(specification(results(plan, reference), PACK, reference, library))
    assert "Tier 1, Tier 2 and Tier 3" in text and "counts them and invites nobody" in text


@pytest.mark.parametrize("threshold", [90, 120])
def test_a_modelled_number_of_people_is_of_the_line_it_was_published_for(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary, threshold: int
) -> None:
    """No share of people at 90 mg is published, so what is modelled always says 120."""
    plan = covering(minimal, frozenset(MedicineClass), high_dose_threshold_mg=threshold)
    first = tiers(plan, results(plan, reference).need, reference, library.case_finding)[0]
    assert "at 120 mg a day or more (modelled)" in first.people


def test_people_on_several_classes_are_modelled_over_all_five_only(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    need = results(minimal, reference).need
    assert need.people is not None
    last = tiers(minimal, need, reference, library.case_finding)[3]
    central = need.people.central * (6.5 / 11.5) * 0.24
    match = re.search(r"Two or more classes: about ([\d,]+)", last.people)
    assert match and abs(int(match[1].replace(",", "")) / central - 1) < 0.005
    fewer = covering(minimal, frozenset(MedicineClass) - {MedicineClass.Z_DRUGS})
    result = tiers(fewer, results(fewer, reference).need, reference, library.case_finding)
    assert "Two or more classes: about" not in result[3].people


def test_the_audit_takes_its_indicators_words_and_watches_for_harm(
    minimal: Plan, library: SpecLibrary
) -> None:
    rows = audit_rows(minimal, library)
    k1 = next(indicator for indicator in library.indicators if indicator.id == "K1")
    match = next(row for row in rows if row.criterion.endswith("(K1)"))
    assert (match.denominator, match.numerator, match.standard) == (
        k1.denominator,
        k1.numerator,
        k1.threshold,
    )
    assert {row.criterion.split(" (")[0] for row in rows if row.balancing} == {
        "Abrupt stops",
        "Switching between classes",
        "Harm reviewed",
    }
    without = audit_rows(covering(minimal, frozenset({MedicineClass.Z_DRUGS})), library)
    assert not [
        row for row in without if "opioid" in row.denominator or "antidepressant" in row.denominator
    ]


def test_nothing_rewards_stopping_and_nobody_is_pushed(
    maximal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    text = pack_text(specification(results(maximal, reference), PACK, reference, library))
    # the two words stand only where they are ruled out
    selection = [
        line
        for line in text.splitlines()
        if re.search(r"\b(reward|target|payment|incentive)", line, re.I)
    ]
    assert selection and all(
        line.startswith("No payment, ranking or target hangs on any line") for line in selection
    )
    for row in audit_rows(maximal, library):
        if not row.balancing:
            assert not re.search(
                r"\b(stop|reduc|taper|lower dose|came off)", f"{row.numerator} {row.criterion}"
            )
    assert not re.search(
        r"\b(must (stop|reduce|attend)|switch(ed)? off|auto-?stop|refus|fail)", text, re.I
    )
    assert "No search, letter or system rule stops a medicine" in text
    assert "A person may decline" in text and "offered again" in text


def test_what_it_answers_is_credited_under_its_own_heading(
    maximal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    where = {
        row.requirement.id: row.words for row in coverage(maximal, library, reference.framework)
    }
    resources = library.case_finding.meets.resources
    assert all("Group pack" in where[requirement] for requirement in resources)
    assert "Clinical pack, Searches" in where["A3.8a"]
    assert "Clinical pack, Order of priority and review" in where["A3.8b"]
    assert "Clinical pack, Audit sheet" in where["A3.8d"]


def test_an_antidepressant_is_talked_about_in_its_third_month_and_reviewed_at_six(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    result = criteria(minimal, reference, library.case_finding)
    search = next(s for s in result.searches if s.medicine_class is MedicineClass.ANTIDEPRESSANTS)
    assert "45 to 75 days ago" in search.new_start and "six months" in search.new_start
    match = next(risk for risk in result.risks if risk.id == "new_antidepressant")
    assert match.classes == (MedicineClass.ANTIDEPRESSANTS,) and match.tier == 3


def test_present_danger_is_acted_on_and_an_abrupt_stop_is_counted_as_in_the_schedule(
    minimal: Plan, library: SpecLibrary
) -> None:
    offer_text = " ".join(point.text for point in library.case_finding.how_to_offer)
    assert "in present danger" in offer_text and "whatever has been taken on" in offer_text
    row = next(row for row in audit_rows(minimal, library) if "(K19)" in row.criterion)
    k19 = next(one for one in library.indicators if one.id == "K19")
    assert (row.denominator, row.numerator) == (k19.denominator, k19.numerator)
    epilepsy = next(one for one in library.case_finding.handling if "epilepsy" in one.who)
    assert MedicineClass.Z_DRUGS in epilepsy.classes


def test_90_mg_is_the_line_and_120_mg_the_labelled_alternative(
    minimal: Plan, library: SpecLibrary
) -> None:
    assert minimal.prescribing.high_dose_threshold_mg == 90
    newer, older = library.case_finding.thresholds
    assert "unless the plan chooses the other" in newer.means and "OpenPrescribing" in newer.used_by
    assert older.means.startswith("The alternative") and "end of May 2026" in older.used_by


def test_warnings_are_dated_newest_first_and_say_how_they_are_known(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    warnings = library.case_finding.warnings
    days = [warning.on for warning in warnings]
    assert days == sorted(days, reverse=True) and all(w.source and w.printed for w in warnings)
    text = pack_text(specification(results(minimal, reference), PACK, reference, library))
    for warning in warnings:
        line = next(line for line in text.splitlines() if warning.says in line)
        assert line.startswith(f"{warning.on.day} ") and warning.source in line
    assert "Secondary source, to be confirmed by the clinical lead" in text
    assert "The list is not complete" in text and "gov.uk/drug-safety-update" in text


def test_every_resource_pack_that_the_framework_names_is_named(library: SpecLibrary) -> None:
    packs = {c for one in library.case_finding.resources if "pack" in one.name for c in one.classes}
    assert packs == set(MedicineClass)
    assert {one.for_use for one in library.case_finding.resources} == {
        "To see how a place prescribes",
        "To find and audit",
        "To review and reduce",
        "To give to people",
        "To learn from",
    }


def test_no_count_of_people_is_asked_for_by_name(library: SpecLibrary) -> None:
    rules = " ".join(point.text for point in library.case_finding.audit_rules)
    assert "Counts only" in rules and "fewer than 5" in rules
