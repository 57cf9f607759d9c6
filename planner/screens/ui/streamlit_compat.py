"""Streamlit's private names, ids, timings and addresses for pages, named here and nowhere else.

None of them is promised by Streamlit. The release is pinned, and
tests/screens/test_streamlit_compat.py looks each of them up in the one that is installed.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import streamlit as st

# Whether a session's page is still open, which no public name tells.
# The public `st.set_option` takes options of the client only; the names a server answers to are an
# option of the server.
from streamlit import config, runtime

# The type of what `st.container()` and `st.empty()` give, which has no public name.
from streamlit.delta_generator import DeltaGenerator

# What tabs are known to the browser by is worked out here; see `_known_by_key`.
from streamlit.elements import layouts
from streamlit.elements.lib.utils import compute_and_register_element_id

# How a field looks up what its key holds is put in here; see `_one_key_at_a_time`.
from streamlit.elements.widgets import number_input, radio, selectbox, text_widgets

# Which fields the browser named as it asked for this run, which the public session state does not
# tell.
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import get_session_state

# The sign-in cookie is Streamlit's own. Requests for files and pages are judged before they reach
# Streamlit, and it has no public way to say whether a request is signed in.
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

__all__ = [
    "USER_COOKIE_NAME",
    "DeltaGenerator",
    "config",
    "decode_signed_value",
    "get_cookie_secret",
]

TURN = 0.0005
"""Seconds after which a thread that works lets another one have its turn."""
# What a run has drawn is sent by another thread. It would wait ten times as long for each turn, as
# Python has it, several times a run, before the first words of a change are on their way.
sys.setswitchinterval(TURN)

# --------------------------------------------------------------------------------------------------
# The page in the browser
# --------------------------------------------------------------------------------------------------


def _known_by_key(element_type: str, **named: Any) -> str:
    """The id of an element; of tabs that have a key, by the key alone.

    By their titles, as Streamlit has it, tabs would be others once a title changes: the browser
    would draw all that stands in them anew, and whoever types there would lose the focus and what
    is half typed.
    """
    if element_type == "tabs":
        named["key_as_main_identity"] = True
    return compute_and_register_element_id(element_type, **named)


vars(layouts)["compute_and_register_element_id"] = _known_by_key


def _one_key_at_a_time() -> SimpleNamespace:
    """What a field asks whether its own key holds nothing.

    Streamlit gathers all that the session holds for each field that it draws, to look up that one
    key: on a page of many fields that took more than all else that Streamlit does to draw them.
    """
    state = get_session_state()
    return SimpleNamespace(filtered_state=state, reset_state_value=state.reset_state_value)


LOOKS_UP_ONE_KEY = (number_input, radio, selectbox, text_widgets)
for _widgets in LOOKS_UP_ONE_KEY:
    vars(_widgets)["get_session_state"] = _one_key_at_a_time

# The theme reaches colours, fonts and radii. Spacing, high contrast, print and what a screen reader
# is told need the elements themselves, and a test id is the only name that they carry.
TEST_IDS = {
    # The page and what stands round it: print and forced colours undo their heights and grounds.
    "app": "stApp",
    "view": "stAppViewContainer",
    "header": "stHeader",
    # What scrolls: a step just reached begins at its top.
    "main": "stMain",
    "block": "stVerticalBlock",
    # What stands in it, and columns: a heading that begins one stands level with its neighbour.
    "element": "stElementContainer",
    "columns": "stHorizontalBlock",
    "column": "stColumn",
    # The side, which lies over the page on a narrow screen, and the two buttons that take each
    # other's place.
    "side": "stSidebar",
    "close_side": "stSidebarCollapseButton",
    "open_side": "stExpandSidebarButton",
    # Words: lines no longer than is easily read.
    "markdown": "stMarkdown",
    "markdown_box": "stMarkdownContainer",
    # Tables: type, stripes, a first column that stays, and a stop of the keyboard where they
    # scroll.
    "table": "stTable",
    "toolbar": "stElementToolbar",
    "chart": "stVegaLiteChart",
    # Measures: long labels are cut short unless told to break.
    "metric": "stMetric",
    "metric_label": "stMetricLabel",
    "metric_value": "stMetricValue",
    # Messages: the kind of one is said by a bar, and in words where there are no grounds.
    "alert": "stAlert",
    "alert_box": "stAlertContainer",
    "alert_error": "stAlertContentError",
    "alert_success": "stAlertContentSuccess",
    "alert_warning": "stAlertContentWarning",
    "progress": "stProgress",
    "progress_track": "stProgressBarTrack",
    # Buttons: what one does is never cut short, and none is printed.
    "button": "stButton",
    "primary_button": "stBaseButton-primary",
    # Links to other pages look like buttons without a border, and are told by their line.
    "page_link": "stPageLink",
    "download_button": "stDownloadButton",
    # Fields: their borders in high contrast, and the steps of a number, which take the room of what
    # it holds.
    "label": "stWidgetLabel",
    "checkbox": "stCheckbox",
    "radio": "stRadioOption",
    "text": "stTextInputRootElement",
    "text_area": "stTextAreaRootElement",
    "number": "stNumberInputContainer",
    "number_box": "stNumberInputField",
    "number_up": "stNumberInputStepUp",
    "number_down": "stNumberInputStepDown",
    "several": "stMultiSelect",
    "several_tags": "stMultiSelectTagsContainer",
    "upload": "stFileUploader",
    "upload_zone": "stFileUploaderDropzone",
    "tab": "stTab",
}

# Attributes and classes that say in what state an element is, where a test id does not.
HOOKS = {
    "collapsed": "data-collapsed",
    "selected": "data-selected",
    "disabled": "data-disabled",
    "tag": "data-tag",
    "connection": "data-test-connection-state",
    "page_block": "block-container",
    "combo_box": "react-aria-ComboBox",
}

# What style and script write in place of the names above, as `$side` or `[$selected]`.
SELECTORS = {name: f'[data-testid="{test_id}"]' for name, test_id in TEST_IDS.items()} | HOOKS

# --------------------------------------------------------------------------------------------------
# Timings
# --------------------------------------------------------------------------------------------------

# Seconds in which a browser shows a finding before it is given the rest of the page to take in. No
# processor is used meanwhile. Nothing in Streamlit says that the browser has drawn.
TO_SHOW = 0.02

# Milliseconds until the button that opens or closes the side is there in place of the one pressed,
# which takes the focus with it as it goes.
SIDE_REDRAWN = 100

# Seconds for which a session goes by what the server's secrets said: looking for them lets other
# sessions in first.
SECRETS_HOLD_FOR = 60

# --------------------------------------------------------------------------------------------------
# The server
# --------------------------------------------------------------------------------------------------

# The folder of the page and scripts that Streamlit serves: its one inline script is allowed by its
# hash.
STATIC_FILES = Path(st.__file__).parent / "static"

# Names of options of .streamlit/config.toml that are read or set while the server runs.
ALLOWED_HOSTS = "server.allowedHosts"
SECRET_FILES = "secrets.files"

# What Streamlit would tell anyone about the server, or let a program do. Nothing of the wizard
# needs them.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")

# Where the page's websocket is, and where anyone may ask whether the server is well.
STREAM = "/_stcore/stream"
HEALTH = "/_stcore/health"

# Where files go in and out. Streamlit asks for no sign-in there.
FILES = ("/_stcore/upload_file/", "/media/")

# Where the directory sends people back to.
CALLBACK = "/oauth2callback"

# Addresses of Streamlit's own that are no page of the wizard, so that nobody is led back to them.
NOT_PAGES = ("/_stcore/", "/auth/", "/media/", "/static/", "/component/", CALLBACK)

# --------------------------------------------------------------------------------------------------
# What the browser knows
# --------------------------------------------------------------------------------------------------


def session_id() -> str:
    """The id of the session that now runs."""
    context = get_script_run_ctx()
    assert context is not None
    return context.session_id


def is_there(session: str) -> bool:
    """Whether some browser still shows the page of a session: not once it is closed or loaded
    anew."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def named_by_browser(keys: Iterable[str], drawing: bool) -> set[str]:
    """Those of some fields' keys that the browser named as it asked for the run that now begins.

    It names every field that it shows, so it has surely heard of these. Call before any is drawn;
    while the page is `drawing`, none is told of unless a part of it is drawn anew by itself.
    """
    context = get_script_run_ctx()
    assert context is not None
    if drawing and not context.fragment_ids_this_run:
        return set()
    state = context.session_state._state
    ids = {key: state._key_id_mapper.get_id_from_key(key) for key in keys}
    return {key for key, name in ids.items() if name in state._new_widget_state.states}
