"""Signing in, where the server is set up for it: nothing is opened before.

Who may is for the organisation's own directory.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from planner.screens.ui.streamlit_compat import SECRET_FILES, SECRETS_HOLD_FOR, config

SECTION = "auth"
REQUIRED = "sign-in-required"


def required() -> bool:
    """Whether people must sign in: the server's secrets have a section for it, or cannot be read
    and so may have one."""
    if st.secrets.load_if_toml_exists():
        return SECTION in st.secrets
    return any(Path(path).exists() for path in config.get_option(SECRET_FILES))


def returns_to() -> str:
    """The address that people come back to once signed in, or nothing where nobody signs in."""
    return str(_settings().get("redirect_uri", ""))


def _required_here() -> bool:
    """As `required`, asked once a minute in each session."""
    here, question = st.session_state.get(REQUIRED, (True, -SECRETS_HOLD_FOR))
    if time.monotonic() - question >= SECRETS_HOLD_FOR:
        here = required()
        st.session_state[REQUIRED] = here, time.monotonic()
    return bool(here)


def done() -> bool:
    """Whether this session may go on."""
    return not _required_here() or bool(st.user.get("is_logged_in", False))


def ask() -> None:
    """The one page that someone who has not signed in sees. Ends the run."""
    st.set_page_config(page_title="Sign in – Prescribed medicines planner")
    st.title("Sign in", anchor=False)
    st.write("The planner is open to people of this organisation. Sign in with your work account.")
    st.write(
        "If you followed a link to a plan, it opens once you have signed in. If another plan "
        "opens, follow it again."
    )
    if not _settings():
        st.error("Sign-in is set up but its settings cannot be read. Ask whoever runs this server.")
        st.stop()
    for way in directories(_settings()):
        if st.button(
            f"Sign in with {way}" if way else "Sign in", type="primary", key=f"sign-in-{way}"
        ):
            try:
                st.login(way or None)
            except Exception:
                # Whatever is wrong is the server's, and not for a visitor to read.
                st.error(
                    "Sign-in is not working on this server. Ask whoever runs it to look at its "
                    "settings."
                )
    st.stop()


def way_out() -> None:
    """Who has signed in, and a button to sign out, at the side; nothing where nobody signs in."""
    if not _required_here():
        return
    with st.sidebar:
        st.divider()
        name = st.user.get("name") or st.user.get("email")
        if name:
            st.text(f"Signed in as {name}")
        if st.button("Sign out", key="sign-out"):
            st.logout()


def _settings() -> Mapping[str, Any]:
    if not st.secrets.load_if_toml_exists():
        return {}
    settings = st.secrets.get(SECTION, {})
    return settings if isinstance(settings, Mapping) else {}


def directories(section: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The settings of each directory to choose from by its name; one without a name where the
    section itself holds them."""
    named = {
        str(name): value
        for name, value in section.items()
        if isinstance(value, Mapping) and "client_id" in value
    }
    return named or {"": section}
