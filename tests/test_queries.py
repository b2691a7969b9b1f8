"""What the search box understands beside words, and what it says of the rest."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from inbox.models import Draft, Marketplace, Note, Tag, Thread
from inbox.services import mirror, queries, reasons, words
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def thread(marketplace: Marketplace, name: str, **fields: object) -> Thread:
    text = str(fields.pop("about", ""))
    made = Thread(marketplace=marketplace, mirakl_id=name, last_message_at=NOW, search_text=text)
    for field, value in fields.items():
        setattr(made, field, value)
    made.search_names = words.fold(made.customer_name)
    made.save()
    return made


@pytest.fixture
def reader(alice: User) -> queries.Reader:
    nord = Marketplace.objects.create(name="Nord Haus", slug="nord", base_url="https://n.example")
    sud = Marketplace.objects.create(name="Süd", slug="sud", base_url="https://s.example")
    late = Tag.objects.create(name="Late parcel", is_for_all=True)
    thread(
        nord,
        "lamp",
        customer_name="José Muñoz",
        entity_type="MMP_ORDER",
        entity_id="MV-1042-A",
        about="mv 1042 a",
        assignee=alice,
        has_attachments=True,
        due_at=NOW - timedelta(hours=1),
    ).tags.add(late)
    thread(sud, "sofa", about="jose", status=Thread.Status.CLOSED, last_sender_is_ours=True)
    old = thread(
        sud,
        "old",
        about="lamp",
        last_message_at=NOW - timedelta(days=400),
        snoozed_until=NOW + timedelta(days=1),
    )
    Note.objects.create(thread=old, author=alice, token="9" * 32, body="x", search_text="colleague")
    Draft.objects.create(thread=old, user=alice, body="Dear")
    return queries.Reader(alice, [nord, sud])


def found(text: str, reader: queries.Reader) -> set[str]:
    threads = queries.read(text, reader).narrow(Thread.objects.all())
    return {one.mirakl_id for one in threads}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from:jose", {"lamp"}),
        ('from:"josé munoz"', {"lamp"}),
        ("from:mun", {"lamp"}),
        ("from:noz", set()),
        ("jose", {"lamp", "sofa"}),
        ("order:MV-10", {"lamp"}),
        ("order:mv-1042-a", {"lamp"}),
        ("order:1042", set()),
        ('tag:"late parcel"', {"lamp"}),
        ("assignee:me", {"lamp"}),
        ("assignee:alice", {"lamp"}),
        ("assignee:nobody", {"sofa", "old"}),
        ("marketplace:nord", {"lamp"}),
        ("marketplace:süd", {"sofa", "old"}),
        ("is:overdue", {"lamp"}),
        ("is:waiting", {"lamp"}),
        ("is:answered", {"sofa"}),
        ("is:open", {"lamp", "old"}),
        ("IS:Closed", {"sofa"}),
        ("is:snoozed", {"old"}),
        ("is:mine", {"lamp"}),
        ("is:unassigned", {"sofa", "old"}),
        ("has:attachments", {"lamp"}),
        ("has:note", {"old"}),
        ("has:draft", {"old"}),
        ("colleague", {"old"}),
        (f"before:{NOW - timedelta(days=30):%Y-%m-%d}", {"old"}),
        (f"after:{NOW - timedelta(days=30):%Y-%m-%d}", {"lamp", "sofa"}),
        ("is:overdue from:jose lamp", set()),
        ("assignee:nobody jose", {"sofa"}),
        ("", {"lamp", "sofa", "old"}),
    ],
)
def test_it_finds(text: str, expected: set[str], reader: queries.Reader) -> None:
    assert found(text, reader) == expected


@pytest.mark.parametrize(
    "text",
    ["tag:none", "assignee:zoe", "is:blue", "has:wings", "before:soon", "after:2026-02-31"],
)
def test_it_says_what_it_left_out(text: str, reader: queries.Reader) -> None:
    query = queries.read(f"{text} jose", reader)

    assert [text in problem for problem in query.problems] == [True]
    assert query.words == "jose"
    assert found(f"{text} jose", reader) == {"lamp", "sofa"}
    assert found(text, reader) == set()


@pytest.mark.parametrize("text", ["https://x.example", "12:30", "note:this", "is:", '"is:open"'])
def test_what_is_no_condition_is_words(text: str, reader: queries.Reader) -> None:
    query = queries.read(text, reader)

    assert (query.words, query.conditions, query.problems) == (text, [], [])


@pytest.mark.parametrize("text", ["before:0001-01-01", "after:9999-12-31", "tag:\\", "order:%_'"])
def test_nothing_typed_breaks_it(text: str, reader: queries.Reader) -> None:
    found(text, reader)


def test_a_code_is_found_by_what_the_marketplace_calls_it(
    alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirror.refresh([maison])
    coded = Thread.objects.filter(topic_type="REASON_CODE", topic_value="22")
    reasons.label_topics(coded.select_related("marketplace"))
    reader = queries.Reader(alice, [maison])

    by_label = found("problem item", reader)
    by_code = found("22", reader)

    assert {thread.mirakl_id for thread in coded} <= by_label
    assert not {thread.mirakl_id for thread in coded} & by_code
