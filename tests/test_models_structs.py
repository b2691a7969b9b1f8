"""Participants and entities in their JSON columns."""

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from inbox.models import Entity, Marketplace, Participant, Thread
from inbox.models.structs import StructsField

pytestmark = pytest.mark.django_db
OPERATOR = Participant("OPERATOR", display_name="Maison Verte")


@pytest.fixture
def thread(maison: Marketplace) -> Thread:
    return Thread.objects.create(
        marketplace=maison,
        mirakl_id="t-1",
        last_message_at=timezone.now(),
        entities=[Entity("MMP_ORDER", "MV-1")],
        current_participants=[OPERATOR],
    )


def test_they_come_back_as_they_were_stored(thread: Thread) -> None:
    thread.refresh_from_db()

    assert thread.entities == [Entity("MMP_ORDER", "MV-1")]
    assert thread.current_participants == [OPERATOR]
    assert thread.authorized_participants == []


def test_only_what_is_known_is_stored(thread: Thread) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_participants::text FROM inbox_thread")
        (stored,) = cursor.fetchone() or ("",)

    assert stored == '[{"type": "OPERATOR", "display_name": "Maison Verte"}]'


def test_a_dump_can_be_loaded_again(thread: Thread) -> None:
    dump = serializers.serialize("json", [thread])

    for one in serializers.deserialize("json", dump):
        one.save()

    thread.refresh_from_db()
    assert thread.current_participants == [OPERATOR]


def test_a_new_member_needs_no_migration() -> None:
    _name, path, _args, options = StructsField(Participant).deconstruct()

    assert (path, options) == ("django.db.models.JSONField", {"default": list})
