"""How the wizard looks beyond its theme: spacing, focus, high contrast and print. No page is drawn here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from planner.outputs.charts.catalogue import ON_DARK

RULES = """
  /* One scale of type, with the theme: 2, 1.5, 1.2, 1 and 0.875 rem. Text no longer than is easily read. */
  .block-container {max-width: 72rem; padding-top: 2.5rem; padding-bottom: 4rem;}
  [data-testid="stMain"] [data-testid="stMarkdown"] p, [data-testid="stMain"] [data-testid="stMarkdown"] li {max-width: 80ch; text-wrap: pretty;}
  h2 {margin-top: 1rem !important;}
  [data-testid="stMetricValue"] {font-size: 1.5rem; font-weight: 700; white-space: normal;}
  [data-testid="stMetricLabel"] p {font-size: 0.875rem;}
  [data-testid="stMetricLabel"], [data-testid="stMetricLabel"] * {white-space: normal !important;}
  [data-testid="stTable"] td, [data-testid="stTable"] th {font-size: 0.875rem; vertical-align: top;}
  [data-testid="stTable"] th {font-weight: 700; color: inherit;}
  [data-testid="stTable"] p {max-width: none !important;}
  [data-testid="stTable"] tbody tr:nth-child(even) td {background: color-mix(in srgb, currentColor 4%, transparent);}
  [data-testid="stHeader"] {background: transparent;}
  /* What moves the focus to the heading takes no room, so that nothing moves up once it is gone. */
  .st-key-top:not(:has([data-testid="stAlert"])) {display: none;}

  /* What matters most on a page stands out by its bar as well as by its ground. */
  [data-testid="stAlertContainer"] {border-left: 6px solid currentColor; border-radius: 0;}
  [data-testid="stAlertContainer"]:has([data-testid="stAlertContentError"]) {border-left-style: double; border-left-width: 9px;}

  /* Numbers are typed: the steps of one took the room that a narrow box needs to show what it holds. */
  [data-testid="stNumberInputStepUp"], [data-testid="stNumberInputStepDown"] {display: none;}

  /* What a button does is never cut short. */
  :is([data-testid="stButton"], [data-testid="stDownloadButton"]) button :is(p, div, span) {white-space: normal; overflow: visible;}

  /* The side: each step on a line with its state at the end, close together and easy to hit. */
  [data-testid="stSidebar"] [data-testid="stVerticalBlock"] {gap: 0.25rem;}
  [data-testid="stSidebar"] p {font-size: 0.875rem; line-height: 1.4;}
  [data-testid="stSidebar"] [data-testid="stMarkdownContainer"] {margin-bottom: 0;}
  [data-testid="stSidebar"] [data-testid="stMarkdown"] p {margin: 0 0 0.25rem;}
  [data-testid="stSidebar"] hr {margin: 1rem 0;}
  [data-testid="stSidebar"] :is([class*="st-key-go-"], [data-testid="stButton"]) {width: 100%;}
  [data-testid="stSidebar"] [data-testid="stButton"] button {min-height: 2rem; padding: 0.25rem 0; width: 100%;}
  [data-testid="stSidebar"] [data-testid="stButton"] button :is(div, span) {width: 100%;}
  [data-testid="stSidebar"] button p {text-align: left;}
  [data-testid="stSidebar"] button:hover p {text-decoration: underline;}
  :is(.st-key-here, [class*="st-key-go-"]) p:has(> span) {display: flex; justify-content: space-between; gap: 0.75rem;}
  :is(.st-key-here, [class*="st-key-go-"]) p > span {width: auto !important; white-space: nowrap;}
  .st-key-here p:has(> span) {flex-wrap: wrap; gap: 0 0.75rem;}
  .st-key-here {border-left: 4px solid; padding: 0.375rem 0 0.375rem 0.625rem; margin-left: calc(-0.625rem - 4px);}

  [data-testid="stTab"][aria-selected="true"] p {color: light-dark(#005EB8, #8CC4F8); font-weight: 700;}
  [data-testid="stVegaLiteChart"] svg {background: transparent !important;}

  :focus-visible, label:has(input:focus-visible) {outline: 3px solid light-dark(#212B32, #FFEB3B) !important; outline-offset: 2px;
                  box-shadow: 0 0 0 5px light-dark(#FFEB3B, #212B32) !important;}

  [data-testid="stSidebar"][data-collapsed="true"] {visibility: hidden;}
  [data-testid="stElementToolbar"]:focus-within {opacity: 1 !important; z-index: 1;}

@media screen and (max-width: 50rem) {
  .block-container {padding: 4rem 1rem 4rem;}
  /* A wide table is moved sideways under its first column, which stays; a shade says that there is more. */
  [data-testid="stTable"] div:has(> table) {--paper: light-dark(#FFFFFF, #12191F);
    background: linear-gradient(to left, var(--paper) 1.5rem, transparent 2.5rem) local,
                linear-gradient(to left, light-dark(#AEB7BD, #53626E), transparent 0.75rem) scroll;}
  [data-testid="stTable"] :is(td, th) {min-width: 6rem;}
  [data-testid="stMultiSelect"] div:has(> [data-testid="stMultiSelectTagsContainer"]) {max-height: none !important;}
  [data-tag], [data-tag] :is(span, div) {height: auto !important; white-space: normal !important; overflow-wrap: anywhere;}
  [data-testid="stTable"] :is(td, th):first-child {position: sticky; left: 0; max-width: 8rem; z-index: 1;
    overflow-wrap: break-word; background: light-dark(#FFFFFF, #12191F) !important;}
}
@media (prefers-contrast: more) {
  [data-testid="stApp"] {--more: light-dark(#000, #fff);}
  [data-testid="stApp"] :is(p, li, label, td, th, h1, h2, h3, h4, input, textarea, summary) {color: var(--more) !important;}
  [data-testid="stApp"] button[kind="primary"] p {color: #fff !important;}
  [data-testid="stApp"] :is(button[kind="primary"], button[kind="secondary"], details, .react-aria-ComboBox > [role="group"], [data-testid="stTextInputRootElement"],
    [data-testid="stNumberInputContainer"], [data-testid="stTextAreaRootElement"], [data-testid="stAlertContainer"],
    [data-testid="stFileUploaderDropzone"]) {border: 2px solid var(--more) !important;}
  [data-testid="stTable"] :is(td, th) {border: 1px solid var(--more) !important;}
  [data-testid="stRadioOption"]:not([data-selected]) > div > div:first-child,
    [data-testid="stCheckbox"] label:not([data-selected]) > div:first-of-type {border: 2px solid var(--more) !important;}
}
/* Where grounds are taken away, what kind of message it is stands before it in words. */
@media (forced-colors: active), print {
  [data-testid="stAlertContentError"]::before {content: "Error"; font-weight: 700;}
  [data-testid="stAlertContentWarning"]::before {content: "Warning"; font-weight: 700;}
  [data-testid="stAlertContentSuccess"]::before {content: "In order"; font-weight: 700;}
}
@media (forced-colors: active) {
  [data-testid="stVegaLiteChart"] svg {forced-color-adjust: none; background: light-dark(#FFFFFF, #12191F) !important;}
  [data-testid="stApp"] :is(details, [data-testid="stAlertContainer"]) {border: 1px solid CanvasText;}
  [data-testid="stProgressBarTrack"] {border: 1px solid CanvasText;}
  [data-testid="stProgressBarTrack"] > div {background: Highlight; forced-color-adjust: none;}
  /* What is chosen is drawn with a ground alone, and grounds are taken away here. */
  [data-testid="stRadioOption"][data-selected] > div > div:first-child > div {background: CanvasText !important; forced-color-adjust: none;}
  [data-testid="stCheckbox"] label[data-selected] polyline {stroke: CanvasText !important;}
  [data-tag] {border: 1px solid CanvasText;}
  button[kind="primary"] {border-width: 3px !important;}
  :focus-visible {outline: 3px solid Highlight !important;}
}
@page {margin: 15mm;}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stButton"], [data-testid="stDownloadButton"],
    [data-testid="stExpandSidebarButton"], [data-testid="stProgress"], [data-testid="stFileUploader"] {display: none !important;}
  [data-testid="stApp"], [data-testid="stMain"], [data-testid="stAppViewContainer"] {overflow: visible !important;
    height: auto !important; position: static !important; background: #fff !important; color-scheme: light !important;}
  [data-testid="stApp"] :not(svg *) {color: #000 !important;}
  .block-container {max-width: none; padding: 0 !important;}
  /* What is folded away on the screen is left out; what is shown may take the paper's whole width. */
  details:not([open]) {display: none;}
  [data-testid="stTable"] :is(td, th) {font-size: 0.75rem; padding: 0.2rem 0.3rem;}
  [data-testid="stVegaLiteChart"] svg {max-width: 100%; height: auto !important;}
  h2, h3 {break-after: avoid;}
  tr, [data-testid="stVegaLiteChart"], [data-testid="stAlert"], [data-testid="stMetric"] {break-inside: avoid;}
}
"""

CHART_RULES = "\n".join(
    f"[data-testid=stVegaLiteChart] svg [{what}='{light}'] {{{what}: light-dark({light}, {dark});}}"
    for light, dark in ON_DARK.items()
    for what in ("fill", "stroke")
)
"""The colours of a chart already drawn follow the theme in the reader's browser, the moment it is changed."""

PLACE = "look"
STYLE = f"<span></span><style>{CHART_RULES}.st-key-{PLACE} {{display: none;}}{RULES}</style>"
"""The span keeps it where it is put: what is style alone Streamlit puts elsewhere, among the messages that come and go."""

ABOUT = """
**Prescribed medicines planner.** It helps an integrated care board plan, cost and specify support for adults prescribed
medicines associated with dependence or withdrawal symptoms. It holds no information about any person.
"""


@contextmanager
def page_style() -> Iterator[None]:
    """The few rules of style that the theme cannot give, around a page.

    In a session's first run they come before the page. Later the browser has them, and a change's finding is sent first.
    Nothing can be drawn once a run is stopped: the run after one that was begins as the first does.
    """
    place, later = st.container(key=PLACE), st.session_state.pop(PLACE, False)
    if not later:
        place.html(STYLE)
    try:
        yield
    finally:  # a run that ends early to begin again, or in an error, takes away what it has not drawn
        if later:
            place.html(STYLE)
        st.session_state[PLACE] = True
