"""Stored names are rewritten by the backfill."""

import pytest

from inbox.models import Attachment, Entity, Marketplace, Message, Participant, Thread
from inbox.services.backfills import names, steps
from inbox.services.search import full_text
from tests.builders import show_inbox

ESCAPED, READ = "Ren&eacute; \u202eD&#39;Arcy", "René D'Arcy"


@pytest.fixture
def old(maison: Marketplace) -> list[Thread]:
    show_inbox(maison)
    people = [Participant("CUSTOMER", "1", ESCAPED)]
    Thread.objects.update(
        customer_name=ESCAPED,
        topic_value="Probl&egrave;me",
        entities=[Entity("MMP_ORDER", "A&amp;1", "\u200b")],
        current_participants=people,
    )
    Message.objects.update(sender_name=ESCAPED, recipients=people)
    one = Message.objects.earliest("pk")
    Attachment.objects.create(
        marketplace=one.marketplace, message=one, mirakl_id="f1", name="pho\u202egpj.exe"
    )
    return list(Thread.objects.all())


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_it_reads_every_row(size: int, old: list[Thread], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP", size)

    names.read_again()

    thread, message = Thread.objects.latest("pk"), Message.objects.latest("pk")
    assert (thread.customer_name, thread.topic_value) == (READ, "Problème")
    assert thread.entities == [Entity("MMP_ORDER", "A&amp;1")]
    assert thread.current_participants[0].display_name == READ
    assert (message.sender_name, message.recipients[0].display_name) == (READ, READ)
    assert Attachment.objects.get(mirakl_id="f1").name == "phogpj.exe"
    assert not Thread.objects.filter(customer_name=ESCAPED).exists()
    assert full_text.matching(Thread.objects.all(), "d'arcy").count() == len(old)


def test_it_leaves_alone_what_reads_well(maison: Marketplace) -> None:
    show_inbox(maison)
    before = list(Thread.objects.order_by("pk").values())

    names.read_again()

    assert list(Thread.objects.order_by("pk").values()) == before
