"""The bar above a list, with its filters."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from inbox.kept import Newest, Shown
from inbox.models import Tag, User
from inbox.services import languages
from inbox.services.marketplaces.accounts import Channel
from inbox.services.marketplaces.reasons import Reason
from inbox.services.search.list_views import SORTS
from inbox.services.search.query_language import UNKNOWN, Part
from inbox.services.search.thread_list import TYPED, InboxFilters

SUBJECTS = {
    "order": gettext_lazy("Orders"),
    "offer": gettext_lazy("Offers"),
    "shop": gettext_lazy("Shop and operator"),
    "service-order": gettext_lazy("Service orders"),
    "service": gettext_lazy("Services"),
}
STATES = {
    "is:overdue": gettext_lazy("Overdue"),
    "is:waiting": gettext_lazy("Waiting for a reply"),
    "is:answered": gettext_lazy("Answered"),
    "is:open": gettext_lazy("Open"),
    "is:closed": gettext_lazy("Closed"),
    "is:snoozed": gettext_lazy("Snoozed"),
    "has:attachment": gettext_lazy("With attachments"),
    "has:note": gettext_lazy("With notes"),
    "has:draft": gettext_lazy("With my draft"),
}
NAMES = {
    "from": gettext_lazy("Customer"),
    "order": gettext_lazy("Order"),
    "tag": gettext_lazy("Tags"),
    "assignee": gettext_lazy("Assignee"),
    "marketplace": gettext_lazy("Marketplace"),
    "channel": gettext_lazy("Channel"),
    "topic": gettext_lazy("Topic"),
    "language": gettext_lazy("Language"),
    "about": gettext_lazy("Subject"),
    "after": gettext_lazy("Since"),
    "before": gettext_lazy("Before"),
}
# Each has a hundred choices with their addresses: 40 kB.
MOST_BARS = 200
# A list can have several of these.
SEVERAL = {"is", "has", "tag"}


@dataclass(frozen=True)
class Choice(Shown):
    label: str
    url: str
    is_on: bool = False
    colour: str = ""


@dataclass(frozen=True)
class Picker(Shown):
    """A menu of links. Each adds, replaces or removes one filter of the list."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Chip(Shown):
    """An active filter; `url` is the list without it."""

    name: str
    value: str
    url: str


@dataclass(frozen=True)
class Field(Shown):
    """A filter with a text input of this `type`."""

    name: str
    label: str
    type: str
    value: str


@dataclass(frozen=True)
class FilterBar(Shown):
    """`path` is the form's with the `typed` filters, and `kept` are its hidden fields; `cleared` is
    the URL of the list without filters."""

    chips: tuple[Chip, ...]
    pickers: tuple[Picker, ...]
    sorts: Picker
    typed: tuple[Field, ...]
    path: str
    kept: tuple[tuple[str, str], ...]
    cleared: str


_bars: Newest[FilterBar] = Newest(MOST_BARS)


@dataclass(frozen=True)
class Known:
    """The choices on these marketplaces."""

    people: Sequence[User]
    tags: Sequence[Tag]
    channels: Sequence[Channel] = ()
    languages: Collection[str] = ()
    topics: Sequence[Reason] = ()


def filter_bar(filters: InboxFilters, known: Known) -> FilterBar:
    topics = _topics(known)
    shown = (get_language(), *_read_of(filters), *_values_of(known), *topics)
    return _bars.get(shown) or _bars.put(shown, build_bar(filters, known, topics))


def _read_of(filters: InboxFilters) -> Iterator[Hashable]:
    """All that a bar reads of a list; that it is of a queue is part of its fields."""
    yield from filters.fields.items()
    yield from (filters.view, filters.sort, filters.words, *filters.parts)
    yield filters.user and filters.user.pk
    yield filters.marketplace and filters.marketplace.name
    yield from ((one.name, one.slug) for one in filters.all_marketplaces)


def _values_of(known: Known) -> Iterator[Hashable]:
    yield tuple((one.pk, one.username, one.display_name) for one in known.people)
    yield tuple((one.name, one.colour) for one in known.tags)
    yield tuple((one.code, one.label) for one in known.channels)
    yield frozenset(known.languages)


def build_bar(filters: InboxFilters, known: Known, topics: Sequence[tuple[str, str]]) -> FilterBar:
    pickers = [
        Picker("is", _("Status"), tuple(_states(filters))),
        Picker("assignee", _("Assignee"), tuple(_people(filters, known.people))),
        Picker("tag", _("Tags"), tuple(_tags(filters, known.tags))),
        Picker("topic", _("Topic"), tuple(_choices(filters, "topic", topics))),
        Picker("language", _("Language"), tuple(_languages(filters, known.languages))),
        Picker("about", _("Subject"), tuple(_choices(filters, "about", SUBJECTS.items()))),
        Picker("marketplace", _("Marketplace"), tuple(_marketplaces(filters))),
        Picker("channel", _("Channel"), tuple(_channels(filters, known.channels))),
    ]
    names = {one.username: one.display_name for one in known.people}
    return FilterBar(
        chips=tuple(_chips(filters, dict(topics), names)),
        pickers=tuple(one for one in pickers if one.choices),
        sorts=Picker("sort", str(SORTS[filters.sort]), tuple(_sorts(filters))),
        typed=tuple(_typed(filters)),
        path=filters.path,
        kept=tuple(filters.fields.items()),
        cleared=filters.address(q="", marketplace="", channel=""),
    )


def _typed(filters: InboxFilters) -> list[Field]:
    values = {part.name: part.value for part in filters.parts}
    return [
        Field(name, str(NAMES[name]), "date" if name in {"after", "before"} else "text", value)
        for name in TYPED
        for value in [values.get(name, "")]
    ]


def _choice(filters: InboxFilters, part: Part, label: Any, colour: str = "") -> Choice:
    if part in filters.parts:
        return Choice(str(label), filters.without(part), is_on=True, colour=colour)
    replaced = "" if part.name in SEVERAL else part.name
    return Choice(str(label), filters.with_part(part, instead_of=replaced), colour=colour)


def _choices(filters: InboxFilters, name: str, values: Iterable[tuple[str, Any]]) -> list[Choice]:
    return [_choice(filters, Part(name, value), label) for value, label in values]


def _states(filters: InboxFilters) -> list[Choice]:
    return [_choice(filters, Part(*text.split(":")), label) for text, label in STATES.items()]


def _people(filters: InboxFilters, people: Sequence[User]) -> list[Choice]:
    others = [(one.username, one.display_name) for one in people if one != filters.user]
    return _choices(filters, "assignee", [("me", _("Me")), ("nobody", _("No one")), *others])


def _tags(filters: InboxFilters, tags: Sequence[Tag]) -> list[Choice]:
    return [_choice(filters, Part("tag", one.name), one.name, one.colour) for one in tags]


def _topics(known: Known) -> list[tuple[str, str]]:
    """Codes and labels of topics, each label once."""
    found = {one.label: one.code for one in known.topics}
    return [(code, label) for label, code in found.items()]


def _languages(filters: InboxFilters, codes: Collection[str]) -> list[Choice]:
    """By name. An active one keeps the value that the user typed."""
    typed = [part.value for part in filters.parts if part.name == "language"]
    values = dict.fromkeys(codes) | {languages.code_called(value): value for value in typed}
    found = {languages.name_of(code): value or code for code, value in values.items() if code}
    named = [(found[label], label) for label in sorted(found)]
    return _choices(filters, "language", [*named, (UNKNOWN, _("Not known"))]) if named else []


def _language_called(value: str) -> Any:
    code = languages.code_called(value)
    return languages.name_of(code) if code else {UNKNOWN: _("Not known")}.get(value, value)


def _marketplaces(filters: InboxFilters) -> list[Choice]:
    if len(filters.all_marketplaces) < 2:
        return []
    return [
        Choice(one.name, filters.address(channel="", marketplace="" if is_on else one.slug), is_on)
        for one in filters.all_marketplaces
        for is_on in [one == filters.marketplace]
    ]


def _channels(filters: InboxFilters, channels: Sequence[Channel]) -> list[Choice]:
    return [
        Choice(one.label, filters.address(channel="" if is_on else one.code), is_on)
        for one in channels
        for is_on in [one.code == filters.channel]
    ]


def _sorts(filters: InboxFilters) -> list[Choice]:
    return [
        Choice(
            str(label),
            filters.address(sort=key if key != filters.usual_sort else ""),
            key == filters.sort,
        )
        for key, label in SORTS.items()
    ]


def _chips(filters: InboxFilters, topics: dict[str, str], people: dict[str, str]) -> list[Chip]:
    chips = []
    if filters.marketplace or filters.unknown_marketplace:
        name = filters.marketplace.name if filters.marketplace else filters.unknown_marketplace
        url = filters.address(marketplace="", channel="")
        chips.append(Chip(str(NAMES["marketplace"]), name, url))
    if filters.channel:
        chips.append(Chip(str(NAMES["channel"]), filters.channel, filters.address(channel="")))
    names: dict[str, dict[str, Any]] = {
        "topic": topics,
        "assignee": people | {"me": _("Me"), "nobody": _("No one")},
        "about": SUBJECTS,
    }
    for part in filters.parts:
        value = names.get(part.name, {}).get(part.value, part.value)
        said = STATES.get(part.text, value)
        if part.name == "language":
            said = _language_called(part.value)
        chips.append(Chip(str(NAMES.get(part.name, "")), str(said), filters.without(part)))
    if filters.words:
        words = filters.address(q=" ".join(map(str, filters.parts)))
        chips.append(Chip(_("Text"), filters.words, words))
    return chips
