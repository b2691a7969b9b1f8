"""Who may grant which rights: users only rights they have, superusers all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Self

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from inbox.models import Access, User

RANKS = [role.value for role in Access.Role]


@dataclass(frozen=True)
class Rights:
    """Rights in the administration, and on each marketplace."""

    permissions: frozenset[int] = frozenset()
    # By marketplace, the rank of the user's role there.
    ranks: dict[int, int] = field(default_factory=dict)
    is_superuser: bool = False

    @classmethod
    def of_user(cls, user: User) -> Self:
        """The user's rights; for an inactive user those after activation."""
        held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
        access = Access.objects.filter(group__user=user)
        ids = frozenset(held.values_list("pk", flat=True))
        return cls(ids, _ranks(access), user.is_superuser)

    @classmethod
    def of_member(cls, user: User) -> Self:
        """As `of_user`, of rows that are prefetched with their groups' rights."""
        groups = [cls.of_group(group) for group in user.groups.all()]
        access = [one for group in user.groups.all() for one in group.access.all()]
        own = frozenset(one.pk for one in user.user_permissions.all())
        return cls(
            own.union(*(one.permissions for one in groups)), _ranks(access), user.is_superuser
        )

    @classmethod
    def of_lead(cls, user: User) -> Self:
        """Those on the marketplaces that the user leads."""
        return cls(ranks=_ranks(Access.objects.filter(group__user=user, role=Access.Role.LEAD)))

    @classmethod
    def of_group(cls, group: Group) -> Self:
        ids = frozenset(permission.pk for permission in group.permissions.all())
        return cls(ids, _ranks(group.access.all()))

    @classmethod
    def of_access(cls, access: Access) -> Self:
        return cls(ranks=_ranks([access]))

    def cover(self, other: "Rights") -> bool:
        if self.is_superuser or other.is_superuser:
            return self.is_superuser
        has_ranks = all(self.ranks.get(place, -1) >= rank for place, rank in other.ranks.items())
        return has_ranks and other.permissions <= self.permissions


def may_administer(user: User, permission: str) -> bool:
    """As the administration asks: for staff, and for superusers."""
    return user.is_superuser or (user.is_staff and user.has_perm(permission))


def rights_to_give(user: User) -> Rights:
    """The rights that a user may give in the desk: all they have, or those where they lead."""
    if may_administer(user, "inbox.change_user"):
        return Rights.of_user(user)
    return Rights.of_lead(user)


def leaves_an_admin(*, without: Collection[int]) -> bool:
    """Whether an admin remains who can log in with a password.

    The rows stay locked until the transaction ends: two admins can't remove each other at once.
    """
    with transaction.atomic():
        admins = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        able = {one.pk for one in admins.order_by("pk") if one.has_usable_password()}
        return not able or bool(able - {*without})


def groups_within(rights: Rights) -> QuerySet[Group]:
    """Groups to which a user with these rights may add people."""
    groups = Group.objects.prefetch_related("permissions", "access")
    within = [group.pk for group in groups if rights.cover(Rights.of_group(group))]
    return Group.objects.filter(pk__in=within)


def _ranks(access: Iterable[Access]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for one in access:
        ranks[one.marketplace_id] = max(RANKS.index(one.role), ranks.get(one.marketplace_id, -1))
    return ranks
