"""The commands that open the wizard, and that host it for a team.

Who may be let in is decided in planner.hosting.
"""

import argparse
import os
import subprocess
import sys

from planner.cli.commands import Command, Mistake, takes
from planner.reference import content_folder


def open_wizard(options: argparse.Namespace) -> None:
    """Open the wizard in a browser on this machine."""
    app = content_folder("streamlit_app.py")
    # From the app's own folder, where its settings lie.
    subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(options.port)],
        cwd=app.parent,
        check=False,
    )


def serve_wizard(options: argparse.Namespace) -> None:
    """Serve the wizard until stopped, with its headers, compression and warm-up."""
    given = {
        "PLANNER_BEHIND_HTTPS": "1" if options.behind_https else "",
        "PLANNER_HOST_NAMES": ",".join(options.name),
        "PLANNER_NO_SIGN_IN_BECAUSE": options.no_sign_in_because.strip(),
        "PLANNER_NO_FETCH": "0" if options.fetch else "",
    }
    os.environ.update({name: value for name, value in given.items() if value})
    # These bring the whole wizard, so only for this command.
    from planner.hosting.header_limits import allow_long_lines

    # Before anything brings the server for websockets, which reads it once.
    allow_long_lines()
    if options.check or options.check_sign_in is not None:
        _check(options)
        return
    from planner.hosting.server import CannotServe, start

    try:
        start(options.host, options.port)
    except CannotServe as error:
        raise Mistake(str(error)) from error


def _check(options: argparse.Namespace) -> None:
    """Print what was found, a line each. Raises Mistake where something is not as it should be."""
    from planner.hosting import checks

    if options.check:
        findings = checks.check(options.host, options.port)
    else:
        findings = checks.check_sign_in(options.check_sign_in, options.host, options.port)
    for finding in findings:
        print(f"{'set' if finding.good else 'NOT SET'}: {finding.subject}: {finding.words}")
    wrong = sum(not finding.good for finding in findings)
    if wrong:
        raise Mistake(f"{wrong} of {len(findings)} are not as they should be, each said above")


PORT = takes("--port", type=int, default=8501)
COMMANDS = (
    Command("wizard", "Open the wizard in a browser", open_wizard, (PORT,)),
    Command(
        "serve",
        "Host the wizard for a team",
        serve_wizard,
        (
            takes(
                "--host",
                default="127.0.0.1",
                help="address to listen on; this machine only where left out",
            ),
            PORT,
            takes(
                "--name",
                action="append",
                default=[],
                help="a name people reach it by, such as planner.example.org; may repeat",
            ),
            takes(
                "--behind-https",
                action="store_true",
                help="people reach it over https, through a proxy",
            ),
            takes(
                "--no-sign-in-because",
                default="",
                metavar="REASON",
                help="open it to others although nobody signs in here",
            ),
            takes(
                "--fetch",
                action="store_true",
                help="let people fetch figures from NHSBSA's open data portal, which this machine "
                "asks",
            ),
            takes(
                "--check",
                action="store_true",
                help="say what is set and what is not, and serve nothing; best before people come",
            ),
            takes(
                "--check-sign-in",
                nargs="?",
                const="",
                metavar="ADDRESS",
                help="measure how long a sign-in may be at an address, such as "
                "https://planner.example.org",
            ),
        ),
    ),
)
