"""The hosted wizard under many people and under attack: how soon it answers, and what it holds.

`compare`: people change something at the same moment, round after round, the hardest case; then all
work through the wizard, each going to a step, reading, and changing something there, with a pause
that is drawn at random, as people do. The hosted wizard stands beside an empty Streamlit page and
beside the wizard on Streamlit's own default settings, in one run, turn by turn.

`load`: people work through the wizard and leave; errors, memory and descriptors are counted.
`soak`: people come, work and leave for ten minutes; memory should be as flat as at first.
`two`: as `load`, signed in, behind the published nginx, on two processes and PostgreSQL.
`attack`: how long health takes to answer while others send floods and foreign knocks.

Sessions speak Streamlit's own protocol over a websocket, so no browser is measured.

Run: python -m tests.benchmarks.hosting [compare|load|soak|two|attack] [--people N] [--rounds N]
[--minutes N] [--seconds N] [--pause SECONDS] [--wait SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import logging
import multiprocessing
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from tests.benchmarks.wizard import EMPTY, ROOT
from tests.browser.team import Team, team_server
from tests.documented import NAME
from tests.hosting.clients import (
    Client,
    closed_with,
    descriptors,
    flood_message,
    most_resident,
    resident,
    signed_in,
    signed_in_place,
)

FIELD = "People prescribed opioids in a year"
BOARD, CHOSEN = "Integrated care board", "NHS South Yorkshire (QF7)"
"""The field before it, and what is chosen in it."""
FINDING = re.compile(rb"about \*\*[\d,]+[^.]{0,60}people")
EMPTYS = re.compile(rb"There are [\d.]+ people")
ALONE = 60
KEPT_FOR = 2
"""Runs for which a browser keeps a message that is not met again, by Streamlit's own setting."""
PAUSE = 4.0
"""Seconds between one change of a person and their next, on average; drawn from an exponential."""
ATTACKERS, TURN = 8, 0.02
"""Programs that attack at once, and seconds between two questions of the one that measures."""
GONE_AFTER = 150.0
"""Seconds after which the planner has let go of the pages of people who have left."""
WALK = ("need", "local_files", "need", "reach", "case_studies", "need", "options", "outcomes",
        "need", "specification", "summary", "need")  # fmt: skip
"""The steps as one person goes to them, back and forth; on the one with the field it is changed
three times."""


class Server:
    """A server of one kind, once it answers."""

    def __init__(
        self,
        name: str,
        command: list[str],
        at: Path,
        page: str,
        field: str,
        shows: re.Pattern[bytes],
        settings: dict[str, str] | None = None,
    ) -> None:
        self.name, self.page, self.field, self.shows = name, page, field, shows
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        flag = "--server.port" if "streamlit" in command else "--port"
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, flag, str(self.port)],
            cwd=at,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(settings or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.1)

    def memory(self) -> float:
        """MiB held by the process."""
        return resident(self.process.pid)

    def descriptors(self) -> int:
        """Files and connections held by the process."""
        return descriptors(self.process.pid)

    def stop(self) -> None:
        """End it, gently if it goes."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    async def stream(self, _: int) -> ClientConnection:
        """A websocket of one person's page."""
        return await connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            ping_interval=None,
        )


class Hosted:
    """Two processes behind the published nginx, to which people have signed in."""

    name, page, field, shows = "two processes", "need", FIELD, FINDING

    def __init__(self, team: Team) -> None:
        self.team = team

    def memory(self) -> float:
        """MiB held by the processes together."""
        return sum(resident(one.pid) for one in self.team.running)

    def descriptors(self) -> int:
        """Files and connections held by the processes together."""
        return sum(descriptors(one.pid) for one in self.team.running)

    async def stream(self, number: int) -> ClientConnection:
        """A websocket of one person's page; nobody has more than one."""
        client = Client(self.team.address, self.team.trusting())
        token = await asyncio.to_thread(client.xsrf)
        who = signed_in(self.team.address, secret=self.team.cookie_secret, who=f"person-{number}")
        return await connect(
            f"{self.team.address.replace('https', 'wss')}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", self.team.port)),
            ssl=self.team.trusting(),
            server_hostname=NAME,
            additional_headers={"Cookie": f"_streamlit_xsrf={token}; {who}"},
            origin=Origin(self.team.address),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
            max_size=None,
            ping_interval=None,
            open_timeout=60,
        )


class Session:
    """One person on one page, as a browser would be."""

    def __init__(self, server: Server | Hosted, stream: ClientConnection) -> None:
        self.server, self.stream = server, stream
        self.pages: dict[str, str] = {}
        self.field, self.is_text = "", False
        self.board = ""
        self.text_now = b""
        self.memory_now: dict[str, int] = {}
        """What a browser keeps: the hash of each large message, and in which run it was last
        met."""
        self.runs = 0

    async def run(
        self, page: str = "", value: float | None = None, chosen: str = ""
    ) -> tuple[float, float]:
        """Seconds from asking to the new words, and to the end of the run; with a value typed into
        the field, or a board chosen."""
        question = BackMsg()
        question.rerun_script.page_script_hash = self.pages.get(page, "")
        self.runs += 1
        self.memory_now = {
            one: met for one, met in self.memory_now.items() if self.runs - met <= KEPT_FOR
        }
        question.rerun_script.cached_message_hashes.extend(self.memory_now)
        if value is not None:
            state = question.rerun_script.widget_states.widgets.add()
            state.id = self.field
            if self.is_text:
                state.string_value = f"{value:.0f}"
            else:
                state.double_value = value
        if chosen:
            state = question.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = self.board, chosen
        began = time.perf_counter()
        await self.stream.send(question.SerializeToString())
        words = 0.0
        while True:
            data = await self.stream.recv()
            assert isinstance(data, bytes)
            result = None if words else self.server.shows.search(data)
            if result is not None and result[0] != self.text_now:
                self.text_now, words = result[0], time.perf_counter() - began
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable or kind == "ref_hash":
                self.memory_now[message.ref_hash or message.hash] = self.runs
            if kind == "navigation":
                self.pages = {
                    one.url_pathname: one.page_script_hash for one in message.navigation.app_pages
                }
            elif kind == "delta":
                self._note(message.delta)
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return words, time.perf_counter() - began
                assert message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN, (
                    message.script_finished
                )

    def _note(self, delta: Any) -> None:
        kind = delta.new_element.WhichOneof("type")
        if kind in ("number_input", "text_input"):
            box = getattr(delta.new_element, kind)
            if box.label == self.server.field:
                self.field, self.is_text = box.id, kind == "text_input"
        if kind == "selectbox" and delta.new_element.selectbox.label == BOARD:
            self.board = delta.new_element.selectbox.id


async def opened(server: Server | Hosted, number: int = 0) -> Session:
    """A session that has reached the page with the field."""
    session = Session(server, await server.stream(number))
    await session.run()
    if server.page:
        await session.run(server.page)
    if session.board:
        await session.run(server.page, chosen=CHOSEN)
    assert session.field, f"{server.name}: the field was not found"
    return session


async def change(session: Session, value: float) -> tuple[float, float]:
    """One change of the field, which must show new words."""
    words, end = await session.run(session.server.page, value)
    assert words, f"{session.server.name}: no new words"
    return words, end


async def work(session: Session, draw: random.Random, pause: float = PAUSE) -> list[float]:
    """One person through the wizard. Seconds to new words, for each change and each step."""
    taken, value = [], draw.randrange(20_000, 200_000)
    for step in WALK:
        await asyncio.sleep(draw.expovariate(1 / pause))
        _, end = await session.run(step)
        taken.append(end)
        if step == session.server.page:
            for _ in range(3):
                await asyncio.sleep(draw.expovariate(1 / pause))
                # Enough to show once rounded.
                value += 7_000
                words, _ = await change(session, value)
                taken.append(words)
    return taken


def p(values: list[float], part: int) -> float:
    """A percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


async def measure(servers: list[Server], people: int, rounds: int) -> None:
    """Every server in turn: one person alone, then all at once."""
    alone: dict[str, list[float]] = {server.name: [] for server in servers}
    single = [await opened(server) for server in servers]
    for turn in range(ALONE):
        # Enough more to show once rounded, and never more people than live there.
        value = 100_000.0 + 10_000 * turn
        for session in single:
            words, _ = await change(session, value)
            if turn >= 5:
                alone[session.server.name].append(words)
            await asyncio.sleep(0.05)
    crowd: dict[str, list[Session]] = {}
    current: dict[str, float] = {}
    for server in servers:
        before = server.memory()
        crowd[server.name] = [await opened(server) for _ in range(people)]
        current[server.name] = (server.memory() - before) / people
    words_at: dict[str, list[float]] = {server.name: [] for server in servers}
    rate: dict[str, list[float]] = {server.name: [] for server in servers}
    for turn in range(rounds + 1):
        value = 100_000.0 + 10_000 * turn
        for server in servers:
            began = time.perf_counter()
            done = await asyncio.gather(
                *(change(session, value + 137 * n) for n, session in enumerate(crowd[server.name]))
            )
            taken = time.perf_counter() - began
            # The first round is practice.
            if turn:
                words_at[server.name] += [words for words, _ in done]
                rate[server.name].append(people / taken)
            await asyncio.sleep(1)
    for server in servers:
        name = server.name
        print(
            f"{name}: alone p50 {p(alone[name], 50) * 1000:.0f} ms, p95 "
            f"{p(alone[name], 95) * 1000:.0f} ms; {people} at once p50 "
            f"{p(words_at[name], 50):.2f} s, p95 {p(words_at[name], 95):.2f} s, "
            f"{statistics.median(rate[name]):.1f} changes a second ({min(rate[name]):.1f} to "
            f"{max(rate[name]):.1f}); {current[name]:.2f} MiB a session, "
            f"{server.memory():.0f} MiB in all"
        )
    before = servers[0].memory()
    walked = await asyncio.gather(
        *(work(session, random.Random(n)) for n, session in enumerate(crowd[servers[0].name]))
    )
    every = [one for person in walked for one in person]
    print(
        f"{people} people through the wizard, {PAUSE:.0f} s between actions on average: "
        f"{len(every)} actions, p50 {p(every, 50):.2f} s, p95 {p(every, 95):.2f} s (target: under "
        f"1), most {max(every):.2f} s; memory {before:.0f} MiB before, "
        f"{servers[0].memory():.0f} after"
    )
    ours, empty, default = (server.name for server in servers)
    one = p(alone[ours], 50) / p(alone[empty], 50)
    print(f"alone, ours to the empty page: {one:.2f} (target: at most 2)")
    all_at_once = p(words_at[ours], 50) / p(words_at[empty], 50)
    print(f"{people} at once, ours to the empty page: {all_at_once:.2f}")
    faster = sorted(a / b for a, b in zip(rate[ours], rate[default], strict=True))
    print(
        f"throughput, ours to Streamlit's defaults: {faster[0]:.1f} / "
        f"{statistics.median(faster):.1f} / {faster[-1]:.1f} (least, middle, most; target: at "
        "least 5)"
    )
    print(f"p95 with {people} in the same moment: {p(words_at[ours], 95):.2f} s")


async def visit(server: Server | Hosted, number: int, pause: float) -> list[float] | Exception:
    """One person who comes, works through the wizard and leaves; or what went wrong."""
    try:
        session = await opened(server, number)
        try:
            return await work(session, random.Random(number), pause)
        finally:
            await session.stream.close()
    except (OSError, AssertionError, WebSocketException) as error:
        return error


async def load(server: Server | Hosted, people: int, pause: float, wait: float) -> None:
    """People work through the wizard and leave."""
    # The first visitor of a process brings what stays, such as the library of charts.
    await visit(server, people, 0.01)
    memory, count = server.memory(), server.descriptors()
    began = time.perf_counter()
    visits = await asyncio.gather(*(visit(server, number, pause) for number in range(people)))
    seconds = time.perf_counter() - began
    taken, errors = outcome(visits)
    print(
        f"{server.name}, {people} people, {pause:g} s between actions on average: {len(taken)} "
        f"actions, {len(taken) / seconds:.1f} a second, p50 {p(taken, 50):.2f} s, p95 "
        f"{p(taken, 95):.2f} s, most {max(taken):.2f} s; errors {errors or 'none'}"
    )
    print(f"  before: {memory:.0f} MiB, {count} descriptors")
    print(f"  as they leave: {server.memory():.0f} MiB, {server.descriptors()} descriptors")
    await asyncio.sleep(wait)
    print(f"  {wait:.0f} s later: {server.memory():.0f} MiB, {server.descriptors()} descriptors")


def outcome(visits: list[list[float] | Exception]) -> tuple[list[float], Counter[str]]:
    """How long every action took, and how many visits ended in which error."""
    taken = [one for visit in visits if isinstance(visit, list) for one in visit]
    return taken, Counter(type(one).__name__ for one in visits if isinstance(one, Exception))


async def soak(server: Server, people: int, minutes: float, pause: float, wait: float) -> None:
    """People come, work and leave, one after the other in as many places, for so long."""
    ends = time.monotonic() + minutes * 60
    visits: list[list[float] | Exception] = []
    samples: list[tuple[float, int]] = []

    async def place(number: int) -> None:
        while time.monotonic() < ends:
            visits.append(await visit(server, number, pause))

    async def watch() -> None:
        while time.monotonic() < ends:
            await asyncio.sleep(minutes * 60 / 20)
            samples.append((server.memory(), server.descriptors()))

    await asyncio.gather(watch(), *(place(number) for number in range(people)))
    taken, errors = outcome(visits)
    print(
        f"{minutes:g} minutes, {people} people at a time, {len(visits)} visits: {len(taken)} "
        f"actions, p50 {p(taken, 50):.2f} s, p95 {p(taken, 95):.2f} s; errors {errors or 'none'}"
    )
    print("  MiB, every 20th of it: " + " ".join(f"{memory:.0f}" for memory, _ in samples))
    print("  descriptors: " + " ".join(str(count) for _, count in samples))
    await asyncio.sleep(wait)
    print(f"  {wait:.0f} s later: {server.memory():.0f} MiB, {server.descriptors()} descriptors")


def flood(address: str) -> None:
    """Send messages of 10 MB, one after the other, without having signed in."""
    # Each is cut off as it is sent, which is no fault to be told of.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    client, message = Client(address), flood_message()
    while True:
        with contextlib.suppress(OSError, WebSocketException):
            closed_with(client, message)


def knock(address: str) -> None:
    """Ask for the page's websocket, and for the page, from everywhere but the page."""
    client = Client(address)
    for origin in itertools.cycle(("null", "file://", "x", "https://elsewhere.example", "//[::1")):
        client.knock(("Origin", origin))
        client.ask("/", headers=[("Origin", origin)])


def attack(server: Server, seconds: float) -> None:
    """How long health takes to answer while nothing happens, in floods, and in foreign knocks."""
    client = Client(f"http://127.0.0.1:{server.port}")
    for what, job in (("at rest", None), ("floods", flood), ("knocks", knock)):
        # In processes of their own, so that what is measured does not wait for them.
        workers = [
            multiprocessing.Process(target=job, args=(client.address,), daemon=True)
            for _ in range(ATTACKERS if job else 0)
        ]
        for worker in workers:
            worker.start()
        taken: list[float] = []
        # How much later than asked this program itself wakes: the machine's part of every wait.
        late: list[float] = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            began = time.perf_counter()
            assert client.ask("/_stcore/health").status == 200
            answered = time.perf_counter()
            taken.append(answered - began)
            time.sleep(TURN)
            late.append(time.perf_counter() - answered - TURN)
        for worker in workers:
            worker.terminate()
            worker.join()
        print(
            f"health, {what}: {len(taken)} answers, p50 {p(taken, 50) * 1000:.0f} ms, p95 "
            f"{p(taken, 95) * 1000:.0f} ms, most {max(taken):.2f} s (target: under 0.2 s), the "
            f"machine's own lateness most {max(late):.2f} s; {server.memory():.0f} MiB, at most "
            f"{most_resident(server.process.pid):.0f}"
        )


def compare(people: int, rounds: int, folder: Path) -> None:
    """Start the three servers, measure them, and stop them."""
    # Without our settings, so with Streamlit's own.
    bare = folder / "bare"
    bare.mkdir()
    (bare / "streamlit_app.py").write_text((ROOT / "streamlit_app.py").read_text())
    empty = folder / "empty.py"
    empty.write_text(EMPTY)
    own = ["--server.headless", "true", "--server.address", "127.0.0.1",
           "--browser.gatherUsageStats", "false"]  # fmt: skip
    started = ["streamlit", "run"]
    kinds = (
        ("ours", ["planner.cli", "serve"], ROOT, "need", FIELD, FINDING),
        ("empty page, our settings", [*started, str(empty)], ROOT, "", "People", EMPTYS),
        (
            "the wizard on Streamlit's defaults",
            [*started, "streamlit_app.py", *own],
            bare,
            "need",
            FIELD,
            FINDING,
        ),
    )
    with contextlib.ExitStack() as running:
        servers = []
        for name, command, at, page, field, shows in kinds:
            servers.append(Server(name, command, at, page, field, shows))
            running.callback(servers[-1].stop)
        asyncio.run(measure(servers, people, rounds))


@contextlib.contextmanager
def one_process(folder: Path, at: Path = ROOT) -> Iterator[Server]:
    """`planner serve`, with a database of its own."""
    settings = {"PLANNER_DATABASE_URL": f"sqlite:///{folder / 'plans.sqlite'}"}
    command = ["planner.cli", "serve"]
    server = Server("one process", command, at, "need", FIELD, FINDING, settings)
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    """Measure one thing."""
    parser = argparse.ArgumentParser()
    parts = ("compare", "load", "soak", "two", "attack")
    parser.add_argument("part", nargs="?", choices=parts, default="compare")
    parser.add_argument("--people", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=PAUSE)
    parser.add_argument("--wait", type=float, default=GONE_AFTER)
    given = parser.parse_args()
    people = given.people or {"two": 150, "soak": 20}.get(given.part, 50)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.part == "compare":
            compare(people, given.rounds, folder)
        elif given.part == "two":
            with team_server(folder, processes=2) as team:
                asyncio.run(load(Hosted(team), people, given.pause, given.wait))
        elif given.part == "attack":
            with one_process(folder, signed_in_place(folder)) as server:
                attack(server, given.seconds)
        else:
            with one_process(folder) as server:
                if given.part == "load":
                    asyncio.run(load(server, people, given.pause, given.wait))
                else:
                    asyncio.run(soak(server, people, given.minutes, given.pause, given.wait))


if __name__ == "__main__":
    main()
