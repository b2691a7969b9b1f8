"""What a report is about: a period, and the spans that its filters leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils.datastructures import MultiValueDict

from inbox.models import Marketplace, Span, Thread, User
from inbox.models.spans import SpanQuerySet
from inbox.services.insight.periods import Period

# Values of filters that no name can be taken for.
UNKNOWN = "-"  # a topic, language or shop that is empty
ELSEWHERE = "-"  # the agent of replies that were sent elsewhere, such as in the back office
DELETED = "--"  # the agent whose account was deleted
NOBODY = "---"  # the agent of waits that no reply ended


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

    @property
    def seconds(self) -> str:
        """The column that waits are measured by."""
        return "working_seconds" if self.is_working else "seconds"

    def spans(self) -> SpanQuerySet:
        """The spans of all times that the filters leave."""
        found = Span.objects.of_the_team().filter(marketplace__in=self.marketplaces)
        return found.filter(*self._conditions())

    def spans_touching(self, *, with_history: bool) -> SpanQuerySet:
        """The spans that were open at some moment of the period."""
        rows = Span.objects.all() if with_history else Span.objects.of_the_team()
        is_late = Q(ended_at__isnull=True) | Q(ended_at__gte=self.period.begin)
        found = rows.filter(
            is_late, marketplace__in=self.marketplaces, asked_at__lt=self.period.end
        )
        return found.filter(*self._conditions())

    def _conditions(self) -> list[Q]:
        columns = {"shop": self.shops, "asker": self.askers, "topic": self.topics}
        columns["language"] = self.languages
        found = [
            Q(**{f"{name}__in": ["" if one == UNKNOWN else one for one in values]})
            for name, values in columns.items()
            if values
        ]
        if self.agents:
            found.append(self._by_agents())
        if self.teams:
            members = User.objects.filter(groups__in=self.teams)
            found.append(Q(author__in=members))
        if self.tags:
            tagged = Thread.tags.through.objects.filter(
                thread=OuterRef("thread"), tag__name__in=self.tags
            )
            found.append(Q(Exists(tagged)))
        if self.only:
            found.append(Q(author=self.only))
        return found

    def _by_agents(self) -> Q:
        replied = Q(ended_by=Span.EndedBy.REPLY)
        unnamed = {
            ELSEWHERE: replied & Q(is_from_desk=False),
            DELETED: replied & Q(is_from_desk=True, author__isnull=True),
            NOBODY: ~replied,
        }
        named = Q(author__username__in=self.agents)
        return reduce(or_, (unnamed[one] for one in self.agents if one in unnamed), named)

    def address(self, **changes: str | Sequence[str] | None) -> str:
        """The query string of these filters with some changed; None removes one."""
        pairs = {name: self.given.getlist(name) for name in self.given}
        for name, value in changes.items():
            pairs[name] = [value] if isinstance(value, str) else list(value or ())
        return urlencode({name: values for name, values in pairs.items() if values}, doseq=True)
