"""Marketplaces and people as small coloured marks."""

from dataclasses import dataclass
from typing import Self

from inbox.kept import Shown
from inbox.models import Marketplace, User


@dataclass(frozen=True)
class Badge(Shown):
    """A marketplace, as two letters."""

    name: str
    letters: str
    colour: str

    @classmethod
    def of(cls, marketplace: Marketplace) -> Self:
        return cls(marketplace.name, marketplace.badge, marketplace.colour)


@dataclass(frozen=True)
class Avatar(Shown):
    """A person, as initials."""

    name: str
    initials: str
    colour: str

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user.display_name, user.initials, person_colour(user))


def person_colour(user: User) -> str:
    """The same wherever the user is shown, so that equal initials differ."""
    colours = Marketplace.Colour.values
    return str(colours[user.pk % len(colours)])
