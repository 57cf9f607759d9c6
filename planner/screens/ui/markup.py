"""Text that a person typed, where Markdown is drawn."""

READ_AS_TEXT = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|<>$:~"} | {"\n": " "})


def plain(text: str) -> str:
    """The text with nothing in it read as markup, on one line."""
    return text.translate(READ_AS_TEXT)
