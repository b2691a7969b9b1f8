"""Messages that nudge an operator's slow shops: read first, sent once each."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from inbox.models import CannedReply, Event, Marketplace, Outgoing, Participant, User
from inbox.services.outbox import delivery, nudges
from tests.builders import text_of
from tests.shops import ATELIER, HOUR, JARDIN, LEAGUE
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
NUDGE = f"{LEAGUE}nudge/"


def shown_form(page: str) -> dict[str, Any]:
    """The fields of the page's form as a browser would send them."""
    fields: dict[str, Any] = {"topic": "Unanswered customers"}
    for name, value in re.findall(r'<input type="hidden" name="(\d+-\w+)" value="([^"]*)"', page):
        fields[name] = value
    for name, text in re.findall(r'<textarea[^>]*name="(\d+-body)"[^>]*>([^<]*)<', page):
        fields[name] = text
    for name in re.findall(r'name="(\d+-send)"\s+checked', page):
        fields[name] = "on"
    return fields


def asked(*shop: str, **more: Any) -> str:
    return f"{NUDGE}?{urlencode({'shop': shop, **more}, doseq=True)}"


def deliver_all() -> None:
    for reply in Outgoing.objects.filter(state=Outgoing.State.QUEUED):
        delivery.deliver(reply.pk)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replies that a worker is asked to deliver."""
    handed: list[int] = []
    monkeypatch.setattr(delivery, "hand_to_worker", lambda pk, **_options: handed.append(pk))
    return handed


def test_each_message_is_shown_and_sent_once(
    lead: Client, shops: Marketplace, mirakl: Mirakl, handed: list[int]
) -> None:
    page = text_of(lead.get(asked(JARDIN, ATELIER)))
    form = shown_form(page)
    form[f"{ATELIER}-body"] = "Thank you for your fast replies."

    before = len(mirakl.calls("M14"))
    first, second = (lead.post(asked(JARDIN, ATELIER), form) for _time in range(2))
    deliver_all()

    assert before == 0
    assert "2 conversations have waited for your reply for more than 24 hours" in page
    assert {first.headers["Location"], second.headers["Location"]} == {LEAGUE}
    assert len(mirakl.calls("M14")) == 2
    sent = {one.subject_id: one for one in Outgoing.objects.all()}
    assert {one.state for one in sent.values()} == {Outgoing.State.SENT}
    assert sent[ATELIER].body == "Thank you for your fast replies."
    assert sent[JARDIN].recipients == [Participant("SHOP", JARDIN, "Jardin")]
    # As Atelier sees it.
    (opened,) = [one for one in mirakl.threads() if one["id"] == sent[ATELIER].created_thread_id]
    assert opened["entities"][0] | {"label": ""} == {
        "type": "SELLER_OPERATOR",
        "id": ATELIER,
        "label": "",
    }
    assert opened["topic"] == {"type": "FREE_TEXT", "value": "Unanswered customers"}
    assert Event.objects.filter(verb=Event.Verb.QUEUED).count() == 2


def test_a_shop_that_is_left_out_gets_nothing(
    lead: Client,
    shops: Marketplace,
    handed: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    form = shown_form(text_of(lead.get(asked(JARDIN, ATELIER))))
    del form[f"{JARDIN}-send"]
    form[f"{JARDIN}-body"] = ""

    with django_capture_on_commit_callbacks(execute=True):
        lead.post(asked(JARDIN, ATELIER), form)

    assert [one.subject_id for one in Outgoing.objects.all()] == [ATELIER]
    assert handed == [Outgoing.objects.get().pk]


def test_a_second_message_within_a_day_needs_another_look(
    lead: Client, shops: Marketplace, mirakl: Mirakl, handed: list[int]
) -> None:
    old = shown_form(text_of(lead.get(asked(JARDIN))))
    lead.post(asked(JARDIN), shown_form(text_of(lead.get(asked(JARDIN)))))

    # A page that was opened before, and one opened after.
    stale = lead.post(asked(JARDIN), old)
    page = text_of(lead.get(asked(JARDIN)))
    unticked = lead.post(asked(JARDIN), shown_form(page))
    assert (stale.status_code, unticked.status_code) == (422, 422)
    assert "already wrote to this shop" in text_of(stale)
    assert "already wrote to this shop" in page
    assert f'name="{JARDIN}-send"' in page
    assert Outgoing.objects.count() == 1
    assert "already wrote to this shop" in text_of(lead.get(LEAGUE))

    meant = shown_form(text_of(stale)) | {f"{JARDIN}-send": "on"}
    assert lead.post(asked(JARDIN), meant).status_code == 302
    assert Outgoing.objects.count() == 2


def test_after_a_day_nothing_is_warned_about(
    lead: Client, shops: Marketplace, handed: list[int]
) -> None:
    lead.post(asked(JARDIN), shown_form(text_of(lead.get(asked(JARDIN)))))
    Outgoing.objects.update(queued_at=timezone.now() - 24 * HOUR)

    assert f"{JARDIN}-send" in shown_form(text_of(lead.get(asked(JARDIN))))


def test_of_two_at_once_one_is_stopped(
    lead: Client, shops: Marketplace, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = shown_form(text_of(lead.get(asked(JARDIN))))
    find = nudges.find_last_messages

    def find_then_another_writes(*arguments: Any) -> dict[str, Outgoing]:
        found = find(*arguments)
        Outgoing.objects.create(
            marketplace=shops, kind="operator_thread", subject_id=JARDIN, body="Hi", author=alice
        )
        return found

    monkeypatch.setattr(nudges, "find_last_messages", find_then_another_writes)
    answer = lead.post(asked(JARDIN), form)

    assert answer.status_code == 422
    assert "A colleague has just written to this shop" in text_of(answer)
    assert Outgoing.objects.count() == 1


def test_a_canned_reply_is_filled_in_and_its_gaps_stop_it(
    lead: Client, shops: Marketplace, mirakl: Mirakl, handed: list[int]
) -> None:
    body = "Hello {{ shop.name }}, about {{ order.id }}: please answer."
    canned = CannedReply.objects.create(name="Nudge", body=body)
    address = asked(JARDIN, canned=canned.pk)

    form = shown_form(text_of(lead.get(address)))
    stopped = lead.post(address, form)
    mended = form | {f"{JARDIN}-body": "Hello Jardin, please answer."}
    sent = lead.post(address, mended)

    assert form[f"{JARDIN}-body"] == "Hello Jardin, about [missing: order.id]: please answer."
    assert stopped.status_code == 422
    assert "[missing: order.id]" in text_of(stopped)
    assert sent.status_code == 302
    canned.refresh_from_db()
    assert canned.used == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": ""}, "Enter a topic."),
        ({f"{JARDIN}-body": "a"}, "Enter at least 3 characters."),
        ({f"{JARDIN}-body": "Answer by [DATE] please"}, "looks like a gap to fill"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_the_texts(
    lead: Client, shops: Marketplace, changes: dict[str, str], words: str
) -> None:
    form = shown_form(text_of(lead.get(asked(JARDIN, ATELIER)))) | changes
    form[f"{ATELIER}-body"] = "A text of our own"

    answer = lead.post(asked(JARDIN, ATELIER), form)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "A text of our own" in text_of(answer)
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("query", ["", "shop=9", "shop=odd"])
def test_without_a_shop_there_is_nothing_to_write(
    lead: Client, shops: Marketplace, query: str
) -> None:
    answer = lead.get(f"{NUDGE}?{query}", follow=True)

    assert "Choose at least one shop." in text_of(answer)
