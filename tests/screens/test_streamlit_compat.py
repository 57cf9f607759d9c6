"""Each private name of Streamlit is in one of two modules, and in the release here."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import streamlit as st
from packaging.requirements import Requirement
from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from planner.hosting import streamlit_server as hosted
from planner.screens.ui import streamlit_compat as compat

ROOT = Path(__file__).parents[2]
OWNER = ROOT / "planner/screens/ui/streamlit_compat.py"
# What is private to the server, which the pages do without.
OWNER_OF_THE_SERVER = ROOT / "planner/hosting/streamlit_server.py"
OWNERS = {OWNER, OWNER_OF_THE_SERVER}
OTHERS = sorted({*(ROOT / "planner").rglob("*.py"), ROOT / "streamlit_app.py"} - OWNERS)
PUBLIC = {"streamlit", "streamlit.testing.v1"}
# A test id is written whole in the browser's code, or put together there from a stem and the kind
# of a message.
PUT_TOGETHER = {
    "stAlertContentError": "stAlertContent",
    "stAlertContentSuccess": "stAlertContent",
    "stAlertContentWarning": "stAlertContent",
    "stBaseButton-primary": "stBaseButton-",
}


@pytest.fixture(scope="module")
def bundle() -> str:
    scripts = sorted((compat.STATIC_FILES / "static/js").glob("*.js"))
    assert len(scripts) > 50
    return "\n".join(path.read_text(encoding="utf-8") for path in scripts)


def private_imports(source: str) -> set[str]:
    """What a module imports of Streamlit beyond its front page."""
    matches: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            matches |= {
                one.name for one in node.names if one.name.split(".")[0] == "streamlit"
            } - PUBLIC
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            matches |= {f"{node.module}.{one.name}" for one in node.names}
    return matches


def private_names(source: str) -> set[str]:
    """The test ids, addresses and hooks that a module names."""
    hooks = "|".join(map(re.escape, ["data-testid", "/_stcore", *compat.HOOKS.values()]))
    return set(re.findall(rf"\bst[A-Z]\w+|{hooks}", source)) | set(
        re.findall(r"\bst\._\w+", source)
    )


def test_no_other_module_names_what_is_private_to_streamlit() -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in OTHERS
    }
    named = {at: private_imports(source) | private_names(source) for at, source in sources.items()}
    assert not {at: names for at, names in named.items() if names}


def test_the_check_sees_what_it_looks_for() -> None:
    assert private_imports(OWNER.read_text(encoding="utf-8")) >= {
        "streamlit.config",
        "streamlit.web.server.server_util.get_cookie_secret",
    }
    assert private_imports("import streamlit.runtime.secrets") == {"streamlit.runtime.secrets"}
    assert private_names("'[data-testid=stMain]' '/_stcore/health' st._config") == {
        "data-testid", "stMain", "/_stcore", "st._config",
    }  # fmt: skip


def test_each_private_import_is_what_we_take_it_for() -> None:
    assert isinstance(st.container(), compat.DeltaGenerator)
    assert compat.USER_COOKIE_NAME == "_streamlit_user"
    assert compat.decode_signed_value("secret", compat.USER_COOKIE_NAME, b"not signed", 1) is None
    assert isinstance(compat.get_cookie_secret(), str)


def test_each_private_part_of_the_server_is_where_we_put_ours_in_its_place() -> None:
    # A name that is no longer looked up would be passed over in silence, and its bounds with it.
    assert "_create_runtime" in vars(st.App)
    assert {"_external_ip", "_internal_ip"} <= set(vars(net_util))
    uploads = hosted.BoundedUploads()
    assert {"file_storage", "_total_bytes", "_lock"} <= set(vars(uploads))
    kinds = BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields
    operations = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type
    known = {one.name for one in kinds}
    known |= {
        f"backend_operation_request.{one.name}"
        for one in operations.oneofs_by_name["payload"].fields
    }
    assert known > hosted.REQUESTS


@pytest.mark.parametrize("test_id", sorted(compat.TEST_IDS.values()))
def test_each_test_id_is_in_the_browsers_code(test_id: str, bundle: str) -> None:
    stem = PUT_TOGETHER.get(test_id)
    written = rf"[`'\"]{test_id}[`'\"]" if stem is None else rf"`{stem}\$\{{"
    assert re.search(written, bundle)


@pytest.mark.parametrize("hook", sorted(compat.HOOKS.values()))
def test_each_hook_is_in_the_browsers_code(hook: str, bundle: str) -> None:
    assert re.search(rf"(?<![\w-]){hook}(?![\w-])", bundle)


def test_each_setting_is_an_option_of_the_installed_release() -> None:
    """An option that is no longer known is passed over with no more than a line in the log."""
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    ours = {f"{section}.{name}" for section, options in settings.items() for name in options}
    themes = {"theme.light", "theme.dark"}
    ours -= themes
    ours |= {
        f"{theme}.{name}" for theme in themes for name in settings["theme"][theme.split(".")[1]]
    }
    known = compat.config.get_config_options(force_reparse=True)
    assert ours | {
        compat.ALLOWED_HOSTS,
        compat.SECRET_FILES,
        hosted.LARGEST_STATE,
        hosted.SECONDS_TO_COME_BACK,
    } <= set(known)


def test_each_address_is_one_that_streamlit_answers_at() -> None:
    server = Path(st.__file__).parent / "web/server"
    source = "\n".join(path.read_text(encoding="utf-8") for path in server.rglob("*.py"))
    source = source.replace("{BASE_ROUTE_CORE}", "_stcore")
    for address in (*compat.CLOSED, *compat.FILES, *compat.NOT_PAGES):
        assert re.search(rf"[\"']{address.strip('/')}[\"'/]", source), address


def test_streamlit_is_pinned_to_one_minor_release_wherever_it_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    named = [one for one in map(Requirement, lines) if one.name == "streamlit"]
    assert len(named) == 2 and {str(one.specifier) for one in named} == {"~=1.67.0"}
    pinned = re.search(
        r"^streamlit==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M
    )
    assert pinned and pinned[1] == metadata.version("streamlit")
    assert all(pinned[1] in one.specifier for one in named)


def test_a_field_looks_up_its_own_key_and_gathers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page() -> None:
        import streamlit as st

        for key in ("words", "one", "of few", "number"):
            st.session_state.setdefault(key, None)
        st.text_input("Words", "as it comes", key="words")
        st.text_area("More words", key="more")
        st.selectbox("One", ["a", "b"], key="one")
        st.radio("Of few", ["a", "b"], key="of few")
        st.number_input("Number", value=1.0, key="number")

    def gathered(state: SessionState) -> None:
        raise AssertionError("all that the session holds was gathered")

    for module in compat.LOOKS_UP_ONE_KEY:
        uses = re.findall(r"get_session_state\(\)(\S*)", inspect.getsource(module))
        assert ".filtered_state" in uses
        assert not {use.partition("(")[0] for use in uses} - {
            ".filtered_state",
            ".reset_state_value",
        }, module
    monkeypatch.setattr(SessionState, "filtered_state", property(gathered))
    app = AppTest.from_function(page).run()
    assert not app.exception
    boxes = (app.text_input, app.text_area, app.selectbox, app.radio, app.number_input)
    values = [kind[0].value for kind in boxes]
    assert values == [None, "", None, None, None], "empty where its key holds None"
    app.text_input[0].set_value("typed").run()
    assert not app.exception and app.text_input[0].value == "typed"


def test_tabs_stay_the_same_ones_when_a_title_changes() -> None:
    def page() -> None:
        import streamlit as st

        done = st.text_input("Done", key="done")
        st.tabs([f"Group {done}", "Wording"], key="tabs", on_change="rerun")

    def container(app: AppTest) -> str:
        (matches,) = (one for one in app.main.children.values() if one.type == "tab_container")
        return str(matches.proto.id)

    app = AppTest.from_function(page).run()
    before = container(app)
    app.text_input[0].set_value("1 to do").run()
    assert app.tabs[0].label == "Group 1 to do" and container(app) == before != ""
