"""A plan file opens as it was saved, or says in one sentence what is wrong and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.completeness.sign_off import agreements, mark_of
from planner.model.base import Range
from planner.model.plan import SCHEMA_VERSION, Plan
from planner.model.prescribing import MedicineClass
from planner.model.service import Feature, ServiceKind
from planner.store.plan_file import PlanFileError, plan_from_json, plan_to_json, read_plan


def saved(plan: Plan, **change: object) -> bytes:
    return json.dumps(json.loads(plan_to_json(plan)) | change).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\xff\xfe\x00", "not plain text"),
        (b"PK\x03\x04\x80", "not plain text"),
        (b"{", "damaged or is not a plan at line 1"),
        (b"[1, 2]", "has no schema_version"),
        (b"{}", "has no schema_version"),
        (b'"a plan"', "has no schema_version"),
        (b'{"schema_version": 99}', "saved by a newer planner"),
        (b'{"schema_version": NaN}', "damaged"),
        (b'{"schema_version": true}', "not a whole number"),
        (b'{"schema_version": 1, "schema_version": 1}', "damaged"),
        (b'{"schema_version": ' + b"9" * 5000 + b"}", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_what_is_not_a_plan_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(PlanFileError, match=words) as caught:
        plan_from_json(data, "my.json")
    assert str(caught.value).startswith("my.json") and "\n" not in str(caught.value)


def test_a_fault_in_a_field_is_named(minimal: Plan) -> None:
    with pytest.raises(PlanFileError, match=r"pricing > perspective: .*'provider' or 'public'"):
        plan_from_json(saved(minimal, pricing={"perspective": "both"}))
    with pytest.raises(PlanFileError, match="colour: is not something this planner knows"):
        plan_from_json(saved(minimal, colour="red"))
    with pytest.raises(PlanFileError, match="title: input should be a valid string"):
        plan_from_json(saved(minimal, title=7))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(example: Plan) -> None:
    text = plan_to_json(example)
    assert plan_from_json(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == example


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError, match="cannot be read"):
        read_plan(tmp_path / "absent.json")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_give_a_traceback(data: bytes) -> None:
    with pytest.raises(PlanFileError):
        plan_from_json(data)


@pytest.mark.slow
@settings(max_examples=70, deadline=None)
@given(data=st.data())
def test_a_plan_with_one_thing_changed_opens_or_is_refused(
    data: st.DataObject, maximal: Plan
) -> None:
    """Walk to a random place in a real plan and put something else there."""
    tree = json.loads(plan_to_json(maximal))
    here, path = tree, []
    while isinstance(here, dict | list) and here:
        keys = sorted(here) if isinstance(here, dict) else range(len(here))
        key = data.draw(st.sampled_from(list(keys)))
        path.append((here, key))
        here = here[key]
    parent, key = path[-1]
    parent[key] = data.draw(
        st.none()
        | st.booleans()
        | st.integers(-(10**30), 10**30)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20)
        | st.lists(st.integers(), max_size=3)
        | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
    )
    try:
        plan = plan_from_json(json.dumps(tree).encode())
    except PlanFileError as error:
        assert "\n" not in str(error)
    else:
        assert plan_from_json(plan_to_json(plan).encode()) == plan


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "plans").glob("*.json")), ids=lambda p: p.stem
)
def test_a_plan_of_every_earlier_version_opens_and_keeps_its_words(path: Path) -> None:
    plan = read_plan(path)
    assert plan.schema_version == SCHEMA_VERSION
    current = json.loads(path.read_text(encoding="utf-8"))
    remaining = json.loads(plan_to_json(plan))
    words = plan.carried_over
    for option, now in zip(current["options"], remaining["options"], strict=True):
        # Until version 3.
        if "most_deprived_share" in option:
            assert now["shares_by_quintile"] == [
                option.pop("most_deprived_share"),
                None,
                None,
                None,
                None,
            ]
        if "shares_by_fifth" in option:
            assert now["shares_by_quintile"] == option.pop("shares_by_fifth")
        # Until version 5 each person supported took hours, and a letter had a part of the effect of
        # fuller support.
        hours = option.pop("hours_per_person", None)
        if option["id"] not in STARTERS:
            assert now["hours_programme"] == hours
        elif hours not in (None, *OUR_HOURS):
            assert f"hours for each person of {option['name']}: {hours['central']}" in words
        if option["id"] == "do-minimum":
            assert now["kind"] == "letters and education"
            option.pop("effect")
        # What was not said to be there was taken to be absent.
        assert {*now["features"]} == {*option["features"]}
        assert not {*now["features"]} & {*now["features_absent"]}
        assert len(now["features"]) + len(now["features_absent"]) == 7
        assert option["id"] == "do-nothing" or now["kind"] != "another kind"
    for report, now in zip(current.get("imports", []), remaining["imports"], strict=True):
        # Until version 4 a file was named by its SHA-256, and nothing said so.
        if "sha256" in report:
            assert now["digest"] == "sha256:" + report.pop("sha256")
        assert all_kept(report, now)
    contract = current["specification"].pop(
        "contract_family", "NHS Standard Contract, shorter form"
    )
    assert remaining["specification"]["contract_type"] == contract
    for part in ("title", "place", "population", "options", "specification"):
        assert all_kept(current[part], remaining[part]), part
    for name, value in current["demand"].items():
        flat = dict.fromkeys(("low", "central", "high"), value)
        value = flat if isinstance(value, float) and name != "coverage" else value
        if name in remaining["demand"]:
            assert all_kept(value, remaining["demand"][name])
        else:
            number = value["central"] if isinstance(value, dict) else value
            assert name in GONE and (value is None or f"{GONE[name]}: {number}" in words), name


STARTERS = (
    "do-nothing", "do-minimum", "pharmacist-clinics", "therapist-peer", "specialist-mdt",
    "whole-system",
)  # fmt: skip
"""Our own options to start from, before version 6."""
OUR_HOURS = (
    {"low": 10.0, "central": 16.0, "high": 24.0},
    {"low": 1.0, "central": 2.0, "high": 3.0},
)
GONE = {
    "uptake": "uptake of an offer",
    "coverage": "share of the place covered in a year",
    "appropriate_share": "share for whom an offer is appropriate",
}


def test_what_version_5_asked_for_and_the_sums_no_longer_do_is_kept_in_words() -> None:
    plan = read_plan(Path(__file__).parent / "plans" / "version-5.json")
    assert plan.carried_over == (
        "Entered in an older version: share for whom an offer is appropriate: 0.8 (0.6 to 1.0); "
        "share of the place covered in a year: 0.5 (0.4 to 0.6); uptake of an offer: 0.1 (0.05 to "
        "0.2); share of people supported who start: 0.7 (0.5 to 0.9); share who relapse or start "
        "again later: 0.2 (0.1 to 0.3); how uptake and the share who stop move together: -0.3; "
        "share of opioids who reduced: 0.2 (0.1 to 0.3); share of opioids who left: 0.1 (0.05 to "
        "0.15)."
    )
    opioids = plan.outcomes.of(MedicineClass.OPIOIDS)
    assert opioids.stopped and opioids.usual
    assert (opioids.stopped.central, opioids.usual.central) == (0.3, 0.1)
    assert plan.horizon.staffing_profile == (0.75, 1.0)
    assert (plan.simulation.simulations, plan.simulation.measure) == (5_000, "people_assessed")
    assert plan.mix.objective == "people_assessed"
    kinds = [option.kind.value for option in plan.options]
    assert kinds[1:] == [
        "letters and education", "pharmacist clinics", "therapists and peers", "specialist team",
        "whole-system mix",
    ]  # fmt: skip
    assert plan_from_json(plan_to_json(plan).encode()) == plan


def test_hours_and_kinds_of_options_of_version_5() -> None:
    tree = json.loads(
        (Path(__file__).parent / "plans" / "version-5.json").read_text(encoding="utf-8")
    )
    hours = {"low": 5.0, "central": 6.0, "high": 7.0}
    own = {"id": "own", "name": "Own", "features": ["peer support"], "hours_per_person": hours}
    study = {"id": "cs1-cost", "name": "Study", "features": ["peer support"]}
    tree["options"] = [tree["options"][2] | {"hours_per_person": hours}, own, study]
    tree["preferred_option"] = None
    clinics, ours, of_study = plan_from_json(json.dumps(tree).encode()).options
    # Hours of each person supported are not those of a programme of that kind: kept in words.
    assert clinics.hours_programme is None
    words = plan_from_json(json.dumps(tree).encode()).carried_over
    assert f"hours for each person of {clinics.name}: 6.0 (5.0 to 7.0)" in words
    assert ours.hours_programme == Range(**hours) and ours.kind is ServiceKind.OTHER
    assert ours.feature(Feature.PEER_SUPPORT) is True
    assert ours.feature(Feature.SELF_REFERRAL) is False
    # What nobody could have said then is not known now, nor is anything of a case study.
    assert ours.feature(Feature.GROUPS) is None
    assert of_study.feature(Feature.SELF_REFERRAL) is None


def all_kept(current: object, remaining: object) -> bool:
    """Whether everything that was held stands unchanged; fields and seats that came later may stand
    beside it."""
    if isinstance(current, dict) and isinstance(remaining, dict):
        return all(
            name in remaining and all_kept(value, remaining[name])
            for name, value in current.items()
        )
    if isinstance(current, list) and isinstance(remaining, list):
        return len(current) <= len(remaining) and all(map(all_kept, current, remaining))
    return current == remaining


@pytest.mark.parametrize(
    ("imports", "words"),
    [
        (7, "imports: input should be a valid"),
        ([7], "imports > 1: input should be an object"),
        ([{"sha256": None}], "imports > 1 > digest: is not written as it should be"),
        ([{"file": "a.csv"}], "imports > 1 > digest: is missing"),
    ],
)
def test_a_damaged_report_of_version_3_is_refused_by_its_place(imports: object, words: str) -> None:
    tree = json.loads(
        (Path(__file__).parent / "plans" / "version-3.json").read_text(encoding="utf-8")
    )
    with pytest.raises(PlanFileError, match=words):
        plan_from_json(json.dumps(tree | {"imports": imports}).encode())


def test_a_step_agreed_in_an_older_file_stands_unless_it_had_changed_there() -> None:
    tree = json.loads(
        (Path(__file__).parent / "plans" / "version-3.json").read_text(encoding="utf-8")
    )
    agreement_entry = {"by": "Chair", "on": "2026-12-01"}
    tree["specification"]["agreed"] = [
        {"step": "options", "mark": mark_of(tree, "options"), **agreement_entry},
        {"step": "specification", "mark": "0" * 12, **agreement_entry},
    ]
    plan = plan_from_json(json.dumps(tree).encode())
    stands = {one.agreement.step: not one.changed for one in agreements(plan)}
    assert stands == {"options": True, "specification": False}
    again = plan_from_json(plan_to_json(plan).encode())
    assert again == plan


@pytest.mark.parametrize("version", [3, SCHEMA_VERSION])
def test_a_step_of_the_first_edition_is_agreed_as_part_of_a_step_of_today(
    version: int, example: Plan
) -> None:
    """The latest agreement on any of its parts, as changed since: nobody has agreed the whole."""
    saved = Path(__file__).parent / "plans" / f"version-{version}.json"
    text = plan_to_json(example) if version == SCHEMA_VERSION else saved.read_text("utf-8")
    tree = json.loads(text)
    tree["specification"]["agreed"] = [
        {"step": "place", "by": "Chair", "on": "2026-12-03", "mark": "0" * 12},
        {"step": "prescribing", "by": "Analyst", "on": "2026-12-01", "mark": "1" * 12},
        {"step": "years", "by": "Finance", "on": "2026-12-02"},
    ]
    plan = plan_from_json(json.dumps(tree).encode())
    agreed_on = {one.agreement.step: (one.agreement.by, one.changed) for one in agreements(plan)}
    assert agreed_on == {"need": ("Chair", True), "outcomes": ("Finance", True)}
    assert all("Changed since" in one.words for one in agreements(plan))
    assert plan_from_json(plan_to_json(plan).encode()) == plan


def test_a_count_of_a_quarter_or_a_month_in_an_older_file_says_so() -> None:
    plan = read_plan(Path(__file__).parent / "plans" / "version-4.json")
    over = {row.medicine_class.value: row.counted_over.value for row in plan.prescribing.classes}
    assert over == {
        "antidepressants": "year",
        "benzodiazepines": "quarter",
        "gabapentinoids": "year",
        "opioids": "year",
        "z_drugs": "month",
    }


@pytest.mark.parametrize("prescribing", [7, {"classes": 7}, {"classes": [7]}, {"classes": [{}]}])
def test_damaged_prescribing_of_version_4_is_refused_by_its_place(prescribing: object) -> None:
    tree = json.loads(
        (Path(__file__).parent / "plans" / "version-4.json").read_text(encoding="utf-8")
    )
    with pytest.raises(PlanFileError, match="prescribing"):
        plan_from_json(json.dumps(tree | {"prescribing": prescribing}).encode())


def test_a_seat_that_is_no_word_is_refused_by_its_place(example: Plan) -> None:
    tree = json.loads(plan_to_json(example))
    tree["specification"]["members"][0]["seat"] = ["chair"]
    with pytest.raises(PlanFileError, match="specification > members > 1 > seat"):
        plan_from_json(json.dumps(tree).encode())


def test_there_is_a_plan_kept_of_every_earlier_version() -> None:
    remaining = {path.stem for path in (Path(__file__).parent / "plans").glob("*.json")}
    assert remaining == {f"version-{number}" for number in range(1, SCHEMA_VERSION)}


def test_of_a_damaged_plan_whatever_can_be_read_is_offered(maximal: Plan) -> None:
    tree = json.loads(plan_to_json(maximal))
    tree["options"][1]["overhead"] = {"low": 2, "central": 1, "high": 0}
    tree["specification"]["service_start"] = "soon"
    tree["surprise"] = 1
    with pytest.raises(PlanFileError, match="cannot be opened as it stands") as refused:
        plan_from_json(json.dumps(tree).encode())
    readable = refused.value.readable
    assert readable is not None and readable.title == maximal.title
    assert readable.specification.service_start is None
    assert readable.specification.chair == maximal.specification.chair
    assert len(readable.options) in (len(maximal.options), len(maximal.options) - 1)
    assert (
        any("service start" in part for part in refused.value.left_out)
        and "surprise" in refused.value.left_out
    )


@pytest.mark.parametrize("damage", ["place", "everything"])
def test_where_nothing_would_be_left_nothing_is_offered(maximal: Plan, damage: str) -> None:
    tree = json.loads(plan_to_json(maximal))
    if damage == "place":
        tree["place"] = 3
    else:
        tree = {"schema_version": tree["schema_version"]} | dict.fromkeys("abc", 1)
    with pytest.raises(PlanFileError) as refused:
        plan_from_json(json.dumps(tree).encode())
    assert refused.value.readable is None


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_what_is_offered_of_a_damaged_plan_opens(data: st.DataObject, maximal: Plan) -> None:
    tree = json.loads(plan_to_json(maximal))
    for _ in range(data.draw(st.integers(1, 4))):
        part = data.draw(st.sampled_from(sorted(tree)))
        if part != "schema_version":
            tree[part] = data.draw(
                st.none() | st.integers(-5, 5) | st.text(max_size=5) | st.just([{}])
            )
    try:
        plan_from_json(json.dumps(tree).encode())
    except PlanFileError as error:
        if error.readable is not None:
            assert plan_from_json(plan_to_json(error.readable).encode()) == error.readable
            assert error.left_out


def test_more_entries_than_a_list_may_hold_are_refused_with_its_name_and_limit(
    maximal: Plan,
) -> None:
    tree = json.loads(plan_to_json(maximal))
    risks = [{"risk": f"Risk {number}"} for number in range(20_000)]
    tree["specification"]["risks"] = risks
    with pytest.raises(
        PlanFileError,
        match="specification > risks: is too long: it may hold at most 100 entries, and this has "
        "20,000",
    ) as refused:
        plan_from_json(json.dumps(tree).encode(), "many.json")
    # The rest is offered, with as many as a plan may hold.
    readable = refused.value.readable
    assert readable is not None and readable.title == maximal.title
    assert [one.risk for one in readable.specification.risks] == [
        f"Risk {number}" for number in range(100)
    ]
    assert refused.value.left_out == ("specification > risks beyond the first 100",)


def test_a_text_that_is_too_long_is_refused_with_its_limit(minimal: Plan) -> None:
    with pytest.raises(PlanFileError, match="title: is too long: it may have at most 300 char"):
        plan_from_json(saved(minimal, title="t" * 301))


DAMAGE: dict[str, object] = {
    "entries": {"risks": [{"risk": 1, "likelihood": "?", "owner": 2}] * 20_000},
    "unknown fields": {f"field {number}": 1 for number in range(50_000)},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_plan_with_very_many_faults_is_checked_once_and_the_rest_are_counted(
    maximal: Plan, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    checks = count_checks(monkeypatch)
    tree = json.loads(plan_to_json(maximal))
    tree["specification"] |= DAMAGE[damage]
    with pytest.raises(PlanFileError, match=r"; and at least \d\d,\d{3} more\.$") as refused:
        plan_from_json(json.dumps(tree).encode())
    assert len(str(refused.value)) < 1_500 and refused.value.readable is None
    assert len(checks) == 1


def test_however_many_faults_are_left_out_the_plan_is_checked_a_few_times(
    maximal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = count_checks(monkeypatch)
    tree = json.loads(plan_to_json(maximal))
    tree |= {f"field {number}": 1 for number in range(50)}
    tree["options"][0]["shares_by_quintile"][2] = "half"
    with pytest.raises(PlanFileError, match="and at least 43 more") as refused:
        plan_from_json(json.dumps(tree).encode())
    assert refused.value.readable is not None
    assert len(refused.value.left_out) == 51 and len(checks) == 2


@pytest.mark.parametrize("at_fault", [[2], [0, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]])
def test_a_number_that_is_left_out_moves_no_other_to_another_class_or_quintile(
    maximal: Plan, at_fault: list[int]
) -> None:
    tree = json.loads(plan_to_json(maximal))
    shares = tree["options"][0]["shares_by_quintile"]
    left = [None if at in at_fault else share for at, share in enumerate(shares)]
    for at in at_fault:
        shares[at] = "half"
    with pytest.raises(PlanFileError) as refused:
        plan_from_json(json.dumps(tree).encode())
    assert refused.value.readable is not None
    assert list(refused.value.readable.options[0].shares_by_quintile) == left
    assert len(refused.value.left_out) == len(at_fault)


def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The length of each text that is checked as a plan, from now on."""
    checks: list[int] = []
    check = Plan.model_validate_json

    def counted(text: str, strict: bool) -> Plan:
        checks.append(len(text))
        return check(text, strict=strict)

    monkeypatch.setattr(Plan, "model_validate_json", counted)
    return checks
