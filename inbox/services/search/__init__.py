"""Search: full text, the query language, and what a hit shows."""
