"""What somebody typed into the search box: words, and conditions such as `is:overdue`."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.lookups import IStartsWith
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from inbox.models import Draft, Marketplace, Note, Tag, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.services import reasons, search
from inbox.services.words import fold

CONDITION = re.compile(r'(?<!\S)(?P<name>[a-z]+):(?P<value>"[^"]*"|[^\s"]+)', re.IGNORECASE)


@dataclass
class Query:
    """`words` are searched for; `conditions` all hold; `problems` say what was not understood."""

    words: str = ""
    conditions: list[Q] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    # Where the labels of topics are looked up.
    marketplaces: list[Marketplace] = field(default_factory=list)

    def narrow(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        if self.problems and not self.words and not self.conditions:
            return threads.none()
        for condition in self.conditions:
            threads = threads.filter(condition)
        codes = partial(reasons.codes_called, marketplaces=self.marketplaces)
        return search.matching(threads, self.words, codes)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.conditions or self.problems)


@dataclass(frozen=True)
class Reader:
    """Who searches, and where they may."""

    user: User
    marketplaces: list[Marketplace]


def read(text: str, reader: Reader) -> Query:
    """Words and conditions, in any order; `12:30` and `https://…` are words like any other."""
    query, words, end = Query(marketplaces=reader.marketplaces), [], 0
    for found in CONDITION.finditer(text):
        name, value = found["name"].lower(), found["value"].strip('"').strip()
        if name not in CONDITIONS or not value:
            continue
        words.append(text[end : found.start()])
        end = found.end()
        condition = CONDITIONS[name](value, reader)
        if condition is None:
            query.problems.append(_problem(name, value))
        else:
            query.conditions.append(condition)
    query.words = " ".join([*words, text[end:]]).strip()
    return query


def _problem(name: str, value: str) -> str:
    known = {
        "is": ", ".join(STATES),
        "has": ", ".join(HOLDINGS),
        "before": _("a date such as 2026-05-31"),
        "after": _("a date such as 2026-05-31"),
    }.get(name)
    asked = f"{name}:{value}"
    if known is None:
        return _("Nothing here is called “%(asked)s”, so it was left out.") % {"asked": asked}
    return _("“%(asked)s” was left out. It takes %(known)s.") % {"asked": asked, "known": known}


# -- conditions: None where nobody knows what is meant ----------------------


def _from(value: str, reader: Reader) -> Q | None:
    """A customer or their company, by how any part of the name begins."""
    condition = Q()
    for term in search.terms_of(value.replace('"', " ")):
        # Weight A: what of a thread are names.
        condition &= Q(search=term.weighted("A"))
    return condition or None


def _order(value: str, reader: Reader) -> Q | None:
    begins = fold(value).replace(" ", "")
    terms = search.terms_of(value)
    if not terms:
        return None
    # The index finds the words of the number, the rest is checked on those few.
    condition = Q(entity_type="MMP_ORDER")
    for term in terms:
        condition &= Q(search=term.query)
    return condition & Q(IStartsWith(_without_separators("entity_id"), begins))


def _without_separators(field: str) -> Func:
    return Func(
        field,
        Value("[^[:alnum:]]"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )


def _tag(value: str, reader: Reader) -> Q | None:
    tag = Tag.objects.on(reader.marketplaces).filter(name__iexact=value).first()
    return Q(tags=tag) if tag else None


def _assignee(value: str, reader: Reader) -> Q | None:
    if value.lower() == "me":
        return Q(assignee=reader.user)
    if value.lower() == "nobody":
        return Q(assignee=None)
    called = Q(username__iexact=value) | Q(first_name__iexact=value) | Q(last_name__iexact=value)
    people = _colleagues(reader.marketplaces).filter(called)
    found = list(people[:20])
    return Q(assignee__in=found) if found else None


def _colleagues(marketplaces: Collection[Marketplace]) -> QuerySet[User]:
    """Who may answer on one of these, or has a conversation of theirs."""
    mine = Marketplace.objects.filter(pk__in=[one.pk for one in marketplaces])
    has_one = Thread.objects.filter(assignee=OuterRef("pk"), marketplace__in=mine)
    return User.objects.filter(Q(pk__in=mine.answerers().values("pk")) | Exists(has_one))


def _marketplace(value: str, reader: Reader) -> Q | None:
    asked = value.casefold()
    found = [
        one for one in reader.marketplaces if one.slug == asked or asked in one.name.casefold()
    ]
    return Q(marketplace__in=found) if found else None


def _is(value: str, reader: Reader) -> Q | None:
    state = STATES.get(value.lower())
    return state(reader) if state else None


def _has(value: str, reader: Reader) -> Q | None:
    holding = HOLDINGS.get(value.lower().removesuffix("s"))
    return holding(reader) if holding else None


def _before(value: str, reader: Reader) -> Q | None:
    day = _midnight(value)
    return Q(last_message_at__lt=day) if day else None


def _after(value: str, reader: Reader) -> Q | None:
    day = _midnight(value)
    return Q(last_message_at__gte=day) if day else None


def _midnight(value: str) -> datetime | None:
    """When that day begins for whoever asks."""
    try:
        day = parse_date(value)
    except ValueError:
        return None
    # The first and last years cannot be moved between time zones.
    if day is None or not 1900 <= day.year <= 2200:
        return None
    zone = timezone.get_current_timezone() or UTC
    return datetime.combine(day, time.min, tzinfo=zone)


CONDITIONS: dict[str, Callable[[str, Reader], Q | None]] = {
    "from": _from,
    "order": _order,
    "tag": _tag,
    "assignee": _assignee,
    "marketplace": _marketplace,
    "is": _is,
    "has": _has,
    "before": _before,
    "after": _after,
}
STATES: dict[str, Callable[[Reader], Q]] = {
    "overdue": lambda reader: Q(due_at__lte=timezone.now()),
    "waiting": lambda reader: Q(due_at__isnull=False),
    "answered": lambda reader: Q(due_at__isnull=True, last_sender_is_ours=True),
    "open": lambda reader: Q(status=Thread.Status.OPEN),
    "closed": lambda reader: Q(status=Thread.Status.CLOSED),
    "snoozed": lambda reader: Q(snoozed_until__gt=timezone.now()),
    "mine": lambda reader: Q(assignee=reader.user),
    "unassigned": lambda reader: Q(assignee=None),
}
HOLDINGS: dict[str, Callable[[Reader], Q]] = {
    "attachment": lambda reader: Q(has_attachments=True),
    "note": lambda reader: Q(Exists(Note.objects.filter(thread=OuterRef("pk")))),
    "draft": lambda reader: Q(
        Exists(Draft.objects.filter(user=reader.user, thread=OuterRef("pk")))
    ),
}


def order_of(text: str, marketplaces: Iterable[Marketplace]) -> list[Thread]:
    """The conversations on the order that is called exactly this; two at most."""
    number = text.strip()
    if not number or " " in number:
        return []
    same = Thread.objects.filter(
        marketplace__in=list(marketplaces),
        entity_type="MMP_ORDER",
        entity_id__in={number, number.upper()},
    )
    return list(same.select_related("marketplace").by_newest()[:2])
