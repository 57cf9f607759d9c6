"""Plans are kept: every version, in order, under links nobody can guess, whoever else is saving.

In both databases.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from planner.model.plan import SCHEMA_VERSION, Plan
from planner.store import drafts as module
from planner.store import links as links_module
from planner.store.database import DRAFTS, VERSIONS, sqlite_file
from planner.store.drafts import (
    DraftMoved,
    DraftNotFound,
    SavedPlan,
    SavedPlanError,
    SavedPlans,
    open_store,
)
from planner.store.plan_file import LARGEST_FILE, plan_to_json

PLANS = Path(__file__).parent / "plans"
ROOT = Path(__file__).parents[2]
SAVER = Path(__file__).parent / "saver.py"
RACES = 40
"""How often each of two saves while the other does."""
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def saying(plan: Plan, words: str) -> Plan:
    return plan.model_copy(update={"preferred_because": words})


def change(store: SavedPlans, number: int, **values: object) -> None:
    """Change a row behind the store's back."""
    with store._ready().execution_options(writing=True).begin() as connection:
        connection.execute(update(VERSIONS).where(VERSIONS.c.number == number).values(**values))


def racer(url: str, link: str, name: str, saves: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SAVER), url, link, name, str(saves)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


# Every version is kept


def test_every_version_is_kept_with_time_note_and_name(
    store: SavedPlans, example: Plan, maximal: Plan
) -> None:
    before = datetime.now(UTC)
    first = store.create(example, "begun", "Ada")
    second = store.save(first.link, maximal, 1, "all filled in", "Grace")
    after = datetime.now(UTC)
    newest, oldest = store.versions(first.link)
    assert (newest.number, newest.note, newest.by) == (2, "all filled in", "Grace")
    assert (oldest.number, oldest.note, oldest.by) == (1, "begun", "Ada")
    assert before <= oldest.saved <= newest.saved <= after
    assert first.version == oldest and second.version == newest
    assert store.version(first.link, 1) == example and store.version(first.link, 2) == maximal
    with pytest.raises(DraftNotFound, match="no version 3"):
        store.version(first.link, 3)


def test_the_newest_is_opened_by_either_link(
    store: SavedPlans, example: Plan, minimal: Plan
) -> None:
    output = store.create(minimal)
    saved = store.save(output.link, example, 1)
    by_link, by_read_link = store.open(output.link), store.open(output.read_link)
    assert by_link == saved and not by_link.read_only
    assert by_read_link.plan == example and by_read_link.version == saved.version
    assert by_read_link.read_only and by_read_link.link == ""
    assert output.link not in repr(by_read_link)
    assert store.versions(output.read_link) == store.versions(output.link)
    assert store.version(output.read_link, 1) == minimal


def test_a_link_that_may_only_read_cannot_write(store: SavedPlans, minimal: Plan) -> None:
    output = store.create(minimal)
    for based_on in (0, 1, 2):
        with pytest.raises(DraftNotFound, match="may only read"):
            store.save(output.read_link, saying(minimal, "mine"), based_on)
    assert [version.number for version in store.versions(output.link)] == [1]


@FEW
@given(
    words=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zl", "Zp"])),
        max_size=6,
    ),
    notes=st.lists(
        st.tuples(st.text(max_size=1200), st.text(max_size=400)), min_size=6, max_size=6
    ),
)
def test_what_is_saved_is_what_is_opened(
    store: SavedPlans, minimal: Plan, words: list[str], notes: list[tuple[str, str]]
) -> None:
    """Any words; the same plan as the newest adds nothing; other versions stay as they were."""
    output = store.create(minimal)
    expected = [minimal]
    for sentence, (note, name) in zip(words, notes, strict=False):
        plan = saying(minimal, sentence)
        saved = store.save(output.link, plan, len(expected), note, name)
        if plan != expected[-1]:
            expected.append(plan)
            assert saved.version == store.versions(output.link)[0]
            assert len(saved.version.note) <= 1000 and len(saved.version.by) <= 300
        assert saved.version.number == len(expected) and saved.plan == plan
    assert [version.number for version in store.versions(output.link)] == list(
        range(len(expected), 0, -1)
    )
    assert [store.version(output.link, number + 1) for number in range(len(expected))] == expected


def test_the_same_plan_adds_no_version(store: SavedPlans, example: Plan) -> None:
    output = store.create(example)
    again = store.save(output.link, example.model_copy(), 1, "nothing changed")
    assert again == output and len(store.versions(output.link)) == 1


def test_a_save_whose_answer_was_lost_may_be_made_again(store: SavedPlans, minimal: Plan) -> None:
    output = store.create(minimal)
    mine = saying(minimal, "mine")
    store.save(output.link, mine, 1)
    assert store.save(output.link, mine, 1).version.number == 2
    assert len(store.versions(output.link)) == 2


def test_versions_stand_in_order_of_number_when_the_clock_is_set_back(
    store: SavedPlans, minimal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Backwards(datetime):
        turns = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            cls.turns += 1
            return cls(2026, 10, 25, 3, 0, tzinfo=UTC) - timedelta(days=cls.turns)

    monkeypatch.setattr(module, "datetime", Backwards)
    draft = store.create(minimal)
    for turn in range(4):
        draft = store.save(draft.link, saying(minimal, f"turn {turn}"), draft.version.number)
    versions = store.versions(draft.link)
    assert [version.number for version in versions] == [5, 4, 3, 2, 1]
    assert [version.saved for version in versions] == sorted(version.saved for version in versions)
    assert store.open(draft.link).plan == saying(minimal, "turn 3")
    assert store.listed()[0].version == 5 and store.listed()[0].saved == versions[0].saved


def test_a_restart_finds_everything(
    url: str, store: SavedPlans, minimal: Plan, example: Plan
) -> None:
    output = store.create(minimal, "one", "Ada")
    saved = store.save(output.link, example, 1, "two", "Grace")
    versions = store.versions(output.link)
    store.close()
    afresh = SavedPlans(url)
    assert afresh.open(output.link) == saved and afresh.versions(output.link) == versions
    assert afresh.version(output.read_link, 1) == minimal
    afresh.close()
    # And what was let go of opens again.
    assert store.open(output.link) == saved


def test_the_list_tells_plans_apart_without_telling_their_links(
    store: SavedPlans, minimal: Plan, maximal: Plan
) -> None:
    assert store.listed() == ()
    one, two = store.create(minimal), store.create(minimal)
    store.save(one.link, maximal, 1)
    newest, oldest = store.listed()
    assert (newest.link_begins, newest.version) == (two.link[:6], 1)
    assert (oldest.link_begins, oldest.version) == (one.link[:6], 2)
    assert oldest.saved == store.versions(one.link)[0].saved and oldest.size > newest.size > 100


# Two people at once


def test_the_second_of_two_savers_is_told_and_nothing_is_overwritten(
    store: SavedPlans, minimal: Plan
) -> None:
    output = store.create(minimal)
    theirs, mine = saying(minimal, "theirs"), saying(minimal, "mine")
    saved = store.save(output.link, theirs, 1, by="Ada")
    with pytest.raises(DraftMoved, match="version 2 has been saved by someone else") as caught:
        store.save(output.link, mine, 1, by="Grace")
    assert caught.value.latest == saved == store.open(output.link)
    assert len(store.versions(output.link)) == 2
    assert store.save(output.link, mine, 2, by="Grace").version.number == 3
    assert store.version(output.link, 2) == theirs


def test_a_version_that_is_not_there_yet_cannot_be_built_on(
    store: SavedPlans, minimal: Plan
) -> None:
    output = store.create(minimal)
    with pytest.raises(DraftMoved) as caught:
        store.save(output.link, saying(minimal, "mine"), 7)
    assert caught.value.latest.version.number == 1 and len(store.versions(output.link)) == 1


def all_are_there(store: SavedPlans, link: str, message: dict[str, list[tuple[int, int]]]) -> None:
    """Every save that was acknowledged is there once, under its own number, as its saver's; and
    nothing else."""
    versions = store.versions(link)
    total = sum(len(numbers) for numbers in message.values())
    assert [version.number for version in versions] == list(range(total + 1, 0, -1))
    notes = {version.number: (version.note, version.by) for version in versions}
    for name, numbers in message.items():
        assert [turn for _, turn in numbers] == list(range(RACES))
        for number, turn in numbers:
            assert notes[number] == (f"{name} {turn}", name)
            assert store.version(link, number).preferred_because == f"{name} {turn}"


@pytest.mark.slow
def test_two_processes_racing_lose_and_overwrite_nothing(
    url: str, store: SavedPlans, minimal: Plan
) -> None:
    output = store.create(minimal)
    racers = {name: racer(url, output.link, name, RACES) for name in ("Ada", "Grace")}
    message = {}
    for process in racers.values():
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in racers.values():
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for name, process in racers.items():
        out, _ = process.communicate(timeout=180)
        assert process.returncode == 0
        message[name] = [
            (int(number), int(turn)) for number, turn in (line.split() for line in out.splitlines())
        ]
    all_are_there(store, output.link, message)


@pytest.mark.slow
def test_two_threads_racing_lose_and_overwrite_nothing(store: SavedPlans, minimal: Plan) -> None:
    output = store.create(minimal)
    message: dict[str, list[tuple[int, int]]] = {"Ada": [], "Grace": []}
    start = threading.Barrier(2)

    def saves(name: str) -> None:
        start.wait()
        based_on = 1
        for turn in range(RACES):
            mine = saying(minimal, f"{name} {turn}")
            while True:
                try:
                    based_on = store.save(
                        output.link, mine, based_on, f"{name} {turn}", name
                    ).version.number
                    break
                except DraftMoved as moved:
                    based_on = moved.latest.version.number
            message[name].append((based_on, turn))

    threads = [threading.Thread(target=saves, args=(name,)) for name in message]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_are_there(store, output.link, message)


@pytest.mark.slow
def test_many_may_be_the_first_to_use_a_new_database(url: str, minimal: Plan) -> None:
    code = (
        "import sys; from planner.store.drafts import SavedPlans; "
        "from planner.model.plan import Plan; from planner.model.place import Place; "
        "sys.stdin.readline();"
        "print(SavedPlans(sys.argv[1]).create(Plan(place=Place(icb_code='QF7'))).link)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, url],
                         env=os.environ | {"PYTHONPATH": str(ROOT)},
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]  # fmt: skip
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    links = [process.communicate(timeout=120)[0].strip() for process in started]
    store = SavedPlans(url)
    assert [store.open(link).plan for link in links] == [minimal] * 3
    store.close()


# Links


def test_links_are_beyond_guessing(store: SavedPlans, minimal: Plan) -> None:
    """192 bits from the system's own source: no two are equal or alike, or made from the plan."""
    import random

    links = []
    for _ in range(40):
        # A seed anyone may know changes nothing.
        random.seed(1)
        output = store.create(minimal)
        links += [output.link, output.read_link]
    assert len(set(links)) == 80
    assert all(module.LINK.fullmatch(link) for link in links) and links_module.BYTES * 8 >= 128
    assert len({link[:6] for link in links}) == 80 and len({link[-6:] for link in links}) == 80
    # Every place of a link varies: none is a counter, a date or a mark.
    for place in range(32):
        assert len({link[place] for link in links}) > 20


def rows(url: str) -> list[tuple[str, str]]:
    """What the database holds of each plan's links, the first plan first."""
    store = SavedPlans(url)
    with store._connected() as connection:
        result = connection.execute(
            select(DRAFTS.c.link, DRAFTS.c.read_link).order_by(DRAFTS.c.id)
        ).all()
    store.close()
    return [(row.link, row.read_link) for row in result]


def test_the_database_holds_no_link_and_what_it_holds_opens_nothing(
    store: SavedPlans, url: str, minimal: Plan
) -> None:
    output = store.create(minimal)
    ((link, read_link),) = rows(url)
    for item in (output.link, output.read_link):
        assert item not in link + read_link and item[7:] not in link + read_link
    for wrong in (link, read_link, link[6:38], read_link[6:38], link[:32], read_link[:32]):
        with pytest.raises(DraftNotFound):
            store.open(wrong)


def test_the_link_that_may_read_leads_to_no_link_that_may_write(
    store: SavedPlans, minimal: Plan
) -> None:
    output = store.create(minimal)
    reader = store.open(output.read_link)
    assert reader.link == "" and reader.read_link == output.read_link
    with pytest.raises(DraftNotFound):
        store.open(links_module.read_link_of(output.read_link))
    # The writer may give it away again.
    assert store.open(output.link).read_link == output.read_link


def as_earlier(url: str, draft: SavedPlan) -> SavedPlan:
    """The same plan as earlier releases held it: both links as they are, the second by chance."""
    reads = secrets.token_urlsafe(24)
    store = SavedPlans(url)
    with store._connected(writing=True) as connection:
        ours = DRAFTS.c.link == links_module.stored_form(draft.link)
        connection.execute(update(DRAFTS).where(ours).values(link=draft.link, read_link=reads))
    store.close()
    return draft.model_copy(update={"read_link": reads})


def test_links_of_an_earlier_release_go_on_working_and_are_then_no_longer_held(
    store: SavedPlans, url: str, minimal: Plan, example: Plan
) -> None:
    old, new = as_earlier(url, store.create(minimal)), store.create(minimal)
    # One process has not noticed yet.
    assert store.open(old.link) == old and store.open(old.read_link).read_only
    later = SavedPlans(url)
    assert later.save(old.link, example, 1).read_link == old.read_link
    assert later.open(old.link).plan == example == later.open(old.read_link).plan
    with pytest.raises(DraftNotFound, match="may only read"):
        later.save(old.read_link, minimal, 2)
    assert later.open(new.link) == new
    assert [item.link_begins for item in later.listed()] == [new.link[:6], old.link[:6]]
    assert rows(url)[0] == (links_module.stored_form(old.link), old.read_link)
    later.close()
    if (file := sqlite_file(url)) is not None:
        store.close()
        assert old.link.encode() not in b"".join(
            path.read_bytes() for path in file.parent.iterdir()
        )


@pytest.mark.parametrize(
    "link", ["", " ", "x", "a" * 32, "é" * 32, "\0" * 32, "%" * 32, "_" * 32, "a" * 1_000_000]
)
def test_an_unknown_link_finds_nothing(store: SavedPlans, minimal: Plan, link: str) -> None:
    output = store.create(minimal)
    calls: list[Callable[[], object]] = [
        lambda: store.open(link),
        lambda: store.versions(link),
        lambda: store.version(link, 1),
        lambda: store.save(link, minimal, 1),
    ]
    for call in calls:
        with pytest.raises(DraftNotFound, match="no plan has this link") as caught:
            call()
        assert link.strip() == "" or link == "x" or link not in str(caught.value)
    assert len(store.versions(output.link)) == 1


@FEW
@given(st.data())
def test_a_link_but_for_one_letter_finds_nothing(
    store: SavedPlans, minimal: Plan, data: st.DataObject
) -> None:
    output = store.create(minimal)
    link = data.draw(st.sampled_from([output.link, output.read_link]))
    place = data.draw(st.integers(0, 31))
    letter = data.draw(st.sampled_from("aA0_-").filter(lambda letter: letter != link[place]))
    for wrong in (
        link[:place] + letter + link[place + 1 :],
        link[:place] + link[place + 1 :],
        link + letter,
    ):
        with pytest.raises(DraftNotFound):
            store.open(wrong)
    if link.swapcase() != link:
        with pytest.raises(DraftNotFound):
            store.open(link.swapcase())


def test_of_two_people_neither_reaches_anything_of_the_others(
    store: SavedPlans, url: str, minimal: Plan, example: Plan
) -> None:
    """Whatever is asked with one's own links, of one's own versions and numbers, or by guessing."""
    ours, theirs = store.create(minimal, "ours", "Ada"), store.create(example, "theirs", "Grace")
    for turn in range(2, 5):
        store.save(theirs.link, saying(example, f"theirs {turn}"), turn - 1, "theirs", "Grace")
    session = SavedPlans(url)
    for link in (ours.link, ours.read_link):
        assert session.open(link).plan == minimal and session.version(link, 1) == minimal
        assert [version.by for version in session.versions(link)] == ["Ada"]
        # Their numbers are no numbers of ours.
        for number in (0, 2, 4, -1, theirs.version.number + 1):
            with pytest.raises(DraftNotFound, match=f"there is no version {number} of this plan"):
                session.version(link, number)
    # Built on their number, what is shown as saved since is ours.
    with pytest.raises(DraftMoved) as caught:
        session.save(ours.link, saying(minimal, "more"), 4)
    assert caught.value.latest == ours
    saved = session.save(ours.link, example, 1, "the same plan as theirs", "Ada")
    assert saved.version.number == 2 and len(session.versions(theirs.link)) == 4
    # Of each other's plan they see what a list tells anyone: no link.
    for row in session.listed():
        for link in (row.link_begins, row.link_begins.ljust(32, "A")):
            with pytest.raises(DraftNotFound):
                session.open(link)
    # The rows of both stand side by side, each under its own plan.
    with session._connected() as connection:
        by = select(VERSIONS.c.draft, VERSIONS.c.saved_by).distinct()
        assert len(connection.execute(by).all()) == 2
    session.close()


# Old and damaged rows


def test_a_plan_of_an_older_release_opens_as_the_newest(
    store: SavedPlans, minimal: Plan, example: Plan
) -> None:
    output = store.create(minimal)
    older = (PLANS / "version-2.json").read_bytes()
    assert json.loads(older)["schema_version"] == 2 < SCHEMA_VERSION
    with store._ready().execution_options(writing=True).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO versions (draft, number, saved, note, saved_by, form, plan) SELECT "
                "draft, 2, saved, 'from an older planner', '', 'json+zlib', :plan FROM versions"
            ),
            {"plan": zlib.compress(older)},
        )
    opened = store.open(output.link)
    assert (
        opened.plan.schema_version == SCHEMA_VERSION
        and opened.version.note == "from an older planner"
    )
    assert opened.plan.options and store.version(output.link, 2) == opened.plan
    # In the newest form, so a version of its own.
    saved = store.save(output.link, opened.plan, 2)
    assert saved.version.number == 3 and saved.plan == opened.plan
    assert store.save(output.link, opened.plan, 3).version.number == 3
    assert store.save(output.link, example, 3).version.number == 4


DAMAGE: dict[str, dict[str, object]] = {
    "half of it": {"plan": zlib.compress(b"x" * 1000)[:9]},
    "noise": {"plan": b"\x00\x01\x02 secret words"},
    "empty": {"plan": b""},
    "not a plan": {"plan": zlib.compress(b'["secret words"]')},
    "a fault": {"plan": zlib.compress(b'{"schema_version": 3, "secret words": 1}')},
    "broken text": {"plan": zlib.compress(b'{"schema_version": 3, "secret words')},
    "newer": {"plan": zlib.compress(b'{"schema_version": 99}')},
    "far too much": {"plan": zlib.compress(b" " * (LARGEST_FILE * 3))},
    "another form": {"form": "from the future"},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_version_is_named_and_the_others_still_open(
    store: SavedPlans, minimal: Plan, damage: str
) -> None:
    draft = store.create(minimal)
    for number in (2, 3):
        draft = store.save(draft.link, saying(minimal, f"version {number}"), number - 1)
    change(store, 3, **DAMAGE[damage])
    for call in (
        lambda: store.open(draft.link),
        lambda: store.version(draft.link, 3),
        lambda: store.save(draft.link, minimal, 2),
    ):
        with pytest.raises(SavedPlanError, match="version 3 ") as caught:
            call()
        assert not isinstance(caught.value, DraftNotFound | DraftMoved)
        assert "secret words" not in str(caught.value) and "another version" in str(caught.value)
    assert [version.number for version in store.versions(draft.link)] == [3, 2, 1]
    assert store.version(draft.link, 2) == saying(minimal, "version 2")
    # The work goes on after the damage.
    saved = store.save(draft.link, saying(minimal, "put right"), 3)
    assert saved.version.number == 4 and store.open(draft.link) == saved
    assert len(store.listed()) == 1


def test_a_damaged_moment_is_said_to_be_damage(file_store: SavedPlans, minimal: Plan) -> None:
    output = file_store.create(minimal)
    with file_store._ready().execution_options(writing=True).begin() as connection:
        connection.execute(text("UPDATE versions SET saved = 'yesterday'"))
    with pytest.raises(SavedPlanError, match="is damaged; restore it from its backup"):
        file_store.versions(output.link)


def test_a_draft_without_versions_is_said_to_be_damage(store: SavedPlans, minimal: Plan) -> None:
    output = store.create(minimal)
    with store._ready().execution_options(writing=True).begin() as connection:
        connection.execute(text("DELETE FROM versions"))
    with pytest.raises(SavedPlanError, match="lost its versions"):
        store.open(output.link)


def test_a_plan_too_large_to_open_again_is_not_kept(
    store: SavedPlans, minimal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = store.create(minimal)
    monkeypatch.setattr(module, "LARGEST_FILE", len(plan_to_json(saying(minimal, "short"))))
    store.save(output.link, saying(minimal, "short"), 1)
    with pytest.raises(SavedPlanError, match="larger than 10 MB"):
        store.save(output.link, saying(minimal, "long " * 1_000), 2)
    assert store.open(output.link).version.number == 2


def test_a_thousand_versions_of_the_fullest_plan_stay_small(
    file_store: SavedPlans, file: Path, maximal: Plan
) -> None:
    draft = file_store.create(maximal)
    for turn in range(50):
        draft = file_store.save(draft.link, saying(maximal, f"turn {turn}"), draft.version.number)
    file_store.close()
    assert file.stat().st_size / 51 * 1_000 < 20_000_000


def test_the_file_of_plans_is_its_owners_alone(
    file_store: SavedPlans, file: Path, minimal: Plan
) -> None:
    file_store.create(minimal)
    assert {path.stat().st_mode & 0o077 for path in file.parent.glob("plans.sqlite*")} == {0}


def test_one_set_of_drafts_for_each_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path / 'set.sqlite'}")
    open_store.cache_clear()
    assert open_store() is open_store() and open_store().url.endswith("set.sqlite")
    monkeypatch.delenv("PLANNER_DATABASE_URL")
    open_store.cache_clear()
    assert open_store().url == f"sqlite:///{module.own_file()}"
    open_store.cache_clear()


@pytest.mark.parametrize("behind", [".", ",", ").", '"', "\u201d", " "])
def test_what_a_sentence_puts_behind_a_link_is_no_part_of_it(behind: str) -> None:
    link = links_module.new_link()
    assert links_module.link_in(link + behind) == link
    assert links_module.link_in("a-_" + behind) == "a-_"
