"""The query language of the search box, and errors about invalid conditions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox import word_forms
from inbox.models import Draft, Marketplace, Note, Tag, Thread, User
from inbox.services.marketplaces import reasons
from inbox.services.mirror import sync
from inbox.services.search import query_language
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def thread(marketplace: Marketplace, name: str, **fields: object) -> Thread:
    text = str(fields.pop("about", ""))
    made = Thread(marketplace=marketplace, mirakl_id=name, last_message_at=NOW, search_text=text)
    for field, value in fields.items():
        setattr(made, field, value)
    made.search_names = word_forms.fold(made.customer_name)
    made.save()
    return made


@pytest.fixture
def reader(alice: User) -> query_language.Reader:
    nord = Marketplace.objects.create(name="Nord Haus", slug="nord", base_url="https://n.example")
    sud = Marketplace.objects.create(name="Süd", slug="sud", base_url="https://s.example")
    late = Tag.objects.create(name="Late parcel", is_for_all=True)
    thread(
        nord,
        "lamp",
        customer_name="José Muñoz",
        entity_type="MMP_ORDER",
        entity_id="MV-1042-A",
        topic_value="1042 is late",
        about="mv 1042 a 1042 is late",
        assignee=alice,
        has_attachments=True,
        due_at=NOW - timedelta(hours=1),
    ).tags.add(late)
    thread(sud, "sofa", about="jose", status=Thread.Status.CLOSED, last_sender_is_ours=True)
    old = thread(
        sud,
        "old",
        about="lamp is broken",
        topic_value="Lamp is broken",
        last_message_at=NOW - timedelta(days=400),
        snoozed_until=NOW + timedelta(days=1),
    )
    Note.objects.create(thread=old, author=alice, token="9" * 32, body="x", search_text="colleague")
    Draft.objects.create(marketplace=old.marketplace, thread=old, user=alice, body="Dear")
    return query_language.Reader(alice, [nord, sud])


def found(text: str, reader: query_language.Reader) -> set[str]:
    threads = query_language.read_query(text, reader).narrow(Thread.objects.all())
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
        ("about:order", {"lamp"}),
        ("topic:lam", {"old"}),
        ("topic:10", {"lamp"}),
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
def test_it_finds(text: str, expected: set[str], reader: query_language.Reader) -> None:
    assert found(text, reader) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("tag:none", "assignee:zoe", "is:blue", "has:wings", "before:soon", "after:2026-02-31"),
        *("marketplace:west", "about:weather"),
    ],
)
def test_what_it_does_not_know_finds_nothing_and_it_says_so(
    text: str, reader: query_language.Reader
) -> None:
    query = query_language.read_query(f"{text} jose", reader)

    assert [text in problem for problem in query.problems] == [True]
    assert query.words == "jose"
    assert found(f"{text} jose", reader) == set()


def test_a_condition_finds_no_more_once_what_it_names_is_gone(
    reader: query_language.Reader,
) -> None:
    before = found('tag:"late parcel" is:open', reader)

    Tag.objects.update(name="On time")

    assert before == {"lamp"}
    assert found('tag:"late parcel" is:open', reader) == set()


@pytest.mark.parametrize("name", ["Late parcel", 'The "big" one', "é:ü", "a'b", "(x) & <y>"])
def test_a_name_is_found_however_it_is_written(name: str, reader: query_language.Reader) -> None:
    Tag.objects.update(name=name)
    text = query_language.join_query(
        "jose", [query_language.Part("tag", name), query_language.Part("is", "open")]
    )

    assert found(text, reader) == {"lamp"}
    assert query_language.join_query(*query_language.split_query(text)) == text


@pytest.mark.parametrize("text", ["https://x.example", "12:30", "note:this", "is:", '"is:open"'])
def test_text_that_is_no_condition_is_a_search_term(
    text: str, reader: query_language.Reader
) -> None:
    query = query_language.read_query(text, reader)

    assert (query.words, query.conditions, query.problems) == (text, [], [])


@pytest.mark.parametrize("text", ["before:0001-01-01", "after:9999-12-31", "tag:\\", "order:%_'"])
def test_nothing_typed_breaks_it(text: str, reader: query_language.Reader) -> None:
    found(text, reader)


def test_a_code_is_found_by_what_the_marketplace_calls_it(
    alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    coded = Thread.objects.filter(topic_type="REASON_CODE", topic_value="22")
    reasons.find_topics(list(coded.select_related("marketplace")))
    reader = query_language.Reader(alice, [maison])

    by_label = found("problem item", reader)
    by_code = found("22", reader)
    by_topic = [found(text, reader) for text in ("topic:22", 'topic:"Problem with the item"')]

    assert {thread.mirakl_id for thread in coded} <= by_label
    assert not {thread.mirakl_id for thread in coded} & by_code
    assert by_topic == [{thread.mirakl_id for thread in coded}] * 2
