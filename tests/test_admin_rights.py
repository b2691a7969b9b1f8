"""Staff who edit people and groups can grant only rights that they have."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from inbox.models import Access, Marketplace, User
from tests.builders import text_of

USERS = "/admin/inbox/user/"
GROUPS = "/admin/auth/group/"
MANAGER = [f"{verb}_{what}" for verb in ("add", "change", "delete") for what in ("user", "group")]
NEW_PASSWORD = {"password1": "quite a new one", "password2": "quite a new one"}
NO_ROWS = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0"}


@pytest.fixture
def manager(client: Client, bob: User) -> User:
    """Bob, a lead of Maison Verte, may edit people and groups but is no superuser."""
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(
        Permission.objects.filter(codename__in=[*MANAGER, "add_access", "change_access"])
    )
    client.force_login(bob)
    return bob


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password="the old one")


def edited(user: User, **changes: Any) -> dict[str, Any]:
    """Returns the posted data of a person's form."""
    names = {"username": user.username, "is_active": "on", "date_joined_0": "2026-01-01"}
    groups = [group.pk for group in user.groups.all()]
    settings = ("theme", "density", "undo_seconds", "after_sending")
    own = {name: getattr(user, name) for name in settings}
    return names | own | {"date_joined_1": "10:00", "groups": groups} | changes


def row(marketplace: Marketplace, role: str, **more: Any) -> dict[str, Any]:
    first = {"access-0-marketplace": marketplace.pk, "access-0-role": role}
    return {"access-TOTAL_FORMS": "1", "access-INITIAL_FORMS": "0"} | first | more


def is_still_staff_only(user: User) -> bool:
    user = User.objects.get(pk=user.pk)
    return not user.is_superuser and user.user_permissions.count() == len(MANAGER) + 2


def test_they_make_nobody_a_superuser(client: Client, manager: User) -> None:
    everything = list(Permission.objects.values_list("pk", flat=True))
    rights = {"is_superuser": "on", "is_staff": "on", "user_permissions": everything}

    answer = client.post(f"{USERS}{manager.pk}/change/", edited(manager, **rights))

    assert answer.status_code == 302
    assert is_still_staff_only(manager)


def test_they_add_no_superuser(client: Client, manager: User) -> None:
    new = {"username": "eve", "usable_password": "true", **NEW_PASSWORD}

    client.post(f"{USERS}add/", new | {"is_superuser": "on", "is_staff": "on"})

    eve = User.objects.get(username="eve")
    assert (eve.is_superuser, eve.is_staff) == (False, False)


def test_they_see_neither_rights_nor_superusers(
    client: Client, manager: User, alice: User, root: User
) -> None:
    page = text_of(client.get(f"{USERS}{alice.pk}/change/"))
    everybody = text_of(client.get(USERS))

    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page
    assert "root" not in everybody
    assert "is_superuser" not in everybody


@pytest.mark.parametrize("what", ["change", "password", "delete"])
def test_a_superusers_row_and_password_are_out_of_reach(
    client: Client, manager: User, root: User, what: str
) -> None:
    form = edited(root, username="mine", post="yes", **NEW_PASSWORD)

    client.post(f"{USERS}{root.pk}/{what}/", form)

    root.refresh_from_db()
    assert root.username == "root"
    assert root.check_password("the old one")


@pytest.mark.parametrize("what", ["change", "password", "delete"])
def test_so_are_those_of_people_with_other_rights(
    client: Client, manager: User, charlie: User, what: str
) -> None:
    answer = client.post(
        f"{USERS}{charlie.pk}/{what}/", edited(charlie, username="mine", post="yes", **NEW_PASSWORD)
    )

    assert answer.status_code == 403
    charlie.refresh_from_db()
    assert (charlie.username, charlie.has_usable_password()) == ("charlie", False)


def test_nor_are_superusers_deleted_by_the_dozen(
    client: Client, manager: User, root: User, charlie: User
) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [root.pk, charlie.pk]}

    client.post(USERS, chosen | {"post": "yes"})

    assert User.objects.filter(pk__in=[root.pk, charlie.pk]).count() == 2


def test_they_help_people_below_them(client: Client, manager: User, alice: User) -> None:
    answer = client.post(f"{USERS}{alice.pk}/change/", edited(alice, first_name="Alice"))
    client.post(f"{USERS}{alice.pk}/password/", {"usable_password": "true", **NEW_PASSWORD})

    alice.refresh_from_db()
    assert (answer.status_code, alice.first_name) == (302, "Alice")
    assert alice.check_password(NEW_PASSWORD["password1"])
    assert alice.groups.count() == 1


def test_they_put_nobody_into_a_group_above_them(
    client: Client, manager: User, nordhaus: Marketplace
) -> None:
    rights, elsewhere = Group.objects.create(name="Rights"), Group.objects.create(name="Elsewhere")
    rights.permissions.set(Permission.objects.all())
    Access.objects.create(group=elsewhere, marketplace=nordhaus, role="viewer")

    answer = client.post(
        f"{USERS}{manager.pk}/change/", edited(manager, groups=[rights.pk, elsewhere.pk])
    )

    assert answer.status_code == 200
    assert not manager.groups.filter(pk__in=[rights.pk, elsewhere.pk]).exists()


def test_they_give_a_group_no_rights(client: Client, manager: User) -> None:
    own = manager.groups.get()
    everything = list(Permission.objects.values_list("pk", flat=True))

    client.post(f"{GROUPS}{own.pk}/change/", {"name": "Mine", "permissions": everything, **NO_ROWS})

    own.refresh_from_db()
    assert (own.name, own.permissions.count()) == ("Mine", 0)


def test_a_group_above_them_is_out_of_reach(
    client: Client, manager: User, nordhaus: Marketplace
) -> None:
    elsewhere = Group.objects.create(name="Elsewhere")
    Access.objects.create(group=elsewhere, marketplace=nordhaus, role="viewer")
    path = f"{GROUPS}{elsewhere.pk}"

    changed = client.post(f"{path}/change/", {"name": "Mine", **NO_ROWS})
    deleted = client.post(f"{path}/delete/", {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert Group.objects.get(pk=elsewhere.pk).name == "Elsewhere"


def test_they_open_no_marketplace_that_is_closed_to_them(
    client: Client, manager: User, nordhaus: Marketplace
) -> None:
    answer = client.post(f"{GROUPS}add/", {"name": "New", **row(nordhaus, "viewer")})

    assert "You can only give or remove roles up to your own" in text_of(answer)
    assert not Access.objects.filter(marketplace=nordhaus).exists()


def test_they_open_their_own_marketplace_to_others(
    client: Client, manager: User, maison: Marketplace
) -> None:
    client.post(f"{GROUPS}add/", {"name": "New", **row(maison, "lead")})

    assert Access.objects.get(group__name="New").role == "lead"


def test_they_raise_no_role_above_their_own(
    client: Client, manager: User, maison: Marketplace
) -> None:
    access = Access.objects.get(group=manager.groups.get())
    access.role = "agent"
    access.save()
    rows = {
        "access-INITIAL_FORMS": "1",
        "access-0-id": access.pk,
        "access-0-group": access.group_id,
    }

    client.post(
        f"{GROUPS}{access.group_id}/change/", {"name": "Mine", **row(maison, "lead", **rows)}
    )

    access.refresh_from_db()
    assert access.role == "agent"


def test_a_superuser_gives_everything(client: Client, root: User, nordhaus: Marketplace) -> None:
    client.force_login(root)
    eve = User.objects.create_user("eve")
    client.post(f"{GROUPS}add/", {"name": "New", **row(nordhaus, "lead")})
    new = Group.objects.get(name="New")

    client.post(
        f"{USERS}{eve.pk}/change/", edited(eve, is_superuser="on", is_staff="on", groups=[new.pk])
    )

    eve.refresh_from_db()
    assert (eve.is_superuser, eve.groups.get()) == (True, new)


def test_the_last_admin_who_can_log_in_is_not_lost(client: Client, root: User) -> None:
    User.objects.create_superuser("no-password")
    client.force_login(root)
    own, unusable = f"{USERS}{root.pk}/", {"usable_password": "false"}
    kept = {"is_staff": "on", "is_superuser": "on"}

    client.post(f"{own}change/", edited(root, **kept, is_active=""))
    client.post(f"{own}change/", edited(root, is_staff="on"))
    client.post(f"{own}password/", unusable)
    client.post(f"{own}delete/", {"post": "yes"})
    client.post(USERS, {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"})

    root.refresh_from_db()
    assert (root.is_active, root.is_superuser) == (True, True)
    assert root.check_password("the old one")


def test_a_second_one_may_go(client: Client, root: User) -> None:
    eve = User.objects.create_superuser("eve", password="another one")
    client.force_login(root)

    client.post(f"{USERS}{eve.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=eve.pk).exists()


def test_a_persons_page_shows_no_hash_and_fixed_dates(client: Client, root: User) -> None:
    client.force_login(root)

    page, start = text_of(client.get(f"{USERS}{root.pk}/change/")), text_of(client.get("/admin/"))

    assert root.password not in page
    assert "algorithm" not in page
    assert f'href="{USERS}{root.pk}/password/"' in page
    assert 'name="last_login_0"' not in page
    assert "Authentication and Authorization" not in start
