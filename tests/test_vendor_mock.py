"""The desk against a Mirakl made of the vendor's document alone, for each role.

The tests open every page and write every kind of message. For any documented answer, the desk shows
it or an error, and it never calls an undocumented operation.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbox.forms.replies import offered_recipients
from inbox.models import Marketplace, Outgoing, Thread, User
from inbox.services.marketplaces import clients
from tests import vendor_mock
from tests.builders import HTMX
from tests.html import Page

pytestmark = [pytest.mark.django_db, vendor_mock.needs_documents]
BEARER = {"kind": "bearer", "token": "a token"}
CREDENTIALS = {"seller": {"kind": "key", "key": "a key"}, "operator": BEARER, "front": BEARER}
PAGES = [
    *("/", "/?view=all", "/marketplaces/{m}/", "/marketplaces/{m}/account/"),
    *("/marketplaces/{m}/channels/", "/marketplaces/{m}/shops/", "/marketplaces/{m}/history/"),
    *("/legacy/{m}/messages/?customer=C-1", "/orders/{m}/O/1/", "/orders/{m}/O/1/panel/"),
    *("/orders/{m}/O/1/parcels/", "/orders/{m}/O/1/returns/", "/orders/{m}/O/1/evaluation/"),
    *("/service-orders/{m}/S/1/panel/", "/orders/{m}/O/1/older/"),
    *("/orders/{m}/O/1/documents/new/", "/customers/{m}/C-1/"),
]
CUSTOMER, SHOPS = "/customers/made-up/C-1/", "/marketplaces/made-up/shops/"
ACCOUNT = "/marketplaces/made-up/account/"
SERVICE = "/service-orders/made-up/S/1/panel/"
PARTS = {f"/orders/made-up/O/1/{part}/" for part in ("parcels", "returns", "evaluation")}
NOT_FOR = {
    "seller": {CUSTOMER, SHOPS},
    "operator": {CUSTOMER, ACCOUNT, SERVICE},
    "front": {ACCOUNT, SHOPS, SERVICE, *PARTS},
}
# An operator's schema also requires the customer, whom its text forbids.
FOR_FRONTS = "OR42: $: 'customer_"
ANSWERED = {"seller": "CUSTOMER", "operator": "SHOP", "front": "SHOP"}


@pytest.fixture(params=CREDENTIALS)
def mock(request: pytest.FixtureRequest) -> Iterator[vendor_mock.Mock]:
    with vendor_mock.running(request.param, seed=1) as mock:
        yield mock


@pytest.fixture
def made_up(mock: vendor_mock.Mock) -> Marketplace:
    return Marketplace.objects.create(
        slug="made-up",
        name="Made up",
        base_url=mock.url,
        role=mock.role,
        shop_id=7 if mock.role == "seller" else None,
        sealed_credential=clients.seal(mock.url, CREDENTIALS[mock.role]),
    )


@pytest.fixture
def ada(client: Client) -> User:
    """A superuser."""
    person = User.objects.create_superuser("ada", undo_seconds=0)
    client.force_login(person)
    return person


def links_of(page: str) -> list[str]:
    """Returns links to fragments, conversations, orders and files, some of each kind."""
    addresses = [*Page(page).get_all("href"), *Page(page).get_all("hx-get")]
    found = sorted({one.partition("#")[0] for one in addresses if one.startswith("/")})
    kinds = ("/threads/", "/orders/", "/attachments/", "/legacy/", "/services", "/service-orders/")
    return [url for kind in kinds for url in found if url.startswith(kind)]


def opened(client: Client, url: str) -> tuple[int, str]:
    answer = client.get(url, follow=True)
    if answer.streaming:
        return answer.status_code, str(len(b"".join(answer)))
    return answer.status_code, answer.content.decode()


def test_every_page_shows_or_explains_what_it_answers(
    mock: vendor_mock.Mock, made_up: Marketplace, ada: User, client: Client
) -> None:
    waiting = [page.replace("{m}", made_up.slug) for page in PAGES]
    seen: dict[str, int] = {}
    while waiting and len(seen) < 45:
        url = waiting.pop(0)
        if url not in seen:
            status, page = opened(client, url)
            seen[url] = status
            waiting += links_of(page)

    broken = {url: status for url, status in seen.items() if status != 200}
    assert broken == dict.fromkeys(NOT_FOR[mock.role], 404)
    assert mock.complaints == []
    assert Thread.objects.filter(marketplace=made_up).exists()


def message_form(**changes: Any) -> dict[str, Any]:
    paper = SimpleUploadedFile("paper.pdf", b"%PDF-1.4 a paper")
    token = str(uuid.uuid4())
    words = {"token": token, "body": "It left this morning.\nRegards", "topic": "Your parcel"}
    return words | {"files": [paper], "to": []} | changes


def kinds_of(where: Marketplace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Returns the form of each kind of message, with its fields."""
    to, slug = ANSWERED[where.role], where.slug
    named = {"email": "ada@demo.invalid", "first_name": "Ada", "last_name": "Demo"}
    yield f"/orders/{slug}/O/1/threads/new/", message_form(to=[to])
    yield f"/service-orders/{slug}/S/1/threads/new/?customer=C-1", message_form(to=[to])
    to_side = "SHOP" if where.role != "seller" else "OPERATOR"
    yield f"/services/{slug}/S-1/threads/new/?customer=C-1", message_form(to=[to_side]) | named
    if where.role != "front":
        yield f"/marketplaces/{slug}/threads/new/", message_form(to=[to_side], shop="7")
    paper = SimpleUploadedFile("paper.pdf", b"%PDF-1.4 a paper")
    document = {"token": str(uuid.uuid4()), "type": "CUSTOMER_INVOICE", "file": paper}
    yield f"/orders/{slug}/O/1/documents/new/", document


def test_every_kind_of_message_is_written_as_it_wants_it(
    mock: vendor_mock.Mock, made_up: Marketplace, ada: User, client: Client
) -> None:
    for url, form in kinds_of(made_up):
        answer = client.post(url, form, headers=HTMX)
        assert answer.status_code in (200, 204, 302), (url, answer.content.decode())

    kinds = dict(Outgoing.objects.values_list("kind", "state"))
    assert kinds == dict.fromkeys(kinds, Outgoing.State.SENT)
    assert len(kinds) == (4 if mock.role == "front" else 5)
    assert mock.complaints == []


def test_a_conversation_that_it_knows_is_answered(
    mock: vendor_mock.Mock, made_up: Marketplace, ada: User, client: Client
) -> None:
    client.get("/customers/made-up/C-1/" if mock.role == "front" else "/?view=all")
    for thread in Thread.objects.filter(marketplace=made_up):
        client.get(thread.get_absolute_url())
        thread.refresh_from_db()
        if to := offered_recipients(thread):
            break

    newest = thread.messages.order_by("pk").last()
    form = message_form(to=to[0].type, seen=newest.pk if newest else "")
    answer = client.post(f"{thread.get_absolute_url()}reply/", form, headers=HTMX)

    assert answer.status_code == 200, answer.content.decode()
    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert mock.complaints == []


def test_it_is_written_to_the_old_way(
    mock: vendor_mock.Mock, made_up: Marketplace, ada: User, client: Client
) -> None:
    made_up.has_threads = False
    made_up.save(update_fields=["has_threads"])
    named = {"email": "ada@demo.invalid", "first_name": "Ada", "last_name": "Demo"}
    form = message_form(to=[ANSWERED[mock.role]], subject="Your parcel") | named

    answer = client.post("/orders/made-up/O/1/messages/new/", form, headers=HTMX)

    assert answer.status_code in (200, 204), answer.content.decode()
    assert Outgoing.objects.get().state == Outgoing.State.SENT
    wrong = [one for one in mock.complaints if not (mock.role == "operator" and FOR_FRONTS in one)]
    assert wrong == []
