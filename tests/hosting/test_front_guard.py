"""Attacks on `planner serve` that were made to happen once: each is refused and leaves nothing."""

from __future__ import annotations

import re
import resource
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from tests.browser.conftest import Served, serving
from tests.hosting.clients import (
    USER,
    XSRF,
    Client,
    closed_outside,
    closed_with,
    descriptors,
    flood_message,
    half_sent,
    heard,
    idle,
    rerun,
    resident,
    signed_in,
    signed_in_place,
)

# Servers and many connections.
pytestmark = pytest.mark.slow

MOST_MEMORY = 400.0
# Too long, and closed without a word where the rest of the message was still on its way.
REFUSED = {1009, 1006}
SIGN_IN = "The planner is open to people of this organisation"
FIRST_PAGE = "South Yorkshire"
# What the documented service is given by systemd where its unit says nothing.
SYSTEMDS_DESCRIPTORS = 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("front")


@pytest.fixture(scope="module")
def outside_requests(folder: Path) -> Path:
    """Where each address outside this machine that a server asks for is written."""
    return folder / "asked-outside.txt"


@pytest.fixture(scope="module")
def started(folder: Path) -> Iterator[Callable[..., Served]]:
    """Starts `planner serve` with every outside address closed, and stops it at the end."""
    watch, _ = closed_outside(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as running:

        def start(at: Path, *command: str, **settings: str) -> Served:
            resource.setrlimit(resource.RLIMIT_NOFILE, (SYSTEMDS_DESCRIPTORS, hard))
            try:
                database = {"PLANNER_DATABASE_URL": f"sqlite:///{at}/plans.sqlite"}
                return running.enter_context(
                    serving(
                        *(command or ("planner.cli", "serve")),
                        settings={**watch, **database, **settings},
                        at=at,
                        log=at / "log",
                    )
                )
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        yield start


@pytest.fixture(scope="module")
def team(folder: Path, started: Callable[..., Served]) -> Served:
    """A server where people sign in."""
    place = signed_in_place(folder / "team")
    # Seconds in which a page may come back, two minutes otherwise.
    (place / ".streamlit" / "config.toml").write_text("[server]\ndisconnectedSessionTTL = 2\n")
    return started(place)


@pytest.fixture(scope="module")
def alone(folder: Path, started: Callable[..., Served]) -> Served:
    """A server without sign-in, so for its own machine."""
    (folder / "alone").mkdir()
    return started(folder / "alone")


def works(client: Client, cookie: str) -> bool:
    """Whether a person who has signed in is shown the first page."""
    with client.stream(cookie) as stream:
        stream.send(rerun())
        return FIRST_PAGE in heard(stream, FIRST_PAGE)


# ---------------------------------------------------------------------- size of messages


def test_a_flood_by_one_who_has_not_signed_in_is_refused_and_takes_no_memory(team: Served) -> None:
    client, message = Client(team), flood_message()
    assert {closed_with(client, message) for _ in range(15)} <= REFUSED
    assert resident(team.process) < MOST_MEMORY


@pytest.mark.parametrize(("megabytes", "states"), [(10, 400_000), (1.6, 60_000)])
def test_a_flood_by_one_who_has_signed_in_is_refused_and_takes_no_memory(
    team: Served, megabytes: float, states: int
) -> None:
    client, message = Client(team), flood_message(megabytes, states)
    cookie = signed_in(client.address)
    assert {closed_with(client, message, cookie) for _ in range(15)} <= REFUSED
    assert resident(team.process) < MOST_MEMORY


def test_a_flood_where_nobody_signs_in_is_refused_and_takes_no_memory(alone: Served) -> None:
    client, message = Client(alone), flood_message()
    assert {closed_with(client, message) for _ in range(15)} <= REFUSED
    assert resident(alone.process) < MOST_MEMORY


def one_text(length: int) -> bytes:
    """A message of one field that holds a long text."""
    return flood_message(length / 1_000_000, 1)


@pytest.mark.parametrize(
    ("length", "person", "taken"),
    [(60_000, False, True), (70_000, False, False), (70_000, True, True),
     (1_900_000, True, True), (2_100_000, True, False)],
)  # fmt: skip
def test_a_message_may_be_longer_once_its_sender_has_signed_in(
    team: Served, length: int, person: bool, taken: bool
) -> None:
    client = Client(team)
    cookie = signed_in(client.address) if person else ""
    assert (closed_with(client, one_text(length), cookie) is None) is taken


@pytest.mark.parametrize("kind", ["clear_cache", "set_run_on_save"])
def test_a_page_may_not_ask_for_what_is_a_developers(alone: Served, kind: str) -> None:
    """Neither is anything that the wizard's page sends: emptying what all sessions share is the
    first."""
    question = BackMsg()
    setattr(question, kind, True)
    with Client(alone).stream() as stream:
        stream.send(bytes(question.SerializeToString()))
        stream.send(rerun())
        assert FIRST_PAGE in heard(stream, FIRST_PAGE)


# ---------------------------------------------------------------------- origin


@pytest.mark.parametrize(
    "origin",
    ["null", "file://", "x", "//", "", "http://[::1", "https://127.0.0.1", "http://127.0.0.1",
     "http://127.0.0.1:1", "http://localhost:1", "http://elsewhere.example", "http://{host}/",
     "https://{host}", "http://user@{host}", "http://{host}.elsewhere.example", "HTTP://{host}",
     "http://{host}, null", "http://{host} null"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["team", "alone"])
def test_a_foreign_page_is_refused_and_nothing_is_asked_outside(
    kind: str, origin: str, request: pytest.FixtureRequest, outside_requests: Path
) -> None:
    client = Client(request.getfixturevalue(kind))
    foreign = ("Origin", origin.format(host=client.host))
    answer = client.knock(foreign)
    assert answer.status == 403 and "may not speak to the planner" in answer.words
    assert client.ask("/_stcore/health", headers=[foreign]).status == 403
    assert outside_requests.read_text() == ""


def test_our_own_page_is_let_in_and_two_origins_are_not(team: Served) -> None:
    client = Client(team)
    assert client.knock().status == 101
    two = [("Origin", client.address), ("Origin", "null")]
    # The library for websockets refuses those by itself.
    assert client.knock(*two).status == 400
    assert client.ask("/", headers=two).status == 403


def test_no_page_makes_the_server_ask_outside(team: Served, outside_requests: Path) -> None:
    client = Client(team)
    assert works(client, signed_in(client.address))
    assert outside_requests.read_text() == ""


# ---------------------------------------------------------------------- the cookie


BLANKS = ["", "\xa0", "\x85", " \xa0", "\x1f", "\t", "\x0b"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("hours", [25, 20 * 24])
def test_a_leavers_cookie_opens_nothing_however_it_is_written(
    team: Served, blank: str, hours: int
) -> None:
    client = Client(team)
    cookie = blank + signed_in(client.address, hours)
    if blank not in {"\x1f", "\x0b"}:
        answer = client.ask("/media/0.docx", headers=[("Cookie", f"a=b;{cookie}")])
        assert answer.status == 403
    assert page_of(client, f"a=b;{cookie}") == SIGN_IN


def test_a_cookie_hidden_in_another_is_no_cookie(team: Served) -> None:
    """Quotes and escapes are undone where a cookie is read, and must not make two of one."""
    client = Client(team)
    old = signed_in(client.address, 25)
    fresh = signed_in(client.address)
    for hidden in (f'a="x\\073 {old}"', f'a="x\\073 {fresh}"', f'"{old}"', f"a={fresh}"):
        assert page_of(client, hidden) == SIGN_IN, hidden


def test_two_cookies_of_one_name_are_judged_as_the_one_that_is_used(team: Served) -> None:
    client = Client(team)
    old, fresh = signed_in(client.address, 25), signed_in(client.address)
    assert page_of(client, f"{fresh}; {old}") == SIGN_IN
    assert page_of(client, f"{fresh}; \xa0{old}") == SIGN_IN
    assert page_of(client, f"{old}; {fresh}") == FIRST_PAGE


def page_of(client: Client, cookie: str) -> str:
    """The page that a websocket with this cookie is told of, by words that are on no other.

    Written by hand, since a client that keeps to the rules sends no such bytes.
    """
    token = client.xsrf()
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    with client.raw() as stream:
        stream.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {client.host}\r\nOrigin: {client.address}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: streamlit, {token}\r\n"
            f"Cookie: {XSRF}={token};{cookie}\r\n\r\n".encode("latin-1")
        )
        stream.settimeout(10)
        received = stream.recv(65_536)
        if b" 101 " not in received.partition(b"\r\n")[0]:
            # A request with a control character in it is not read at all.
            return SIGN_IN if b" 400 " in received.partition(b"\r\n")[0] else received.decode()
        message = rerun()
        mask = b"\0\0\0\0"
        stream.sendall(bytes([0x82, 0x80 | len(message)]) + mask + message)
        while True:
            received += stream.recv(65_536)
            for words in (SIGN_IN, FIRST_PAGE):
                if words.encode() in received:
                    return words


# ---------------------------------------------------------------------- sockets


def test_idle_sockets_from_one_address_leave_room_for_people(team: Served) -> None:
    client = Client(team)
    with idle(client, 300) as answers:
        met = [answer.status for answer in answers]
        assert met.count(101) == 64 and met.count(503) == 300 - 64
        assert "has not signed in" in answers[-1].words and answers[-1].headers["Retry-After"]
        # The page itself says so too, to one who would come from there next.
        assert client.ask("/").status == 503
        assert works(client, signed_in(client.address))


def test_idle_sockets_from_many_addresses_leave_room_for_people(team: Served) -> None:
    client = Client(team)
    with ExitStack() as stack:
        for number in range(10):
            source = ("X-Forwarded-For", f"192.0.2.{number}")
            met = stack.enter_context(idle(client, 60, source))
            assert {answer.status for answer in met} == {101}
        assert works(client, signed_in(client.address))


def test_one_person_has_twenty_sockets_and_another_theirs(team: Served) -> None:
    client = Client(team)
    ana = ("Cookie", signed_in(client.address, who="ana"))
    ben = ("Cookie", signed_in(client.address, who="ben"))
    with idle(client, 21, ana) as answers:
        assert [answer.status for answer in answers] == [101] * 20 + [503]
        assert "pages open" in answers[-1].words
        assert client.knock(ben).status == 101
    assert until(lambda: client.knock(ana).status == 101)


def until(true: Callable[[], bool]) -> bool:
    """Whether something comes true while one may wait for it."""
    for _ in range(300):
        if true():
            return True
        time.sleep(0.2)
    return False


def test_half_sent_requests_are_ended_in_words_and_keep_nobody_out(team: Served) -> None:
    client = Client(team)
    with half_sent(client, 900) as begun:
        assert works(client, signed_in(client.address))
        # Each byte puts off the end of a connection that only an idle time ends.
        assert drips_until_ended(begun[0]).startswith("HTTP/1.1 408 ")
        for one in begun[1:]:
            one.settimeout(60)
            words = received(one)
            assert words.startswith(("HTTP/1.1 408 ", "HTTP/1.1 503 ")), words
            assert "planner" in words


def drips_until_ended(one: socket.socket) -> str:
    """What comes first of a request to which a byte of its header is added time and again."""
    one.settimeout(0.5)
    for _ in range(120):
        try:
            return one.recv(4096).decode()
        except TimeoutError:
            one.sendall(b"x")
    raise AssertionError("never ended")


def received(one: socket.socket) -> str:
    """All that comes until the other side closes."""
    parts = []
    while part := one.recv(4096):
        parts.append(part)
    return b"".join(parts).decode()


# ---------------------------------------------------------------------- files


def given_files(stream: ClientConnection, number: int = 1) -> list[str]:
    """The addresses that a page is given for files to come."""
    stream.send(rerun())
    session = ""
    while not session:
        message = ForwardMsg()
        message.ParseFromString(bytes(stream.recv(timeout=20, decode=False)))
        if message.WhichOneof("type") == "new_session":
            session = message.new_session.initialize.session_id
    question = BackMsg()
    question.file_urls_request.request_id = "r"
    question.file_urls_request.session_id = session
    question.file_urls_request.file_names.extend(f"{n}.csv" for n in range(number))
    stream.send(bytes(question.SerializeToString()))
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(stream.recv(timeout=20, decode=False)))
        if message.WhichOneof("type") == "file_urls_response":
            return [one.upload_url for one in message.file_urls_response.file_urls]


def put(
    client: Client,
    path: str,
    cookie: str,
    size: int = 10,
    chunked: bool = False,
    extra_headers: Sequence[tuple[str, str]] = (),
) -> int:
    """The status that a file is met with; of one that comes in chunks, none is sent."""
    token = client.xsrf()
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
        + b"x" * size
        + b"\r\n--b--\r\n"
    )
    headers = [
        ("Cookie", f"{XSRF}={token}; {cookie}"),
        ("X-Xsrftoken", token),
        ("Content-Type", "multipart/form-data; boundary=b"),
    ]
    if chunked:
        headers += [("Transfer-Encoding", "chunked"), *extra_headers]
        return client.ask(path, "PUT", headers=headers).status
    return client.ask(path, "PUT", body, headers).status


def test_a_file_goes_only_where_the_page_was_told_to_put_it(team: Served) -> None:
    client = Client(team)
    cookie = signed_in(client.address)
    with client.stream(cookie) as stream:
        (address,) = given_files(stream)
        session, file = address.split("/")[-2:]
        assert put(client, address, cookie) == 204
        # Who knows the session's name has not been given a place in it.
        other = address.replace(file, "0" * 8 + file[8:])
        assert put(client, other, cookie) == 403
        assert put(client, other, signed_in(client.address, who="ben")) == 403
        assert put(client, address.replace(session, "0" * 8 + session[8:]), cookie) == 403
        # Its length is not told before it comes.
        assert put(client, address, cookie, chunked=True) == 411
        # A length beside chunks is not the length of what comes.
        extra_headers = [("Content-Length", "10")]
        assert put(client, address, cookie, chunked=True, extra_headers=extra_headers) == 411


def test_files_have_a_total_for_a_page_and_one_for_all(team: Served) -> None:
    client = Client(team)
    cookie = signed_in(client.address)
    before = resident(team.process)
    met: list[list[int]] = []
    with ExitStack() as pages:
        for _ in range(4):
            stream = pages.enter_context(client.stream(cookie))
            met.append([put(client, one, cookie, 49_000_000) for one in given_files(stream, 5)])
    assert met[0] == [204, 204, 204, 204, 413]
    assert met[2].count(204) < 4 and met[3] == [503] * 5
    # Once those pages are closed, and without anyone else coming, their files are let go.
    assert until(lambda: resident(team.process) < before + 100)


def test_the_log_names_no_session_no_file_and_no_document(
    folder: Path, started: Callable[..., Served]
) -> None:
    place = signed_in_place(folder / "logged")
    client = Client(started(place, "uvicorn", "planner.hosting.server:app"))
    cookie = signed_in(client.address)
    document = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5.docx"
    with client.stream(cookie) as stream:
        (address,) = given_files(stream)
        session, file = address.split("/")[-2:]
        assert put(client, address, cookie) == 204
        assert client.ask(f"/media/{document}", headers=[("Cookie", cookie)]).status == 404
    written = (place / "log").read_text()
    assert '"PUT /_stcore/upload_file/' in written and '"GET /media/' in written
    assert not [secret for secret in (session, file, document, USER) if secret in written]


# ---------------------------------------------------------------------- what stays


def test_a_closed_session_is_let_go_although_nobody_else_comes_or_goes(team: Served) -> None:
    """Each session that is kept for its page to come back holds descriptors, so they can be
    counted."""
    client = Client(team)
    cookie = signed_in(client.address, who="cleo")
    assert works(client, cookie)
    assert until(lambda: descriptors(team.process) < 60)
    before = descriptors(team.process)
    for _ in range(10):
        with client.stream(cookie) as stream:
            stream.send(rerun())
            heard(stream, FIRST_PAGE)
    assert until(lambda: descriptors(team.process) <= before)


# ---------------------------------------------------------------------- proxies


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
     "X-Forwarded-Server", "X-Forwarded-Prefix", "Forwarded", "Via", "X-Real-IP", "X-Client-IP",
     "True-Client-IP", "CF-Connecting-IP", "X-Original-Host", "X-Envoy-External-Address"],
)  # fmt: skip
def test_without_sign_in_whatever_came_through_a_proxy_is_refused(alone: Served, name: str) -> None:
    client = Client(alone)
    for value in ("192.0.2.7", "127.0.0.1", ""):
        assert client.ask("/", headers=[(name, value)]).status == 403
        assert client.knock((name, value)).status == 403


def test_with_sign_in_a_proxy_may_say_where_people_come_from(team: Served) -> None:
    client = Client(team)
    for name in ("X-Forwarded-For", "X-Real-IP", "Via"):
        assert client.knock((name, "192.0.2.7")).status == 101


def test_a_socket_refused_is_refused_to_the_protocol_too(team: Served) -> None:
    client = Client(team)
    with pytest.raises(InvalidStatus, match="403"), client.stream(origin="null"):
        pass
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", client.address)
