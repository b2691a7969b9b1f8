"""The administration: what people see, and what it never reveals."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inbox.models import (
    Access,
    CannedReply,
    Event,
    Marketplace,
    Message,
    MirrorState,
    Outgoing,
    SavedView,
    Tag,
    Thread,
    User,
)
from inbox.services.marketplaces import clients, connection_check

if TYPE_CHECKING:
    from inbox.sandbox.server import Running

LIST = "admin:inbox_marketplace_changelist"
NO_ACCESS = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0"}


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def page_of(marketplace: Marketplace, name: str = "change") -> str:
    return reverse(f"admin:inbox_marketplace_{name}", args=[marketplace.pk])


def filled(marketplace: Marketplace, **changes: str) -> dict[str, str]:
    """Returns the form's data as a browser would send it, with changes."""
    return {
        "name": marketplace.name,
        "slug": marketplace.slug,
        "colour": marketplace.colour,
        "body_format": marketplace.body_format,
        "is_active": "on",
        "role": marketplace.role,
        "base_url": marketplace.base_url,
        "shop_id": str(marketplace.shop_id or ""),
        "channel_codes": "",
        "kind": "key",
        "reply_limit_hours": str(marketplace.reply_limit_hours),
        "alert_hours": str(marketplace.alert_hours),
        **NO_ACCESS,
        **changes,
    }


def new(sandbox: "Running", **changes: str) -> dict[str, str]:
    unsaved = Marketplace(
        name="Maison Verte", slug="maison-verte", base_url=sandbox.url, shop_id=2001
    )
    return filled(unsaved, **changes)


# -- the key --------------------------------------------------------------


def test_it_seals_a_new_key(desk: Client, sandbox: "Running") -> None:
    desk.post(reverse("admin:inbox_marketplace_add"), new(sandbox, key="sandbox-shop-maison"))

    marketplace = Marketplace.objects.get()
    assert "sandbox-shop-maison" not in marketplace.sealed_credential
    assert connection_check.check_connection(marketplace).ok


def test_it_never_shows_a_key_again(desk: Client, maison: Marketplace) -> None:
    answer = desk.get(page_of(maison))

    assert "Credentials stored" in answer.text
    assert "sandbox-shop-maison" not in answer.text
    assert maison.sealed_credential not in answer.text


def test_it_does_not_give_a_key_back_with_a_mistake_elsewhere(
    desk: Client, maison: Marketplace
) -> None:
    answer = desk.post(page_of(maison), filled(maison, key="a-new-key", name=""))

    assert answer.status_code == 200
    assert "a-new-key" not in answer.text


def test_it_says_when_there_is_no_key_yet(desk: Client, maison: Marketplace) -> None:
    Marketplace.objects.update(sealed_credential="")

    assert "No credentials yet" in desk.get(page_of(maison)).text


def test_it_keeps_the_key_when_none_is_entered(desk: Client, maison: Marketplace) -> None:
    answer = desk.post(page_of(maison), filled(maison, name="Maison"))

    assert answer.status_code == 302
    kept = Marketplace.objects.get()
    assert kept.name == "Maison"
    assert kept.sealed_credential == maison.sealed_credential


def test_it_writes_no_key_into_its_log(desk: Client, maison: Marketplace) -> None:
    desk.post(page_of(maison), filled(maison, key="a-new-key"))

    assert "a-new-key" not in LogEntry.objects.get().change_message


@pytest.mark.django_db(transaction=True)
def test_it_checks_the_connection_once_a_key_is_stored(desk: Client, sandbox: "Running") -> None:
    desk.post(reverse("admin:inbox_marketplace_add"), new(sandbox, key="sandbox-shop-maison"))

    assert "The connection works" in desk.get(reverse(LIST)).text


OAUTH = {
    "role": "operator",
    "shop_id": "",
    "kind": "oauth",
    "client_id": "sandbox-operator-maison",
    "client_secret": "sandbox-secret",
}


def test_an_operator_connects_with_oauth(desk: Client, sandbox: "Running") -> None:
    form = new(sandbox, **OAUTH, token_url=f"{sandbox.url}/oauth/token")

    desk.post(reverse("admin:inbox_marketplace_add"), form)

    assert connection_check.check_connection(Marketplace.objects.get()).ok


def test_a_storefront_connects_with_a_token(desk: Client, sandbox: "Running") -> None:
    form = new(sandbox, role="front", shop_id="", kind="bearer", token="sandbox-front-maison")

    desk.post(reverse("admin:inbox_marketplace_add"), form)

    assert connection_check.check_connection(Marketplace.objects.get()).ok


@pytest.mark.parametrize(
    ("entered", "field", "words"),
    [
        ({"role": "operator", "token": "t"}, "kind", "another type of credentials"),
        ({"kind": "bearer", "key": "k"}, "kind", "another type of credentials"),
        ({**OAUTH, "client_secret": ""}, "client_secret", "This field is also required"),
        ({**OAUTH, "token_url": "http://example.com/token"}, "token_url", "https"),
        ({"base_url": "http://example.com"}, "base_url", "https"),
        ({"alert_hours": "25"}, "__all__", "before the limit"),
    ],
)
@pytest.mark.usefixtures("contexts")
def test_it_says_what_is_wrong(
    desk: Client, sandbox: "Running", entered: dict[str, str], field: str, words: str
) -> None:
    answer = desk.post(reverse("admin:inbox_marketplace_add"), new(sandbox, **entered))

    assert words in str(answer.context["adminform"].form.errors[field])
    assert not Marketplace.objects.exists()


@pytest.mark.parametrize("change", [{"base_url": "https://evil.example"}, {"role": "front"}])
def test_it_sends_a_stored_key_nowhere_else(
    desk: Client, maison: Marketplace, change: dict[str, str]
) -> None:
    answer = desk.post(page_of(maison), filled(maison, **change))

    assert "Enter the credentials again" in answer.text
    kept = Marketplace.objects.get()
    assert (kept.base_url, kept.role) == (maison.base_url, maison.role)


def test_slug_role_and_shop_stay_once_conversations_were_read(
    desk: Client, maison: Marketplace
) -> None:
    MirrorState.objects.update(high_water_at=timezone.now())

    assert desk.get(page_of(maison)).status_code == 200
    desk.post(page_of(maison), filled(maison, role="front", shop_id="7", slug="x", name="Maison"))

    kept = Marketplace.objects.values_list("name", "slug", "role", "shop_id").get()
    assert kept == ("Maison", maison.slug, "seller", 2001)


def test_a_slug_may_change_before_anything_was_read(desk: Client, maison: Marketplace) -> None:
    desk.post(page_of(maison), filled(maison, slug="maison"))

    assert Marketplace.objects.get().slug == "maison"


# -- the rest of a marketplace --------------------------------------------


def test_saving_leaves_the_state_of_the_mirror_alone(desk: Client, maison: Marketplace) -> None:
    with CaptureQueriesContext(connection) as queries:
        desk.post(page_of(maison), filled(maison, name="Maison"))

    updates = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert any("inbox_marketplace" in update for update in updates)
    assert not any("inbox_mirrorstate" in update for update in updates)


def test_a_new_reply_limit_moves_every_deadline(desk: Client, maison: Marketplace) -> None:
    began = timezone.now()
    thread = Thread.objects.create(
        marketplace=maison,
        mirakl_id="T1",
        last_message_at=began,
        shop_reply_needed_since=began,
        due_at=began + timedelta(hours=24),
    )

    desk.post(page_of(maison), filled(maison, reply_limit_hours="48"))

    thread.refresh_from_db()
    assert thread.due_at == began + timedelta(hours=48)


def test_it_lets_a_group_work_on_a_marketplace(desk: Client, maison: Marketplace) -> None:
    group = Group.objects.create(name="Agents")
    rows = {"access-TOTAL_FORMS": "1", "access-0-group": str(group.pk), "access-0-role": "agent"}

    desk.post(page_of(maison), filled(maison, **rows))

    access = Access.objects.get()
    assert (access.group, access.marketplace, access.role) == (group, maison, "agent")


def test_it_lists_marketplaces_with_their_health_as_text(
    desk: Client, maison: Marketplace, nordhaus: Marketplace
) -> None:
    MirrorState.objects.filter(pk=nordhaus.pk).update(
        error_kind="key", failing_since=timezone.now(), failures=1
    )

    answer = desk.get(reverse(LIST))

    assert "Nordhaus rejected the credentials. Ask your admin to update them." in answer.text
    assert "Not synced yet" in answer.text


@pytest.mark.usefixtures("contexts")
def test_it_shows_the_result_of_a_connection_check(
    desk: Client, maison: Marketplace, nordhaus: Marketplace
) -> None:
    clients.set_credential(nordhaus, kind="key", key="wrong")
    chosen = {"action": "check_connection", "_selected_action": [maison.pk, nordhaus.pk]}

    answer = desk.post(reverse(LIST), chosen, follow=True)

    good, bad = answer.context["messages"]
    assert (good.level_tag, bad.level_tag) == ("success", "error")
    assert "Maison Verte" in good.message
    assert "ROLE_PARTNER_ORDER_READ" in good.message
    assert "Nordhaus" in bad.message


def test_it_deletes_a_marketplace_with_its_copies(desk: Client, maison: Marketplace) -> None:
    now = timezone.now()
    thread = Thread.objects.create(marketplace=maison, mirakl_id="T1", last_message_at=now)
    Message.objects.create(marketplace=maison, thread=thread, mirakl_id="M1", created_at=now)
    page = page_of(maison, "delete")

    asked = desk.get(page)
    desk.post(page, {"post": "yes"})

    assert "1 conversation (the original stays on Mirakl)" in asked.text
    assert not Marketplace.objects.exists()


def test_it_keeps_a_marketplace_on_which_somebody_wrote(desk: Client, maison: Marketplace) -> None:
    Outgoing.objects.create(marketplace=maison, kind="operator_thread", body="Hello")
    page = page_of(maison, "delete")

    answer = desk.post(page, {"post": "yes"})

    assert "Uncheck “active” instead" in answer.text
    assert Marketplace.objects.exists()


# -- people, and what was done --------------------------------------------


@pytest.fixture
def history(maison: Marketplace, admin: User) -> Thread:
    """A thread with a reply and an event."""
    now = timezone.now()
    thread = Thread.objects.create(marketplace=maison, mirakl_id="T1", last_message_at=now)
    Outgoing.objects.create(
        marketplace=maison, thread=thread, body="For the customer only", author=admin
    )
    Event.record(Event.Verb.SENT, marketplace=maison, thread=thread, by=admin)
    return thread


@pytest.mark.parametrize("model", ["event", "outgoing"])
@pytest.mark.usefixtures("history")
def test_what_was_done_can_be_read_and_not_changed(desk: Client, model: str) -> None:
    row = (Event if model == "event" else Outgoing).objects.get()
    change = reverse(f"admin:inbox_{model}_change", args=[row.pk])

    assert desk.get(change).status_code == 200
    assert desk.post(change, {"verb": "failed", "state": "sent"}).status_code == 403
    assert desk.get(reverse(f"admin:inbox_{model}_add")).status_code == 403
    assert desk.post(reverse(f"admin:inbox_{model}_delete", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("model", ["event", "outgoing"])
@pytest.mark.usefixtures("history")
def test_what_was_done_can_be_searched(desk: Client, model: str) -> None:
    page = reverse(f"admin:inbox_{model}_changelist")

    assert "1 result" in desk.get(page, {"q": "ada"}).text
    assert "0 results" in desk.get(page, {"q": "nobody"}).text


@pytest.mark.usefixtures("history")
def test_what_a_reply_says_is_not_for_admins(desk: Client) -> None:
    pages = [
        reverse("admin:inbox_outgoing_changelist"),
        reverse("admin:inbox_outgoing_change", args=[Outgoing.objects.get().pk]),
    ]

    assert not any("For the customer only" in desk.get(page).text for page in pages)


@pytest.mark.parametrize("model", ["thread", "message", "attachment"])
def test_drafts_of_forms_are_not_in_the_admin(desk: Client, model: str) -> None:
    assert desk.get(f"/admin/inbox/{model}/").status_code == 404


PAGES = [
    *("inbox_user", "auth_group", "inbox_marketplace", "inbox_event", "inbox_outgoing"),
    *("inbox_tag", "inbox_savedview", "inbox_cannedreply"),
]


@pytest.mark.parametrize("page", PAGES)
def test_its_lists_take_as_many_queries_for_many_rows_as_for_few(
    desk: Client, maison: Marketplace, page: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        group = Group.objects.create(name=f"Group {number}")
        user = User.objects.create_user(f"user{number}")
        user.groups.add(group)
        about = {"marketplace": maison, "kind": "operator_thread"}
        Outgoing.objects.create(**about, body="Hello", author=user)
        Event.record(Event.Verb.SENT, marketplace=maison, by=user)
        Access.objects.create(group=group, marketplace=maison)
        Tag.objects.create(name=f"Tag {number}")
        SavedView.objects.create(name=f"View {number}", owner=user, query="view=all")
        CannedReply.objects.create(name=f"Words {number}", body="Hello", owner=user)

    # The first request notes the session's use.
    desk.get("/profile/")

    with django_assert_max_num_queries(10):
        desk.get(reverse(f"admin:{page}_changelist"))


def test_agents_stay_out(client: Client, alice: User) -> None:
    client.force_login(alice)

    answer = client.get(reverse(LIST))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")
PAGES = ["index", "inbox_user_add", "auth_group_add", "inbox_marketplace_add"]


@pytest.mark.parametrize("name", PAGES)
def test_its_pages_need_nothing_inline(desk: Client, name: str) -> None:
    """The content security policy would block it."""
    answer = desk.get(reverse(f"admin:{name}"))

    assert answer.status_code == 200
    assert not INLINE.search(answer.text)
