"""Marketplaces and people as small coloured marks."""

from dataclasses import dataclass
from typing import Self

from inbox.kept import Shown
from inbox.models import Marketplace, User


@dataclass(frozen=True)
class Badge(Shown):
    """A marketplace or a person, as two letters."""

    name: str
    letters: str
    colour: str

    @classmethod
    def of_marketplace(cls, marketplace: Marketplace) -> Self:
        return cls(marketplace.name, marketplace.badge, marketplace.colour)

    @classmethod
    def from_user(cls, user: User) -> Self:
        return cls(user.display_name, user.initials, person_colour(user))


@dataclass(frozen=True)
class PersonShown(Shown):
    """A user to give conversations to."""

    pk: int
    avatar: Badge
    is_me: bool

    @classmethod
    def from_user(cls, user: User, me: User) -> Self:
        return cls(user.pk, Badge.from_user(user), user.pk == me.pk)


def person_colour(user: User) -> str:
    """The same wherever the user is shown, so that equal initials differ."""
    colours = Marketplace.Colour.values
    return str(colours[user.pk % len(colours)])
