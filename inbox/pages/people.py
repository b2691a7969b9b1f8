"""The pages about people: who works here, in which groups, with which roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Prefetch, Q, QuerySet

from inbox.models import Access, Marketplace, User
from inbox.pages.viewer import Viewer
from inbox.services.people import account_mails, directory
from inbox.services.people.rights import rights_to_give
from inbox.services.triage.hand_over import Assigned, Kind

# Rows of the list: more are found by searching.
LISTED = 200


@dataclass(frozen=True)
class PersonRow:
    """`access` are the roles that the viewer may see, by group."""

    person: User
    groups: Sequence[Group]
    access: Sequence[Access]

    @property
    def group_names(self) -> list[str]:
        return [group.name for group in self.groups]

    @property
    def marketplaces(self) -> list[str]:
        return sorted({one.marketplace.name for one in self.access})


@dataclass(frozen=True)
class PeoplePage:
    """`q` is what the list was searched for; `is_inactive` lists deactivated people."""

    rows: Sequence[PersonRow]
    has_more: bool
    q: str
    is_inactive: bool
    inactive: int
    may_add: bool
    sends_mail: bool


@dataclass(frozen=True)
class PersonPage:
    """`forms` by name: names, teams, roles. Without `is_editable` the page only shows."""

    person: User
    row: PersonRow
    forms: Mapping[str, Any]
    belongings: int
    is_editable: bool
    is_self: bool
    may_open_admin: bool
    may_invite: bool
    sends_mail: bool
    trouble: str = ""


@dataclass(frozen=True)
class HandOverPage:
    person: User
    form: Any
    assigned: Assigned
    belongings: Mapping[Kind, int]


@dataclass(frozen=True)
class TeamRow:
    """`people` are the names of its active members."""

    group: Group
    people: Sequence[str]
    access: Sequence[Access]
    is_editable: bool


@dataclass(frozen=True)
class TeamsPage:
    rows: Sequence[TeamRow]
    may_add: bool


@dataclass(frozen=True)
class TeamPage:
    """A group's form, and the rows of its access."""

    group: Group | None
    form: Any
    access: Any


def may_open(viewer: Viewer) -> bool:
    """Whether the viewer administers or leads anybody."""
    return viewer.leads_anywhere or directory.may_manage_people(viewer.user)


def people_page(viewer: Viewer, *, q: str, is_inactive: bool) -> PeoplePage:
    seen = directory.find_people(viewer.user)
    found = seen.filter(is_active=not is_inactive)
    for word in q.split()[:8]:
        found = found.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    rows = list(_with_groups(found, viewer)[: LISTED + 1])
    return PeoplePage(
        [person_row(one) for one in rows[:LISTED]],
        has_more=len(rows) > LISTED,
        q=q,
        is_inactive=is_inactive,
        inactive=seen.filter(is_active=False).count(),
        may_add=directory.may_invite(viewer.user),
        sends_mail=account_mails.are_sent(),
    )


def find_person(viewer: Viewer, pk: int) -> User | None:
    """With the groups that the viewer may see; None if they may not see the person."""
    return _with_groups(directory.find_people(viewer.user).filter(pk=pk), viewer).first()


def person_row(person: User) -> PersonRow:
    """Of a person whose groups are prefetched."""
    groups = list(person.groups.all())
    return PersonRow(person, groups, [one for group in groups for one in group.access.all()])


def teams_page(viewer: Viewer) -> TeamsPage:
    user = viewer.user
    editable = set(directory.find_editable_teams(user).values_list("pk", flat=True))
    members = Prefetch("user_set", User.objects.filter(is_active=True).order_by("username"))
    teams = directory.find_teams(user).prefetch_related(members, _access_seen(viewer))
    rows = [
        TeamRow(
            group,
            [one.display_name for one in group.user_set.all()],
            list(group.access.all()),
            group.pk in editable,
        )
        for group in teams.order_by("name")
    ]
    return TeamsPage(rows, directory.may_manage_people(user))


def marketplaces_to_give(viewer: Viewer) -> list[Marketplace]:
    """Those on which the viewer may give roles."""
    ranks = rights_to_give(viewer.user)
    return [one for one in viewer.marketplaces if ranks.is_superuser or one.pk in ranks.ranks]


def _with_groups(people: QuerySet[User], viewer: Viewer) -> QuerySet[User]:
    teams = directory.find_teams(viewer.user).prefetch_related(_access_seen(viewer))
    groups = Prefetch("groups", teams.order_by("name"))
    return people.select_related("invitation").prefetch_related(groups)


def _access_seen(viewer: Viewer) -> Prefetch:  # type: ignore[type-arg]
    access = Access.objects.select_related("marketplace")
    if not directory.may_manage_people(viewer.user):
        access = access.filter(marketplace__in=Marketplace.objects.led_by(viewer.user))
    return Prefetch("access", access.order_by("marketplace__name"))
