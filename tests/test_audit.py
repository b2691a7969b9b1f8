"""What the audit log records, and what it never holds."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django import Settings

from inbox.models import Access, AuditEntry, Marketplace, Thread, User
from inbox.services import audit_changes
from inbox.services.marketplaces import clients
from inbox.services.ops import holds
from inbox.services.people import sign_in
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db

# Planted as a secret, a text or a customer's name.
MARKER = "marker-4711"


def told() -> list[tuple[str, str, Any]]:
    """Kind, target and details of each entry, the oldest first."""
    entries = AuditEntry.objects.order_by("pk")
    return [(one.kind, one.target.removeprefix("inbox."), one.details) for one in entries]


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password=MARKER)


# -- logins ----------------------------------------------------------------------


def test_logins_are_recorded_with_their_address(client: Client, ada: User) -> None:
    for password in ("wrong", MARKER):
        client.post("/accounts/login/", {"username": "ada", "password": password})
    client.post("/accounts/logout/")

    failed, logged_in, logged_out = AuditEntry.objects.order_by("pk").exclude(kind="added")
    assert [failed.kind, failed.by, failed.target_id] == ["login_failed", None, ada.pk]
    assert [logged_in.kind, logged_in.by] == ["logged_in", ada.pk]
    assert [logged_out.kind, logged_out.by] == ["logged_out", ada.pk]
    assert {one.address for one in (failed, logged_in, logged_out)} == {"127.0.0.1"}
    assert logged_in.request


def test_an_unknown_name_may_be_a_password(client: Client) -> None:
    client.post("/accounts/login/", {"username": MARKER, "password": MARKER})

    assert told() == [("login_failed", "", {})]


def test_an_unlocked_login_is_recorded(ada: User, alice: User) -> None:
    sign_in.unlock(name="alice", address="", by=ada)

    entry = newest()
    assert [entry.kind, entry.by, entry.target_id] == ["unlocked", ada.pk, alice.pk]


# -- people and rights ------------------------------------------------------------


def test_a_person_is_recorded_by_what_may_be_told(client: Client, ada: User) -> None:
    client.force_login(ada)
    bea = User.objects.create_user("bea", email=f"{MARKER}@desk.test", password=MARKER)
    bea.first_name, bea.is_staff = MARKER, True
    bea.save()
    bea.theme = "dark"
    bea.save()

    assert told()[2:] == [
        ("added", "user", {"username": "bea", "is_active": True, "is_staff": False,
                           "is_superuser": False, "must_change_password": False}),
        ("changed", "user", {"first_name": "changed", "is_staff": [False, True]}),
    ]  # fmt: skip


def test_groups_are_told_of_the_person_from_either_side(ada: User) -> None:
    one, other = Group.objects.create(name="one"), Group.objects.create(name="other")
    right = Permission.objects.first()
    assert right
    ada.groups.set([one, other])
    one.user_set.clear()
    one.permissions.add(right)
    ada.groups.clear()

    assert told()[-4:] == [
        ("changed", "user", {"groups": {"added": [one.pk, other.pk]}}),
        ("changed", "user", {"groups": {"removed": [one.pk]}}),
        ("changed", "auth.group", {"permissions": {"added": [right.pk]}}),
        ("changed", "user", {"groups": {"removed": [other.pk]}}),
    ]
    assert AuditEntry.objects.filter(target="inbox.user", target_id=ada.pk).count() == 4


def test_the_administration_is_recorded_with_who_acts(
    client: Client, ada: User, alice: User
) -> None:
    client.force_login(ada)
    group = alice.groups.get()
    access = Access.objects.get(group=group)
    form = {
        "name": group.name,
        "access-TOTAL_FORMS": "1",
        "access-INITIAL_FORMS": "1",
        "access-0-id": access.pk,
        "access-0-group": group.pk,
        "access-0-role": "lead",
        "access-0-marketplace": access.marketplace_id,
    }

    assert client.post(f"/admin/auth/group/{group.pk}/change/", form).status_code == 302

    entry = newest()
    assert [entry.kind, entry.target, entry.by] == ["changed", "inbox.access", ada.pk]
    assert entry.details == {"role": ["agent", "lead"]}


# -- settings and credentials ------------------------------------------------------


def test_credentials_are_recorded_without_them(maison: Marketplace) -> None:
    clients.set_credential(maison, kind="key", key=MARKER)

    assert told()[-1] == ("credentials", "marketplace", {"sealed_credential": "changed"})


def test_settings_of_a_marketplace_are_recorded(maison: Marketplace) -> None:
    maison.reply_limit_hours, maison.base_url = 48, f"https://{MARKER}.test"
    maison.save()
    pk = maison.pk
    maison.delete()

    changed, *_more, deleted = told()[-2:]
    assert changed[2] == {"reply_limit_hours": [24, 48], "base_url": "changed"}
    assert deleted[:2] == ("deleted", "marketplace")
    assert newest().target_id == pk


def test_a_restore_and_its_end_are_recorded(maison: Marketplace) -> None:
    holds.hold()
    holds.resume()

    assert [one[0] for one in told()[-2:]] == ["restored", "resumed"]


def test_no_field_is_recorded_that_may_hold_a_secret_or_a_text() -> None:
    """Values are recorded of short fields only, and of none that is kept secret."""
    for model, recorded in audit_changes.RECORDED.items():
        for name in recorded.values | recorded.ignored:
            field: Any = model._meta.get_field(name)
            assert field.get_internal_type() not in {"TextField", "BinaryField", "URLField"}
            assert name not in audit_changes.SECRETS


# -- readings ----------------------------------------------------------------------


def test_readings_are_recorded_where_that_is_asked_for(
    agent: Client, thread: Thread, alice: User, mirakl: Mirakl, settings: Settings
) -> None:
    agent.get(thread.get_absolute_url())
    assert not AuditEntry.objects.filter(kind="read").exists()
    settings.AUDIT_READING = True

    agent.get(thread.get_absolute_url())

    (entry,) = AuditEntry.objects.filter(kind="read")
    assert [entry.by, entry.target, entry.target_id] == [alice.pk, "inbox.thread", thread.pk]
