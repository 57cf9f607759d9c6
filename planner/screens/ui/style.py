"""How the wizard looks beyond its theme: spacing, focus, high contrast and print.

No page is drawn here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template

import streamlit as st

from planner.outputs.charts.colours import ON_DARK
from planner.screens.ui.streamlit_compat import SELECTORS

BOXES = (
    f":is({SELECTORS['text']}, {SELECTORS['text_area']}, {SELECTORS['number']}, "
    f'.{SELECTORS["combo_box"]} > [role="group"])'
)
"""What one types in, with the border around it."""
RULES = Template(
    """
  /* One scale of type, with the theme: 2, 1.5, 1.2, 1 and 0.875 rem.
     Text no longer than is easily read. */
  .$page_block {max-width: 72rem; padding-top: 2.5rem; padding-bottom: 4rem;}
  $main $markdown p, $main $markdown li {max-width: 80ch; text-wrap: pretty;}
  h2 {margin-top: 1rem !important;}
  /* What begins a column, a tab or a box stands level with what begins the one beside it. */
  $block > $element:first-child :is(h2, h3) {margin-top: 0 !important; padding-top: 0;}
  $main hr {margin: 0.5rem 0;}
  $metric_value {font-size: 1.5rem; font-weight: 700; white-space: normal;}
  $metric_label p {font-size: 0.875rem;}
  $metric_label, $metric_label * {white-space: normal !important;}
  $table td, $table th {font-size: 0.875rem; vertical-align: top;}
  $table th {font-weight: 700; color: inherit;}
  $table :is(p, $markdown_box) {max-width: none !important;}
  $table tbody tr:nth-child(even) td {background: color-mix(in srgb, currentColor 4%, transparent);}
  $table .as-csv {font: inherit; font-size: 0.75rem; color: inherit; background: none; border: 0;
    padding: 0.25rem 0; min-height: 1.5rem; text-decoration: underline; cursor: pointer;}
  $header {background: transparent;}
  /* What moves the focus to the heading takes no room, so that nothing moves up once it is gone. */
  div:has(> .st-key-top):not(:has($alert)) {display: none;}
  /* The sign that a field has help does not touch the field's name. */
  $label {gap: 0.375rem;}

  /* What matters most on a page stands out by its bar as well as by its ground. */
  $alert_box {border-left: 6px solid currentColor; border-radius: 0;}
  $alert_box:has($alert_error) {border-left-style: double; border-left-width: 9px;}

  /* What is refused stands under its field, and does not push its neighbours down with it. */
  $columns:has($alert_error) > $column > $block {justify-content: flex-start;}

  /* Numbers are typed: the steps of one took the room that a narrow box needs to show what it
     holds. */
  $number_up, $number_down {display: none;}

  /* What a button does is never cut short. */
  :is($button, $download_button) button :is(p, div, span) {white-space: normal; overflow: visible;}

  /* What the pointer is on keeps its contrast: Streamlit's colour for it is one of grounds. */
  $button button:not($primary_button):hover {
    color: light-dark(#005EB8, #8CC4F8); border-color: currentColor;}

  /* What is shut can be read all the same: it says what a plan that may only be read holds. */
  $main :is([$disabled="true"], $label, label[disabled]) :is(p, div) {
    color: light-dark(#212B32, #EDF1F4) !important;}
  $main :is(input, textarea):disabled {opacity: 1;}
  $main :is(input, textarea):disabled:not(:placeholder-shown) {
    -webkit-text-fill-color: light-dark(#425563, #B4C0C9);}

  /* What is ticked is told whole, and a link to another page looks like one. */
  $checkbox label :is(p, div, span) {white-space: normal; overflow: visible;}
  $page_link a {padding-left: 0;}
  $page_link a :is(p, span) {text-decoration: underline; white-space: normal; overflow: visible;}

  /* The side: each step on a line with its state at the end, close together and easy to hit. */
  $side $block {gap: 0.125rem;}
  $side p {font-size: 0.875rem; line-height: 1.4;}
  $side $markdown_box {margin-bottom: 0;}
  $side $markdown p {margin: 0 0 0.25rem;}
  $side hr {margin: 0.75rem 0;}
  $side [class*="st-key-list-of-"] {padding-top: 0.5rem;}
  $side .copy-link {font-size: 0.875rem;}
  $side :is([class*="st-key-go-"], $button) {width: 100%;}
  $side $button button {min-height: 2rem; padding: 0.25rem 0; width: 100%;}
  $side $button button :is(div, span) {width: 100%;}
  .st-key-undo-last p {text-decoration: underline;}
  .st-key-undo-last, .st-key-undo-last :is($button, button, div, span) {width: auto !important;}
  [class*="st-key-saved-version-"] {align-items: baseline;}
  $side button p {text-align: left;}
  $side button:hover p {text-decoration: underline;}
  :is(.st-key-here, [class*="st-key-go-"]) p:has(> span) {
    display: flex; justify-content: space-between; gap: 0.75rem;}
  :is(.st-key-here, [class*="st-key-go-"]) p > span {width: auto !important; white-space: nowrap;}
  .st-key-here p:has(> span) {flex-wrap: wrap; gap: 0 0.75rem;}
  .st-key-here {border-left: 4px solid; padding: 0.375rem 0 0.375rem 0.625rem;
    margin-left: calc(-0.625rem - 4px); max-width: none;
    width: calc(100% + 0.625rem + 4px) !important;}

  /* Titles that do not fit beside each other stand on further lines, since nothing would say that
     there are more. */
  [role="tablist"]:has($tab) {flex-wrap: wrap; overflow: visible; height: auto; row-gap: 0.25rem;}
  /* As thick as bold and no wider, so that no title moves to another line as one is chosen. */
  $tab[aria-selected="true"] p {color: light-dark(#005EB8, #8CC4F8);
    -webkit-text-stroke: 0.035em currentColor;}
  $chart svg {background: transparent !important;}

  :focus-visible, label:has(input:focus-visible) {
                  outline: 3px solid light-dark(#212B32, #FFEB3B) !important; outline-offset: 2px;
                  box-shadow: 0 0 0 5px light-dark(#FFEB3B, #212B32) !important;}

  /* A box clips what is drawn around what is typed in, so that it bears the mark itself. */
  $boxes:has(:is(input, textarea):focus-visible) {
                  outline: 3px solid light-dark(#212B32, #FFEB3B) !important; outline-offset: 2px;
                  box-shadow: 0 0 0 5px light-dark(#FFEB3B, #212B32) !important;}
  /* And what stands around a box of several lines clips that too. */
  $text_area:has(textarea:focus-visible) {outline-offset: -3px;}
  $boxes :is(input, textarea):focus-visible {
    outline: none !important; box-shadow: none !important;}

  $side[$collapsed="true"] {visibility: hidden;}
  $toolbar:focus-within {opacity: 1 !important; z-index: 1;}

@media screen and (max-width: 50rem) {
  .$page_block {padding: 4rem 1rem 4rem;}
  /* A wide table is moved sideways under its first column, which stays; a shade says that there
     is more. */
  $table div:has(> table) {--paper: light-dark(#FFFFFF, #12191F);
    background: linear-gradient(to left, var(--paper) 1.5rem, transparent 2.5rem) local,
                linear-gradient(to left, light-dark(#AEB7BD, #53626E), transparent 0.75rem) scroll;}
  $table :is(td, th) {min-width: 6rem;}
  /* Of six columns the last hold sentences, as a receipt's do. */
  $table tr:has(> :nth-child(6)):not(:has(> :nth-child(7))) > :nth-child(n + 4) {min-width: 12rem;}
  $table tr:has(> :nth-child(6)):not(:has(> :nth-child(7))) > :last-child {min-width: 22rem;}
  /* Columns stand under each other, and need no more between them than all else. */
  $columns:has(> $column) {gap: 1rem;}
  /* Which kinds of file are taken is told whole. */
  $upload_zone * {white-space: normal !important; overflow: visible;}
  .st-key-by-class $columns:has(> $column) {padding-bottom: 0.5rem;
    border-bottom: 1px solid light-dark(#AEB7BD, #53626E);}
  $column > $block > $element:first-child :is(h2, h3) {padding-top: 1rem;}
  $several div:has(> $several_tags) {max-height: none !important;}
  [$tag], [$tag] :is(span, div) {height: auto !important; white-space: normal !important;
    overflow-wrap: anywhere;}
  $table :is(td, th):first-child {position: sticky; left: 0; max-width: 8rem; z-index: 1;
    overflow-wrap: break-word; background: light-dark(#FFFFFF, #12191F) !important;}
}
@media (prefers-contrast: more) {
  $app {--more: light-dark(#000, #fff);}
  $app :is(p, li, label, td, th, h1, h2, h3, h4, input, textarea, summary) {
    color: var(--more) !important;}
  $app button[kind="primary"] p {color: #fff !important;}
  $app :is(button[kind="primary"], button[kind="secondary"], details,
    .$combo_box > [role="group"], $text,
    $number, $text_area, $alert_box,
    $upload_zone) {border: 2px solid var(--more) !important;}
  $table :is(td, th) {border: 1px solid var(--more) !important;}
  $radio:not([$selected]) > div > div:first-child,
    $checkbox label:not([$selected]) > div:first-of-type {border: 2px solid var(--more) !important;}
}
/* Where grounds are taken away, what kind of message it is stands before it in words. */
@media (forced-colors: active), print {
  $alert_error::before {content: "Error"; font-weight: 700;}
  $alert_warning::before {content: "Warning"; font-weight: 700;}
  $alert_success::before {content: "In order"; font-weight: 700;}
}
@media (forced-colors: active) {
  $chart svg {forced-color-adjust: none; background: light-dark(#FFFFFF, #12191F) !important;}
  $app :is(details, $alert_box) {border: 1px solid CanvasText;}
  $progress_track {border: 1px solid CanvasText;}
  $progress_track > div {background: Highlight; forced-color-adjust: none;}
  /* What is chosen is drawn with a ground alone, and grounds are taken away here. */
  $radio[$selected] > div > div:first-child > div {background: CanvasText !important;
    forced-color-adjust: none;}
  $checkbox label[$selected] polyline {stroke: CanvasText !important;}
  [$tag] {border: 1px solid CanvasText;}
  button[kind="primary"] {border-width: 3px !important;}
  :focus-visible, $boxes:has(:is(input, textarea):focus-visible) {
    outline: 3px solid Highlight !important;}
}
@page {margin: 15mm;}
@media print {
  $side, $header, $button, $download_button, .as-csv,
    $open_side, $progress, $upload {display: none !important;}
  $app, $main, $view {overflow: visible !important;
    height: auto !important; position: static !important; background: #fff !important;
    color-scheme: light !important;}
  $app :not(svg *) {color: #000 !important;}
  .$page_block {max-width: none; padding: 0 !important;}
  /* What is folded away on the screen is left out; what is shown may take the paper's whole
     width. */
  details:not([open]) {display: none;}
  $table :is(td, th) {font-size: 0.75rem; padding: 0.2rem 0.3rem;}
  $chart svg {max-width: 100%; height: auto !important;}
  h2, h3 {break-after: avoid;}
  tr, $chart, $alert, $metric {break-inside: avoid;}
}
"""
).substitute(SELECTORS, boxes=BOXES)

CHART_RULES = "\n".join(
    f"{SELECTORS['chart']} svg [{what}='{light}'] {{{what}: light-dark({light}, {dark});}}"
    for light, dark in ON_DARK.items()
    for what in ("fill", "stroke")
)
"""The colours of a chart already drawn follow the theme in the reader's browser, the moment it is
changed."""

PLACE = "look"
STYLE = (
    f"<span></span><style>{CHART_RULES}div:has(> .st-key-{PLACE}) {{display: none;}}{RULES}</style>"
)
"""The span keeps it where it is put: what is style alone Streamlit puts elsewhere, among the
messages that come and go."""

ABOUT = """
**Prescribed medicines planner.** It helps an integrated care board plan, cost and specify support
for adults prescribed medicines associated with dependence or withdrawal symptoms. It holds no
information about any person.
"""


@contextmanager
def page_style() -> Iterator[None]:
    """The few rules of style that the theme cannot give, around a page.

    In a session's first run they come before the page. Later the browser has them, and a change's
    finding is sent first. Nothing can be drawn once a run is stopped: the run after one that was
    begins as the first does.
    """
    place, later = st.container(key=PLACE), st.session_state.pop(PLACE, False)
    if not later:
        place.html(STYLE)
    try:
        yield
    finally:
        # A run that ends early to begin again, or in an error, takes away what it has not drawn.
        if later:
            place.html(STYLE)
        st.session_state[PLACE] = True
