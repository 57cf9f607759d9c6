"""What the planner stands on: it fits together, its licences allow what we do, its versions are
pinned, and audits are honest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.audit import CLEAN, FAULTY, NOT_AUDITED, PINS, verdict

HOSTED = {"postgresql", "sign-in"}
# LGPL-2.1: used as its authors publish it, unchanged, and not shipped with the planner.
WEAK_COPYLEFT = {"docxtpl"}


def distributions(*extras: str) -> dict[str, metadata.Distribution]:
    """Every package that the planner needs to run, with these extras, by name."""
    ours = tomllib.loads((PINS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *ours["dependencies"],
        *(line for extra in extras for line in ours["optional-dependencies"][extra]),
    ]
    lookup: dict[str, metadata.Distribution] = {}
    done: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in lines]
    while waiting:
        wanted, of_extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(wanted.name)
        lookup[name] = metadata.distribution(name)
        for extra in {"", *wanted.extras} - {extra for one, extra in done if one == name}:
            done.add((name, extra))
            waiting += [(Requirement(line), extra) for line in lookup[name].requires or []]
    return lookup


def licence(package: metadata.Distribution) -> str:
    message: Any = package.metadata
    classifiers = [one for one in message.get_all("Classifier") or [] if one.startswith("License")]
    first_line = (message.get("License") or "").split("\n")[0]
    return " | ".join(filter(None, (message.get("License-Expression"), first_line, *classifiers)))


@pytest.mark.slow
def test_what_is_installed_fits_together() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_nothing_that_runs_is_under_the_gpl_and_every_licence_is_known() -> None:
    allowed = re.compile(
        r"MIT|BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla|ISC|HPND|Zlib|CC0|0BSD"
    )
    packages = distributions(*HOSTED)
    assert len(packages) > 50
    for name, package in packages.items():
        words = licence(package)
        if name in WEAK_COPYLEFT:
            assert "LGPL" in words, f"{name}: {words}"
            continue
        assert not re.search(r"GPL|General Public|Affero|SSPL|proprietary", words, re.I), (
            f"{name}: {words}"
        )
        assert allowed.search(words), f"{name}: {words or 'says no licence'}"


def pins() -> dict[str, tuple[Requirement, list[str]]]:
    """What requirements.txt says of each package by name: its version, where, and its digests."""
    text = "\n".join(
        line for line in PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    every: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in text.replace("\\\n", " ").splitlines():
        wanted, *digests = re.split(r"\s+--hash=sha256:", entry.strip())
        requirement = Requirement(wanted)
        every[canonicalize_name(requirement.name)] = requirement, digests
    return every


def test_every_package_of_the_hosted_form_is_pinned_with_the_digests_of_its_files() -> None:
    pinned = pins()
    assert not set(distributions(*HOSTED)) - set(pinned)
    for name, (requirement, digests) in pinned.items():
        assert re.fullmatch(r"==[0-9a-z.]+", str(requirement.specifier)), name
        assert digests and all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests), name


def test_the_pins_name_no_place_to_fetch_from() -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", PINS.read_text(encoding="utf-8"))


def test_the_tests_run_on_the_pinned_versions() -> None:
    differing = [
        f"{name}: {metadata.version(name)} is installed, {requirement.specifier} is pinned"
        for name, (requirement, _) in pins().items()
        if (requirement.marker is None or requirement.marker.evaluate())
        and metadata.version(name) not in requirement.specifier
    ]
    assert not differing, f"pip install -r requirements.txt\n{differing}"


def answer(**vulnerable: list[str]) -> str:
    """As pip-audit writes it."""
    return json.dumps({"dependencies": [
        {"name": name, "skip_reason": "Dependency not found on PyPI"} if ids == ["skipped"] else
        {"name": name, "version": "1.0",
         "vulns": [{"id": one, "fix_versions": ["1.1"]} for one in ids]}
        for name, ids in vulnerable.items()
    ]})  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "code", "says"),
    [
        (answer(a=[], b=[]), answer(a=[], b=[]), CLEAN, "2 packages, none"),
        (answer(a=[], b=["skipped"]), answer(a=["skipped"], b=[]), CLEAN, "2 packages, none"),
        (answer(a=[], b=["skipped"]), "", NOT_AUDITED, "could not be looked up: b"),
        (
            answer(a=["skipped"], b=["skipped"]),
            "",
            NOT_AUDITED,
            "no list of advisories could be reached",
        ),
        ("", "Traceback", NOT_AUDITED, "no list of advisories could be reached"),
        (
            answer(a=[], b=["skipped"]),
            answer(a=["X-1"], b=["skipped"]),
            FAULTY,
            "a 1.0: X-1, mended in 1.1",
        ),
    ],
)
def test_an_audit_that_looked_nothing_up_never_passes(
    first: str, second: str, code: int, says: str
) -> None:
    result, words = verdict({"pypi": first, "osv": second})
    assert result == code and says in words
