"""The plans opened in this browser, remembered there and nowhere else."""

import streamlit as st

from planner.screens.ui.plan_state import LINK

MOST = 8
"""How many plans a browser remembers."""
STORAGE_KEY = "planner-recent-plans"
_READ = f"""
    const KEY = '{STORAGE_KEY}';
    // A browser may forbid it, or hold there what is no list.
    function remembered() {{
      try {{
        const rows = JSON.parse(localStorage.getItem(KEY));
        return Array.isArray(rows) ? rows.filter((row) => row && row.link && row.name) : [];
      }} catch {{ return []; }}
    }}
    function remember(rows) {{
      try {{ localStorage.setItem(KEY, JSON.stringify(rows.slice(0, {MOST}))); }} catch {{}}
    }}
"""
_REMEMBER = st.components.v2.component(
    "remember_plan",
    js=_READ
    + """
    export default function ({data}) {
      remember([data, ...remembered().filter((row) => row.link !== data.link)]);
    }
    """,
)
_LIST = st.components.v2.component(
    "recent_plans",
    html="<div id='recent'></div>",
    css="""
    ul {margin: 0; padding-left: 1.25rem;}
    li {margin-bottom: 0.375rem;}
    p {margin: 0;}
    a {color: inherit; text-decoration: underline;}
    a:focus-visible, button:focus-visible {outline: 3px solid currentColor; outline-offset: 2px;}
    button {margin-top: 0.5rem; padding: 0.25rem 0.75rem; font: inherit; color: inherit;
      background: transparent; border: 1px solid currentColor; border-radius: 0.25rem;
      font-size: 0.875rem; text-align: left;}
    """,
    js=_READ
    + """
    function draw(box, data) {
      box.replaceChildren();
      const rows = remembered();
      if (!rows.length) {
        const none = document.createElement('p');
        none.textContent = data.none;
        box.append(none);
        return;
      }
      const list = document.createElement('ul');
      for (const row of rows) {
        const item = document.createElement('li'), to = document.createElement('a');
        to.href = `?${data.name}=${encodeURIComponent(row.link)}`;
        to.textContent = row.name;
        item.append(to, `, ${row.saved}`);
        list.append(item);
      }
      const forget = document.createElement('button');
      forget.textContent = data.forget;
      // Without its link nobody finds a plan again, so that one press does not empty the list.
      let asked = false;
      forget.onclick = () => {
        if (asked) { remember([]); draw(box, data); return; }
        asked = true;
        forget.textContent = data.sure;
      };
      box.append(list, forget);
    }
    export default function ({data, parentElement}) {
      draw(parentElement.querySelector('#recent'), data);
    }
    """,
)


def remember_plan(link: str, name: str, saved: str) -> None:
    """Have the browser remember a plan by its link, under a name and when it was last saved."""
    _REMEMBER(data={"link": link, "name": name, "saved": saved}, key="remember-plan")


def recent_plans() -> None:
    """The plans that this browser remembers, each a link, and a button that forgets them."""
    _LIST(
        data={
            "name": LINK,
            "none": "None yet: a plan is listed here once its board is chosen.",
            "forget": "Forget these plans on this computer",
            "sure": "Press again: a plan that is forgotten is found by its link alone",
        },
        key="recent-plans",
    )
