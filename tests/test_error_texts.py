"""The reason of a reply's state: stored once, shown in each reader's language."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import translation

from inbox import mirakl
from inbox.models import Marketplace, Outgoing, Thread, User
from inbox.services import error_texts
from inbox.services.outbox import delivery
from tests.builders import text_of
from tests.writing import Mirakl, change, queued


def test_a_reply_that_a_german_worker_doubts_is_told_of_in_french(
    client: Client, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="after")
    with translation.override("de"):
        reply = delivery.deliver(queued(thread, alice).pk)
    User.objects.filter(pk=alice.pk).update(language="fr")
    client.force_login(alice)

    page = text_of(client.get(thread.get_absolute_url()))

    assert "Maison Verte didn't confirm this reply" in reply.error
    assert "a pas confirmé cette réponse" in page
    assert "nicht bestätigt" not in page


def test_a_cause_and_a_time_are_told_in_the_readers_language_too(maison: Marketplace) -> None:
    error = mirakl.Refused(kind=mirakl.FailureKind.WEB_PAGE)
    until = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    with translation.override("it"):
        cause = error_texts.refusal(error, maison)
        later = error_texts.postponement(mirakl.NotSent(), maison, until)

    with translation.override("de"):
        assert "Webseite" in str(cause)
    assert "web page" in str(cause)
    assert later.values["when"] == until.isoformat()
    assert "We'll try again at" in str(later)


@pytest.mark.parametrize("values", [None, {}])
def test_what_was_kept_before_is_told_as_it_is(
    thread: Thread, alice: User, values: dict[str, str] | None
) -> None:
    reply = queued(thread, alice)

    change(reply, state="failed", error="100 % abgelehnt", error_values=values)

    assert Outgoing.objects.get(pk=reply.pk).trouble == "100 % abgelehnt"
