"""People as the directory lists them: for administrators all, for leads their teams."""

from django.db.models import Prefetch, QuerySet

from inbox.models import Access, User
from inbox.services.people.rights import Rights, may_administer, rights_to_give


def may_manage_people(user: User) -> bool:
    return may_administer(user, "inbox.change_user")


def find_people(user: User) -> QuerySet[User]:
    """People whom this user sees: superusers all, managers all but superusers, leads theirs."""
    people = User.objects.order_by("first_name", "last_name", "username")
    if user.is_superuser:
        return people
    people = people.filter(is_superuser=False)
    if may_manage_people(user):
        return people
    led = Access.objects.filter(group__user=user, role=Access.Role.LEAD)
    teams = Access.objects.filter(marketplace__in=led.values("marketplace"))
    return people.filter(groups__in=teams.values("group")).distinct()


def find_editable(user: User) -> QuerySet[User]:
    """Those of them who have no rights that this user could not give."""
    own, people = rights_to_give(user), find_people(user)
    if own.is_superuser:
        return people
    access = Prefetch("groups__access")
    shown = people.prefetch_related("groups__permissions", access, "user_permissions")
    return people.filter(pk__in=[one.pk for one in shown if own.cover(Rights.of_member(one))])
