"""NHSBSA's open data portal asked over the network: which hosts, how long, how much.

Nothing is known here of what an answer means.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from planner.intake.errors import IntakeError, Stopped
from planner.intake.files import LARGEST_FILE

PORTAL = "https://opendata.nhsbsa.net/api/3/action/"
HOSTS = frozenset({"opendata.nhsbsa.net", "storage.googleapis.com"})
"""The only hosts that are ever asked: the portal, and where it puts the files of large answers. A
redirect and the address of a file are held to it too."""
STAND_IN_SETTING = "PLANNER_PORTAL_STAND_IN"
"""The address of a stand-in for the portal, for tests: plain http on this machine, nothing else."""
THIS_MACHINE = ("127.0.0.1", "::1")
MOST_REDIRECTS = 5
BY_HAND = "Its files can also be downloaded in a browser and brought in as files"


@dataclass(frozen=True, slots=True)
class PortalBounds:
    """The most that one request may take: seconds to connect, of silence and in all, and bytes of
    an answer and of a file."""

    connect: float = 20
    silence: float = 120
    seconds: float = 600
    answer: int = 20_000_000
    file: int = LARGEST_FILE


BOUNDS = PortalBounds()


class Portal:
    """A connection to the portal until it is closed. It is behind the proxy that the system's
    settings name, and trusts the certificates that the system trusts."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.address, self._origin = _portal()
        self._stopped, self._bounds = stopped, BOUNDS
        context = httpx.create_ssl_context()
        # Networks that look into https add a certificate of their own to the system's.
        context.load_default_certs()
        self._client = httpx.Client(
            verify=context,
            # No proxy stands between this machine and itself.
            trust_env=self._origin is None,
            timeout=httpx.Timeout(BOUNDS.silence, connect=BOUNDS.connect),
            headers={"User-Agent": "prescribed-medicines-planner", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def ask(self, action: str, parameters: Mapping[str, str]) -> bytes:
        """The answer to an action of the portal's interface. Raises IntakeError, in one line, and
        Stopped."""
        url = httpx.URL(self.address).join(action).copy_merge_params(parameters)
        return self._get(url, self._bounds.answer)

    def file(self, address: str) -> bytes:
        """A file that the portal made of a large answer. Raises as `ask`."""
        with _failures():
            url = httpx.URL(address)
        return self._get(url, self._bounds.file)

    def _get(self, url: httpx.URL, most: int) -> bytes:
        began = time.monotonic()
        with _failures():
            for _ in range(MOST_REDIRECTS + 1):
                self._refuse_elsewhere(url)
                with self._client.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return b"".join(self._parts(response, most, began))
                    url = response.url.join(response.headers["Location"])
        raise IntakeError("The portal sends on from one address to another without end")

    def _refuse_elsewhere(self, url: httpx.URL) -> None:
        if self._origin is not None:
            fits = (url.scheme, url.host, url.port) == self._origin
        else:
            fits = url.scheme == "https" and url.host in HOSTS and url.port is None
        if not fits or url.userinfo:
            raise IntakeError(
                f"The portal sent on to an address that is not one of its own ({url.host[:80]}), "
                "which was not asked"
            )

    def _parts(self, response: httpx.Response, most: int, began: float) -> Iterator[bytes]:
        """The body of an answer, a part at a time, as long as it stays within the bounds."""
        _refuse_status(response.status_code)
        too_large = IntakeError(
            f"The portal's answer is larger than the {most / 1e6:,.0f} MB that one may be, and "
            "was not taken"
        )
        if int(response.headers.get("Content-Length", 0)) > most:
            raise too_large
        size = 0
        for part in response.iter_bytes():
            if self._stopped():
                raise Stopped("Fetching was stopped")
            if time.monotonic() - began > self._bounds.seconds:
                raise httpx.ReadTimeout("")
            if not size and part.lstrip()[:1] == b"<":
                raise IntakeError(
                    "A web page came in place of figures: the portal is at rest, or a network "
                    f"between blocks it. Ask whoever runs yours to allow it. {BY_HAND}"
                )
            size += len(part)
            if size > most:
                raise too_large
            yield part


def _portal() -> tuple[str, tuple[str, str, int | None] | None]:
    """The address of the portal's interface; and of a stand-in for it its scheme, host and port."""
    given = os.environ.get(STAND_IN_SETTING, "")
    if not given:
        return PORTAL, None
    parts = urlsplit(given)
    if parts.scheme != "http" or parts.hostname not in THIS_MACHINE:
        raise IntakeError(f"{STAND_IN_SETTING} may only be http on this machine (127.0.0.1)")
    return f"{given.rstrip('/')}/api/3/action/", (parts.scheme, parts.hostname, parts.port)


def _refuse_status(status: int) -> None:
    """Raise IntakeError where an answer is none."""
    if status == 200:
        return
    why = {
        401: "does not let us in",
        403: "does not let us in, or a network between blocks it",
        404: "does not know what was asked for",
        407: "cannot be reached: the network's proxy wants a sign-in",
        429: "has been asked too often; wait an hour",
    }.get(status, "is out of order" if status >= 500 else "refused the question")
    raise IntakeError(f"The portal {why} (status {status}). {BY_HAND}")


FAILURES = (
    (httpx.TimeoutException, "The portal did not answer in time. Try again later"),
    (
        httpx.ProxyError,
        f"The portal cannot be reached through the network's proxy. {BY_HAND}",
    ),
    (
        (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError),
        "The portal's answer broke off half-way. Try again",
    ),
    (
        Exception,
        "The portal cannot be reached from here. Check the connection, or ask whoever runs the "
        f"network to allow {', '.join(sorted(HOSTS))}. {BY_HAND}",
    ),
)
"""What is said of what went wrong on the way, by its kind; the last is whatever else it was."""


@contextmanager
def _failures() -> Iterator[None]:
    """Say in one line what went wrong on the way."""
    try:
        yield
    except IntakeError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        words = next(words for kinds, words in FAILURES if isinstance(error, kinds))
        raise IntakeError(words) from error
