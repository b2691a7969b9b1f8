"""The filters above a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox.forms.reports import ReportForm
from inbox.kept import Shown
from inbox.services import languages
from inbox.services.insight.periods import DEFAULT
from inbox.services.insight.report_filter import UNKNOWN, ReportFilter
from inbox.services.marketplaces import reasons

MENUS = ("marketplace", "asker", "team", "agent", "tag")
# Filters that the tables' links set.
LINKED = ("topic", "shop", "language", "assignee")


@dataclass(frozen=True)
class Option(Shown):
    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Menu(Shown):
    """Options of one filter; `chosen` is their number."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> int:
        return sum(one.is_on for one in self.options)


@dataclass(frozen=True)
class Chip(Shown):
    """An active filter: `name` and `value` as in the address; `url` is the report without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True)
class ReportFilters:
    """`menus` take several values, `selects` one each."""

    selects: Sequence[Menu]
    menus: Sequence[Menu]
    first: str
    last: str
    is_working: bool
    chips: Sequence[Chip]
    problems: Sequence[str]


def report_filters(form: ReportForm, chosen: ReportFilter, url: str) -> ReportFilters:
    given = form.given
    dates = given.get("from", ""), given.get("to", "")
    return ReportFilters(
        selects=[_menu(form, "period", "" if any(dates) else DEFAULT), _menu(form, "compare")],
        menus=[
            menu
            for name in MENUS
            if name in form.fields and (menu := _menu(form, name)).options[1:]
        ],
        first=dates[0],
        last=dates[1],
        is_working=chosen.is_working,
        chips=list(_chips(chosen, url)),
        problems=form.problems,
    )


def _menu(form: ReportForm, name: str, default: str = "") -> Menu:
    field = form.fields[name]
    values = form.given.getlist(name) or [default]
    options = [
        Option(str(value), str(label), str(value) in values)
        for value, label in field.choices  # type: ignore[attr-defined]
    ]
    return Menu(name, str(field.label), tuple(options))


def _chips(chosen: ReportFilter, url: str) -> Iterable[Chip]:
    topics = reasons.name_codes(chosen.marketplaces) if chosen.topics else {}
    for name in LINKED:
        values = chosen.given.getlist(name)
        for value in values:
            label = topics.get(value, value) if name == "topic" else value
            label = languages.name_of(value) if name == "language" else label
            rest = chosen.address(**{name: [one for one in values if one != value]})
            if value == UNKNOWN:
                label = _("Unassigned") if name == "assignee" else _("Not known")
            yield Chip(name, value, label, f"{url}?{rest}")
