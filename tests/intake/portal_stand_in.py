"""A stand-in for NHSBSA's open data portal: it lists months, answers SQL, and fails as told.

Its tables have every column of the two layouts, with rows made up, and SQLite answers the question
as it was asked, so a wrong name of a column, or a group left out, shows.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from planner.analysis.periods import months_between
from planner.model.reference import ReferenceData
from tests.intake.samples import OLD_EPD, SNOMED_EPD

SNOMED, OLD = "english-prescribing-dataset-epd-with-snomed-code", "english-prescribing-data-epd"
INLINE = 32_000
"""The most rows that are answered as they are; more come as a file."""
PRACTICES = {
    "C88001": ("QF7", "02P00"),
    "C88002": ("QF7", "03N00"),
    "C88003": ("QF7", "02X00"),
    "B86001": ("QWO", "15F00"),
}
"""Three practices of South Yorkshire, and one of another board."""

Answer = tuple[int, str, bytes]
"""Status, kind and body of an answer."""


@dataclass
class StandIn:
    """What the stand-in holds, how it fails, and what it was asked."""

    reference: ReferenceData
    months: list[str]
    old_months: list[str] = field(default_factory=list)
    inline: int = INLINE
    pack: Callable[[bytes], bytes] = gzip.compress
    files: int = 1
    instead: dict[str, Callable[[Answer], Answer | str]] = field(default_factory=dict)
    """What is done to the answer to a month's question, to `list` or to `file`, in place of giving
    it: another answer, `hang`, `hang up` after half of it, or the address of a redirect."""
    requests: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    sql: list[str] = field(default_factory=list)
    address: str = ""
    archives: dict[str, bytes] = field(default_factory=dict)

    @property
    def times(self) -> Counter[str]:
        """How often each thing was asked for."""
        return Counter(self.requests)

    def items(self, practice: str, code: str, month: str) -> int:
        """The items of one practice, chemical and month in all its rows: two presentations."""
        number = sorted(one.bnf_code for one in self.reference.chemicals).index(code)
        first = 10 + number + 3 * list(PRACTICES).index(practice)
        return 2 * first + months_between("2020-01", month) + 1

    def rows(self, resource: str) -> Iterator[dict[str, Any]]:
        """The rows of a month's table, some of them of medicines that nobody asks for."""
        month = f"{resource[-6:-2]}-{resource[-2:]}"
        codes = sorted(one.bnf_code for one in self.reference.chemicals)
        for practice, (icb, pco) in PRACTICES.items():
            for code in [*codes, "0212000B0"]:
                whole = self.items(practice, code, month) if code in codes else 99
                for part, ending in ((whole // 2, "AAAA"), (whole - whole // 2, "BBBB")):
                    yield {
                        "YEAR_MONTH": month if "SNOMED" in resource else int(resource[-6:]),
                        "ICB_CODE": icb,
                        "PCO_CODE": pco,
                        "PRACTICE_CODE": practice,
                        "BNF_CHEMICAL_SUBSTANCE_CODE": code,
                        # The older dataset's name for the same.
                        "BNF_CHEMICAL_SUBSTANCE": code,
                        "BNF_PRESENTATION_CODE": f"{code}AA{ending}",
                        "ITEMS": part,
                        "TOTAL_QUANTITY": part * 28.0,
                        "NIC": part * 1.25,
                        "ACTUAL_COST": part * 1.17,
                    }

    def list_of(self, package: str) -> bytes:
        """The answer to package_show."""
        self.packages.append(package)
        months = {SNOMED: self.months, OLD: self.old_months}[package]
        start = "EPD_SNOMED_" if package == SNOMED else "EPD_"
        names = [f"{start}{month.replace('-', '')}" for month in months]
        resources = [{"id": f"{name.lower()}-id", "name": name, "format": "CSV"} for name in names]
        return json.dumps({"success": True, "result": {"resources": resources}}).encode()

    def answer(self, resource: str, sql: str) -> Answer:
        """The answer to datastore_search_sql."""
        columns = SNOMED_EPD if "SNOMED" in resource else OLD_EPD
        with closing(sqlite3.connect(":memory:")) as database:
            database.row_factory = sqlite3.Row
            database.execute(f"CREATE TABLE `{resource}` ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            database.executemany(
                f"INSERT INTO `{resource}` VALUES ({marks})",
                ([row.get(column) for column in columns] for row in self.rows(resource)),
            )
            try:
                records = [dict(row) for row in database.execute(sql)]
            except sqlite3.Error as error:
                fault = {"success": False, "error": {"message": str(error)}}
                return 409, "application/json", json.dumps(fault).encode()
        result: dict[str, Any] = {"result": {"records": records}}
        if len(records) > self.inline:
            result = {"records_truncated": "true", "gc_urls": self._files(resource, records)}
        body = json.dumps({"success": True, "result": result}).encode()
        return 200, "application/json", body

    def _files(self, resource: str, records: list[dict[str, Any]]) -> list[dict[str, str]]:
        urls = []
        for number in range(self.files):
            text = io.StringIO()
            part = records[number :: self.files]
            writer = csv.DictWriter(text, list(records[0]))
            writer.writeheader()
            writer.writerows(part)
            name = f"/bucket/`{resource}`-{number:012}.csv.gz"
            self.archives[name.replace("`", "%60")] = self.pack(text.getvalue().encode())
            urls.append({"url": f"{self.address}{name}"})
        return urls


def as_it_is(answer: Answer) -> Answer:
    """The answer itself."""
    return answer


def zipped(data: bytes) -> bytes:
    """A file as a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part.csv", data)
    return packed.getvalue()


@contextmanager
def serving(portal: StandIn) -> Iterator[StandIn]:
    """The stand-in at an address of this machine for as long as it is needed."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path.endswith("/package_show"):
                what, answer = "list", (200, "application/json", portal.list_of(query["id"][0]))
            elif path.endswith("/datastore_search_sql"):
                resource = query["resource_id"][0]
                what = f"{resource[-6:-2]}-{resource[-2:]}"
                portal.sql.append(query["sql"][0])
                answer = portal.answer(resource, query["sql"][0])
            else:
                what, answer = "file", (200, "application/gzip", portal.archives.get(path, b""))
            portal.requests.append(what)
            instead = portal.instead.get(what, as_it_is)(answer)
            self.give(instead, answer)

        def give(self, instead: Answer | str, answer: Answer) -> None:
            status, kind, body = answer if isinstance(instead, str) else instead
            if instead == "hang":
                over.wait(30)
                self.close_connection = True
                return
            if isinstance(instead, str) and instead.startswith(("http", "/")):
                self.send_response(302)
                self.send_header("Location", instead)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = instead == "hang up"
            self.wfile.write(body[: len(body) // 2] if half else body)
            self.close_connection = half

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing: whoever asked may have heard enough."""

    server = Server(("127.0.0.1", 0), Handler)
    portal.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield portal
    finally:
        over.set()
        server.shutdown()
        server.server_close()
