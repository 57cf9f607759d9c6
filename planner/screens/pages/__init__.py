"""The front page, the first draft, the summary and the tools."""
