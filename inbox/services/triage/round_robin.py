"""Round robin: share unassigned threads among a group, by open threads per person."""

from collections.abc import Collection

from django.db.models import Count, Q

from inbox.models import Marketplace, Thread, User
from inbox.services.locks import lock_group
from inbox.services.triage.assign import assign_thread

Load = tuple[int, int]


def assign_by_round_robin(marketplace: Marketplace, pks: Collection[int]) -> None:
    """Assign those threads that are unassigned and need a reply; inside a reading's transaction."""
    group = marketplace.round_robin_group_id
    if group is None or not pks:
        return
    waiting = Thread.objects.filter(pk__in=pks, assignee=None, due_at__isnull=False)
    waiting = waiting.select_related("marketplace").defer("search").order_by("due_at", "pk")
    threads = [thread for thread in waiting if not thread.is_historical]
    if not threads:
        return
    # Marketplaces may share a group: the second one counts what the first has assigned.
    lock_group(group)
    # Whoever is invited and has not come in yet answers nothing.
    able = marketplace.answerers().filter(groups=group, invitation=None)
    people = {one.pk: one for one in able}
    loads = _count_loads(people)
    for thread in threads:
        if not loads:
            return
        turn = min(loads, key=lambda pk: (loads[pk], pk))
        assign_thread(thread, to=people[turn], by=None)
        waits, in_all = loads[turn]
        loads[turn] = waits + 1, in_all + 1


def _count_loads(people: dict[int, User]) -> dict[int, Load]:
    """Numbers of open threads of each person: with a reply due, and all."""
    held = Thread.objects.filter(assignee__in=people, status=Thread.Status.OPEN)
    counted = (
        held.values_list("assignee")
        .order_by()
        .annotate(waits=Count("pk", filter=Q(due_at__isnull=False)), in_all=Count("pk"))
    )
    return dict.fromkeys(people, (0, 0)) | {pk: (waits, n) for pk, waits, n in counted if pk}
