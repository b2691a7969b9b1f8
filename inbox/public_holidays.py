"""Public holidays by country, and by part of the country where they differ.

A place is a country's code, or with a part of it: `ES`, `ES-MD`. The package is imported when it
is needed: it takes half a second, and most desks never do.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache


@dataclass(frozen=True)
class Country:
    """`parts` are places with their names."""

    code: str
    name: str
    parts: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1_000)
def list_holidays(place: str, year: int, language: str | None = None) -> dict[date, str]:
    """The names of a year's holidays by local date; none for a place that is not known.

    In the country's own language, or in `language` as far as the package can.
    """
    if not place:
        return {}
    import holidays

    country, _hyphen, part = place.partition("-")
    try:
        found = holidays.country_holidays(
            country, subdiv=part or None, years=year, language=language
        )
    except NotImplementedError:
        return {}
    return {day: name for day, name in sorted(found.items()) if day.year == year}


@cache
def list_countries() -> tuple[Country, ...]:
    """All that the package knows, by name."""
    from holidays.registry import COUNTRIES

    countries = (_describe(module, code) for module, (_name, code, *_more) in COUNTRIES.items())
    return tuple(sorted(countries, key=lambda one: one.name))


@cache
def list_places() -> frozenset[str]:
    countries = list_countries()
    parts = (place for country in countries for place, _name in country.parts)
    return frozenset([*(country.code for country in countries), *parts])


def _describe(module: str, code: str) -> Country:
    import holidays

    aliases = holidays.country_holidays(code).get_subdivision_aliases()
    parts = ((f"{code}-{part}", (*names, part)[0]) for part, names in aliases.items())
    return Country(code, module.replace("_", " ").title(), tuple(parts))
