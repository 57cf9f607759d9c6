"""A box for a plan file. What reads people's files is not waited for before there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import BROUGHT, RESCUED

if TYPE_CHECKING:
    from planner.model.plan import Plan


def brought_plan(label: str, box: str) -> tuple[Plan, str] | None:
    """A box for a plan file. Gives the plan of a file that was just brought, and the file's name,
    once; a file that cannot be opened says why while it lies in the box."""
    upload = st.file_uploader(
        f"{label} (.json, up to 10 MB)", type=["json"], key=f"upload-{box}", max_upload_size=10
    )
    if upload is None:
        return None
    seen, fault = st.session_state.get(BROUGHT + box, ("", ""))
    if seen != upload.file_id:
        from planner.intake.errors import IntakeError
        from planner.screens.ui.progress import read_alone
        from planner.store.plan_file import PlanFileError, plan_from_json

        st.session_state.pop(RESCUED + box, None)
        task = (box, upload.file_id, upload.name, plan_from_json, upload.getvalue(), upload.name)
        try:
            plan = read_alone(*task, errors=(PlanFileError,), what="Opening")
        except (PlanFileError, IntakeError) as error:
            fault = f"{plain(str(error)).rstrip(chr(46))}. Your open plan is unchanged."
            if isinstance(error, PlanFileError) and error.readable is not None:
                st.session_state[RESCUED + box] = (error.readable, error.left_out)
            # So that nothing pressed here reads it again.
            st.session_state[BROUGHT + box] = (upload.file_id, fault)
        else:
            st.session_state[BROUGHT + box] = (upload.file_id, "")
            return plan, upload.name
    if fault:
        st.error(fault)
    return None
