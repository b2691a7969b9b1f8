"""Whom a text greets in its first words, in the desk's languages."""

import re

from inbox.word_forms import fold

# Folded: lower case, no accents.
_HELLO = {
    *("hello", "hi", "hey", "dear", "greetings", "good morning", "good afternoon", "good evening"),
    *("bonjour", "bonsoir", "cher", "chere", "chers", "salut", "coucou"),
    *("hallo", "guten tag", "guten morgen", "guten abend", "moin", "gruss gott", "servus"),
    *("liebe", "lieber", "sehr geehrte", "sehr geehrter", "werte", "werter"),
    *("hola", "buenos dias", "buenas tardes", "buenas noches", "buenas"),
    *("estimado", "estimada", "querido", "querida", "apreciado", "apreciada"),
    *("buongiorno", "buonasera", "buon pomeriggio", "salve", "ciao"),
    *("gentile", "egregio", "egregia", "caro", "cara", "spettabile"),
}
_TITLES = {
    *("mr", "mrs", "ms", "miss", "dr", "sir", "madam", "madame", "monsieur", "mademoiselle"),
    *("mme", "mlle", "m", "herr", "herrn", "frau", "senor", "senora", "sr", "sra", "don", "dona"),
    *("signor", "signora", "signore", "signorina", "sig", "sigra", "dott", "dottor", "dottoressa"),
}
_CUSTOMERS = {
    *("customer", "client", "cliente", "clienta", "acheteur", "acheteuse", "buyer"),
    *("kunde", "kundin", "kaufer", "kauferin", "comprador", "compradora"),
}
_LONGEST = max(len(phrase.split()) for phrase in _HELLO)
_PART = re.compile(r"[,;:!?\n–—]|\.(?=\s|$)")
_TITLE_DOT = re.compile(r"\b(mr|mrs|ms|dr|m|sr|sra|sig|sig\.ra|dott)\.", re.IGNORECASE)


def greets(body: str, name: str) -> bool:
    """Whether the text starts by addressing the customer by this name, or as "the customer"."""
    first_line = next((line for line in body.splitlines() if line.strip()), "")[:200]
    parts = [fold(part).split() for part in _PART.split(_TITLE_DOT.sub(r"\1 ", first_line))]
    parts = [part for part in parts if part]
    if not parts:
        return False
    names = {word for word in fold(name).split() if len(word) > 1} - _TITLES
    rest = _after_hello(parts[0])
    if len(rest) < len(parts[0]):
        # "Hello Ana Sample" or "Hello, Ana": never "Hello, Ana wants a refund".
        return _begins_with(rest, names | _CUSTOMERS) or (
            not rest and len(parts) > 1 and _is_all(parts[1], names)
        )
    return _is_all(parts[0], names)


def _after_hello(words: list[str]) -> list[str]:
    """The words after any number of greetings: "Hello dear"."""
    for length in range(_LONGEST, 0, -1):
        if " ".join(words[:length]) in _HELLO and words[:length]:
            return _after_hello(words[length:])
    return words


def _begins_with(words: list[str], wanted: set[str]) -> bool:
    named = [word for word in words if word not in _TITLES]
    return bool(named) and named[0] in wanted


def _is_all(words: list[str], names: set[str]) -> bool:
    """Whether there is nothing but the name and titles."""
    return bool(names.intersection(words)) and names | _TITLES >= set(words)
