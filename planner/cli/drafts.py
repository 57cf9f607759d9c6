"""Commands about the plans kept on this machine: a list, a backup, and the backup put back."""

import argparse

from planner.cli.commands import (
    JSON,
    Command,
    print_json,
    print_lines,
    reads,
    takes,
    writes,
)


def _back_up(options: argparse.Namespace) -> None:
    # These bring the database, so only for these commands.
    from planner.store.backup import back_up
    from planner.store.drafts import open_store

    plans = back_up(open_store().url, options.out)
    print(
        f"Wrote {options.out}: {plans} plan(s) with every version. Whoever has it can read them "
        "all, so keep it safe"
    )


def _restore(options: argparse.Namespace) -> None:
    from planner.store.backup import restore
    from planner.store.drafts import open_store

    plans, aside = restore(open_store().url, options.file, options.replace)
    print(
        f"Restored {plans} plan(s) from {options.file}"
        + (f". What was there is in {aside}" if aside else "")
    )


def _list(options: argparse.Namespace) -> None:
    from planner.store.drafts import open_store

    saved = open_store().listed()
    if options.json:
        print_json(saved)
        return
    lines = [
        f"{one.link_begins}…  version {one.version:<5}  {one.saved:%d %b %Y %H:%M} UTC  "
        f"{one.size / 1000:,.1f} kB"
        for one in saved
    ]
    print_lines(lines or ["No plans are kept"])


COMMANDS = (
    Command(
        "drafts",
        "The plans kept on this machine: list, back up, restore",
        commands=(
            Command(
                "backup",
                "Copy every plan kept to one file, while others go on saving",
                _back_up,
                (writes("--out", "a backup of plans", required=True, metavar="FILE"),),
            ),
            Command(
                "restore",
                "Put a backup's plans where plans are kept",
                _restore,
                (
                    reads("file", metavar="FILE", help="a file that 'planner drafts backup' wrote"),
                    takes(
                        "--replace",
                        action="store_true",
                        help="also where plans are kept already, which are set aside",
                    ),
                ),
            ),
            Command("list", "List the plans kept, by the beginning of their links", _list, (JSON,)),
        ),
    ),
)
