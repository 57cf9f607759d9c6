"""Pages made from the product are as they would be made now."""

from __future__ import annotations

import re

import pytest

from tests.generated_docs import BEGIN, DOCS, HEAD, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name: str) -> None:
    text = PAGES[name]()
    assert text.startswith(HEAD) or text.count(BEGIN) == 1
    assert (DOCS / name).read_text(encoding="utf-8") == text, "run python -m tests.generated_docs"


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *(DOCS.parent / name for name in ("README.md", "CHANGELOG.md"))]
    pages += [DOCS.parent / folder / "README.md" for folder in ("case_studies", "spec_templates")]
    for page in pages:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, heading = target.partition("#")
            if "://" in target:
                continue
            there = (page.parent / path).resolve() if path else page
            assert there.exists(), f"{page.name}: {target}"
            if heading:
                headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.M)
                anchors = {
                    re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings
                }
                assert heading in anchors, f"{page.name}: {target}"


def test_the_readme_is_one_page_and_its_commands_are_the_first() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 80
    commands = re.findall(r"^```sh\n(.*?)^```$", readme, re.M | re.S)
    assert [command.split()[0] for command in commands] == ["pip", "pip", "planner"]
    assert readme.count('pip install -e ".[dev]"') == 1


def test_every_command_that_a_page_shows_is_one_of_ours() -> None:
    known = set(re.findall(r"^## planner (\w[\w-]*)", PAGES["reference/command-line.md"](), re.M))
    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]:
        for block in re.findall(
            r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S
        ):
            for name in re.findall(r"(?:^|&& )planner (\w[\w-]*)", block, re.M):
                assert name in known, f"{page.name}: planner {name}"


def test_every_decision_has_its_parts() -> None:
    decisions = [path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md"]
    assert len(decisions) >= 30
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert re.search(r"^Date: 2026-\d\d-\d\d\. Status: \w+", text, re.M), path.name
        headings = re.findall(r"^## (\w+)", text, re.M)
        assert headings == ["Context", "Decision", "Rejected"], path.name


def test_the_newest_release_of_the_change_log_is_this_version() -> None:
    newest, *_ = re.findall(
        r"^## (\S+) – \d{4}-\d\d-\d\d$", (DOCS.parent / "CHANGELOG.md").read_text(), re.M
    )
    assert f'\nversion = "{newest}"\n' in (DOCS.parent / "pyproject.toml").read_text()
