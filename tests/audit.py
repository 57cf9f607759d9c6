"""Known faults in what the planner stands on: `python -m tests.audit`, before an update and once a
month. No test runs it.

It asks the two public lists of advisories through pip-audit. It ends with 0 only where every
package was looked up and none has a known fault, with 1 where one has, and with 3, in words, where
something could not be looked up.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).parents[1] / "requirements.txt"
SERVICES = ("pypi", "osv")
CLEAN, FAULTY, NOT_AUDITED = 0, 1, 3


def verdict(answers: dict[str, str]) -> tuple[int, str]:
    """What pip-audit's answer of each service, as JSON or nothing, comes to."""
    looked_up: set[str] = set()
    known: set[str] = set()
    faults: set[str] = set()
    for answer in answers.values():
        try:
            packages = json.loads(answer)["dependencies"]
        except (ValueError, KeyError, TypeError):
            continue
        for package in packages:
            known.add(package["name"])
            # Pip-audit itself calls this "no known vulnerabilities".
            if "skip_reason" in package:
                continue
            looked_up.add(package["name"])
            for fault in package["vulns"]:
                mended = ", ".join(fault["fix_versions"]) or "no version yet"
                faults.add(
                    f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}"
                )
    if faults:
        return FAULTY, "KNOWN FAULTS\n" + "\n".join(sorted(faults))
    if not looked_up:
        return NOT_AUDITED, "NOT AUDITED: no list of advisories could be reached from here"
    missed = sorted(known - looked_up)
    if missed:
        return NOT_AUDITED, f"NOT AUDITED in full: could not be looked up: {', '.join(missed)}"
    return CLEAN, f"Audited: {len(looked_up)} packages, none with a known fault"


def query(service: str) -> str:
    """pip-audit's answer as JSON, or nothing."""
    command = ["-m", "pip_audit", "--vulnerability-service", service, "--format", "json"]
    return subprocess.run(
        [sys.executable, *command, "--no-deps", "--disable-pip", "--requirement", str(PINS)],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip


def main() -> int:
    """Audit the pinned versions and say what came of it."""
    if importlib.util.find_spec("pip_audit") is None:
        print("NOT AUDITED: pip install pip-audit first")
        return NOT_AUDITED
    code, words = verdict({service: query(service) for service in SERVICES})
    print(words)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
