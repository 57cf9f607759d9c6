"""A process that saves one plan many times, and prints the number of each version once it is kept.

Run: python saver.py ADDRESS LINK NAME SAVES
"""

from __future__ import annotations

import sys

from planner.store.drafts import DraftMoved, SavedPlans


def main(url: str, link: str, name: str, saves: str) -> None:
    """Save under a name of one's own; where somebody was earlier, look at theirs and save again."""
    drafts = SavedPlans(url)
    opened = drafts.open(link)
    print("ready", flush=True)
    # So that two begin together.
    sys.stdin.readline()
    for turn in range(int(saves)):
        mine = opened.plan.model_copy(update={"preferred_because": f"{name} {turn}"})
        while True:
            try:
                opened = drafts.save(link, mine, opened.version.number, f"{name} {turn}", name)
                break
            except DraftMoved as moved:
                opened = moved.latest
        print(opened.version.number, turn, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
