"""Case finding as data refuses what would leave a class, a tier or a safeguard out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from planner.model.case_finding import AuditLine, CaseFinding, RiskSearch
from planner.model.library import SpecLibrary
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData


def changed(library: SpecLibrary, **update: Any) -> dict[str, Any]:
    return library.case_finding.model_dump() | update


@pytest.mark.parametrize(
    ("field", "keep", "words"),
    [
        ("searches", slice(4), "each of the five classes needs one search"),
        ("thresholds", slice(1, 2), "both dose thresholds must stand"),
        ("tiers", slice(3), "the tiers must run from 1 to 4"),
    ],
)
def test_what_is_left_out_is_named(
    library: SpecLibrary, field: str, keep: slice, words: str
) -> None:
    current = library.case_finding.model_dump()[field]
    with pytest.raises(ValidationError, match=words):
        CaseFinding.model_validate(changed(library, **{field: current[keep]}))


def test_a_tier_that_a_class_cannot_reach_is_named(library: SpecLibrary) -> None:
    risks = [risk for risk in library.case_finding.model_dump()["risks"] if risk["id"] != "falls"]
    with pytest.raises(
        ValidationError, match="nobody on antidepressants alone could come into tier 2"
    ):
        CaseFinding.model_validate(changed(library, risks=risks))


def test_a_tier_needs_a_reason(library: SpecLibrary) -> None:
    tiers = library.case_finding.model_dump()["tiers"]
    with pytest.raises(ValidationError, match="reason"):
        CaseFinding.model_validate(changed(library, tiers=[tiers[0] | {"reason": " "}, *tiers[1:]]))


def test_an_audit_without_a_balancing_measure_is_refused(library: SpecLibrary) -> None:
    lines = [line for line in library.case_finding.model_dump()["audit"] if not line["balancing"]]
    with pytest.raises(ValidationError, match="balancing"):
        CaseFinding.model_validate(changed(library, audit=lines))


def test_an_audit_line_is_an_indicator_or_says_all_itself() -> None:
    with pytest.raises(ValidationError, match="takes its words from the indicator"):
        AuditLine(indicator="K1", criterion="Something", exceptions="none")
    with pytest.raises(ValidationError, match="needs a criterion"):
        AuditLine(criterion="Something", denominator="People", exceptions="none")


def test_an_audit_line_names_an_indicator_there_is(library: SpecLibrary) -> None:
    values = library.model_dump()
    values["case_finding"]["audit"] += ({"indicator": "K99", "exceptions": "none"},)
    with pytest.raises(ValidationError, match="K99"):
        SpecLibrary.model_validate(values)


def test_a_rule_uses_only_known_names(library: SpecLibrary) -> None:
    risk = library.case_finding.model_dump()["risks"][0]
    with pytest.raises(ValidationError, match="dose is not one of"):
        RiskSearch.model_validate(risk | {"rule": "more than $dose"})


@pytest.mark.parametrize(
    ("covered", "applies"),
    [
        (("opioids",), False),
        (("opioids", "antidepressants"), False),
        (("opioids", "z_drugs"), True),
        (("benzodiazepines", "z_drugs"), False),
    ],
)
def test_an_opioid_with_another_needs_both_covered(
    library: SpecLibrary, covered: tuple[str, ...], applies: bool
) -> None:
    risk = next(risk for risk in library.case_finding.risks if risk.id == "opioid_beside")
    assert risk.applies(tuple(MedicineClass(name) for name in covered)) is applies


def test_no_code_or_substance_is_repeated_in_the_content(
    library: SpecLibrary, reference: ReferenceData
) -> None:
    # What a reviewer bears in mind of one medicine has to name it, and is no rule of a search.
    text = library.case_finding.model_dump_json(exclude={"borne_in_mind"}).lower()
    for chemical in reference.chemicals:
        assert chemical.bnf_code.lower() not in text
        assert not re.search(rf"\b{re.escape(chemical.name.lower())}\b", text), chemical.name
