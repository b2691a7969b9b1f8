"""Body formats: a setting of each marketplace, because no document names the format."""

import pytest
from django.test import Client

from inbox.management.commands import demo_data
from inbox.models import Marketplace, Outgoing, Participant, Thread, User
from inbox.sandbox.server import Running
from inbox.services.outbox import confirmation, delivery
from tests.mirakl_callers import control
from tests.writing import Mirakl, file, later, queued

WORDS = "1 < 2 & 3\nÀ bientôt"
FORMATS = {
    "text": WORDS,
    "text_br": "1 < 2 & 3<br />À bientôt",
    "html": "1 &lt; 2 &amp; 3<br />À bientôt",
}
SLUGS = ["maison-verte", "nordhaus", "bright-street"]


@pytest.mark.parametrize("body_format", FORMATS)
def test_a_body_leaves_as_the_marketplace_is_set(
    thread: Thread, alice: User, mirakl: Mirakl, body_format: str
) -> None:
    Marketplace.objects.update(body_format=body_format)

    delivery.deliver(queued(thread, alice, body=WORDS).pk)

    assert mirakl.bodies(thread.mirakl_id)[-1] == FORMATS[body_format]


@pytest.mark.parametrize("body_format", FORMATS)
@pytest.mark.parametrize("body", [WORDS, "A &amp; <b>B</b> <br> C", "Lots of <3 & &lt;3"])
def test_each_is_recognised(
    thread: Thread, alice: User, mirakl: Mirakl, body_format: str, body: str
) -> None:
    Marketplace.objects.update(body_format=body_format)
    mirakl.fails("M12", drop="after", times=1)
    reply = delivery.deliver(queued(thread, alice, body=body, files=[file()]).pk)
    later(reply, seconds=6)

    assert confirmation.confirm(reply).state == Outgoing.State.SENT


def page_of(sandbox: Running, slug: str, body_format: str, by: User) -> str:
    """Returns the customer's view of a reply in this format."""
    connection = demo_data.connect(slug, sandbox.url)
    Marketplace.objects.update(body_format=body_format or connection.body_format)
    connection.refresh_from_db()
    world = sandbox.sandbox.state.world.marketplaces[slug]
    there = next(
        one for one in world.threads.values() if one.customer and one.shop.id == connection.shop_id
    )
    thread = Thread.objects.create(
        marketplace=connection, mirakl_id=there.id, last_message_at=there.updated_at
    )
    delivery.deliver(queued(thread, by, body=WORDS, recipients=[Participant("CUSTOMER")]).pk)
    return control(sandbox.url).get("/_sandbox/", marketplace=slug, thread=there.id).text


@pytest.mark.parametrize("slug", SLUGS)
def test_the_demos_settings_are_right_for_each_marketplace(
    sandbox: Running, db: None, slug: str
) -> None:
    page = page_of(sandbox, slug, "", User.objects.create_user("dora"))

    assert "1 &lt; 2 &amp; 3\nÀ bientôt" in page


@pytest.mark.parametrize(
    ("slug", "wrong", "seen"),
    [
        ("nordhaus", "html", "1 &amp;lt; 2 &amp;amp; 3&lt;br /&gt;À bientôt"),
        ("nordhaus", "text_br", "1 &lt; 2 &amp; 3&lt;br /&gt;À bientôt"),
        ("bright-street", "html", "1 &amp;lt; 2 &amp;amp; 3\nÀ bientôt"),
    ],
)
def test_a_wrong_setting_is_seen_by_the_customer(
    sandbox: Running, db: None, slug: str, wrong: str, seen: str
) -> None:
    assert seen in page_of(sandbox, slug, wrong, User.objects.create_user("dora"))


def test_an_admin_chooses_it(admin_client: Client, maison: Marketplace) -> None:
    page = admin_client.get(f"/admin/inbox/marketplace/{maison.pk}/change/").content.decode()

    assert 'name="body_format"' in page
    assert "Mirakl does not document what a marketplace expects" in page
