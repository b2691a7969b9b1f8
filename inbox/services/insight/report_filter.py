"""What a report is about: a period, and the spans that its filters leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.datastructures import MultiValueDict

from inbox.models import Marketplace, Span, Thread, User
from inbox.models.spans import SpanQuerySet
from inbox.services.insight.periods import Period

# Values of filters that no name can be taken for.
UNKNOWN = "-"  # a topic, language or shop that is empty
ELSEWHERE = "-"  # the agent of replies that were sent elsewhere, such as in the back office
DELETED = "--"  # the agent whose account was deleted
NOBODY = "---"  # the agent of waits that no reply ended
UNASSIGNED = "-"  # the assignee of conversations that nobody has


@dataclass(frozen=True)
class ReportFilter:
    """The filters of a report, as its address names them; empty ones leave all.

    `marketplaces` are those that the viewer may see figures of. `only` limits them to the viewer's
    own replies.
    """

    period: Period
    marketplaces: Sequence[Marketplace]
    as_of: datetime
    given: MultiValueDict[str, str]
    only: User | None = None
    is_working: bool = False
    shops: Sequence[str] = ()
    agents: Sequence[str] = ()
    teams: Sequence[int] = ()
    askers: Sequence[str] = ()
    topics: Sequence[str] = ()
    tags: Sequence[str] = ()
    languages: Sequence[str] = ()
    canned: Sequence[str] = ()
    assignees: Sequence[str] = ()

    @property
    def seconds(self) -> str:
        """The column that waits are measured by."""
        return "working_seconds" if self.is_working else "seconds"

    @property
    def names_persons(self) -> bool:
        return bool(self.agents or self.teams or self.only)

    def before(self, seconds: float) -> datetime:
        return self.as_of - timedelta(seconds=seconds)

    def spans(self) -> SpanQuerySet:
        """The spans of all times that the filters leave."""
        return self._limit_spans(Span.objects.of_the_team())

    def old_spans(self) -> SpanQuerySet:
        """Those from before the marketplace was connected, which no other figure counts."""
        return self._limit_spans(Span.objects.filter(is_history=True))

    def spans_touching(self, *, with_history: bool) -> SpanQuerySet:
        """The spans that were open at some moment of the period."""
        rows = Span.objects.all() if with_history else Span.objects.of_the_team()
        is_late = Q(ended_at__isnull=True) | Q(ended_at__gte=self.period.begin)
        return self._limit_spans(rows.filter(is_late, asked_at__lt=self.period.end))

    def _limit_spans(self, rows: SpanQuerySet) -> SpanQuerySet:
        return rows.filter(
            *self._among(shop=self.shops, topic=self.topics, language=self.languages),
            *self._tagged("thread"),
            *self._assigned(),
            *self._of_waits(),
            marketplace__in=self.marketplaces,
        )

    def in_threads(self, thread: str) -> list[Q]:
        """Conditions on rows by the conversation at `thread`; `pk` if they are conversations."""
        path = "" if thread == "pk" else f"{thread}__"
        columns = {
            f"{path}shop_name": self.shops,
            f"{path}topic_value": self.topics,
            f"{path}language": self.languages,
        }
        return [*self._among(**columns), *self._tagged(thread)]

    def waited_for(self, thread: str) -> list[Q]:
        """Rows whose conversation has a wait of the chosen sides."""
        return self._with_waits(thread, self._among(asker=self.askers))

    def answered_by_persons(self, thread: str) -> list[Q]:
        """Rows whose conversation has a wait that the chosen persons ended."""
        return self._with_waits(thread, self._of_waits() if self.names_persons else [])

    def by_persons(self, path: str, unnamed: Mapping[str, Q]) -> list[Q]:
        """Conditions on the person at `path`; `unnamed` has those of rows without one."""
        found = []
        if self.agents:
            named = Q(**{f"{path}__username__in": self.agents})
            others = (unnamed[one] for one in self.agents if one in unnamed)
            found.append(reduce(or_, others, named))
        if self.teams:
            found.append(Q(**{f"{path}__in": User.objects.filter(groups__in=self.teams)}))
        if self.only:
            found.append(Q(**{path: self.only}))
        return found

    def _of_waits(self) -> list[Q]:
        replied = Q(ended_by=Span.EndedBy.REPLY)
        unnamed = {
            ELSEWHERE: replied & Q(is_from_desk=False),
            DELETED: replied & Q(is_from_desk=True, author__isnull=True),
            NOBODY: ~replied,
        }
        return [*self._among(asker=self.askers), *self.by_persons("author", unnamed)]

    def _with_waits(self, thread: str, conditions: list[Q]) -> list[Q]:
        if not conditions:
            return []
        return [Q(Exists(Span.objects.filter(*conditions, thread=OuterRef(thread))))]

    def _among(self, **columns: Sequence[str]) -> list[Q]:
        return [
            Q(**{f"{name}__in": ["" if one == UNKNOWN else one for one in values]})
            for name, values in columns.items()
            if values
        ]

    def _tagged(self, thread: str) -> list[Q]:
        if not self.tags:
            return []
        rows = Thread.tags.through.objects.filter(tag__name__in=self.tags)
        return [Q(Exists(rows.filter(thread=OuterRef(thread))))]

    def _assigned(self) -> list[Q]:
        if not self.assignees:
            return []
        nobodys = Q(thread__assignee__isnull=True) if UNASSIGNED in self.assignees else Q()
        return [Q(thread__assignee__username__in=self.assignees) | nobodys]

    def address(self, **changes: str | Sequence[str] | None) -> str:
        """The query string of these filters with some changed; None removes one."""
        pairs = {name: self.given.getlist(name) for name in self.given}
        for name, value in changes.items():
            pairs[name] = [value] if isinstance(value, str) else list(value or ())
        return urlencode({name: values for name, values in pairs.items() if values}, doseq=True)


def name_unknown(column: str) -> Combinable:
    """The column, with a value for what is empty that no name can be taken for."""
    empty = When(Q(**{column: ""}), then=Value(UNKNOWN))
    return Case(empty, default=column, output_field=CharField())
