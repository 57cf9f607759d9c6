"""The links of kept plans: how they are made, and the little of them that a database holds.

No database is reached here.

A link is a secret, and the only one: 192 bits by chance. A database holds its SHA-256, so that
whoever reads the database or a backup of it has no link that opens the plan on a server. The link
that may only read is worked out from the one that may write, and not the other way round, so it
need not be held either.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

BYTES, LETTERS = 24, 32
LINK = re.compile(rf"[A-Za-z0-9_-]{{{LETTERS}}}")
STORED_LINK = re.compile(rf"[A-Za-z0-9_-]{{{LETTERS},64}}")
"""What a database may hold of a link: a link as earlier releases held it, or what tells it."""
PREFIX_LENGTH = 6
"""How many letters of a link tell plans apart in a list; the rest is still beyond guessing."""


def new_link() -> str:
    """A link that nobody can guess."""
    return secrets.token_urlsafe(BYTES)


def link_in(text: str) -> str:
    """A link without the full stop, bracket or quotation mark that a sentence put behind it."""
    return text.strip().rstrip(".,;:!?)]}>\"'\u2019\u201d")


def read_link_of(link: str) -> str:
    """The link that may only read the plan of a link that may write."""
    return urlsafe_b64encode(sha256(b"may only read: " + link.encode()).digest()[:BYTES]).decode()


def stored_form(link: str) -> str:
    """What is held of a link: enough to know it again. Longer than a link, so it can never be taken
    for one."""
    return link[:PREFIX_LENGTH] + urlsafe_b64encode(sha256(link.encode()).digest()).decode().rstrip(
        "="
    )


def begins(link_text: str) -> str:
    """The letters that a list shows."""
    return link_text[:PREFIX_LENGTH]
