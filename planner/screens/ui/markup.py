"""Text that a person typed, where Markdown is drawn."""


def plain(text: str) -> str:
    """The text with nothing in it read as markup, on one line."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>$:~" else c for c in text).replace(
        "\n", " "
    )
