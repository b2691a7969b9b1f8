"""Foreign text, cleaned for a database column."""


def storable(value: str | None, longest: int | None = None) -> str:
    """The text cut to a length, without NULs and lone surrogates, which PostgreSQL refuses."""
    words = (value or "").replace("\0", "")
    return words.encode(errors="replace").decode()[:longest]
