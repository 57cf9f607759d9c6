"""When each shipped figure and clause is next looked at, and by whom."""

from planner.model.reference import ReferenceVersion, ReviewEntry
from planner.reference.cache import PACKAGE, content_folder
from planner.reference.load import HERE, checked, read_yaml


def review_dates() -> tuple[ReviewEntry, ...]:
    """Give each shipped file its entry, and the rows that are looked at apart theirs, soonest
    first.

    Raises ContentError naming the fault, KeyError naming a file that nobody looks after.
    """
    entries = checked(ReferenceVersion, read_yaml(HERE / "version.yaml"), "version.yaml").review
    whole = {entry.of: entry for entry in entries if not entry.rows}
    dates = [entry for entry in entries if entry.rows]
    for file in shipped_files():
        # The longest path that leads to the file decides.
        owner = max((of for of in whole if f"{file}/".startswith(f"{of}/")), key=len, default=file)
        dates.append(whole[owner].model_copy(update={"of": file}))
    return tuple(sorted(dates, key=lambda entry: (entry.review, entry.owner, entry.of)))


def shipped_files() -> tuple[str, ...]:
    """Name every file of figures or words that we ship, as it stands in the source."""
    folders = {"planner/reference": PACKAGE / "reference"} | {
        name: content_folder(name) for name in ("case_studies", "spec_templates")
    }
    return tuple(
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".csv", ".yaml")
    )
