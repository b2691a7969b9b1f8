"""Readable names of people, products and files wherever Mirakl sends one."""

from typing import Any

import msgspec
import pytest
from django.test import Client

from inbox import mirakl
from inbox.mirakl import readable
from inbox.mirakl.decoding import decode, decode_list
from inbox.models import Attachment, Marketplace, Message, Thread
from inbox.services.mirror.upsert import store_threads
from tests.builders import text_of
from tests.reading import ago, message, thread_of

NAMES = {
    "Ren&eacute; D&#39;Arcy": "René D'Arcy",
    "Fr&ouml;hlich &amp; S&ouml;hne": "Fröhlich & Söhne",
    "A &amp;lt; B": "A &lt; B",
    "R&D GmbH": "R&D GmbH",
    "JosÃ© MÃ¼ller": "José Müller",
    "Ã‰lise": "Ã‰lise",
    "IRMÃ… SÃO": "IRMÃ… SÃO",
    "a=1&copy=2": "a=1&copy=2",
    "\u202eelpmaS oJ": "elpmaS oJ",
    "invoice_\u202egpj.exe": "invoice_gpj.exe",
    "photo\u2066\u202egnp\u2069.scr": "photognp.scr",
    "\u200fדנה כהן\u200e": "דנה כהן",
    "An\u200bna\ufeff": "Anna",
    "Rech\xadnung.pdf": "Rechnung.pdf",
    "می\u200cخواهم": "می\u200cخواهم",
    "Team 👨\u200d👩\u200d👧": "Team 👨\u200d👩\u200d👧",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Jo": (
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Jo"
    ),
    "Jo\U000e0041\U000e0042": "Jo",
    "  Jo \t\n Doe ": "Jo Doe",
    "Jo\u2028Doe": "Jo Doe",
    "bell\x07.txt": "bell.txt",
    "&#8238;gpj.exe": "gpj.exe",
    "Jo &lt;b&gt;": "Jo <b>",
    "": "",
    "   ": "",
    "\u200b\u2060": "",
    "&#8203;": "",
    "\u3164": "",
    "\u2800 \u2800": "",
    "\u0301": "",
    "–": "–",
    "李": "李",
}


@pytest.mark.parametrize(("told", "read"), NAMES.items(), ids=map(ascii, NAMES))
def test_a_name_reads_as_it_was_meant(told: str, read: str) -> None:
    assert readable(told) == read


@pytest.fixture
def seller(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def store(marketplace: Marketplace, thread: dict[str, Any]) -> Thread:
    store_threads(marketplace, [msgspec.convert(thread, mirakl.Thread)])
    return Thread.objects.get()


ESCAPED = "Ren&eacute; \u202eD&#39;Arcy"


def test_every_name_of_a_conversation_is_read(seller: Marketplace) -> None:
    wrote = message("m1", "CUSTOMER", ago(hours=1))
    wrote["from"]["display_name"] = ESCAPED
    wrote["attachments"] = [{"id": "f1", "name": "fa&ccedil;ade_\u202egpj.exe", "size": 5}]

    thread = store(
        seller,
        thread_of(
            wrote,
            topic={"type": "FREE_TEXT", "value": "Probl&egrave;me &amp; co"},
            entities=[{"type": "MMP_ORDER", "id": "A&amp;1", "label": "N&deg; 1"}],
            customer_organization={"id": "1", "display_name": "S&ouml;hne"},
            current_participants=[{"type": "CUSTOMER", "id": "1", "display_name": ESCAPED}],
        ),
    )

    assert thread.topic_value == "Problème & co"
    assert (thread.entities[0].label, thread.entity_id) == ("N° 1", "A&amp;1")
    assert (thread.customer_name, thread.organization_name) == ("René D'Arcy", "Söhne")
    assert Message.objects.get().sender_name == "René D'Arcy"
    assert Attachment.objects.get().name == "façade_gpj.exe"


def test_names_in_any_answer_are_readable() -> None:
    raw = (
        b'{"order_id": "A&amp;1", "shop_name": "L&#39;Or",'
        b' "customer": {"firstname": "Ren&eacute;"},'
        b' "order_lines": [{"product_title": "Caf&eacute;\\u200b &amp; co"}]}'
    )

    order = decode(mirakl.Order, raw)
    listed = decode_list(mirakl.Order, b'{"orders": [' + raw + b"]}", "orders")

    found = [order, *(listed.items if listed else [])]
    assert len(found) == 2
    for one in filter(None, found):
        assert (one.order_id, one.shop_name, one.customer.firstname) == ("A&amp;1", "L'Or", "René")
        assert one.order_lines[0].product_title == "Café & co"


def test_records_inside_of_their_own_kind_are_read() -> None:
    values = '"values": [{"label": "&eacute;", "values": [{"label": "&egrave;"}]}]'
    raw = '{"id": "1", "price": {"options": [{"label": "&ccedil;", ' + values + "}]}}"

    order = decode(mirakl.ServiceOrder, raw.encode())

    assert order
    (option,) = order.price.options
    assert (option.label, option.values[0].label) == ("ç", "é")
    assert option.values[0].values[0].label == "è"


def test_a_record_may_be_as_deep_as_it_can_be_read() -> None:
    deep = b'{"label": "&eacute;", "values": [' * 300 + b'{"label": "x"}' + b"]}" * 300

    assert decode(mirakl.ServiceOrder, b'{"id": "1", "price": {"options": [' + deep + b"]}}")


# -- nobody is named ------------------------------------------------------


def nameless(side: str, **changes: Any) -> dict[str, Any]:
    wrote = message("m1", side, ago(hours=1))
    wrote["from"]["display_name"] = changes.pop("name", None)
    people = [{"type": side, "id": "1"}]
    return thread_of(wrote, current_participants=people, authorized_participants=[], **changes)


@pytest.mark.parametrize("name", [None, "", "  ", "\u200b", "&nbsp;"])
def test_a_customer_without_a_name_is_one_all_the_same(
    name: str | None, seller: Marketplace
) -> None:
    thread = store(seller, nameless("CUSTOMER", name=name))

    assert thread.who == "Unnamed customer"
    assert thread.messages.get().called == "Unnamed customer"


def test_our_own_name_does_not_stand_for_theirs(seller: Marketplace) -> None:
    ours = message("m2", "SHOP", ago(minutes=5))
    record = nameless("CUSTOMER")
    record["messages"].append(ours)
    record["metadata"]["last_sender"] = {"type": "SHOP_USER", "display_name": "Our shop"}

    assert store(seller, record).who == "Unnamed customer"


def test_the_operator_stays_the_operator(seller: Marketplace) -> None:
    about = [{"type": "SELLER_OPERATOR", "id": "1", "label": "1"}]

    assert store(seller, nameless("OPERATOR", entities=about)).who == "Operator"


def test_no_page_calls_a_customer_without_a_name_the_operator(
    agent: Client, thread: Thread
) -> None:
    agent.get("/?view=all")
    nobody = [{"type": "CUSTOMER", "id": "1"}]
    Thread.objects.update(
        customer_name="",
        last_sender_name="",
        authorized_participants=nobody,
        current_participants=nobody,
    )

    page = text_of(agent.get("/?view=all"))

    assert ">Unnamed customer</span>" in page
    assert thread.mirakl_id in page


# -- nothing is there -----------------------------------------------------


@pytest.fixture
def shown(agent: Client, thread: Thread) -> Any:
    """Returns the page of a conversation with this message."""

    def show(body: str, *files: dict[str, Any]) -> str:
        agent.get(thread.get_absolute_url())
        one = thread.messages.last()
        assert one
        Message.objects.filter(pk=one.pk).update(body=body)
        for number, file in enumerate(files):
            Attachment.objects.create(
                marketplace=one.marketplace, message=one, mirakl_id=f"f{number}", **file
            )
        address = f"/threads/{thread.marketplace.slug}/{thread.mirakl_id}/messages/{one.mirakl_id}/"
        return text_of(agent.get(address))

    return show


@pytest.mark.parametrize("body", ["", "  \n", "<p>&nbsp;</p>", "\u200b"])
def test_an_empty_message_says_so(body: str, shown: Any) -> None:
    assert "This message has no text." in shown(body)


def test_a_message_with_only_files_needs_no_text(shown: Any) -> None:
    page = shown("", {"name": "lid.txt", "size": 7})

    assert "This message has no text." not in page
    assert "7 bytes" in page


def test_a_file_without_a_name_or_a_size_says_so(shown: Any) -> None:
    page = shown("x", {"name": "", "size": None}, {"name": "zero.png", "size": 0})

    assert "Unnamed file" in page
    assert "Download Unnamed file" in page
    assert "unknown size" in page
    assert "empty" in page
    assert "<img" not in page
