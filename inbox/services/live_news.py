"""What open pages are told: ids and numbers of the marketplaces that its user may see."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inbox.models import LiveChange, Marketplace, live_changes, queues
from inbox.models.live_changes import Row
from inbox.models.live_triggers import MOST_THREADS

Kind = LiveChange.Kind
# More primary keys than these are no news: the reader looks at everything again.
MOST_NAMED = 4 * MOST_THREADS


@dataclass
class Moved:
    """Marketplaces with other numbers than before, of all people and of each."""

    shared: set[int] = field(default_factory=set)
    mine: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Counts:
    """How many conversations are in each queue, by marketplace; `mine` by person too."""

    shared: dict[int, Counter[str]] = field(default_factory=dict)
    mine: dict[int, Counter[int]] = field(default_factory=dict)

    def update(self, pks: Collection[int]) -> Moved:
        """Count these marketplaces again: three queries."""
        moved = Moved()
        if not pks:
            return moved
        marketplaces = list(Marketplace.objects.in_inbox().filter(pk__in=pks, is_active=True))
        shared, mine = queues.shared_counts(marketplaces), queues.mine_counts(marketplaces)
        for one in marketplaces:
            if self.shared.get(one.pk) != shared[one.pk]:
                moved.shared.add(one.pk)
            before, now = self.mine.get(one.pk, Counter()), mine.get(one.pk, Counter())
            for person in {*before, *now}:
                if before[person] != now[person]:
                    moved.mine[person].add(one.pk)
            self.shared[one.pk], self.mine[one.pk] = shared[one.pk], now
        return moved

    def of_all(self, pks: Iterable[int]) -> dict[int, Counter[str]]:
        return {pk: self.shared[pk] for pk in pks if pk in self.shared}

    def count_mine(self, user: int, pks: Iterable[int]) -> dict[int, int]:
        return {pk: self.mine[pk][user] for pk in pks if pk in self.mine}


def news_on(
    marketplaces: frozenset[int], rows: Iterable[Row], counts: Mapping[int, Counter[str]]
) -> dict[str, Any]:
    """For all who may see these marketplaces: threads by kind of change, and counts.

    Empty if there is nothing new. `many`: more threads have changed than are named.
    """
    found: dict[str, set[int]] = defaultdict(set)
    told: dict[str, Any] = {"counts": counts} if counts else {}
    for row in rows:
        if row.marketplace not in marketplaces:
            continue
        if row.kind == Kind.TROUBLE:
            told["trouble"] = True
        elif not row.threads:
            told["many"] = True
        kind = Kind.CHANGED if row.kind == Kind.TROUBLE else row.kind
        found[kind].update(pk for pk in row.threads if pk)
    if sum(map(len, found.values())) > MOST_NAMED:
        return {**told, "many": True}
    return told | {str(kind): sorted(pks) for kind, pks in found.items() if pks}


def news_of(user: int, rows: Iterable[Row], mine: Mapping[int, int]) -> dict[str, Any]:
    """For one person: their notifications have changed, and their numbers. Empty if not."""
    has_own = any(row.kind == Kind.OWN and row.user == user for row in rows)
    return ({"own": True} if has_own else {}) | ({"mine": mine} if mine else {})


def sweep() -> None:
    """Delete changes that no reader needs."""
    live_changes.sweep()
