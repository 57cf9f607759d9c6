"""Every file we ship is opened, and holds what it says it holds, each row with a source and a
kind.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from string import Template

import pytest
from pydantic import ValidationError

from planner.analysis.completeness.missing_inputs import _of_decision, _of_plan, _registered
from planner.analysis.formatting import by_strength
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import PARTS
from planner.documents.context import words
from planner.model.case_study import Measure
from planner.model.figures import FigureKind
from planner.model.framework import Requirement, Strength
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.reference import HERE, ContentError, content_folder, load_case_studies, read_yaml

CSV = sorted(HERE.glob("*.csv"))
YAML = sorted(
    [*HERE.glob("*.yaml"), *content_folder("case_studies").glob("*.yaml")]
    + [*content_folder("spec_templates").rglob("*.yaml")]
)


@pytest.mark.parametrize("path", CSV, ids=lambda p: p.name)
def test_every_row_has_a_source_and_a_kind(path: Path) -> None:
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert rows
    for line, row in enumerate(rows, start=2):
        assert None not in row and None not in row.values(), f"{path.name}, line {line}: ragged"
        assert row["source"].strip(), f"{path.name}, line {line}: no source"
        assert row["kind"] in set(FigureKind), f"{path.name}, line {line}: no kind"


@pytest.mark.parametrize("path", YAML, ids=lambda p: p.name)
def test_every_yaml_file_opens(path: Path) -> None:
    assert read_yaml(path)


def test_a_repeated_key_or_a_broken_file_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: 1\na: 2\n")
    with pytest.raises(ContentError, match="bad.yaml"):
        read_yaml(bad)


def test_both_lists_of_boards(reference: ReferenceData) -> None:
    new = reference.icbs(OrganisationList.FROM_APRIL_2026)
    old = reference.icbs(OrganisationList.TO_MARCH_2026)
    assert (len(new), len(old)) == (36, 42)
    england = reference.england
    for basis in (Basis.RESIDENT_ADULTS, Basis.REGISTERED_ALL_AGES):
        for icbs in (new, old):
            assert sum(b.population(basis).value for b in icbs) == england.population(basis).value
    assert england.population(Basis.RESIDENT_ADULTS).value == 44_456_850
    codes = {b.code for b in new}
    for change in reference.succession:
        assert change.successor in codes
    assert {b.code for b in old} - codes == {s.predecessor for s in reference.succession} - codes


def test_an_unknown_board_names_the_list_it_is_in(reference: ReferenceData) -> None:
    with pytest.raises(ReferenceMissing, match="42 ICBs to March 2026"):
        reference.organisation("QNQ", OrganisationList.FROM_APRIL_2026)
    assert reference.find_organisation("QNQ").successors == ("S0E4D", "S9B9J", "QRL")
    assert len({part.ons_code for part in reference.sub_icbs}) == len(reference.sub_icbs) == 106


def test_the_73_chemicals_of_the_five_classes(reference: ReferenceData) -> None:
    count = {c: sum(x.medicine_class is c for x in reference.chemicals) for c in MedicineClass}
    assert [count[c] for c in MedicineClass] == [33, 10, 2, 25, 3]
    codes = [x.bnf_code for x in reference.chemicals]
    assert len(set(codes)) == 73 and all(len(code) == 9 for code in codes)
    assert not {x.bnf_code for x in reference.near_misses} & set(codes)


@pytest.mark.parametrize(
    ("basis", "rates"),
    [
        (
            Basis.RESIDENT_ADULTS,
            {
                "antidepressants": (177, "2020/21"),
                "opioids": (122, "2020/21"),
                "benzodiazepines": (24, "2020/21"),
                "gabapentinoids": (33.7, "2020/21"),
                "z_drugs": (20, "2020/21"),
            },
        ),
        (
            Basis.RESIDENT_ALL_AGES,
            {
                "antidepressants": (151.7, "2024/25"),
                "opioids": (96, "2023/24"),
                "benzodiazepines": (17, "2023/24"),
                "gabapentinoids": (27, "2023/24"),
                "z_drugs": (13, "2023/24"),
            },
        ),
        (Basis.REGISTERED_ADULTS, {}),
    ],
)
def test_the_newest_rate_is_on_the_same_basis(
    reference: ReferenceData, basis: Basis, rates: dict[str, tuple[float, str]]
) -> None:
    for medicine_class in MedicineClass:
        rate = reference.newest_rate(medicine_class, basis)
        result = (rate.value, rate.period) if rate else None
        assert result == rates.get(medicine_class.value)


def test_registered_rates_are_worked_out_as_they_say(reference: ReferenceData) -> None:
    registered = reference.england.population(Basis.REGISTERED_ALL_AGES).value
    # ONS, ENPOP time series (rebased), mid-2023.
    mid_2023 = 57_990_800
    published = {"opioids": 96, "gabapentinoids": 27, "benzodiazepines": 17, "z_drugs": 13}
    for name, rate in published.items():
        current = reference.newest_rate(MedicineClass(name), Basis.REGISTERED_ALL_AGES)
        assert current is not None and current.kind is FigureKind.DERIVED
        assert current.value == round(rate * mid_2023 / registered, 1)
    antidepressants = reference.newest_rate(
        MedicineClass.ANTIDEPRESSANTS, Basis.REGISTERED_ALL_AGES
    )
    assert antidepressants is not None and antidepressants.value == round(
        8_890_000 / registered * 1000, 1
    )


def test_quarantined_framework_figures_are_never_a_default(reference: ReferenceData) -> None:
    doubtful = [
        row for row in reference.national if row.measure == "most minus least deprived decile"
    ]
    assert len(doubtful) == 2
    assert all(
        "percentage POINTS" in (row.caution or "") or "as above" in (row.caution or "")
        for row in doubtful
    )
    assert not any(row.is_yearly_rate for row in doubtful)


def test_the_frameworks_figures_stand_where_it_prints_them(reference: ReferenceData) -> None:
    rows = {row.id: row for row in reference.national}
    prints = {
        "n187": (0.007, "Appendix, Gabapentinoids"), "n188": (57_000, "Appendix, Gabapentinoids"),
        "n189": (-0.065, "Appendix, Opioids"), "n190": (-0.023, "Appendix, Z-drugs"),
        "n042": (0.035, "Appendix"), "n191": (0.036, "Appendix, Opioids"),
        "n192": (0.043, "Appendix, Opioids"), "n001": (0.25, "1. Introduction, paragraph 3"),
        "n008": (0.85, "Action 5, Rationale, paragraph 6"),
        "n009": (0.9, "Action 5, Rationale, paragraph 6"),
    }  # fmt: skip
    for key, (value, section) in prints.items():
        assert rows[key].value == value
        assert rows[key].source == f"NHS England PR1103 framework (2 Mar 2023), {section}"
    # What it does not say is told as inferred: whom it counts, and what a low dose is.
    for key in ("n024", "n027", "n029"):
        assert "inferred" in (rows[key].caution or "")
    assert any("inferred" in words for words in reference.assumption("low_dose_share").cautions)
    every_class = [one.section for one in reference.patterns if one.medicine_class is None]
    assert len(every_class) == 2 and every_class[1].endswith("Figure 3")


def test_unverified_pay_is_never_used_in_a_year_we_offer(reference: ReferenceData) -> None:
    assert reference.pay_years[0] == "2026/27"
    for year in reference.pay_years:
        assert all(p.verified for p in reference.pay_points if p.year == year)


def test_every_case_study_is_on_all_measures() -> None:
    studies = load_case_studies()
    assert [study.number for study in studies[:7]] == list("1234567")
    for study in studies:
        assert {row.measure for row in study.measures} == set(Measure)
        for figure in study.figures:
            assert figure.value is not None or figure.missing_because
            if figure.kind is FigureKind.PUBLISHED:
                assert figure.quote, f"{study.id}: {figure.id} has no quote to find it by"
                assert len(figure.quote.split()) <= 10


def test_the_framework_is_whole(reference: ReferenceData, library: SpecLibrary) -> None:
    known = {requirement.id for requirement in reference.framework.requirements}
    assert len(known) >= 100
    claimed = {r for clause in library.clauses for r in clause.meets}
    claimed |= {r for line in library.workplan.deliverables for r in line.meets}
    claimed |= set(library.case_finding.meets.all)
    assert claimed <= known, "a clause claims a requirement that the framework does not have"
    for action in (3, 4):
        question = {r.id for r in reference.framework.actions[action - 1].requirements}
        assert question <= claimed, f"no clause meets {sorted(question - claimed)}"


READ_TOO_STRONGLY: dict[str, dict[str, tuple[str, ...]]] = {
    "may": {
        "includes a quality improvement module to support": ("A1.21a", "A1.21b", "A1.21c"),
        "trusts can refer patients": ("A1.22",),
        "two community pharmacy services can support": ("A1.23",),
        "can help and support NHS organisations": ("A1.24",),
        "may benefit from concurrent interventions": ("A2.6",),
        "can be used to understand": ("A3.4",),
        "can provide support": ("A3.5",),
        "increases the opportunity to target": ("A4.5",),
        "can contribute to improvement": ("A4.8",),
        "will respond to simple advice": ("A4.9",),
        "can then be offered": ("A4.14b",),
        "other collaborations to support implementation include": ("A4.18", "A4.19"),
        "will support many different patients": ("A4.20a",),
        "will benefit those patients": ("A4.20b",),
        "data enables users to": ("A5.3a", "A5.3b", "A5.3c"),
        "can prevent acute use": ("A5.6",),
        "can be used to review": ("A5.7",),
        "developed to enable ICBs": ("A5.10",),
        "will enable users": ("A5.11",),
        "prescribers can ensure": ("A5.13", "A5.13a", "A5.13b"),
        "have a role in identifying": ("A5.15",),
        "can review them or refer": ("A5.16",),
        "are also well placed": ("A5.17",),
    },
    "example": {"for example, build into": ("A4.4a", "A4.4b", "A4.4c", "A4.4d")},
    "consider": {"are encouraged to work with": ("A2.9",)},
}
"""What was once told as an order, by the strength it has and the words of the framework for it."""

ASKED_OF = {
    "A0.4": ("prescribers",), "A0.7": ("ICB",), "A0.14": ("ICB", "primary care"),
    "A1.20": ("PCNs",), "A1.22": ("trusts",), "A4.7": ("ICB",), "A5.18": ("PCNs",),
    "A4.18": ("pharmacists", "accountable officers"), "A5.13": ("prescribers",),
}  # fmt: skip


def test_each_requirement_says_who_is_asked_and_how_strongly(reference: ReferenceData) -> None:
    by_id = {requirement.id: requirement for requirement in reference.framework.requirements}
    assert Counter(requirement.strength for requirement in by_id.values()) == {
        "must": 15, "should": 77, "consider": 11, "may": 30, "example": 4,
    }  # fmt: skip
    weaker = {
        key: strength
        for strength, words in READ_TOO_STRONGLY.items()
        for keys in words.values()
        for key in keys
    }
    assert len(weaker) == 35
    assert {key: by_id[key].strength for key in weaker} == weaker
    # Nothing else around the five actions or in them is told as a mere possibility or example.
    assert {k for k, one in by_id.items() if one.strength in ("may", "example")} <= set(weaker)
    assert {key: by_id[key].who for key in ASKED_OF} == ASKED_OF
    assert by_id["A1.22"].asked_of == "trusts: may"
    for letter in "abcd":
        assert "services and pharmacological interventions" in by_id[f"A1.13{letter}"].asks
    with pytest.raises(ValidationError, match="strength"):
        Requirement.model_validate(by_id["A1.1"].model_dump() | {"strength": "ought"})


def test_how_many_are_asked_is_told_by_strength(reference: ReferenceData) -> None:
    strengths = [requirement.strength for requirement in reference.framework.requirements]
    assert by_strength(strengths) == (
        "92 musts and shoulds, 41 to consider or that may help and 4 examples"
    )
    assert by_strength(strengths[:6], strengths[:1]) == "1 of 6 musts and shoulds"
    assert by_strength([Strength.MUST]) == "1 must or should" and by_strength([]) == "nothing"


def test_outlines_and_clauses_name_only_what_exists(
    library: SpecLibrary, worked: Results, reference: ReferenceData
) -> None:
    from planner.documents.context import Citations, Context

    names = words(
        Context(3, worked, reference, library, Citations(), Projections(worked, reference))
    )
    for clause in library.clauses:
        assert clause.names <= set(names), f"{clause.id} uses {clause.names - set(names)}"
    for outline in library.outlines:
        for section in outline.all_sections():
            if section.blocks == ("clauses",) and not section.sections:
                assert any(clause.section == section.id for clause in library.clauses), section.id
    named = {name for o in library.outlines for s in o.all_sections() for name in s.blocks}
    assert named - {"clauses"} == set(PARTS), (
        "an outline names a part that is not there, or a part stands in none"
    )
    in_texts = {
        name for text in library.texts.values() for name in Template(str(text)).get_identifiers()
    }
    # Each section of the specification has its number, whether another speaks of it or not.
    strengths = {name for name in names if not name.startswith("no_")}
    assert strengths <= in_texts.union(*(clause.names for clause in library.clauses)), (
        "a $name nobody uses"
    )


def test_each_deliverable_has_one_accountable_role(library: SpecLibrary) -> None:
    for line in library.workplan.deliverables:
        assert line.accountable in library.workplan.roles
        assert line.accountable not in line.responsible
        assert line.end <= 26


def test_everything_that_may_be_missing_is_worded(
    example: Plan, worked: Results, reference: ReferenceData
) -> None:
    """An entry without a condition raises; a condition without an entry would never be told."""
    entries = {entry.id: entry for entry in reference.missing_inputs}
    registered = _registered(example, worked.need)
    conditions = {*registered, *_of_plan(example), *_of_decision(example)}
    assert conditions <= set(entries) and len(entries) == len(reference.missing_inputs)
    for entry in entries.values():
        filled_in = [bool(text) for text in (entry.where, entry.what, entry.why, entry.who)]
        assert all(filled_in) if entry.id not in registered else not any(filled_in), entry.id
