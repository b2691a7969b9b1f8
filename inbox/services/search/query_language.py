"""The search box's query language: words, and conditions such as `is:overdue`."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import partial

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace
from django.db.models.lookups import IExact, IStartsWith
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from inbox.models import Draft, Marketplace, Note, Tag, Thread, User
from inbox.models.threads import ThreadQuerySet
from inbox.services import languages
from inbox.services.marketplaces import reasons
from inbox.services.search import full_text
from inbox.services.search.full_text import Found
from inbox.word_forms import LONGEST_JOINED, code_word, fold

CONDITION = re.compile(r'(?<!\S)(?P<name>[a-z]+):(?P<value>"[^"]*"|[^\s"]+)', re.IGNORECASE)
# The value of `language:` where nothing tells it.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Part:
    """A condition as it was typed: `is:open` has the name `is` and the value `open`."""

    name: str
    value: str

    def __str__(self) -> str:
        """The text that `split` parses."""
        value = self.value.replace('"', "'")
        return f'{self.name}:"{value}"' if re.search(r"\s", value) else f"{self.name}:{value}"

    @property
    def text(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass
class Query:
    """A parsed search: `words`, `conditions` that must all hold, and `problems` for unknown parts.

    A query with a problem finds nothing: without the condition it would find too much.
    """

    words: str = ""
    conditions: list[Q] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    # Where the labels of topics are looked up.
    marketplaces: list[Marketplace] = field(default_factory=list)

    def narrow(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        return self.find(threads).threads

    def find(self, threads: ThreadQuerySet) -> Found[ThreadQuerySet]:
        if self.problems:
            return Found(threads.none())
        for condition in self.conditions:
            threads = threads.filter(condition)
        codes = partial(reasons.find_codes_by_word, marketplaces=self.marketplaces)
        return full_text.find(threads, self.words, codes)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.conditions or self.problems)


@dataclass(frozen=True)
class Reader:
    """The user who searches, and their marketplaces."""

    user: User | None
    marketplaces: list[Marketplace]


def split_query(text: str) -> tuple[str, list[Part]]:
    """Words, and conditions in any order; `12:30` and `https://…` are plain words."""
    words, parts, end = [], [], 0
    for found in CONDITION.finditer(text):
        part = Part(found["name"].lower(), found["value"].strip('"').strip())
        if part.name not in CONDITIONS or not part.value:
            continue
        words.append(text[end : found.start()])
        end = found.end()
        parts.append(part)
    return " ".join(" ".join([*words, text[end:]]).split()), parts


def join_query(words: str, parts: Iterable[Part]) -> str:
    """The text that `split` parses."""
    return " ".join([*map(str, dict.fromkeys(parts)), *words.split()])


def read_query(text: str, reader: Reader) -> Query:
    words, parts = split_query(text)
    query = Query(words, marketplaces=reader.marketplaces)
    if full_text.is_too_long(words):
        asked = {"most": full_text.MOST_WORDS}
        query.problems.append(
            _("Searches can have up to %(most)d words. Remove some words.") % asked
        )
    for part in parts:
        condition = CONDITIONS[part.name](part.value, reader)
        if condition is None:
            query.problems.append(_problem(part))
        else:
            query.conditions.append(condition)
    return query


def explain_too_long(most: int) -> str:
    asked = {"most": most}
    return _("Searches can be up to %(most)d characters. Only the beginning was used.") % asked


def _problem(part: Part) -> str:
    known = {
        "is": ", ".join(STATES),
        "has": ", ".join(HOLDINGS),
        "about": ", ".join(SUBJECTS),
        "language": _("a language such as German or de"),
        "before": _("a date such as 2026-05-31"),
        "after": _("a date such as 2026-05-31"),
    }.get(part.name)
    asked = {"asked": part.text, "known": known}
    if part.name == "channel":
        return _("Choose one marketplace to filter by channel.")
    if known is None:
        return _("“%(asked)s” doesn't exist here. Remove this filter to see results.") % asked
    return _("“%(asked)s” isn't a valid filter. Use %(known)s.") % asked


# -- conditions: None for an unknown value ----------------------------------


def _from(value: str, reader: Reader) -> Q | None:
    """A customer or company, by the beginning of any part of the name."""
    condition = Q()
    for term in full_text.find_terms(value.replace('"', " ")):
        # Weight A marks a thread's names.
        condition &= Q(search=term.weighted("A"))
    return condition or None


def _order(value: str, reader: Reader) -> Q | None:
    begins = fold(value).replace(" ", "")
    terms = full_text.find_terms(value)
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
    # A value in quotation marks cannot contain any.
    plain = Replace("name", Value('"'), Value("'"))
    tags = Tag.objects.on(reader.marketplaces).annotate(plain=plain)
    tag = tags.filter(plain__iexact=value).first()
    return Q(tags=tag) if tag else None


def _assignee(value: str, reader: Reader) -> Q | None:
    if value.lower() == "me":
        return _mine(reader)
    if value.lower() == "nobody":
        return Q(assignee=None)
    called = Q(username__iexact=value) | Q(first_name__iexact=value) | Q(last_name__iexact=value)
    people = _colleagues(reader.marketplaces).filter(called)
    found = list(people[:20])
    return Q(assignee__in=found) if found else None


def _mine(reader: Reader) -> Q:
    return Q(assignee__isnull=False, assignee=reader.user)


def _colleagues(marketplaces: Collection[Marketplace]) -> QuerySet[User]:
    """Users who may answer on one of these, or are assigned a thread there."""
    mine = Marketplace.objects.filter(pk__in=[one.pk for one in marketplaces])
    has_one = Thread.objects.filter(assignee=OuterRef("pk"), marketplace__in=mine)
    return User.objects.filter(Q(pk__in=mine.answerers().values("pk")) | Exists(has_one))


def _marketplace(value: str, reader: Reader) -> Q | None:
    asked = value.casefold()
    found = [
        one for one in reader.marketplaces if one.slug == asked or asked in one.name.casefold()
    ]
    return Q(marketplace__in=found) if found else None


def _topic(value: str, reader: Reader) -> Q | None:
    """A topic by the beginning of its words, or by its code or the code's label."""
    terms = full_text.find_terms(value.replace('"', " "))
    if not terms:
        return None
    codes = reasons.find_codes_by_label(value, reader.marketplaces)
    is_coded = Q(topic_type=reasons.REASON_CODE, topic_value__in=codes)
    # The index finds the words, the rest is checked on those few.
    condition = Q(topic_value__istartswith=value) | is_coded
    for term in terms:
        either = replace(term, codes=tuple(map(code_word, codes)))
        condition &= Q(search=either.thread_query)
    return condition


def _language(value: str, reader: Reader) -> Q | None:
    """By what the customer writes; where that does not tell, as their marketplace says of all."""
    told = {one.pk: languages.base(one.language) for one in reader.marketplaces if one.language}
    if value.lower() == UNKNOWN:
        return Q(language="") & ~Q(marketplace__in=list(told))
    code = languages.code_called(value)
    everybodys = [pk for pk, language in told.items() if language == code]
    return Q(language=code) | Q(language="", marketplace__in=everybodys) if code else None


def _about(value: str, reader: Reader) -> Q | None:
    subject = SUBJECTS.get(value.lower())
    return Q(entity_type=subject) if subject else None


def _channel(value: str, reader: Reader) -> Q | None:
    """Needs a call to Mirakl, so only the list of the channel's own marketplace handles it."""
    return None


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
    """When that day begins in the reader's time zone."""
    try:
        day = parse_date(value)
    except ValueError:
        return None
    # The first and last years cannot be converted between time zones.
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
    "channel": _channel,
    "topic": _topic,
    "language": _language,
    "about": _about,
    "is": _is,
    "has": _has,
    "before": _before,
    "after": _after,
}
SUBJECTS = {
    "order": "MMP_ORDER",
    "offer": "MMP_OFFER",
    "shop": "SELLER_OPERATOR",
    "service-order": "MPS_ORDER",
    "service": "MPS_SERVICE",
}
STATES: dict[str, Callable[[Reader], Q]] = {
    "overdue": lambda reader: Q(due_at__lte=timezone.now()),
    "waiting": lambda reader: Q(due_at__isnull=False),
    "answered": lambda reader: Q(due_at__isnull=True, last_sender_is_ours=True),
    "open": lambda reader: Q(status=Thread.Status.OPEN),
    "closed": lambda reader: Q(status=Thread.Status.CLOSED),
    "snoozed": lambda reader: Q(snoozed_until__gt=timezone.now()),
    "mine": _mine,
    "unassigned": lambda reader: Q(assignee=None),
}
HOLDINGS: dict[str, Callable[[Reader], Q]] = {
    "attachment": lambda reader: Q(has_attachments=True),
    "note": lambda reader: Q(Exists(Note.objects.filter(thread=OuterRef("pk")))),
    "draft": lambda reader: Q(
        Exists(Draft.objects.filter(user=reader.user, thread=OuterRef("pk")))
    ),
}


def find_order_threads(text: str, marketplaces: Collection[Marketplace]) -> list[Thread]:
    """The threads on the order with exactly this number; two at most."""
    number = text.strip()
    if not number or " " in number:
        return []
    return list(find_threads_on(number, marketplaces)[:2])


def find_threads_on(number: str, marketplaces: Collection[Marketplace]) -> ThreadQuerySet:
    """The threads on orders with this number, newest first: written so, else grouped otherwise."""
    threads = Thread.objects.filter(marketplace__in=marketplaces, entity_type="MMP_ORDER")
    threads = threads.select_related("marketplace").by_newest()
    same = threads.filter(entity_id__in={number, number.upper()})
    return same if same.exists() else _grouped_otherwise(threads, number)


def _grouped_otherwise(threads: ThreadQuerySet, number: str) -> ThreadQuerySet:
    """mv1023a for MV-1023-A: the index finds the groups joined, or a number without any."""
    whole = fold(number).replace(" ", "")
    put_together = full_text.match_exactly(whole[:LONGEST_JOINED])
    if not whole or put_together.may_be_common:
        return threads.none()
    is_same = Q(IExact(_without_separators("entity_id"), whole))
    return threads.filter(is_same, search=put_together.query)
