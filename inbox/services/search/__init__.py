"""Search: the words of texts, the query language, and what a hit shows."""
