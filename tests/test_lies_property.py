"""For any answer of a marketplace, no page fails and no reply stays half-sent."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from inbox.mirakl import transport
from inbox.models import Attachment, Details, Marketplace, MirrorState, Outgoing, Thread, User
from inbox.services.marketplaces import breaker, documents
from inbox.services.mirror import sync
from inbox.services.outbox import delivery
from tests import writing
from tests.answering import over
from tests.builders import HTMX
from tests.lying import Liar
from tests.writing import Mirakl, later, queued

pytestmark = pytest.mark.django_db(transaction=True)

# A share of the active profile's examples.
EXAMPLES = (settings.default.max_examples if settings.default else 100) // 16
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
lies = given(seed=st.integers(0, 2**32), junk=JSON)
bounded = settings(
    max_examples=EXAMPLES,
    # Seeds do not shrink: another seed is a different answer, not a smaller one.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ORDER = "/orders/{slug}/{order}/"
PLACE = "/marketplaces/{slug}/"
PAGES = [
    *("/?view=all", "/thanks/", "/search/?q=order", "/outbox/", "/drafts/", "/system/"),
    *("{thread}", "{thread}earlier/", "{thread}canned/", "{thread}related/order/", "{file}"),
    *(ORDER, f"{ORDER}panel/", f"{ORDER}parcels/", f"{ORDER}returns/", f"{ORDER}evaluation/"),
    f"{ORDER}documents/1/",
    *(f"{ORDER}older/", f"{ORDER}documents/new/", f"{ORDER}threads/new/", f"{ORDER}messages/new/"),
    *(PLACE, f"{PLACE}account/", f"{PLACE}figures/", f"{PLACE}channels/", f"{PLACE}shops/"),
    *(f"{PLACE}threads/new/", f"{PLACE}history/", "/legacy/{slug}/messages/", "/threads/new/"),
    *("/customers/{slug}/", "/customers/{slug}/C-1/"),
]
# Views that need a marketplace of a certain role.
ROLES = ["maison-verte", "maison-verte-operator", "maison-verte-front"]


@dataclass
class World:
    """A desk that has shown one conversation of each marketplace."""

    client: Client
    settings: Settings
    liar: Liar
    desks_end: transport.Transport
    threads: dict[str, Thread]
    # The Mirakl id of a mirrored file.
    file: str = ""

    def begin(self, seed: int | None, junk: Any) -> None:
        """Resets the state, so that no earlier answer prevents a call."""
        self.liar.seed, self.liar.junk = seed, junk
        self.liar.asked.clear()
        cache = {**self.settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
        self.settings.CACHES = {"default": cache}
        MirrorState.objects.update(**breaker.WELL, delta_token="", history="loading")
        self.desks_end._waits.clear()

    def shows(self, page: str, slug: str, seed: int, junk: Any) -> int:
        """Returns the page's status while the marketplace sends changed answers."""
        self.begin(seed, junk)
        answer = self.client.get(self.address_of(page, slug), headers=HTMX)
        # A download breaks off while it is read.
        b"".join(answer)
        return answer.status_code

    def address_of(self, page: str, slug: str) -> str:
        thread = self.threads[slug]
        return page.format(
            slug=slug,
            order=thread.entity_id,
            thread=thread.get_absolute_url(),
            file=reverse("attachment", args=[slug, self.file]),
        )


@pytest.fixture
def world(
    maison: Marketplace,
    maison_operator: Marketplace,
    maison_front: Marketplace,
    mirakl: Mirakl,
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    liar = Liar()
    settings.INBOX_FRESH_SECONDS = 0
    monkeypatch.setattr(transport, "RETRIES", 0)
    desks_end = transport.Transport(http=over(liar))
    monkeypatch.setattr(transport, "_shared", desks_end)
    sync.refresh([maison, maison_operator])
    threads = {one.slug: shown_at(one) for one in (maison, maison_operator)}
    threads["maison-verte-front"] = threads["maison-verte"]
    client.force_login(User.objects.create_superuser("ada"))
    file = Attachment.objects.order_by("pk")[0].mirakl_id
    yield World(client, settings, liar, desks_end, threads, file)
    liar.seed = None


def shown_at(marketplace: Marketplace) -> Thread:
    found = Thread.objects.filter(marketplace=marketplace, entity_type="MMP_ORDER")
    return found.order_by("pk")[0]


@pytest.mark.parametrize("slug", ROLES)
@bounded
@lies
def test_no_page_fails(world: World, slug: str, seed: int, junk: Any) -> None:
    shown = {page: world.shows(page, slug, seed, junk) for page in PAGES}

    # 503 means no data while the marketplace does not answer.
    assert {page: status for page, status in shown.items() if status >= 500 and status != 503} == {}


@pytest.mark.parametrize("slug", ROLES[:2])
@bounded
@lies
def test_taking_a_document_back_does_not_fail(
    world: World, bob: User, slug: str, seed: int, junk: Any
) -> None:
    thread = world.threads[slug]
    world.begin(None, None)
    sent(world, bob, "document", None, None)
    number = documents.list_documents(thread.marketplace, thread.entity_id)[0].id
    world.begin(seed, junk)

    answer = world.client.post(f"/orders/{slug}/{thread.entity_id}/documents/{number}/take-back/")

    # 404 if it is not listed any more.
    assert answer.status_code in (302, 404)


BILL = Details(document_types={"bill.pdf": "OTHER"})
NEW: dict[str, Any] = {"thread": None, "topic_type": "FREE_TEXT", "topic_value": "Your lamp"}
KINDS: dict[str, dict[str, Any]] = {
    "reply": {},
    **dict.fromkeys(("order_thread", "service_order", "service", "operator_thread"), NEW),
    "order_message": {"thread": None, "email_subject": "Your lamp"},
    "document": {"thread": None, "body": "", "recipients": [], "details": BILL},
}


@bounded
@lies
def test_no_reply_is_left_half_sent(world: World, bob: User, seed: int, junk: Any) -> None:
    replies = [sent(world, bob, kind, seed, junk) for kind in KINDS]

    shown = [world.shows(f"/replies/{one.token}/", "maison-verte", seed, junk) for one in replies]

    assert set(shown) == {200}
    assert not Outgoing.objects.filter(state=Outgoing.State.SENDING).exists()


def sent(world: World, by: User, kind: str, seed: int | None, junk: Any) -> Outgoing:
    """Ends some minutes later, when an unconfirmed reply can be checked."""
    thread = world.threads["maison-verte"]
    about = KINDS[kind] if kind == "reply" else {"subject_id": thread.entity_id, **KINDS[kind]}
    files = [writing.file("bill.pdf", b"%PDF")] if kind == "document" else []
    world.begin(None, None)
    reply = queued(thread, by, kind=kind, files=files, **about)
    world.begin(seed, junk)
    reply = delivery.deliver(reply.pk)
    later(reply, minutes=5)
    return reply
