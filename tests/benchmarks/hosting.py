"""Fifty people at once: how soon a change shows, how many changes a second, and memory a session.

First all change something at the same moment, round after round: the hardest case. Then all work through the wizard, each
going to a step, reading, and changing something there, with a pause that is drawn at random, as people do.

The hosted wizard stands beside an empty Streamlit page and beside the wizard on Streamlit's own default settings, in
one run, turn by turn. Sessions speak Streamlit's own protocol over a websocket, so no browser is measured.

Run: python -m tests.benchmarks.hosting [sessions] [rounds]
"""

from __future__ import annotations

import asyncio
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
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.benchmarks.wizard import EMPTY, ROOT

FIELD = "People prescribed opioids in a year"
FINDING = re.compile(rb"About [\d,]+[^.]{0,60}people")
EMPTYS = re.compile(rb"There are [\d.]+ people")
ALONE = 60
KEPT_FOR = 2
"""Runs for which a browser keeps a message that is not met again, by Streamlit's own setting."""
PAUSE = 4.0
"""Seconds between one change of a person and their next, on average; drawn from an exponential."""
WALK = ("place", "local_files", "prescribing", "inequality", "places", "benchmark", "prescribing", "options", "outcomes",
        "prescribing", "years", "specification", "download", "prescribing")  # fmt: skip
"""The steps as one person goes to them, back and forth; on the one with the field it is changed three times."""


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
    ) -> None:
        self.name, self.page, self.field, self.shows = name, page, field, shows
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        flag = "--server.port" if "streamlit" in command else "--port"
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, flag, str(self.port)],
            cwd=at,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
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
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


class Session:
    """One person on one page, as a browser would be."""

    def __init__(self, server: Server, stream: ClientConnection) -> None:
        self.server, self.stream = server, stream
        self.pages: dict[str, str] = {}
        self.field = ""
        self.shown = b""
        self.held: dict[str, int] = {}
        """What a browser keeps: the hash of each large message, and in which run it was last met."""
        self.runs = 0

    async def run(self, page: str = "", value: float | None = None) -> tuple[float, float]:
        """Seconds from asking to the new words, and to the end of the run."""
        question = BackMsg()
        question.rerun_script.page_script_hash = self.pages.get(page, "")
        self.runs += 1
        self.held = {one: met for one, met in self.held.items() if self.runs - met <= KEPT_FOR}
        question.rerun_script.cached_message_hashes.extend(self.held)
        if value is not None:
            state = question.rerun_script.widget_states.widgets.add()
            state.id, state.double_value = self.field, value
        began = time.perf_counter()
        await self.stream.send(question.SerializeToString())
        words = 0.0
        while True:
            data = await self.stream.recv()
            assert isinstance(data, bytes)
            if not words and (result := self.server.shows.search(data)) and result[0] != self.shown:
                self.shown, words = result[0], time.perf_counter() - began
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable or kind == "ref_hash":
                self.held[message.ref_hash or message.hash] = self.runs
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
        element = delta.new_element
        if (
            element.WhichOneof("type") == "number_input"
            and element.number_input.label == self.server.field
        ):
            self.field = element.number_input.id


async def opened(server: Server) -> Session:
    """A session that has reached the page with the field."""
    url = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    stream = await connect(
        url, subprotocols=[Subprotocol("streamlit")], max_size=None, ping_interval=None
    )
    session = Session(server, stream)
    await session.run()
    if server.page:
        await session.run(server.page)
    assert session.field, f"{server.name}: the field was not found"
    return session


async def change(session: Session, value: float) -> tuple[float, float]:
    """One change of the field, which must show new words."""
    words, end = await session.run(session.server.page, value)
    assert words, f"{session.server.name}: no new words"
    return words, end


async def work(session: Session, draw: random.Random) -> list[float]:
    """One person through the wizard. Seconds to new words, for each change and each step gone to."""
    taken, value = [], draw.randrange(20_000, 200_000)
    for step in WALK:
        await asyncio.sleep(draw.expovariate(1 / PAUSE))
        _, end = await session.run(step)
        taken.append(end)
        if step == session.server.page:
            for _ in range(3):
                await asyncio.sleep(draw.expovariate(1 / PAUSE))
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
    value = 100_000.0
    single = [await opened(server) for server in servers]
    for turn in range(ALONE):
        for session in single:
            # Enough to show once rounded.
            value += 7_000
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
        for server in servers:
            value += 10_000
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
            f"{name}: alone p50 {p(alone[name], 50) * 1000:.0f} ms, p95 {p(alone[name], 95) * 1000:.0f} ms; "
            f"{people} at once p50 {p(words_at[name], 50):.2f} s, p95 {p(words_at[name], 95):.2f} s, "
            f"{statistics.median(rate[name]):.1f} changes a second ({min(rate[name]):.1f} to {max(rate[name]):.1f}); "
            f"{current[name]:.2f} MiB a session, {server.memory():.0f} MiB in all"
        )
    before = servers[0].memory()
    walked = await asyncio.gather(
        *(work(session, random.Random(n)) for n, session in enumerate(crowd[servers[0].name]))
    )
    every = [one for person in walked for one in person]
    print(
        f"{people} people through the wizard, {PAUSE:.0f} s between actions on average: {len(every)} actions, p50 "
        f"{p(every, 50):.2f} s, p95 {p(every, 95):.2f} s (target: under 1), most {max(every):.2f} s; memory "
        f"{before:.0f} MiB before, {servers[0].memory():.0f} after"
    )
    ours, empty, default = (server.name for server in servers)
    print(
        f"alone, ours to the empty page: {p(alone[ours], 50) / p(alone[empty], 50):.2f} (target: at most 2)"
    )
    print(
        f"{people} at once, ours to the empty page: {p(words_at[ours], 50) / p(words_at[empty], 50):.2f}"
    )
    faster = sorted(a / b for a, b in zip(rate[ours], rate[default], strict=True))
    print(
        f"throughput, ours to Streamlit's defaults: {faster[0]:.1f} / {statistics.median(faster):.1f} / {faster[-1]:.1f} "
        "(least, middle, most; target: at least 5)"
    )
    print(f"p95 with {people} in the same moment: {p(words_at[ours], 95):.2f} s")


def main() -> None:
    """Start the three servers, measure them, and stop them."""
    people, rounds = (int(given) for given in (sys.argv[1:] + ["50", "5"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        # Without our settings, so with Streamlit's own.
        bare = Path(folder) / "bare"
        bare.mkdir()
        (bare / "streamlit_app.py").write_text((ROOT / "streamlit_app.py").read_text())
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        own = [
            "--server.headless",
            "true",
            "--server.address",
            "127.0.0.1",
            "--browser.gatherUsageStats",
            "false",
        ]
        servers: list[Server] = []
        try:
            servers.append(
                Server("ours", ["planner.cli", "serve"], ROOT, "prescribing", FIELD, FINDING)
            )
            servers.append(
                Server(
                    "empty page, our settings",
                    ["streamlit", "run", str(empty)],
                    ROOT,
                    "",
                    "People",
                    EMPTYS,
                )
            )
            servers.append(
                Server(
                    "the wizard on Streamlit's defaults",
                    ["streamlit", "run", "streamlit_app.py", *own],
                    bare,
                    "prescribing",
                    FIELD,
                    FINDING,
                )
            )
            asyncio.run(measure(servers, people, rounds))
        finally:
            for server in servers:
                server.process.terminate()
                try:
                    server.process.wait(10)
                except subprocess.TimeoutExpired:
                    server.process.kill()


if __name__ == "__main__":
    main()
