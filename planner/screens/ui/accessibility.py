"""What the page does beyond Streamlit: focus, results told to a screen reader, a lost line."""

from string import Template

import streamlit as st

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import Unit, format_range
from planner.analysis.results.results import Results
from planner.screens.ui.streamlit_compat import SELECTORS, SIDE_REDRAWN


def _script(text: str) -> str:
    return Template(text).substitute(SELECTORS, side_redrawn=SIDE_REDRAWN)


# A step just reached is read from its heading on, by eye and by screen reader.
HEADING_FIRST = st.components.v2.component(
    "heading_first",
    js=_script("""
    export default function ({data, parentElement}) {
      if (parentElement.drawn) return;
      parentElement.drawn = true;
      const main = document.querySelector('$main');
      if (main && !data) main.scrollTo(0, 0);
      const heading = document.querySelector(data || 'h1');
      if (heading) { heading.setAttribute('tabindex', '-1'); heading.focus({preventScroll: true}); }
    }
    """),
)

# A field that a link leads to has the focus as soon as it is drawn, which may be a while after the
# page is. Of what stands at a field, what can be typed into or chosen from comes before its help.
FIELD_FIRST = st.components.v2.component(
    "field_first",
    js="""
    const KINDS = ['input:not([type="hidden"]), textarea', 'button'];

    export default function ({data, parentElement}) {
      if (parentElement.looks) return;
      parentElement.looks = true;
      const found = () => {
        for (const kind of KINDS) {
          const one = document.querySelector(`:is(${data}) :is(${kind})`);
          if (one?.checkVisibility() && !one.disabled) return one;
        }
      };
      const focus = () => {
        const one = found();
        if (!one) return false;
        one.scrollIntoView({block: 'center'});
        one.focus({preventScroll: true});
        return true;
      };
      if (focus()) return;
      const watch = new MutationObserver(() => { if (focus()) watch.disconnect(); });
      watch.observe(document.body, {childList: true, subtree: true, attributes: true});
      // Whoever has begun to do something meanwhile is left there.
      for (const what of ['pointerdown', 'keydown']) {
        document.addEventListener(what, () => watch.disconnect(), {once: true, capture: true});
      }
    }
    """,
)

# The region is made once and stays: a reader tells what changes in a region, and may miss one that
# comes with its words already in it, as one that Streamlit draws does at each change. The first
# words are held and not told.
LIVE_REGION = st.components.v2.component(
    "at_hand",
    js=_script("""
    const CLOSE_SIDE = '$close_side button';
    const OPEN_SIDE = '$open_side';

    // a table wider than the screen is a stop of the keyboard, so that the arrow keys can scroll it
    function reachWideTables(event) {
      if (event.key !== 'Tab') return;
      for (const table of document.querySelectorAll('$table table')) {
        const box = table.parentElement, wide = box.scrollWidth > box.clientWidth;
        const words = 'Wide table: the arrow keys scroll it';
        const said = {tabindex: '0', role: 'group', 'aria-label': words};
        for (const name in said) {
          wide ? box.setAttribute(name, said[name]) : box.removeAttribute(name);
        }
      }
    }

    // each table can be had as a file, by a button at its foot; Streamlit's have none
    function asCsv(table) {
      // What would be taken for a formula where the file is opened is text.
      const quoted = (cell) => '"' + cell.textContent.trim().replace(/^(?=[=+@]|-[^0-9£])/, "'")
        .replaceAll('"', '""') + '"';
      const rows = [...table.rows].map((row) => [...row.cells].map(quoted).join(','));
      const file = new Blob(['\\ufeff' + rows.join('\\r\\n')], {type: 'text/csv'});
      const href = URL.createObjectURL(file);
      Object.assign(document.createElement('a'), {href, download: 'table.csv'}).click();
    }

    let waits = false;
    function offerFiles() {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        for (const table of document.querySelectorAll('$table table')) {
          const box = table.closest('$table');
          if (box.querySelector(':scope > .as-csv')) continue;
          const named = {type: 'button', className: 'as-csv', textContent: 'Download (CSV)'};
          const button = Object.assign(document.createElement('button'), named);
          button.ariaLabel = 'Download (CSV): ' + (table.ariaLabel || 'table');
          button.onclick = () => asCsv(table);
          box.append(button);
        }
      });
    }

    // on a narrow screen the side lies over the page: it gives way when the page is come to
    function uncover(event) {
      const side = document.querySelector('$side[$collapsed="false"]');
      const main = document.querySelector('$main');
      if (!side || !main || !main.contains(event.target)) return;
      if (side.getBoundingClientRect().right > main.getBoundingClientRect().left + 1) {
        side.querySelector(CLOSE_SIDE)?.click();
      }
    }

    // opening the side takes away the button that opened it, and closing it hides its own
    function followSide(event) {
      if (!event.isTrusted) return;
      const other = event.target.closest(OPEN_SIDE)
        ? CLOSE_SIDE : event.target.closest(CLOSE_SIDE) && OPEN_SIDE;
      if (other) setTimeout(() => document.querySelector(other)?.focus(), $side_redrawn);
    }

    const HEARD = 'position: absolute; top: 0; width: 1px; height: 1px; overflow: hidden; '
      + 'clip-path: inset(50%)';
    const SEEN = 'position: fixed; bottom: 0; left: 0; right: 0; z-index: 999999; padding: 1rem; '
      + 'font: bold 1rem Arial;'
      + 'background: #212B32; color: #FFFFFF';
    const BACK = 'Connected again.';
    const LOST = 'The connection is lost. What you typed stays here and goes on once it is back.';
    const ENDED = 'The connection has ended and does not come back by itself. Note what you typed '
      + 'last, then reload this page: its address opens your plan as it was last kept.';

    // What was on its way when the connection broke is sent again: the boxes still hold it, the
    // plan does not. A box loses the focus while it cannot be typed in, and without the focus
    // would not send what was half typed.
    function sayWhetherConnected(region) {
      const app = document.querySelector('[$connection]');
      if (!app) return;
      let said = BACK, at = null;
      document.addEventListener('focusin', (event) => { at = event.target; });
      new MutationObserver(() => {
        const state = app.getAttribute('$connection');
        const now = state === 'CONNECTED' ? BACK : state === 'DISCONNECTED_FOREVER' ? ENDED : LOST;
        if (now === said) return;
        said = now;
        region.style.cssText = now === BACK ? HEARD : SEEN;
        region.textContent = now;
        if (now !== BACK) return;
        region.again();
        if (document.activeElement === document.body) at?.focus();
      }).observe(app, {attributeFilter: ['$connection']});
    }

    export default function ({data, setTriggerValue}) {
      let region = document.getElementById('told');
      if (!region) {
        region = document.createElement('div');
        region.id = 'told';
        region.setAttribute('role', 'status');
        region.style.cssText = HEARD;
        region.held = data;
        document.body.append(region);
        sayWhetherConnected(region);
        document.addEventListener('keydown', reachWideTables, true);
        new MutationObserver(offerFiles).observe(document.body, {childList: true, subtree: true});
        offerFiles();
        document.addEventListener('focusin', uncover);
        document.addEventListener('click', followSide, true);
      }
      region.again = () => setTriggerValue('again', true);
      const changed = data.filter((line) => !region.held.includes(line));
      if (changed.length) region.textContent = changed.join(' ');
      region.held = data;
    }
    """),
)

# What another person has changed is shown in a box of its own. What stands half typed in the box
# that it takes the place of was never sent, and is handed over as that box goes.
HALF_TYPED = st.components.v2.component(
    "half_typed",
    js="""
    const BOXES = 'input[type="text"]:not([role="combobox"]), textarea';

    function watch() {
      const watched = {at: null, send: () => {}};
      document.addEventListener('input', ({target}) => {
        const field = target.matches(BOXES) && target.closest('[class*="st-key-field-"]');
        const box = field && [...field.classList].find((one) => one.startsWith('st-key-field-'));
        watched.at = field ? {target, box} : null;
      }, true);
      // Left: what it holds is sent by the box itself, unless it is just being taken away.
      document.addEventListener('focusout', ({target}) => setTimeout(() => {
        if (watched.at?.target === target && target.isConnected) watched.at = null;
      }), true);
      new MutationObserver(() => {
        const {at} = watched;
        if (!at || at.target.isConnected) return;
        watched.at = null;
        watched.send({box: at.box, typed: at.target.value});
      }).observe(document.body, {childList: true, subtree: true});
      return watched;
    }

    export default function ({setTriggerValue}) {
      window.plannerHalfTyped ??= watch();
      window.plannerHalfTyped.send = (half) => setTriggerValue('half', half);
    }
    """,
)

# What must be chosen between is brought into view once, as it comes.
IN_VIEW = st.components.v2.component(
    "in_view",
    js="""
    export default function ({parentElement}) {
      if (parentElement.broughtIntoView) return;
      parentElement.broughtIntoView = true;
      (parentElement.host ?? parentElement).scrollIntoView({block: 'nearest'});
    }
    """,
)

# A link is copied in one press, the one that may only read first. A page that is not served safely
# has no clipboard: the link is then shown, to be copied from there.
COPY_LINK = st.components.v2.component(
    "copy_link",
    # Its focus is marked as everywhere on the page.
    isolate_styles=False,
    html='<button type="button" class="copy-link"></button>',
    css="""
    .copy-link {
      font: inherit; color: var(--st-link-color); background: none; border: 0; padding: 0.25rem 0;
      min-height: 24px; text-decoration: underline; cursor: pointer; text-align: left;
    }
    """,
    js="""
    export default function ({data, parentElement}) {
      const button = parentElement.querySelector('button');
      button.textContent = data.words;
      button.onclick = async () => {
        // The front page leads whoever is given it on to where they begin.
        const link = location.origin + location.pathname.replace(/[^/]*$/, '') + data.query;
        if (!navigator.clipboard) return prompt(data.words, link);
        await navigator.clipboard.writeText(link);
        button.textContent = 'Copied';
        setTimeout(() => { button.textContent = data.words; }, 2000);
      };
    }
    """,
)


def announce(results: Results) -> None:
    """Have a screen reader say which of the plan's leading figures a change has altered, and say
    nothing otherwise.

    The finding at the head of a step is said by Streamlit itself, which makes it a status and
    changes it in place.
    """
    lines = [f"People prescribed: {format_range(results.need.people)}."]
    if results.preferred:
        per_head = format_range(results.preferred.cost_per_head, Unit.PENCE)
        lines.append(f"{MEASURES['cost_per_head'].heading}: {per_head}.")
    lines.append(f"Still missing: {len(results.missing_inputs)}.")
    LIVE_REGION(data=lines, key="at-hand")
