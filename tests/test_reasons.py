"""Topics that are codes: shown by the marketplace's labels, which are fetched once a day."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override
from pytest_django import Settings

from inbox.models import Marketplace, MirrorState, Thread, User
from inbox.services.marketplaces import daily_answers, reasons
from tests.builders import text_of
from tests.writing import Mirakl, eventually

LABEL = "Problem with the item"


@pytest.fixture
def coded(thread: Thread) -> Thread:
    thread.topic_type, thread.topic_value = "REASON_CODE", "22"
    thread.save(update_fields=["topic_type", "topic_value"])
    return thread


def labelled(thread: Thread, *silent: Marketplace) -> str:
    fresh = Thread.objects.select_related("marketplace").get(pk=thread.pk)
    return reasons.find_topic(fresh, silent=silent)


def codes(marketplace: Marketplace, entity_type: str) -> set[str]:
    return {reason.code for reason in reasons.list_offered(marketplace, entity_type)}


def test_it_calls_a_code_what_the_marketplace_calls_it(coded: Thread) -> None:
    assert labelled(coded) == LABEL


def test_each_reader_reads_it_in_their_own_language(coded: Thread, mirakl: Mirakl) -> None:
    with override("fr"):
        in_french = labelled(coded)

    assert (labelled(coded), in_french) == (LABEL, "Problème avec l'article")
    assert len(mirakl.calls("RE01")) == 2


def test_it_asks_once_for_a_day_of_displays(coded: Thread, mirakl: Mirakl) -> None:
    labels = {labelled(coded) for _display in range(5)}

    assert labels == {LABEL}
    assert len(mirakl.calls("RE01")) == 1


def test_it_asks_nothing_where_no_topic_is_a_code(thread: Thread, mirakl: Mirakl) -> None:
    thread.topic_type, thread.topic_value = "FREE_TEXT", "22"
    thread.save(update_fields=["topic_type", "topic_value"])

    assert labelled(thread) == "22"
    assert mirakl.calls("RE01") == []


def test_it_shows_a_code_that_the_marketplace_does_not_name(coded: Thread) -> None:
    coded.topic_value = "4711"
    coded.save(update_fields=["topic_value"])

    assert labelled(coded) == "4711"


def test_it_waits_a_moment_and_has_a_late_answer_for_the_next_display(
    coded: Thread, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_answers, "WAIT_SECONDS", 0.1)
    mirakl.fails("RE01", latency_ms=1800, times=1)

    first = labelled(coded)

    assert first == "22"
    eventually(lambda: labelled(coded) == LABEL)
    assert len(mirakl.calls("RE01")) == 1


def test_it_shows_the_code_and_rests_where_mirakl_fails(coded: Thread, mirakl: Mirakl) -> None:
    mirakl.fails("RE01", status=400)

    shown = {labelled(coded) for _display in range(3)}

    assert shown == {"22"}
    assert len(mirakl.calls("RE01")) == 1


def test_it_asks_nothing_of_a_marketplace_that_is_failing_or_still_answering(
    coded: Thread, mirakl: Mirakl
) -> None:
    assert labelled(coded, coded.marketplace) == "22"
    MirrorState.objects.update(failing_since=coded.last_message_at)
    assert labelled(coded) == "22"
    assert mirakl.calls("RE01") == []


def test_what_is_known_is_shown_though_nothing_is_asked(coded: Thread) -> None:
    labelled(coded)

    assert labelled(coded, coded.marketplace) == LABEL


def test_it_shows_the_code_without_a_cache(coded: Thread, settings: Settings) -> None:
    gone = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone}

    assert labelled(coded) == "22"


def test_it_asks_the_older_way_where_there_is_no_other(coded: Thread, mirakl: Mirakl) -> None:
    mirakl.fails("RE01", status=404)

    assert labelled(coded) == LABEL
    assert len(mirakl.calls("RE02")) == len(reasons.OLDER_TYPES)
    assert mirakl.calls("RE14") == []


def test_it_asks_the_oldest_way_where_there_is_no_other(coded: Thread, mirakl: Mirakl) -> None:
    mirakl.fails("RE01", "RE02", status=410)

    # RE14 has labels only in the marketplace's language.
    assert labelled(coded) == "Problème avec l'article"
    assert codes(coded.marketplace, "MMP_ORDER") >= {"20", "22"}
    assert len(mirakl.calls("RE14")) == 1


def test_it_offers_a_role_what_it_may_say(
    maison: Marketplace, maison_operator: Marketplace
) -> None:
    assert "27" in codes(maison_operator, "MMP_ORDER")
    assert "27" not in codes(maison, "MMP_ORDER")
    assert "20" in codes(maison, "MMP_ORDER")


@pytest.mark.parametrize(
    ("entity_type", "code"),
    [
        ("MMP_OFFER", "31"),
        ("SELLER_OPERATOR", "MMP_SELLER_MESSAGING_INVOICING"),
        ("MPS_ORDER", "MPS_20"),
        ("MPS_SERVICE", "MPS_31"),
    ],
)
def test_it_offers_what_fits_the_subject(maison: Marketplace, entity_type: str, code: str) -> None:
    offered = reasons.list_offered(maison, entity_type)

    assert code in {reason.code for reason in offered}
    assert {reason.type for reason in offered} <= set(reasons.TYPES[entity_type])
    assert len({reason.label for reason in offered}) == len(offered)


def test_it_offers_nothing_on_what_nobody_knows(maison: Marketplace) -> None:
    assert reasons.list_offered(maison, "MMP_SOMETHING_NEW") == []


# -- on the screen --------------------------------------------------------


@pytest.mark.usefixtures("contexts")
def test_every_page_calls_a_topic_by_its_label(
    alice: User, maison: Marketplace, client: Client
) -> None:
    client.force_login(alice)
    inbox = client.get("/", {"view": "all"})
    listed = {row.pk for row in inbox.context["page"].list.rows}
    shown = Thread.objects.filter(pk__in=listed, topic_type="REASON_CODE", entity_type="MMP_ORDER")[
        0
    ]

    order_page = reverse("order", args=[maison.slug, shown.order_id])
    pages = [inbox, client.get(shown.get_absolute_url()), client.get(order_page)]

    label = escape(labelled(shown))
    assert label != escape(shown.topic_value)
    for page in pages:
        assert f'dir="auto">{label}<' in text_of(page)


@pytest.mark.usefixtures("contexts")
def test_the_inbox_asks_for_labels_only_where_threads_have_come(
    alice: User, coded: Thread, client: Client, settings: Settings, mirakl: Mirakl
) -> None:
    settings.INBOX_DEADLINE_SECONDS = 0.2
    mirakl.fails("M11", latency_ms=800, times=1)
    client.force_login(alice)

    early = client.get("/", {"view": "all"})
    asked_early = mirakl.calls("RE01")
    settled = client.get("/", {"view": "all", "wait": "1"})

    assert 'dir="auto">22<' in text_of(early)
    assert asked_early == []
    assert not [row for row in settled.context["page"].list.rows if row.topic == "22"]
    assert len(mirakl.calls("RE01")) == 1
