"""Whether a host is ready for people: what is set and what is not, in words.

Nothing is changed, but that a database without tables is made ready, as at the first visit.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from planner.hosting.front_guard import SOCKETS, local
from planner.hosting.passage import NEEDED, NoPassage, Passage, measure
from planner.hosting.protocols import DESCRIPTORS_WANTED, descriptors, most_pages
from planner.hosting.server import Hosting, host_names, signs_in
from planner.screens.ui import sign_in
from planner.screens.ui.streamlit_compat import SECRET_FILES, config
from planner.store.database import SavedPlanError, sqlite_file
from planner.store.drafts import DraftNotFound, kept_drafts
from planner.store.links import new_link

LEAST_SPACE = 10**9
LEAST_SECRET = 32
SECONDS = 5

OF_ALL = ("redirect_uri", "cookie_secret")
OF_EACH = ("client_id", "client_secret", "server_metadata_url")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is as it should be, and in words what was seen."""

    subject: str
    good: bool
    words: str


def check(host: str, port: int) -> list[Finding]:
    """Look at everything that a host for others needs, for a planner that will listen on this host
    and port."""
    return [
        *_sign_in(),
        _reach(host),
        *check_sign_in("", host, port),
        _descriptors(),
        *_disk(),
        _database(),
    ]


def check_sign_in(address: str, host: str, port: int) -> list[Finding]:
    """Measure how long a sign-in may be at an address, or at the one people use where that is
    empty."""
    address = address or public_address()
    if not address:
        words = (
            "people come to this machine's own address only, so no proxy was looked at; with "
            "--name, or once sign-in is set up, one is"
        )
        return [Finding("proxy", local(host), words)]
    try:
        passage = measure(address, host, port)
    except NoPassage as error:
        return [Finding("proxy", False, str(error))]
    return [*_through_the_proxy(passage), *_lengths(passage)]


def public_address() -> str:
    """The address people use: the one that sign-in returns to, else the first name it was given."""
    returns_to = urlsplit(sign_in.returns_to())
    if returns_to.netloc:
        return f"{returns_to.scheme}://{returns_to.netloc}"
    return "".join(f"https://{name}" for name in Hosting.of_environment().names[:1])


def _sign_in() -> Iterator[Finding]:
    if not signs_in():
        reason = Hosting.of_environment().no_sign_in_because
        words = f"nobody signs in, because: {reason}" if reason else "nobody signs in"
        yield Finding("sign-in", bool(reason), words)
        return
    readable = [
        path
        for path in map(Path, config.get_option(SECRET_FILES))
        if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077
    ]
    for path in readable:
        yield Finding("sign-in", False, f"others on this machine may read {path}: chmod 600 {path}")
    section = st.secrets.get(sign_in.SECTION) if st.secrets.load_if_toml_exists() else None
    if not isinstance(section, Mapping):
        yield Finding(
            "sign-in", False, ".streamlit/secrets.toml cannot be read as TOML with [auth]"
        )
        return
    faults = list(_faults(section))
    yield from (Finding("sign-in", False, words) for words in faults)
    if not faults:
        yield Finding("sign-in", True, "everyone signs in; every setting is there")
    for directory in _directories(section):
        yield _directory(str(directory.get("server_metadata_url", "")))


def _directories(section: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The settings of each directory: sections of their own, or the whole where there are none."""
    named = [
        value for value in section.values() if isinstance(value, Mapping) and "client_id" in value
    ]
    return named or [section]


def _faults(section: Mapping[str, Any]) -> Iterator[str]:
    wanted = [(section, name) for name in OF_ALL]
    wanted += [(one, name) for one in _directories(section) for name in OF_EACH]
    for where, name in wanted:
        if str(where.get(name, "")).strip(" .") == "":
            yield f"[auth] of .streamlit/secrets.toml gives no {name}"
    if 0 < len(str(section.get("cookie_secret", ""))) < LEAST_SECRET:
        yield f"cookie_secret is shorter than {LEAST_SECRET} characters, so it could be guessed"
    returns_to = urlsplit(str(section.get("redirect_uri", "")))
    if returns_to.path and not returns_to.path.endswith("/oauth2callback"):
        yield "redirect_uri does not end with /oauth2callback, so nobody comes back from signing in"
    if returns_to.scheme == "http" and not local(returns_to.hostname):
        yield "redirect_uri begins with http: a sign-in would go over the network for all to read"
    if importlib.util.find_spec("authlib") is None:
        yield 'Authlib is missing: pip install "prescribed-medicines-planner[sign-in]"'


def _directory(address: str) -> Finding:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            metadata = json.load(answer)
        missing = [n for n in ("authorization_endpoint", "token_endpoint") if n not in metadata]
    except (OSError, ValueError) as error:
        return Finding("directory", False, f"{address or 'no address'} does not answer: {error}")
    if missing:
        return Finding("directory", False, f"{address} is not a directory's: no {missing[0]}")
    signs_out = (
        "" if "end_session_endpoint" in metadata else "; signing out leaves the directory's own"
    )
    return Finding("directory", True, f"{address} answers{signs_out}")


def _reach(host: str) -> Finding:
    hosting = Hosting.of_environment()
    refused = hosting.refusal(host, signs_in())
    if refused:
        return Finding("who may come", False, refused)
    names = ", ".join(host_names(hosting))
    https = urlsplit(public_address()).scheme == "https"
    if https and not hosting.behind_https:
        words = "people come over https, but --behind-https is missing, so cookies may go over http"
        return Finding("who may come", False, words)
    return Finding(
        "who may come", True, f"listens on {host}; answers to {names} and to no other name"
    )


def _through_the_proxy(passage: Passage) -> Iterator[Finding]:
    at, arrived = urlsplit(passage.address), passage.headers
    if not passage.stood_in:
        missing = [
            name
            for name in ("content-security-policy", "strict-transport-security")
            if name not in arrived and (at.scheme == "https" or name.startswith("content"))
        ]
        words = f"{passage.address} leads to the planner, which is running, with its headers"
        if missing:
            words = f"{passage.address} answers without {' and '.join(missing)}"
        yield Finding("proxy", not missing, words)
        return
    wrong = {
        "proxy_set_header Host $http_host": arrived.get("host") == at.netloc,
        "proxy_set_header X-Forwarded-For $remote_addr": "x-forwarded-for" in arrived,
        "proxy_set_header X-Forwarded-Proto https": arrived.get("x-forwarded-proto") == at.scheme,
    }
    if passage.direct:
        yield Finding("proxy", True, f"{passage.address} is the planner's own, without a proxy")
        return
    unset = [setting for setting, seen in wrong.items() if not seen]
    yield from (
        Finding("proxy", False, f"a header does not come through; nginx: {setting};")
        for setting in unset
    )
    if not unset:
        yield Finding("proxy", True, f"{passage.address} leads to the planner, with every header")


def _lengths(passage: Passage) -> Iterator[Finding]:
    ways = (
        ("a page", passage.page, "large_client_header_buffers 4 32k;"),
        (
            "the page's websocket",
            passage.websocket,
            "large_client_header_buffers 4 32k; and the two headers for Upgrade and Connection",
        ),
        (
            "the way back from signing in",
            passage.way_back,
            "proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;",
        ),
    )
    for way, most, setting in ways:
        if most is None:
            words = f"{way}: not measured, since the planner is running; stop it and run this again"
            yield Finding("length of a sign-in", True, words)
            continue
        words = f"{way}: up to {most:,} characters pass, {NEEDED:,} are needed"
        if most < NEEDED:
            words += f"; nginx: {setting}"
        yield Finding("length of a sign-in", most >= NEEDED, words)


def _descriptors() -> Finding:
    words = f"{descriptors():,} files and connections at once, so {most_pages():,} open pages"
    enough = most_pages() >= SOCKETS
    if not enough:
        words += f" of {SOCKETS:,}; in the service's unit: LimitNOFILE={DESCRIPTORS_WANTED}"
    return Finding("descriptors", enough, words)


def _disk() -> Iterator[Finding]:
    folders = {"files being read": Path(tempfile.gettempdir())}
    # An address that is none is told of with the database.
    with contextlib.suppress(SavedPlanError):
        file = sqlite_file(kept_drafts().url)
        if file is not None:
            folders["plans"] = next(one for one in file.absolute().parents if one.exists())
    for what, folder in folders.items():
        free = shutil.disk_usage(folder).free
        words = f"{free / 10**9:,.1f} GB free in {folder} for {what}; at least 1 GB is needed"
        yield Finding("disk", free >= LEAST_SPACE, words)


def _database() -> Finding:
    store = kept_drafts()
    try:
        # No plan has this link: what is looked at is whether the database answers.
        store.open(new_link())
    except DraftNotFound:
        kind = "a SQLite file" if sqlite_file(store.url) else "PostgreSQL"
        return Finding("database", True, f"plans are kept in {kind}, which answers")
    except SavedPlanError as error:
        return Finding("database", False, str(error))
    finally:
        store.close()
    raise AssertionError("a link just made by chance has led to a plan")
