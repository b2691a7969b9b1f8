"""Records logins and changes of people, rights and settings, told by Django's signals.

Forms, commands, the administration and libraries all save by Django's models: a signal misses none
of them. A change by `QuerySet.update` is recorded where it is made.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from inbox.models import (
    Access,
    CannedReply,
    GroupPolicy,
    Marketplace,
    MarketplacePreset,
    ReportSubscription,
    Tag,
    User,
)
from inbox.services import audit
from inbox.services.audit import Kind

CHANGED = "changed"


@dataclass(frozen=True)
class Recorded:
    """`values` are the fields whose values may be recorded; of others only that they changed.

    A change of `ignored` alone is no entry: the desk makes it itself, or it is a matter of taste.
    """

    values: Set[str]
    ignored: Set[str] = frozenset()


RULES = {
    *("reply_limit_hours", "alert_hours", "copies_operator", "counts_operator", "language"),
    *("calendar_kind", "calendar_zone", "working_days", "opening_hours", "holidays_of"),
}
TASTE = {
    *("language", "time_zone", "theme", "density", "undo_seconds", "has_shortcuts"),
    *("after_sending", "notices"),
}
RECORDED: Mapping[type[models.Model], Recorded] = {
    User: Recorded(
        {"username", "is_active", "is_staff", "is_superuser", "must_change_password"},
        {"last_login", "date_joined", "reset_mailed_at", *TASTE},
    ),
    Group: Recorded({"name"}),
    GroupPolicy: Recorded({"demands_factor"}),
    # Second steps at login; their use is no change.
    Authenticator: Recorded({"user", "type"}, {"data", "last_used_at"}),
    Access: Recorded({"group", "marketplace", "role"}),
    Marketplace: Recorded(
        {
            *("name", "slug", "role", "shop_id", "channel_codes", "colour", "is_active"),
            *("discourages_operator_copy", "assigns_on_reply", "round_robin_group"),
            *("has_threads", "body_format", "preset", "closed_dates", *RULES),
            *("keeps_texts_days", "keeps_files_days", "keeps_names_days"),
        },
        {"shut_from", "shut_to", "connected_at", "calendar_version", "held_since", "has_erasures"},
    ),
    MarketplacePreset: Recorded({"name", *RULES}),
    CannedReply: Recorded({"marketplace", "owner", "language", "closes"}, {"used"}),
    Tag: Recorded({"colour", "is_for_all"}),
    ReportSubscription: Recorded({"report", "reader", "rhythm"}, {"since"}),
}
RELATIONS: Mapping[Any, Any] = {
    field.remote_field.through: field
    for field in (
        User._meta.get_field("groups"),
        User._meta.get_field("user_permissions"),
        Group._meta.get_field("permissions"),
    )
}
SECRETS = {"password", "sealed_credential"}
ASIDE = "audited_changes"


def connect() -> None:
    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_login_failed)
    for model in RECORDED:
        pre_save.connect(_compare, sender=model)
        post_save.connect(_saved, sender=model)
        post_delete.connect(_deleted, sender=model)
    for through in RELATIONS:
        m2m_changed.connect(_related, sender=through)


# -- logins ------------------------------------------------------------------


def _logged_in(user: User, **more: Any) -> None:
    audit.record(Kind.LOGGED_IN, by=user, about=user)


def _logged_out(user: User | None, **more: Any) -> None:
    if user is not None:
        audit.record(Kind.LOGGED_OUT, by=user, about=user)


def _login_failed(credentials: Mapping[str, Any], **more: Any) -> None:
    """An unknown name is not recorded: people type their password into the wrong field."""
    name = credentials.get("username") or credentials.get("email") or ""
    known = get_user_model().objects.filter(username=name).first()
    audit.record_apart(Kind.LOGIN_FAILED, about=known)


# -- rows ----------------------------------------------------------------------


def _compare(
    instance: models.Model, raw: bool, update_fields: frozenset[str] | None, **more: Any
) -> None:
    """Keep what the save is going to change until it has."""
    if raw or instance._state.adding:
        return
    recorded = RECORDED[type(instance)]
    fields = [
        field
        for field in instance._meta.concrete_fields
        if field.name not in recorded.ignored
        if update_fields is None or field.name in update_fields
    ]
    stored = type(instance)._base_manager.filter(pk=instance.pk) if fields else None
    names = [field.attname for field in fields]
    before = stored.values(*names).first() if stored is not None else None
    changes = {
        field.name: [before[field.attname], value] if field.name in recorded.values else CHANGED
        for field in fields
        if before is not None
        if (value := getattr(instance, field.attname)) != before[field.attname]
    }
    vars(instance)[ASIDE] = changes


def _saved(instance: models.Model, raw: bool, created: bool, **more: Any) -> None:
    changes = vars(instance).pop(ASIDE, {})
    if raw:
        return
    if created:
        audit.record(Kind.ADDED, about=instance, details=_values_of(instance))
    elif changes:
        kind = Kind.CREDENTIALS if SECRETS & changes.keys() else Kind.CHANGED
        audit.record(kind, about=instance, details=changes)


def _deleted(instance: models.Model, **more: Any) -> None:
    audit.record(Kind.DELETED, about=instance, details=_values_of(instance))


def _values_of(instance: models.Model) -> dict[str, Any]:
    """What may be recorded of a row, without its empty fields."""
    allowed = RECORDED[type(instance)].values
    fields = [field for field in instance._meta.concrete_fields if field.name in allowed]
    values = {field.name: getattr(instance, field.attname) for field in fields}
    return {name: value for name, value in values.items() if value not in (None, "", [])}


# -- groups and rights ---------------------------------------------------------

DONE = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed"}


def _related(
    sender: Any,
    instance: models.Model,
    action: str,
    reverse: bool,
    pk_set: set[int] | None,
    **more: Any,
) -> None:
    """Who is in which group and has which right, told of the person or group that has it."""
    if action not in DONE:
        return
    relation = RELATIONS[sender]
    pks = _all_related(relation, instance, reverse) if pk_set is None else sorted(pk_set)
    pairs = [(pk, [instance.pk]) for pk in pks] if reverse else [(instance.pk, pks)]
    for owner, others in pairs:
        if others:
            details = {relation.name: {DONE[action]: others}}
            audit.record(Kind.CHANGED, about=relation.model(pk=owner), details=details)


def _all_related(relation: Any, instance: models.Model, reverse: bool) -> list[int]:
    near, far = relation.m2m_column_name(), relation.m2m_reverse_name()
    if reverse:
        near, far = far, near
    rows = relation.remote_field.through.objects.filter(**{near: instance.pk})
    return sorted(rows.values_list(far, flat=True))
