"""Months fetched from a stand-in of the portal: one question each, whole or not at all."""

from __future__ import annotations

import gzip
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from planner.analysis.local_data.adopt import adopt
from planner.cli.main import main
from planner.intake import portal_client
from planner.intake.errors import IntakeError, Stopped
from planner.intake.portal import FOLDER, OFF_SETTING, FetchJob, fetch
from planner.intake.portal_client import BOUNDS, STAND_IN_SETTING, Portal
from planner.model.intake import Level, Reading
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference.cache import FOLDER_SETTING
from planner.store.plan_file import plan_to_json, read_plan
from tests.intake.portal_stand_in import (
    PRACTICES,
    SNOMED,
    Answer,
    StandIn,
    serving,
    zipped,
)

MONTHS = [f"2025-{month:02}" for month in range(7, 13)] + [f"2026-{m:02}" for m in range(1, 7)]
FEW = MONTHS[-2:]
# Each table is read in a process of its own.
many_processes = pytest.mark.slow
OURS = [practice for practice, (icb, _) in PRACTICES.items() if icb == "QF7"]


@pytest.fixture
def portal(
    reference: ReferenceData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[StandIn]:
    with serving(StandIn(reference, list(MONTHS))) as portal:
        monkeypatch.setenv(STAND_IN_SETTING, portal.address)
        monkeypatch.setenv(FOLDER_SETTING, str(tmp_path))
        monkeypatch.delenv(OFF_SETTING, raising=False)
        yield portal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / FOLDER


def cached_months(folder: Path) -> list[str]:
    """The months in the cache, by the names of their tables; whatever else lies there too."""
    return sorted(path.name.partition("-")[0] for path in folder.glob("*"))


def items_of(readings: list[Reading]) -> dict[tuple[str, str, MedicineClass], int | None]:
    records = [record for reading in readings for record in reading.records]
    assert {record.level for record in records} == {Level.PRACTICE}
    result = {(r.code, r.period, r.medicine_class): r.items for r in records if r.medicine_class}
    assert len(result) == len(records)
    return result


def items_due(portal: StandIn, months: list[str]) -> dict[tuple[str, str, MedicineClass], int]:
    """By hand: the stand-in's items, added up to classes."""
    due: dict[tuple[str, str, MedicineClass], int] = defaultdict(int)
    for month in months:
        for practice in OURS:
            for chemical in portal.reference.chemicals:
                key = (practice, month, chemical.medicine_class)
                due[key] += portal.items(practice, chemical.bnf_code, month)
    return dict(due)


# --- what is asked ------------------------------------------------------------------------------


@many_processes
def test_twelve_months_cost_a_question_each_and_the_thirteenth_one_more(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    first = fetch("QF7", 12, reference, folder)
    assert portal.times == {"list": 1} | dict.fromkeys(MONTHS, 1)
    assert items_of(first) == items_due(portal, MONTHS)
    portal.requests.clear()
    again = fetch("QF7", 12, reference, folder)
    assert portal.requests == ["list"]
    assert [r.report.digest for r in again] == [r.report.digest for r in first]
    portal.requests.clear()
    portal.months.append("2026-07")
    newer = fetch("QF7", 12, reference, folder)
    assert portal.requests == ["list", "2026-07"]
    assert items_of(newer) == items_due(portal, [*MONTHS[1:], "2026-07"])


def test_the_question_asks_for_sums_of_our_medicines_and_one_board(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.months[:] = FEW
    fetch("QF7", 1, reference, folder)
    (sql,) = portal.sql
    for chemical in reference.chemicals:
        assert f"'{chemical.bnf_code}'" in sql
    assert sql.count("'0") == len(reference.chemicals) + 4
    for words in (
        "FROM `EPD_SNOMED_202606` WHERE (ICB_CODE = 'QF7' OR PCO_CODE IN (",
        "('02P00', '02X00', '03L00', '03N00'))",
        "SUM(ITEMS) AS ITEMS",
        "GROUP BY YEAR_MONTH, ICB_CODE, PCO_CODE, PRACTICE_CODE, BNF_CHEMICAL_SUBSTANCE_CODE",
    ):
        assert words in sql


def test_a_board_made_in_april_2026_is_asked_for_by_its_parts_in_the_months_before(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.instead["2026-06"] = lambda _: (200, "application/json", b"{}")
    with pytest.raises(IntakeError):
        fetch("S9B9J", 1, reference, folder)
    parts = {part.code for part in reference.sub_icbs if part.icb_after == "S9B9J"}
    assert all(f"'{code if len(code) == 5 else code + '00'}'" in portal.sql[0] for code in parts)
    # One that was split is not wholly the board's: only its rows that say so.
    assert "D4U1Y" not in portal.sql[0] and "ICB_CODE = 'S9B9J'" in portal.sql[0]


@many_processes
def test_months_to_june_2025_come_from_the_older_dataset_by_its_own_names(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.old_months = ["2025-04", "2025-05", "2025-06"]
    portal.months += ["2025-06", "2025-05"]
    readings = fetch("QF7", 14, reference, folder)
    assert portal.times == {"list": 2} | dict.fromkeys([*MONTHS, "2025-06", "2025-05"], 1)
    old = [sql for sql in portal.sql if "SNOMED" not in sql]
    assert len(old) == 2 and all("BNF_CHEMICAL_SUBSTANCE IN" in sql for sql in old)
    # As files of a year each, so that none is too large to read.
    assert [len(r.report.periods) for r in readings] == [12, 2]
    assert items_of(readings) == items_due(portal, ["2025-05", "2025-06", *MONTHS])


def test_a_revised_month_is_asked_for_in_place_of_the_first(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    names = [{"name": "EPD_SNOMED_202606FINAL"}, {"name": "EPD_SNOMED_202606"}, {"name": "Notes"}]
    body = json.dumps({"result": {"resources": names}}).encode()
    portal.instead["list"] = lambda answer: (200, "application/json", body)
    with pytest.raises(IntakeError):
        fetch("QF7", 1, reference, folder)
    assert "FROM `EPD_SNOMED_202606FINAL`" in portal.sql[0]


@many_processes
def test_a_large_answer_comes_as_files_and_says_the_same(
    portal: StandIn, tmp_path: Path, reference: ReferenceData
) -> None:
    small = fetch("QF7", 1, reference, tmp_path / "small")
    portal.inline = 10
    for name, pack, files in (("plain", bytes, 1), ("zip", zipped, 1), ("gzip", gzip.compress, 2)):
        portal.requests.clear()
        portal.pack, portal.files = pack, files
        assert fetch("QF7", 1, reference, tmp_path / name) == small, name
        assert portal.times == {"list": 1, "file": files, FEW[-1]: 1}


def test_a_kept_month_that_was_damaged_is_asked_for_again(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    first = fetch("QF7", 2, reference, folder)
    damaged = next(folder.glob("EPD_SNOMED_202606*"))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    portal.requests.clear()
    assert fetch("QF7", 2, reference, folder) == first
    assert portal.requests == ["list", "2026-06"]


# --- what goes wrong ----------------------------------------------------------------------------


@many_processes
@pytest.mark.parametrize("at", ["list", MONTHS[-1], MONTHS[6], MONTHS[0]])
def test_cut_off_at_any_step_nothing_is_half_taken_and_the_next_time_goes_on(
    at: str, portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.instead[at] = lambda _: "hang up"
    with pytest.raises(IntakeError, match="broke off half-way") as error:
        fetch("QF7", 12, reference, folder)
    months_requested = [] if at == "list" else MONTHS[::-1][: MONTHS[::-1].index(at)]
    assert cached_months(folder) == sorted(
        f"EPD_SNOMED_{month.replace('-', '')}" for month in months_requested
    )
    assert at == "list" or f"{len(months_requested)} of 12 months fetched" in str(error.value)
    assert "\n" not in str(error.value)
    portal.instead.clear()
    portal.requests.clear()
    assert items_of(fetch("QF7", 12, reference, folder)) == items_due(portal, MONTHS)
    assert portal.times == {"list": 1} | dict.fromkeys(set(MONTHS) - set(months_requested), 1)


def changed(old: str, new: str) -> Callable[[Answer], Answer]:
    """The answer with words in it changed."""

    def change(answer: Answer) -> Answer:
        status, kind, body = answer
        assert old.encode() in body
        return status, kind, body.replace(old.encode(), new.encode())

    return change


def records(edit: Callable[[list[dict[str, object]]], object]) -> Callable[[Answer], Answer]:
    """The answer with its records edited."""

    def change(answer: Answer) -> Answer:
        whole = json.loads(answer[2])
        edit(whole["result"]["result"]["records"])
        return 200, "application/json", json.dumps(whole).encode()

    return change


def status(number: int, body: bytes = b"{}") -> Callable[[Answer], Answer]:
    return lambda _: (number, "application/json", body)


def without_antidepressants(rows: list[dict[str, object]]) -> None:
    rows[:] = [r for r in rows if not str(r["BNF_CHEMICAL_SUBSTANCE_CODE"]).startswith("0403")]


CIRCLE = f"/api/3/action/package_show?id={SNOMED}"
PAGE = b"\n<!DOCTYPE html><title>Blocked</title>"
FAULTS: dict[str, tuple[Callable[[Answer], Answer | str], str]] = {
    "refused": (status(403), r"does not let us in, or a network .* \(status 403\)"),
    "too often": (status(429), "too often; wait an hour"),
    "out of order": (status(502, PAGE), r"out of order \(status 502\)"),
    "not answered": (status(409), r"refused the question \(status 409\)"),
    "refused in words": (status(200, b'{"success": false, "error": {}}'), "not what was asked for"),
    "a web page": (lambda _: (200, "text/html", PAGE), "A web page came in place of figures"),
    "not JSON": (status(200, b"YEAR_MONTH,ITEMS\n"), "not what was asked for"),
    "very deep": (status(200, b"[" * 100_000), "not what was asked for"),
    "half": (lambda _: "hang up", "broke off half-way"),
    "a part": (
        changed('"result": {"result"', '"result": {"records_truncated": "true", "result"'),
        "only a part",
    ),
    "nothing": (records(list.clear), "not have the columns"),
    "other columns": (changed('"ITEMS"', '"ITEM_COUNT"'), "not have the columns"),
    "no class": (records(without_antidepressants), "holds no antidepressants"),
    "another month": (changed('"2026-06"', '"2026-05"'), "rows of another month"),
    "another board": (
        records(lambda rows: rows[0].update(ICB_CODE="QWO", PCO_CODE="15F00")),
        "rows of another board",
    ),
    "other medicines": (
        records(lambda rows: rows[0].update(BNF_CHEMICAL_SUBSTANCE_CODE="0212000B0")),
        "rows of other medicines",
    ),
    "twice": (records(lambda rows: rows.append(rows[0])), "same practice and medicine twice"),
    "words": (records(lambda rows: rows[0].update(ITEMS="many")), "without numbers"),
    "below nought": (records(lambda rows: rows[0].update(NIC=-1)), "without numbers"),
    "no practice": (records(lambda rows: rows[0].update(PRACTICE_CODE="=A1")), "practice's code"),
    "elsewhere": (lambda _: "http://elsewhere.example/x", r"not one of its own \(elsewhere.ex"),
    "this machine": (lambda _: "http://127.0.0.1:9/x", "not one of its own"),
    "in circles": (lambda _: CIRCLE, "from one address to another"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_way_of_failing_is_one_clear_line_and_nothing_is_kept(
    fault: str, portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    instead, words = FAULTS[fault]
    portal.instead["2026-05"] = instead
    portal.instead["2026-06"] = instead
    if fault == "in circles":
        portal.instead["list"] = lambda answer: answer if portal.times["list"] == 1 else CIRCLE
    if fault == "another month":
        del portal.instead["2026-05"]
    with pytest.raises(IntakeError, match=words) as error:
        fetch("QF7", 2, reference, folder)
    assert cached_months(folder) == []
    assert "\n" not in str(error.value) and "nothing else was changed" in str(error.value)


FILE_FAULTS: dict[str, tuple[Callable[[Answer], Answer | str], str]] = {
    "half": (lambda _: "hang up", "broke off half-way"),
    "half of an archive": (
        lambda answer: (200, "", answer[2][: len(answer[2]) // 2]),
        "damaged or only half there",
    ),
    "a row cut off": (
        lambda answer: (200, "", gzip.decompress(answer[2])[:-30]),
        "middle of a row",
    ),
    "a bomb": (lambda _: (200, "", zipped(bytes(60_000_000))), "would swell to 60 MB"),
    "a gzip bomb": (
        lambda _: (200, "", gzip.compress(bytes(60_000_000))),
        "swells beyond any real file",
    ),
    "a web page": (lambda _: (200, "text/html", PAGE), "A web page came"),
    "nothing": (lambda _: (200, "", b""), "is empty"),
    "elsewhere": (lambda _: "https://elsewhere.example/", "not one of its own"),
    "gone": (status(404), r"does not know what was asked for \(status 404\)"),
}


@many_processes
@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_each_way_that_a_file_of_a_large_answer_fails(
    fault: str, portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.inline = 10
    portal.instead["file"], words = FILE_FAULTS[fault]
    with pytest.raises(IntakeError, match=words):
        fetch("QF7", 2, reference, folder)
    assert cached_months(folder) == []


def test_the_address_of_a_file_is_held_to_the_same_hosts(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.inline = 10
    portal.instead["2026-06"] = changed(
        portal.address, "https://storage.googleapis.com.example.org"
    )
    with pytest.raises(IntakeError, match="not one of its own .storage.googleapis.com.example.org"):
        fetch("QF7", 1, reference, folder)
    assert "file" not in portal.times


def test_a_file_given_twice_is_not_counted_twice(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.inline, portal.files = 10, 2
    portal.instead["2026-06"] = changed("000000000001.csv", "000000000000.csv")
    with pytest.raises(IntakeError, match="same practice and medicine twice"):
        fetch("QF7", 1, reference, folder)


@pytest.mark.parametrize(
    ("bounds", "instead", "words"),
    [
        (replace(BOUNDS, silence=0.2), lambda _: "hang", "did not answer in time"),
        (replace(BOUNDS, seconds=-1), lambda answer: answer, "did not answer in time"),
        (replace(BOUNDS, answer=2_000), lambda answer: answer, "larger than the 0 MB"),
    ],
    ids=["silent", "slow", "large"],
)
def test_time_and_size_are_bounded(
    bounds: portal_client.PortalBounds,
    instead: Callable[[Answer], Answer | str],
    words: str,
    portal: StandIn,
    folder: Path,
    reference: ReferenceData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portal_client, "BOUNDS", bounds)
    portal.months[:] = FEW
    portal.instead["2026-06"] = instead
    with pytest.raises(IntakeError, match=words):
        fetch("QF7", 1, reference, folder)
    assert cached_months(folder) == []


def test_a_list_with_a_gap_or_too_short_says_how_many_months_there_are(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    portal.months.remove("2026-01")
    portal.old_months = ["2025-06"]
    with pytest.raises(
        IntakeError, match="does not list 12 months without a gap, but the newest 5"
    ):
        fetch("QF7", 12, reference, folder)
    assert portal.times == {"list": 2}
    with pytest.raises(IntakeError, match="From 1 to 60 months"):
        fetch("QF7", 61, reference, folder)


def test_a_disk_that_takes_no_more_leaves_nothing_behind(
    portal: StandIn, folder: Path, reference: ReferenceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(IntakeError, match="cannot be kept in .*Free some room"):
        fetch("QF7", 1, reference, folder)
    assert cached_months(folder) == []


def test_stopping_keeps_what_has_come(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    with pytest.raises(Stopped, match="1 of 2 months fetched"):
        fetch("QF7", 2, reference, folder, stopped=lambda: "2026-05" in portal.times)
    assert cached_months(folder) == ["EPD_SNOMED_202606"]


# --- which addresses are asked, and whether at all ----------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://opendata.nhsbsa.net/x",
        "https://opendata.nhsbsa.net:8443/x",
        "https://someone@opendata.nhsbsa.net/x",
        "https://opendata.nhsbsa.net.example.org/x",
        "https://www.opendata.nhsbsa.net/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "//opendata.nhsbsa.net/x",
    ],
)
def test_only_https_to_the_hosts_on_the_list(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STAND_IN_SETTING, raising=False)
    not_ours = pytest.raises(IntakeError, match="not one of its own")
    with closing(Portal(lambda: False)) as real, not_ours:
        real.file(address)


@pytest.mark.parametrize(
    "address", ["http://example.org", "https://127.0.0.1:8000", "http://localhost.example.org", "x"]
)
def test_a_stand_in_is_on_this_machine_only(
    address: str, monkeypatch: pytest.MonkeyPatch, folder: Path, reference: ReferenceData
) -> None:
    monkeypatch.delenv(OFF_SETTING, raising=False)
    monkeypatch.setenv(STAND_IN_SETTING, address)
    with pytest.raises(IntakeError, match="may only be http on this machine"):
        fetch("QF7", 1, reference, folder)


def test_it_goes_through_the_proxy_that_the_system_names(
    monkeypatch: pytest.MonkeyPatch, folder: Path, reference: ReferenceData
) -> None:
    seen: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_CONNECT(self) -> None:
            seen.append(self.path)
            self.send_error(407)

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.delenv(OFF_SETTING, raising=False)
    monkeypatch.delenv(STAND_IN_SETTING, raising=False)
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(IntakeError, match="through the network's proxy"):
        fetch("QF7", 1, reference, folder)
    server.shutdown()
    server.server_close()
    assert seen == ["opendata.nhsbsa.net:443"]


@pytest.mark.parametrize("setting", ["1", "true", "yes", "on"])
def test_it_can_be_turned_off(
    setting: str,
    portal: StandIn,
    folder: Path,
    reference: ReferenceData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(OFF_SETTING, setting)
    with pytest.raises(IntakeError, match=f"turned off here .{OFF_SETTING}"):
        fetch("QF7", 1, reference, folder)
    assert portal.requests == []


# --- into a plan --------------------------------------------------------------------------------


def test_the_plan_keeps_items_by_practice_and_class_and_the_boards_months(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    plan = Plan(place=Place(icb_code="QF7"))
    taken = adopt(plan, fetch("QF7", 12, reference, folder), reference).plan
    due = items_due(portal, MONTHS)
    for area in taken.areas.areas:
        if area.level is Level.PRACTICE:
            for which, items in zip(MedicineClass, area.items, strict=True):
                assert items == sum(due[area.code, month, which] for month in MONTHS)
    assert {a.code for a in taken.areas.areas if a.level is Level.PRACTICE} == set(OURS)
    assert taken.areas.items_period == "2025-07 to 2026-06, 12 months"
    assert [month.month for month in taken.trend.months] == MONTHS
    for one in taken.prescribing.classes:
        which = one.medicine_class
        assert one.items == sum(n for key, n in due.items() if key[2] is which)
    (report,) = taken.imports
    assert report.file == "QF7, 2025-07 to 2026-06, from NHSBSA's open data portal"
    assert report.format == "epd" and report.rows_read == 12 * 3 * len(reference.chemicals)


def test_the_command_takes_months_into_a_plan_once_it_is_told_to(
    portal: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, saved = tmp_path / "plan.json", tmp_path / "with.json"
    plan.write_text(plan_to_json(Plan(place=Place(icb_code="QF7"))))
    before = plan.read_bytes()
    assert main(["fetch", "--icb", "qf7", "--months", "2", "--plan", str(plan)]) == 0
    output = capsys.readouterr().out
    assert "QF7, 2026-05 to 2026-06, from NHSBSA's open data portal" in output
    assert "Plan: Items of opioids: not known becomes" in output
    assert plan.read_bytes() == before
    months_requested = [
        "fetch",
        "--months",
        "2",
        "--plan",
        str(plan),
        "--save",
        str(saved),
        "--json",
    ]
    assert main(months_requested) == 0
    assert json.loads(capsys.readouterr().out)["classes"]["opioids"]["items"] > 0
    assert read_plan(saved).areas.items_period == "2026-05 to 2026-06, 2 months"
    assert portal.times == {"list": 2} | dict.fromkeys(FEW, 1)


@pytest.mark.parametrize(
    ("months_requested", "words"),
    [
        ([], "give --icb with a code such as QF7, or --plan"),
        (["--icb", "ENG"], "not for England"),
        (["--icb", "QZZ"], "QZZ"),
        (["--icb", "QF7", "--save", "x.json"], "needs --plan as well"),
        (["--icb", "QF7", "--months", "0"], "From 1 to 60 months"),
    ],
)
def test_a_mistake_at_the_command_line_is_one_line(
    months_requested: list[str], words: str, portal: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", *months_requested]) == 2
    output = capsys.readouterr().err
    assert words in output and output.count("\n") == 1
    assert portal.requests == []


def test_a_plan_of_another_board_is_refused(
    portal: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(plan_to_json(Plan(place=Place(icb_code="QWO"))))
    assert main(["fetch", "--icb", "QF7", "--plan", str(plan)]) == 2
    assert "that plan is for QWO, not QF7" in capsys.readouterr().err


def test_a_fetch_beside_a_session_says_how_far_it_is_and_can_be_stopped(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    job = FetchJob("QF7", 2, reference, folder)
    assert items_of(job.outcome()) == items_due(portal, FEW)
    assert job.wait(0) and 0 < job.share < 1 and job.progress == "reading what came"
    portal.months.append("2026-07")

    def stop(answer: Answer) -> Answer:
        stopping.stop()
        return answer

    portal.instead["2026-07"] = stop
    stopping = FetchJob("QF7", 2, reference, folder)
    with pytest.raises(Stopped, match="0 of 2 months"):
        stopping.outcome()
    portal.instead["2026-07"] = status(403)
    with pytest.raises(IntakeError, match="status 403"):
        FetchJob("QF7", 2, reference, folder).outcome()


def test_the_older_dataset_is_not_asked_for_where_the_newer_has_all(
    portal: StandIn, folder: Path, reference: ReferenceData
) -> None:
    fetch("QF7", 1, reference, folder)
    assert portal.packages == [SNOMED]
