"""People as the directory lists them: for administrators all, for leads their teams."""

from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet

from inbox.models import Access, User
from inbox.services.people.rights import Rights, groups_within, may_administer, rights_to_give


def may_manage_people(user: User) -> bool:
    return may_administer(user, "inbox.change_user")


def may_invite(user: User) -> bool:
    """Whether the user may add people: to the desk, or to a group that they may give."""
    if may_manage_people(user):
        return may_administer(user, "inbox.add_user")
    return find_editable_teams(user).exists()


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


def find_teams(user: User) -> QuerySet[Group]:
    """Groups that this user sees: managers all, leads those of the marketplaces that they lead."""
    if may_manage_people(user):
        return Group.objects.all()
    led = Access.objects.filter(group__user=user, role=Access.Role.LEAD)
    return Group.objects.filter(access__marketplace__in=led.values("marketplace")).distinct()


def find_editable_teams(user: User) -> QuerySet[Group]:
    """Those of them that have no rights that this user could not give."""
    within = groups_within(rights_to_give(user))
    return within.filter(pk__in=find_teams(user).values("pk")).order_by("name")
