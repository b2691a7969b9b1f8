"""The page of the audit log."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inbox.forms.audit import AuditForm
from inbox.models import AuditEntry, Marketplace, User

PAGE_SIZE = 50
BATCH = 2000
HEADINGS = (
    *("number", "at", "person_id", "person", "action", "about", "about_id", "details"),
    *("address", "request", "hash"),
)
# Rows whose names help to read an entry, by model.
NAMED: tuple[type[Model], ...] = (User, Group, Marketplace)

Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Row:
    """`changes` are lines of text, one for each field."""

    number: int | None
    at: datetime
    person: str
    action: str
    about: str
    changes: Sequence[str]
    address: str


@dataclass(frozen=True)
class Column:
    """`related` is the model of the rows that its values name, `choices` are their words."""

    label: str
    related: type[Model] | None = None
    choices: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditPage:
    """`next_url` is empty at the end; `query` has the filters alone."""

    form: AuditForm
    rows: Sequence[Row]
    query: str
    next_url: str


def audit_page(form: AuditForm, *, query: str, before: int | None) -> AuditPage:
    """Queries: one for the entries, and one for each kind of names."""
    entries = form.entries
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    names = _names_of(shown)
    is_more = len(found) > PAGE_SIZE
    return AuditPage(
        form=form,
        rows=[_row(entry, names) for entry in shown],
        query=query,
        next_url=f"?{query}&before={shown[-1].pk}".replace("?&", "?") if is_more else "",
    )


# -- the file ---------------------------------------------------------------


def file_rows(entries: QuerySet[AuditEntry]) -> Iterator[Sequence[str | int | None]]:
    """Read in batches: neither memory nor a cursor holds all entries."""
    batch = list(entries[:BATCH])
    while batch:
        names = _names_of(batch)
        for entry in batch:
            yield _file_row(entry, names)
        batch = list(entries.filter(pk__lt=batch[-1].pk)[:BATCH])


def _file_row(entry: AuditEntry, names: Names) -> Sequence[str | int | None]:
    return (
        entry.number,
        entry.at.isoformat(),
        entry.by,
        names.get((User._meta.label_lower, entry.by or 0), ""),
        entry.kind,
        entry.target,
        entry.target_id,
        json.dumps(entry.details),
        entry.address,
        entry.request,
        bytes(entry.hash).hex() if entry.hash else "",
    )


# -- a row --------------------------------------------------------------------


def _row(entry: AuditEntry, names: Names) -> Row:
    model = _model_of(entry.target)
    return Row(
        number=entry.number,
        at=entry.at,
        person=_name(User, entry.by, names) if entry.by else "",
        action=capfirst(entry.get_kind_display()),
        about=_about(entry, model, names),
        changes=[_change(model, name, value, names) for name, value in entry.details.items()],
        address=entry.address,
    )


def _about(entry: AuditEntry, model: type[Model] | None, names: Names) -> str:
    if model is None or entry.target_id is None:
        return entry.target
    if model in NAMED:
        kind = capfirst(model._meta.verbose_name)
        return f"{kind} {_name(model, entry.target_id, names)}"
    kind = _("Second step") if model is Authenticator else capfirst(model._meta.verbose_name)
    return f"{kind} {entry.target_id}"


def _change(model: type[Model] | None, name: str, value: Any, names: Names) -> str:
    column = _column(model, name)
    label = column.label
    match value:
        case "changed":
            return _("%(field)s: changed") % {"field": label}
        case [before, after] if not isinstance(before, list):
            parts = [_text(one, column, names) for one in (before, after)]
            return f"{label}: {parts[0]} → {parts[1]}"
        case {"added": pks}:
            return f"{label}: + {_text(pks, column, names)}"
        case {"removed": pks}:
            return f"{label}: − {_text(pks, column, names)}"
    return f"{label}: {_text(value, column, names)}"


def _text(value: Any, column: Column, names: Names) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one, column, names) for one in value) or "–"
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.related in NAMED:
        return _name(column.related, value, names)
    return str(column.choices.get(value, value))


def _column(model: type[Model] | None, name: str) -> Column:
    try:
        found: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        found = None
    if found is None:
        return Column(name)
    choices = dict(getattr(found, "flatchoices", ()))
    return Column(str(capfirst(found.verbose_name)), found.related_model, choices)


def _name(model: type[Model] | None, pk: Any, names: Names) -> str:
    """A name, or the number of a row that is gone."""
    label = model._meta.label_lower if model else ""
    return names.get((label, pk), f"#{pk}") if isinstance(pk, int) else str(pk)


def _model_of(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


# -- names -------------------------------------------------------------------


def _names_of(entries: Iterable[AuditEntry]) -> Names:
    """The present names of people, groups and marketplaces that entries tell of."""
    wanted: dict[type[Model], set[int]] = {model: set() for model in NAMED}
    for entry in entries:
        if entry.by:
            wanted[User].add(entry.by)
        model = _model_of(entry.target)
        if model in wanted and entry.target_id:
            wanted[model].add(entry.target_id)
        for name, value in entry.details.items():
            related = _column(model, name).related
            if related in wanted:
                wanted[related].update(_numbers_in(value))
    return {
        (model._meta.label_lower, row.pk): row.display_name if isinstance(row, User) else str(row)
        for model, pks in wanted.items()
        if pks
        for row in model._base_manager.filter(pk__in=pks)
    }


def _numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers_in(one)
