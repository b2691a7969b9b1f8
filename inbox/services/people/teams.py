"""People's roles on marketplaces: by their teams, or by a marketplace's own groups.

A marketplace's own groups have access to it alone, and no permissions in the administration.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from inbox.models import Access, Marketplace, User

LONGEST_NAME = 150


@dataclass(frozen=True)
class RoleHeld:
    """A person's role on a marketplace: by its own groups, and the highest by other teams."""

    marketplace: Marketplace
    own: str
    by_teams: str
    teams: tuple[str, ...]

    @property
    def by_teams_text(self) -> str:
        return str(Access.Role(self.by_teams).label) if self.by_teams else ""


@transaction.atomic
def set_role(person: User, marketplace: Marketplace, role: str) -> None:
    """Give this role by the marketplace's own groups; an empty one takes it away.

    Roles by other teams stay.
    """
    own = find_own_groups(marketplace)
    person.groups.remove(*own.filter(user=person).exclude(access__role=role))
    if role and not own.filter(user=person).exists():
        person.groups.add(own.filter(access__role=role).first() or _make_group(marketplace, role))


def find_own_groups(marketplace: Marketplace) -> QuerySet[Group]:
    """Groups with access to this marketplace alone."""
    return _lone_groups().filter(access__marketplace=marketplace).order_by("name")


def find_roles(person: User, marketplaces: list[Marketplace]) -> list[RoleHeld]:
    """The person's role on each of these marketplaces."""
    lone = set(_lone_groups().filter(user=person).values_list("pk", flat=True))
    held = list(
        Access.objects.filter(group__user=person, marketplace__in=marketplaces)
        .select_related("group")
        .order_by("group__name")
    )
    return [_role_on(one, held, lone) for one in marketplaces]


def _role_on(marketplace: Marketplace, held: list[Access], lone: set[int]) -> RoleHeld:
    here = [one for one in held if one.marketplace_id == marketplace.pk]
    own = [one.role for one in here if one.group_id in lone]
    others = [one for one in here if one.group_id not in lone]
    return RoleHeld(
        marketplace,
        own=max(own, key=_rank, default=""),
        by_teams=max((one.role for one in others), key=_rank, default=""),
        teams=tuple(one.group.name for one in others),
    )


def _rank(role: str) -> int:
    return ["", *Access.Role.values].index(role)


def _lone_groups() -> QuerySet[Group]:
    with_one = Access.objects.values("group").annotate(count=Count("pk")).filter(count=1)
    return Group.objects.filter(permissions=None, pk__in=with_one.values("group"))


def _make_group(marketplace: Marketplace, role: str) -> Group:
    names = {
        Access.Role.VIEWER: _("%s: viewers"),
        Access.Role.AGENT: _("%s: agents"),
        Access.Role.LEAD: _("%s: leads"),
    }
    group = Group.objects.create(name=_find_free_name(names[Access.Role(role)] % marketplace.name))
    Access.objects.create(group=group, marketplace=marketplace, role=role)
    return group


def _find_free_name(name: str) -> str:
    """A group that has this name already may have more rights."""
    begin = name[: LONGEST_NAME - 4]
    taken = set(Group.objects.filter(name__startswith=begin).values_list("name", flat=True))
    numbered = (f"{begin} {number}" for number in range(2, len(taken) + 3))
    return next(one for one in (begin, *numbered) if one not in taken)
