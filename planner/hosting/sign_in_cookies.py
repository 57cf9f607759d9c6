"""What a browser keeps of a sign-in, cut down to what is used, so that it passes any proxy.

A directory such as Microsoft Entra sends an access token of 2,500 characters and an identity token
that names up to 200 groups. Streamlit puts both, and every claim, into cookies that come back with
every request: some 30,000 characters, where proxies and servers take 8,000 in a header unless told
otherwise.
"""

import json
from collections.abc import Iterable

from starlette.types import Message, Send

from planner.hosting.streamlit_server import (
    TOKENS_COOKIE_NAME,
    create_signed_value,
    get_cookie_with_chunks,
)
from planner.screens.ui.streamlit_compat import (
    USER_COOKIE_NAME,
    decode_signed_value,
    get_cookie_secret,
)

# What Streamlit looks at, then what the planner shows of a person or tells people apart by.
CLAIMS = ("origin", "is_logged_in", "provider", "iss", "sub", "oid", "name", "email")

# Characters of an identity token that is kept, to name the person to the directory on signing out.
# A longer one is let go: the directory is then told which application it is, and asks the person
# which account to sign out.
LONGEST_HINT = 2_000

HeaderList = list[tuple[bytes, bytes]]


def with_small_cookies(send: Send) -> Send:
    """An answer to the way back from the directory, with the cookies of the sign-in cut down."""

    async def reduced(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = small_cookies(message["headers"])
        await send(message)

    return reduced


def small_cookies(headers: Iterable[tuple[bytes, bytes]]) -> HeaderList:
    """The headers with what they set of a sign-in replaced by one short cookie for each kind.

    Cookies that are deleted, and other people's, stay as they are.
    """
    rest: HeaderList = []
    cookies: dict[str, str] = {}
    attributes = ""
    for name, value in headers:
        cookie, _, more = value.decode("latin-1").partition(";")
        key, _, content = cookie.strip().partition("=")
        if name.lower() != b"set-cookie" or not _is_set(key, more):
            rest.append((name, value))
            continue
        cookies[key], attributes = content, more
    for key, choose in ((USER_COOKIE_NAME, _claims), (TOKENS_COOKIE_NAME, _hint)):
        values = _read(cookies, key)
        if values is not None and (small := choose(values)):
            signed = create_signed_value(get_cookie_secret(), key, json.dumps(small))
            rest.append((b"set-cookie", f"{key}={signed.decode()};{attributes}".encode("latin-1")))
    return rest


def _is_set(key: str, attributes: str) -> bool:
    """Whether a cookie is a part of a sign-in, and is set rather than deleted."""
    stem = key.rstrip("0123456789").removesuffix("_")
    return stem in (USER_COOKIE_NAME, TOKENS_COOKIE_NAME) and "max-age=0" not in attributes.lower()


def _read(cookies: dict[str, str], key: str) -> dict[str, object] | None:
    secret = get_cookie_secret()

    def part(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies.get(name, ""))

    whole = get_cookie_with_chunks(part, key)
    return None if whole is None else dict(json.loads(whole))


def _claims(values: dict[str, object]) -> dict[str, object]:
    return {name: values[name] for name in CLAIMS if name in values}


def _hint(values: dict[str, object]) -> dict[str, object]:
    hint = str(values.get("id_token", ""))
    return {"id_token": hint} if 0 < len(hint) <= LONGEST_HINT else {}
