"""A directory to sign in with that is as talkative as Microsoft Entra.

`python -m tests.browser.directory --port N`.

Its access tokens have 2,500 characters, and its one person is in 200 groups, each named in the
identity token.
"""

from __future__ import annotations

import argparse
import os
import secrets
import uuid

import flask
import uvicorn
from oidc_provider_mock import User, init_app

CHARACTERS = 2_500
GROUPS = 200


def long_token(*_: object, **__: object) -> str:
    """A token that nobody guesses, as long as Entra's."""
    return secrets.token_urlsafe(CHARACTERS)[:CHARACTERS]


def directory() -> flask.Flask:
    """The directory, as an application."""
    # Its pages are templates of the package, and looked for by this name.
    application = flask.Flask("oidc_provider_mock")
    application.config["OAUTH2_ACCESS_TOKEN_GENERATOR"] = long_token
    claims = {
        "name": "Ana Silva",
        "email": "ana@example.org",
        "groups": [str(uuid.uuid4()) for _ in range(GROUPS)],
    }
    init_app(
        application,
        require_client_registration=True,
        require_nonce=True,
        user_claims=[User(sub="ana", claims={**claims})],
    )
    application.secret_key = secrets.token_bytes(16)
    return application


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    uvicorn.run(directory(), port=parser.parse_args().port, interface="wsgi")
