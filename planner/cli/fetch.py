"""The command that fetches official figures from NHSBSA's open data portal."""

import argparse

from planner.cli.ingest import plan_given, take, takes_figures
from planner.cli.printing import Mistake, board_of
from planner.cli.registration import Commands
from planner.model.intake import MONTHS_FETCHED
from planner.reference import load_reference
from planner.reference.cache import cache_folder


def register(commands: Commands) -> None:
    """Register the command."""
    fetch = commands.add(
        "fetch", "Fetch a board's items by month from NHSBSA's open data portal", fetch_months
    )
    fetch.add_argument(
        "--icb",
        help="the board, by its ODS or ONS code such as QF7; that of the plan where left out",
    )
    fetch.add_argument(
        "--months",
        type=int,
        default=MONTHS_FETCHED,
        help=f"how many of the newest months; {MONTHS_FETCHED} where left out",
    )
    takes_figures(fetch)


def fetch_months(options: argparse.Namespace) -> None:
    """Fetch the newest months, say what came, and write what was asked for."""
    from planner.intake import portal

    reference, plan = load_reference(), plan_given(options)
    given = options.icb or (plan.place.icb_code if plan else None)
    if given is None:
        raise Mistake("fetch needs the board: give --icb with a code such as QF7, or --plan")
    icb = board_of(given, None).code
    if plan and plan.place.icb_code != icb:
        raise Mistake(f"--plan {options.plan}: that plan is for {plan.place.icb_code}, not {icb}")
    folder = cache_folder(portal.FOLDER)
    take(
        options,
        plan,
        lambda say: portal.fetch(
            icb, options.months, reference, folder, lambda words, _: say(f"Fetching: {words}")
        ),
    )
