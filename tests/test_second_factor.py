"""A second step at login: demanded, used, asked for again, and lost."""

import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from inbox.models import AuditEntry, GroupPolicy, User
from inbox.services.people import factors
from tests.builders import HTMX, text_of
from tests.html import Page
from tests.signing_in import LOGIN, PASSWORD, log_in

SECRET = "JBSWY3DPEHPK3PXP"
INDEX, CODE, AGAIN = (
    "/accounts/2fa/",
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/reauthenticate/",
)
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture
def demanding(settings: Settings) -> Settings:
    settings.ADMIN_FACTOR = True
    return settings


@pytest.fixture
def with_app(ada: User) -> User:
    add_app(ada)
    return ada


def add_app(user: User) -> Authenticator:
    data = {"secret": factors.seal(SECRET)}
    return Authenticator.objects.create(user=user, type="totp", data=data)


def code(periods: int = 0, secret: str = SECRET) -> str:
    counter = int(time.time()) // 30 + periods
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def pass_password(client: Client, name: str = "ada") -> None:
    assert log_in(client, name=name)["Location"] == CODE


def send_code(client: Client, text: str, to: str = CODE) -> Any:
    return client.post(to, {"code": text}, REMOTE_ADDR="192.0.2.1")


def test_the_code_comes_after_the_password(client: Client, with_app: User) -> None:
    pass_password(client)
    assert client.get("/")["Location"].startswith(LOGIN)

    assert send_code(client, code())["Location"] == "/search/"

    assert client.get("/").status_code == 200


def test_a_passkey_is_offered_to_nobody_without_one(client: Client, with_app: User) -> None:
    pass_password(client)

    page = text_of(client.get(CODE))

    assert "Use your passkey" not in page


def test_somebody_else_may_log_in_instead(client: Client, with_app: User, alice: User) -> None:
    pass_password(client)
    assert client.get(LOGIN)["Location"] == CODE

    client.post("/accounts/logout/")

    assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize(("periods", "status"), [(-1, 302), (1, 302), (-3, 200)])
def test_a_phones_clock_may_be_half_a_minute_off(
    client: Client, with_app: User, periods: int, status: int
) -> None:
    pass_password(client)

    assert send_code(client, code(periods)).status_code == status


def test_a_code_works_once(with_app: User, settings: Settings) -> None:
    # Neither needs Redis.
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}
    first, second = Client(), Client()
    pass_password(first)
    pass_password(second)
    used = code()

    assert send_code(first, used).status_code == 302
    assert send_code(second, used).status_code == 200


def test_wrong_codes_are_limited_also_between_right_passwords(with_app: User) -> None:
    for _ in range(8):
        client = Client()
        pass_password(client)
        assert send_code(client, "000000").status_code == 200

    client = Client()
    pass_password(client)
    refused = send_code(client, code())

    assert refused.status_code == 429
    assert "Too many failed attempts" in text_of(refused)


def test_the_secret_is_sealed(with_app: User) -> None:
    assert SECRET not in str(Authenticator.objects.values_list("data"))


# -- demanded --------------------------------------------------------------------


def test_whoever_may_administer_sets_one_up_first(
    client: Client, ada: User, demanding: Settings
) -> None:
    log_in(client)

    assert client.get("/")["Location"] == INDEX
    assert client.get("/", headers=HTMX)["HX-Redirect"] == INDEX
    assert client.post("/views/new/")["Location"] == INDEX
    assert "Set one up to go on" in text_of(client.get(INDEX))


def test_setting_it_up_opens_the_desk(client: Client, ada: User, demanding: Settings) -> None:
    log_in(client)
    page = Page(text_of(client.get(SET_UP)))
    (secret,) = page.texts("code", css_class="secret")
    (drawing,) = page.get_all("d", "path")

    shown = client.post(SET_UP, {"code": code(secret=secret)}, follow=True)
    codes = Page(text_of(shown)).texts("code")

    assert drawing.startswith("M0 0h1v1h-1z")
    assert len(codes) == 10
    assert client.get("/").status_code == 200


def test_a_recovery_code_works_once(client: Client, with_app: User) -> None:
    codes = totp_codes(with_app)
    pass_password(client)
    assert send_code(client, codes[0]).status_code == 302

    again = Client()
    pass_password(again)

    assert send_code(again, codes[0]).status_code == 200


def totp_codes(user: User) -> list[str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def test_a_session_from_before_the_rule_is_asked_at_the_next_request(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    assert client.get("/").status_code == 200
    add_app(alice)
    group = Group.objects.get(user=alice)

    GroupPolicy.objects.create(group=group, demands_factor=True)

    assert client.get("/?view=all")["Location"] == f"{AGAIN}?next=%2F%3Fview%3Dall"
    assert send_code(client, code(), AGAIN).status_code == 302
    assert client.get("/").status_code == 200


def test_whoever_has_one_sets_up_no_other_by_the_password_alone(
    client: Client, with_app: User, demanding: Settings
) -> None:
    client.force_login(with_app)

    assert client.get(SET_UP)["Location"].startswith(AGAIN)
    assert client.get(INDEX)["Location"].startswith(AGAIN)
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"].startswith(AGAIN)


def test_the_administration_sets_what_a_group_demands(
    client: Client, ada: User, alice: User
) -> None:
    client.force_login(ada)
    group = Group.objects.get(user=alice)
    rows = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0"}
    path = reverse("admin:auth_group_change", args=[group.pk])

    client.post(path, {"name": group.name, "demands_factor": "on"} | rows)

    assert GroupPolicy.objects.get(group=group).demands_factor
    assert "checked" in text_of(client.get(path))


def test_nobody_else_is_asked_for_one(client: Client, alice: User, demanding: Settings) -> None:
    client.force_login(alice)

    assert client.get("/").status_code == 200


# -- asked again -----------------------------------------------------------------


@pytest.fixture
def asking(settings: Settings) -> Settings:
    settings.ASK_AGAIN_SECONDS = 300
    return settings


def grow_older(client: Client, seconds: int) -> None:
    session = client.session
    for proof in session["account_authentication_methods"]:
        proof["at"] -= seconds
    session.save()


PROTECTED = ["admin:inbox_user_add", "admin:auth_group_add", "admin:inbox_marketplace_add"]


@pytest.mark.parametrize("name", [*PROTECTED, "admin:inbox_user_changelist", "mfa_activate_totp"])
def test_protected_forms_are_shown_to_whoever_has_just_proved_who_they_are(
    client: Client, ada: User, asking: Settings, name: str
) -> None:
    log_in(client)
    path = reverse(name)
    assert client.get(path).status_code == 200
    grow_older(client, 301)

    asked = client.get(path)

    assert asked["Location"] == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"
    answer = client.post(asked["Location"], {"password": PASSWORD, "next": path})
    assert answer["Location"] == path
    assert client.get(path).status_code == 200


def test_a_form_may_be_filled_in_for_an_hour(client: Client, ada: User, asking: Settings) -> None:
    log_in(client)
    grow_older(client, 3600)

    assert client.post(reverse(PROTECTED[0])).status_code == 200


def test_a_form_that_comes_too_late_is_kept_by_the_browser_alone(
    client: Client, ada: User, asking: Settings
) -> None:
    log_in(client)
    grow_older(client, 3901)

    late = client.post(reverse(PROTECTED[2]), {"token": "a very secret key"})

    assert late.status_code == 422
    assert "What you typed is still there" in text_of(late)
    assert "a very secret key" not in str(dict(client.session))


def test_wrong_passwords_are_limited_here_too(client: Client, ada: User) -> None:
    client.force_login(ada)
    to = "/accounts/reauthenticate/"

    answers = [client.post(to, {"password": "a guess"}).status_code for _ in range(9)]

    assert answers == [200] * 8 + [429]


# -- recorded -------------------------------------------------------------------


def test_second_steps_and_their_rules_are_recorded_without_secrets(
    client: Client, with_app: User, alice: User
) -> None:
    pass_password(client)
    send_code(client, code())
    GroupPolicy.objects.create(group=Group.objects.get(user=alice), demands_factor=True)
    factors.remove_all(with_app, by=alice)

    entries = AuditEntry.objects.filter(target__in=["mfa.authenticator", "inbox.grouppolicy"])
    told = [(entry.kind, entry.details) for entry in entries.order_by("pk")]

    step = {"user": with_app.pk, "type": "totp"}
    assert told == [("added", step), ("added", {"demands_factor": True}), ("deleted", step)]
    page = text_of(client.get("/audit/"))
    assert "Second step" in page
    assert "Type: totp" not in page


# -- new keys --------------------------------------------------------------------


def test_a_new_key_takes_over_the_secrets(with_app: User, settings: Settings) -> None:
    totp_codes(with_app)
    old, new = settings.CREDENTIAL_KEYS[0], "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleTE="
    settings.CREDENTIAL_KEYS = [new, old]

    assert factors.reseal() == 2

    settings.CREDENTIAL_KEYS = [new]
    assert factors.list_unreadable() == []
    assert factors.find_by_code(with_app, code())


def test_a_lost_key_refuses_and_is_told(client: Client, with_app: User, settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = ["bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleTE="]
    pass_password(client)

    assert send_code(client, code()).status_code == 200
    assert factors.list_unreadable() == ["ada"]


def test_an_admin_helps_somebody_who_lost_theirs(client: Client, ada: User, alice: User) -> None:
    add_app(alice)
    client.force_login(ada)
    action = {"action": "remove_factors", "_selected_action": [alice.pk]}

    client.post(reverse("admin:inbox_user_changelist"), action)

    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page", ["mfa/authenticator", "account/emailaddress"])
def test_the_administration_has_no_page_of_them(client: Client, ada: User, page: str) -> None:
    client.force_login(ada)

    assert client.get(f"/admin/{page}/").status_code == 404


def test_the_last_admin_is_helped_from_the_command_line(with_app: User) -> None:
    call_command("remove_factors", "ada", stdout=StringIO())

    assert not Authenticator.objects.exists()
