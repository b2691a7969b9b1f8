"""The part of a list by effect whose reply clock runs: what crosses a limit, then the others.

Each marketplace has a place, so the others are read along one index for each, and put together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from inbox.models import Marketplace, Thread, queues
from inbox.models.keyset import COUNTING, Cursor
from inbox.models.light_rows import LightThread, light_threads
from inbox.models.prepared import prepared, prepared_for_each
from inbox.models.threads import ThreadQuerySet
from inbox.services.insight.effect import Effect
from inbox.services.search.list_parts import ListPart, list_parts

DOWN = ("place", "reply_minutes", "due_at", "id")
UP = tuple(f"-{name}" for name in DOWN)


@dataclass(frozen=True)
class RankKey:
    """The sort key of a row that crosses no limit soon."""

    place: int
    minutes: int
    due_at: datetime
    pk: int

    @property
    def following(self) -> Q:
        """The rows below it in its place."""
        before = Q(due_at__lt=self.due_at) | Q(due_at=self.due_at, pk__lte=self.pk)
        return _at_or(self.minutes, before, "gte")

    @property
    def preceding(self) -> Q:
        """The rows above it in its place."""
        after = Q(due_at__gt=self.due_at) | Q(due_at=self.due_at, pk__gte=self.pk)
        return _at_or(self.minutes, after, "lte")


def _at_or(minutes: int, left_out: Q, lookup: str) -> Q:
    bound = Q(**{f"reply_minutes__{lookup}": minutes})
    return bound & ~(Q(reply_minutes=minutes) & left_out)


@dataclass(frozen=True)
class CrossingPart:
    """Threads that miss a limit before anybody works again, by deadline."""

    effect: Effect
    cursor: Cursor | None
    is_above: bool

    def select_from(self, threads: ThreadQuerySet, since: datetime) -> ThreadQuerySet:
        part = ListPart("deadline", COUNTING, self.cursor, self.is_above)
        return part.select_from(threads.filter(_crossing(self.effect)), since)


@dataclass(frozen=True)
class RankedPart:
    """The other threads whose reply clock runs, by the place of their marketplace."""

    effect: Effect
    key: RankKey | None
    is_above: bool

    def select_from(self, threads: ThreadQuerySet, since: datetime) -> ThreadQuerySet:
        others = threads.filter(~_crossing(self.effect), due_at__gt=since)
        places = self.effect.places
        if len(places) > 1:
            whens = [When(marketplace=pk, then=place) for pk, place in places.items()]
            place: Case | Value = Case(*whens, output_field=IntegerField())
        else:
            place = Value(0)
        ranked = others.annotate(place=place).order_by(*UP if self.is_above else DOWN)
        if self.key is None:
            return ranked
        if len(places) == 1:
            return ranked.filter(self.key.preceding if self.is_above else self.key.following)
        here, beyond = Q(place=self.key.place), Q(place__gt=self.key.place)
        if self.is_above:
            return ranked.filter(here & self.key.preceding | Q(place__lt=self.key.place))
        return ranked.filter(here & self.key.following | beyond)

    def read_queue(
        self,
        view: str,
        marketplaces: Sequence[Marketplace],
        *,
        user: int | None,
        since: datetime,
        most: int,
    ) -> list[LightThread]:
        """Rows of a queue that no filter narrows."""
        pks: list[int] = []
        for some in self._list_groups([one.pk for one in marketplaces]):
            pks += self._find(view, some, user=user, since=since, most=most - len(pks))
            if len(pks) >= most:
                break
        found = light_threads(_read_threads(threads=pks), marketplaces)
        by_pk = {one.pk: one for one in found}
        return [by_pk[pk] for pk in pks if pk in by_pk]

    def _list_groups(self, marketplaces: Iterable[int]) -> Iterator[list[int]]:
        """Marketplaces from the key's place on. Most pages need those of the first places only, so
        each group is larger than the one before; one place is never split."""
        places, step = self.effect.places, -1 if self.is_above else 1
        start = step * self.key.place if self.key else None
        rest = [pk for pk in marketplaces if start is None or step * places[pk] >= start]
        group, most = list[int](), 1
        in_order = sorted(rest, key=lambda pk: step * places[pk])
        for _place, some in groupby(in_order, key=places.__getitem__):
            group += some
            if len(group) >= most:
                yield group
                group, most = [], most * 3
        if group:
            yield group

    def _find(
        self, view: str, group: list[int], *, user: int | None, since: datetime, most: int
    ) -> list[int]:
        places, key = self.effect.places, self.key
        here = [pk for pk in group if key and places[pk] == key.place]
        ranked = _find_ranked(
            *(view, self.is_above, -(-most // 10) * 10),
            here=here,
            beyond=[pk for pk in group if pk not in here],
            places=[places[pk] for pk in sorted(group, key=lambda pk: pk not in here)],
            hard=sorted(self.effect.hard),
            user=user,
            now=self.effect.now,
            until=self.effect.until,
            since=since,
            minutes=key.minutes if key and here else None,
            due_at=key.due_at if key and here else None,
            pk=key.pk if key and here else None,
        )
        return [pk for *_key, pk in ranked][:most]


EffectPart = ListPart | CrossingPart | RankedPart


def parts_by_effect(
    effect: Effect,
    ranges: Sequence[int],
    cursor: Cursor | None,
    since: datetime,
    *,
    is_above: bool = False,
) -> Iterator[EffectPart]:
    """As `list_parts`, with the running clocks in the order of their effect."""
    for part in list_parts("deadline", ranges, cursor, since, is_above=is_above):
        if part.key != COUNTING:
            yield part
        else:
            yield from _running_parts(effect, part.cursor, is_above)


def _running_parts(effect: Effect, cursor: Cursor | None, is_above: bool) -> Iterator[EffectPart]:
    """Below a thread that is gone, the list begins anew."""
    key, is_crossing = None, False
    if cursor and cursor.due_at:
        marketplace, minutes = next(iter(_read_rank(pk=cursor.pk)), (0, 0))
        is_crossing = effect.is_crossing(marketplace, cursor.due_at)
        place = effect.places.get(marketplace, 0)
        key = None if is_crossing else RankKey(place, minutes, cursor.due_at, cursor.pk)
    crossing = CrossingPart(effect, cursor if is_crossing else None, is_above)
    ranked = RankedPart(effect, key, is_above)
    has_crossing = bool(effect.hard) and (is_crossing or key is None or is_above)
    has_ranked = not (is_crossing and is_above)
    both = [crossing] * has_crossing + [ranked] * has_ranked
    yield from reversed(both) if is_above else both


def _crossing(effect: Effect) -> Q:
    return _between(sorted(effect.hard), effect.now, effect.until)


def _between(hard: list[int], now: datetime, until: datetime) -> Q:
    if not hard:
        return Q(pk__in=[])
    return Q(marketplace__in_array=hard, due_at__gt=now, due_at__lte=until)


@prepared
def _read_rank(*, pk: int) -> QuerySet[Thread, tuple[int, int]]:
    return Thread.objects.filter(pk=pk).values_list("marketplace", "reply_minutes")


@prepared
def _find_ranked(
    view: str,
    is_above: bool,
    most: int,
    *,
    here: list[int],
    beyond: list[int],
    places: list[int],
    hard: list[int],
    user: int | None,
    now: datetime,
    until: datetime,
    since: datetime,
    minutes: int | None,
    due_at: datetime | None,
    pk: int | None,
) -> QuerySet[Thread, Any]:
    """Sort keys of the first rows, with their primary keys: read from each marketplace's own."""
    queue = Thread.objects.filter(queues.condition_at(view, user, now=now, since=since))
    running = queue.filter(~_between(hard, now, until), due_at__gt=since)
    order = UP[1:] if is_above else DOWN[1:]
    each = []
    for index, (marketplace, place) in enumerate(zip((*here, *beyond), places, strict=True)):
        rows = running.filter(marketplace=marketplace)
        if index < len(here) and minutes is not None and due_at and pk:
            key = RankKey(place, minutes, due_at, pk)
            rows = rows.filter(key.preceding if is_above else key.following)
        placed = rows.annotate(place=Value(place, output_field=IntegerField()))
        each.append(placed.order_by(*order).values_list(*DOWN)[:most])
    first, *others = each
    if not others:
        return first
    return first.union(*others, all=True).order_by(*(UP if is_above else DOWN))[:most]


@prepared_for_each
def _read_threads(*, threads: list[int]) -> ThreadQuerySet:
    return Thread.objects.filter(pk__in_array=threads).for_light_rows()
