"""What people have to do before they may use the desk."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from inbox.models import GroupPolicy, User

# As allauth keeps them in the session: how, and for whom, this session has been authenticated.
RECORDS = "account_authentication_methods"
RECORDS_OF = "account_authentication_methods_user"
# An attribute of User.
DEMAND = "group_demands_factor"


class Duty(Enum):
    NEW_PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "factor"


def with_demands(people: QuerySet[User]) -> QuerySet[User]:
    """With what their groups demand, in the same query."""
    demanding = GroupPolicy.objects.filter(group__user=OuterRef("pk"), demands_factor=True)
    return people.annotate(**{DEMAND: Exists(demanding)})


def duty_of(user: User, session: Mapping[str, Any]) -> Duty | None:
    """The next thing to do in this session; `user` comes from `with_demands`."""
    if user.must_change_password:
        return Duty.NEW_PASSWORD
    if demands_factor(user) and not has_used_factor(user, session):
        return Duty.SECOND_FACTOR
    return None


def demands_factor(user: User) -> bool:
    """Of all who may administer, and of the groups that demand it."""
    is_admin = user.is_staff or user.is_superuser
    return bool(is_admin and settings.ADMIN_FACTOR or user.group_demands_factor)


def has_used_factor(user: User, session: Mapping[str, Any]) -> bool:
    return any(one.get("method") == "mfa" for one in authentications(user, session))


def authentications(user: User, session: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the user has proved in this session, and when; oldest first."""
    is_theirs = session.get(RECORDS_OF) == str(user.pk)
    return list(session.get(RECORDS, [])) if is_theirs else []
