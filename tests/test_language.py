"""The words we use: dependence and never blame, and nothing pasted from the framework's stock of
terms."""

from __future__ import annotations

import re
from pathlib import Path

from planner.documents.language_check import flag_language, warnings
from planner.model.plan import Plan
from planner.reference.field_help import load_glossary
from planner.reference.library import load_library
from planner.review.terms import TERMS, load_review_terms

ROOT = Path(__file__).parents[1]
OURS = [
    *ROOT.glob("case_studies/*.yaml"),
    *ROOT.glob("spec_templates/**/*.yaml"),
    *(path for path in ROOT.glob("planner/reference/*.yaml") if path.name != TERMS),
    *ROOT.glob("planner/screens/**/*.py"),
    *ROOT.glob("planner/analysis/**/*.py"),
]
BLAME = re.compile(r"\babus\w+\b", re.I)
"""Of others' documents only abuse of a drug is asked about; in ours the word stands nowhere."""


def test_no_word_that_blames() -> None:
    """The words that others' specifications are searched for do not stand in ours."""
    rules = [rule for rule in load_review_terms().language if not rule.near]
    for path in OURS:
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if "quote:" not in line and "url:" not in line)
        assert not BLAME.findall(text), f"{path.name}: {BLAME.findall(text)}"
        assert not warnings(text, rules), f"{path.name}: {warnings(text, rules)}"


def test_antidepressants_are_never_called_dependence_forming() -> None:
    for path in OURS:
        for sentence in re.split(r"(?<=[.!?])\s", path.read_text(encoding="utf-8")):
            lowered = sentence.lower()
            if "antidepressant" in lowered:
                assert (
                    "dependence-forming" not in lowered and "dependency-forming" not in lowered
                ), sentence


def test_no_payment_rewards_stopping() -> None:
    text = (ROOT / "spec_templates/clauses/schedules.yaml").read_text(encoding="utf-8")
    assert "must not link a payment to stopping a medicine or to reducing a dose" in text
    indicators = (ROOT / "spec_templates/indicators.yaml").read_text(encoding="utf-8")
    dose = next(line for line in indicators.splitlines() if "id: K15" in line)
    assert "never linked to payment" in dose and "enforceable" not in dose


def test_words_that_blame_in_what_a_user_typed_are_warned_of_and_kept(example: Plan) -> None:
    rules = load_review_terms().language
    assert flag_language(example, rules) == ()
    values = example.model_dump()
    values["specification"]["evaluation"] = "We follow addicts for a year."
    values["options"][1]["description"] = "For patients who are non-compliant."
    values["specification"]["risks"] = [{"risk": "Drug-seeking behaviour"}]
    plan = Plan.model_validate(values)
    lines = [words.warning for words in flag_language(plan, rules)]
    assert len(lines) == 3 and any(
        line.startswith("How it will be evaluated: 'addicts'") for line in lines
    )
    assert any("what it does" in line for line in lines) and all(
        "Instead:" in line for line in lines
    )


def test_a_term_has_one_meaning_wherever_it_is_explained() -> None:
    rows = [
        row
        for clause in load_library().clauses
        if clause.id.endswith("-glossary") and clause.table is not None
        for row in clause.table.rows
    ]
    meanings: dict[str, set[str]] = {}
    for term, meaning in (*rows, *load_glossary().items()):
        meanings.setdefault(term, set()).add(meaning)
    assert len(rows) > len(set(map(tuple, rows))), "some stand in two documents"
    assert not {term: several for term, several in meanings.items() if len(several) > 1}
