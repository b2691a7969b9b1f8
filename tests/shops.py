"""Shared by tests of an operator's shops: what they were asked, and when they answered."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import works_on
from tests.measuring import read_until

if TYPE_CHECKING:
    from django.test import Client

    from inbox.models import Marketplace, Thread, User

LEAGUE = "/quality/maison-verte-operator/shops/"
CUSTOMER, OPERATOR, SHOP = "CUSTOMER", "OPERATOR", "SHOP"
JARDIN, ATELIER = "2002", "2001"
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
# Who writes, to whom, and how many hours ago.
Said = tuple[str, str, float]


@pytest.fixture
def lead(maison_operator: "Marketplace", alice: "User") -> "Client":
    from django.test import Client

    works_on(maison_operator, alice, role="lead")
    read_until(maison_operator, NOW)
    client = Client()
    client.force_login(alice)
    return client


def talk(where: "Marketplace", shop: str, name: str, *said: Said, **changes: Any) -> "Thread":
    """A thread of the shop in which these messages were said."""
    from inbox.models import Message, Participant, Thread

    sides = [Participant(SHOP, shop, name), Participant(CUSTOMER, "C-1", "Nora")]
    thread = Thread.objects.create(
        marketplace=where,
        mirakl_id=f"{shop}-{Thread.objects.count()}",
        shop_name=name,
        authorized_participants=sides,
        last_message_at=NOW - min(hours for *_who, hours in said) * HOUR,
        **changes,
    )
    for number, (side, to, hours) in enumerate(said):
        Message.objects.create(
            marketplace=where,
            thread=thread,
            mirakl_id=f"{thread.mirakl_id}-{number}",
            sender_type=f"{side}_USER",
            recipients=[Participant(to)],
            created_at=NOW - hours * HOUR,
        )
    return thread


def make_shops(where: "Marketplace") -> None:
    """Jardin is silent on two; Atelier has answered faster than in the month before."""
    talk(where, JARDIN, "Jardin", (CUSTOMER, SHOP, 60), shop_reply_needed_since=NOW)
    talk(where, JARDIN, "Jardin", (OPERATOR, SHOP, 30))
    talk(where, JARDIN, "Jardin", (CUSTOMER, SHOP, 10))
    talk(where, JARDIN, "Jardin", (CUSTOMER, SHOP, 50), (SHOP, CUSTOMER, 40))
    talk(where, ATELIER, "Atelier", (CUSTOMER, SHOP, 30), (SHOP, CUSTOMER, 28))
    talk(where, ATELIER, "Atelier", (CUSTOMER, SHOP, 24 * 40), (SHOP, CUSTOMER, 24 * 40 - 4))


@pytest.fixture
def shops(maison_operator: "Marketplace") -> "Marketplace":
    make_shops(maison_operator)
    return maison_operator
