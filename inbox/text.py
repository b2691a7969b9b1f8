"""Text of others, made fit for a column."""


def storable(value: str | None, longest: int | None = None) -> str:
    """The text without NULs and halves of characters, which PostgreSQL refuses, cut to a length."""
    words = (value or "").replace("\0", "")
    return words.encode(errors="replace").decode()[:longest]
