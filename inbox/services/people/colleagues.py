"""Colleagues who see a marketplace: all can be mentioned there, and some answer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.models import Access, Marketplace, User
from inbox.models.people import MENTION
from inbox.models.prepared import prepared

# Longer than a list to pick from; names beyond it can still be typed.
MOST_OFFERED = 200


@dataclass(frozen=True)
class Team:
    """The users who see a marketplace, and those of them who may answer on it."""

    members: list[User]
    answerers: list[User]

    def others(self, user: User) -> list[User]:
        """Those whom this user can mention."""
        return [one for one in self.members if one != user][:MOST_OFFERED]


def find_team(marketplace: Marketplace) -> Team:
    """In one query, by name."""
    found = _members(marketplace=marketplace.pk)
    members = [(one, vars(one).pop("may_answer")) for one in found]
    return Team([one for one, _may in members], [one for one, may in members if may])


@prepared
def _members(*, marketplace: int) -> QuerySet[User]:
    may_answer = _has_access(marketplace, role__in=Access.WRITERS)
    found = find_members(marketplace).annotate(may_answer=may_answer)
    return found.order_by("first_name", "last_name", "username")


@prepared
def find_answerers(*, marketplaces: list[int]) -> QuerySet[User]:
    """Users who may write on at least one of these, by name."""
    return Marketplace.objects.filter(pk__in=marketplaces).answerers()


def find_members(marketplace: Marketplace | int) -> QuerySet[User]:
    return User.objects.filter(_has_access(marketplace), is_active=True).order_by("username")


def _has_access(marketplace: Marketplace | int, **which: Any) -> Q:
    teams = Access.objects.filter(marketplace=marketplace, **which).values("group")
    member = User.groups.through.objects.filter(user=OuterRef("pk"), group__in=teams)
    return Q(is_superuser=True) | Q(Exists(member))


def find_mentioned(text: str, marketplace: Marketplace) -> list[User]:
    """Users mentioned by user name, without those who may not see the marketplace."""
    names = {found.lower() for found in MENTION.findall(text)}
    # "Ask @bob." ends a sentence; "@b.o.b" is a name.
    names |= {name.rstrip(".-+@") for name in names}
    if not names:
        return []
    return [one for one in find_members(marketplace) if one.get_username().lower() in names]
