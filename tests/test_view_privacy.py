"""The page of personal data: who sees it, the look-up, the export, the erasure, the dry run."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Attachment, AuditEntry, Erasure, Marketplace, Message, Note, Thread, User
from inbox.services.privacy import retention
from tests.builders import text_of

PAGE, ERASE, EXPORT = "/privacy/", "/privacy/erase/", "/privacy/export/"


@pytest.fixture
def ada(client: Client, db: None) -> User:
    ada = User.objects.create_superuser("ada")
    client.force_login(ada)
    return ada


@pytest.fixture
def old(maison: Marketplace) -> Thread:
    """An answered conversation of 100 days ago."""
    at = timezone.now() - timedelta(days=100)
    thread = Thread.objects.create(
        marketplace=maison,
        mirakl_id="T1",
        customer_id="C1",
        customer_name="Zerlina Quibblewick",
        preview="My parcel",
        last_message_at=at,
    )
    message = Message.objects.create(
        marketplace=maison,
        thread=thread,
        mirakl_id="M1",
        body="My parcel",
        sender_type="CUSTOMER_USER",
        sender_name="Zerlina Quibblewick",
        created_at=at,
    )
    Attachment.objects.create(marketplace=maison, message=message, mirakl_id="A1", name="a.png")
    return thread


def limit(marketplace: Marketplace, **days: int) -> None:
    Marketplace.objects.filter(pk=marketplace.pk).update(**days)
    marketplace.refresh_from_db()


QUERY = "marketplace=maison-verte&customer=C1"


def test_only_superusers_find_it(client: Client, bob: User) -> None:
    client.force_login(bob)

    assert client.get(PAGE).status_code == 404
    assert client.get(f"{EXPORT}?{QUERY}").status_code == 404
    assert client.post(ERASE, {}).status_code == 404


def test_it_tells_what_is_stored_and_exports_it(client: Client, ada: User, old: Thread) -> None:
    page = text_of(client.get(f"{PAGE}?{QUERY}"))
    export = client.get(f"{EXPORT}?{QUERY}")

    assert "1 conversation on all connections" in page
    assert "Kept without limit" in page
    assert "Zerlina Quibblewick" in export.text
    assert export["Content-Disposition"] == 'attachment; filename="customer.json"'
    assert AuditEntry.objects.latest("pk").kind == "exported"


def test_an_unknown_customer_and_a_wrong_form_say_so(
    client: Client, ada: User, old: Thread
) -> None:
    unknown = client.get(f"{PAGE}?marketplace=maison-verte&customer=C2")
    wrong = client.get(f"{PAGE}?marketplace=nowhere&customer=C2")

    assert "Nothing is stored of this customer" in text_of(unknown)
    assert wrong.status_code == 422


def test_it_erases(client: Client, ada: User, old: Thread) -> None:
    form = {"marketplace": "maison-verte", "customer": "C1", "notes": "named"}

    answer = client.post(ERASE, form, follow=True)

    assert "The customer was erased." in text_of(answer)
    old.refresh_from_db()
    assert (old.customer_name, old.customer_id, old.preview) == ("", "", "")
    assert Message.objects.get().body == ""
    assert Erasure.objects.get().marks.count() == 2
    entry = AuditEntry.objects.filter(kind="erased").get()
    assert (entry.by, entry.details) == (ada.pk, {"conversations": 1, "orders": 0})


# -- retention ------------------------------------------------------------------


def test_a_dry_run_tells_how_many_and_changes_nothing(
    client: Client, ada: User, old: Thread, maison: Marketplace
) -> None:
    limit(maison, keeps_texts_days=99, keeps_names_days=101)

    assert "1 · 0 · 0" in text_of(client.get(PAGE))
    assert Message.objects.get().body == "My parcel"


def test_old_data_goes_as_each_limit_says(old: Thread, maison: Marketplace) -> None:
    Note.objects.create(thread=old, body="Zerlina called", token="0" * 32)
    limit(maison, keeps_texts_days=99)
    retention.clear(maison)
    message = Message.objects.get()
    assert (message.body, message.sender_name) == ("", "Zerlina Quibblewick")
    assert (Attachment.objects.count(), Note.objects.count()) == (1, 0)

    limit(maison, keeps_texts_days=99, keeps_files_days=99, keeps_names_days=99)
    done = retention.clear(maison)

    assert (done.texts, done.files, done.names) == (0, 1, 1)
    old.refresh_from_db()
    assert (old.customer_name, old.preview, old.search_names) == ("", "", "")
    assert retention.count(maison).total == 0
    assert AuditEntry.objects.filter(kind="cleared").count() == 2


@pytest.mark.parametrize("field", ["due_at", "snoozed_until", "last_message_at"])
def test_nothing_goes_where_somebody_waits(old: Thread, maison: Marketplace, field: str) -> None:
    limit(maison, keeps_texts_days=99, keeps_files_days=0, keeps_names_days=99)
    Thread.objects.update(**{field: timezone.now() + timedelta(hours=1)})

    assert retention.clear(maison).total == 0
