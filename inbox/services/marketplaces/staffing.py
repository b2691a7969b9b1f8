"""Marketplaces whose groups have lost their people: what arrives there waits unseen."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from inbox.models import Access, Marketplace, User


def describe_gaps(marketplaces: Sequence[Marketplace]) -> dict[int, str]:
    """Why nobody sees or gets its conversations, by marketplace; without those that are well.

    A marketplace without any group is left to admins on purpose.
    """
    active = [one for one in marketplaces if one.is_active]
    return _without_members(active) | _without_people(active)


def _without_people(marketplaces: Sequence[Marketplace]) -> dict[int, str]:
    is_active = Q(group__user__is_active=True)
    groups = Access.objects.filter(marketplace__in=marketplaces).order_by().values("marketplace")
    emptied = groups.annotate(people=Count("group__user", filter=is_active)).filter(people=0)
    words = _("Nobody works here: its groups have no active people.")
    return dict.fromkeys(emptied.values_list("marketplace", flat=True), words)


def _without_members(marketplaces: Sequence[Marketplace]) -> dict[int, str]:
    """Those whose round robin group has nobody who may answer."""
    shared = [one for one in marketplaces if one.round_robin_group_id]
    if not shared:
        return {}
    members = User.objects.filter(
        is_active=True, groups__in=[one.round_robin_group_id for one in shared]
    )
    in_group = set(members.values_list("groups", "pk"))
    admins = set(members.filter(is_superuser=True).values_list("pk", flat=True))
    writers = Access.objects.filter(marketplace__in=shared, role__in=Access.WRITERS)
    may_answer = set(writers.order_by().values_list("marketplace", "group__user"))
    words = _("Round robin assigns nothing: nobody in its group can answer here.")
    return {
        one.pk: words
        for one in shared
        if not any(
            group == one.round_robin_group_id and (user in admins or (one.pk, user) in may_answer)
            for group, user in in_group
        )
    }
