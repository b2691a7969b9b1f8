"""Sending a reply: warnings, missing values, the next page, and macros."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import CannedReply, Draft, Event, Marketplace, Outgoing, Tag, Thread, User
from inbox.services.outbox import confirmation, delivery
from inbox.services.triage.snooze import snooze_thread
from tests.builders import post_reply, reply_form, text_of, threads_on, value_of
from tests.writing import Mirakl

INTERNAL = "Can you refund him?"


def as_pressed(page: str) -> dict[str, Any]:
    """Returns the data that a warning's button posts."""
    return {"meant": value_of(page, "meant")}


# -- gaps and warnings --------------------------------------------------------


@pytest.mark.parametrize("gap", ["[missing: tracking.url]", "{{ order.id }}"])
def test_nothing_goes_out_with_a_gap_in_it(
    gap: str, agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    response = post_reply(agent, waiting, body=f"Follow it here: {gap}")

    assert response.status_code == 422
    assert gap in text_of(response)
    assert mirakl.calls("M12") == []


def test_a_warning_holds_a_reply_until_it_is_sent_anyway(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting, body=INTERNAL)

    held = post_reply(agent, waiting, **form)
    before = len(mirakl.calls("M12"))
    sent = post_reply(agent, waiting, **form | as_pressed(text_of(held)))

    assert (held.status_code, held["HX-Retarget"], before) == (422, "find .problems", 0)
    assert "sounds like a note to a colleague" in text_of(held)
    assert sent.status_code == 200
    assert mirakl.bodies(waiting.mirakl_id)[-1] == INTERNAL


def test_without_javascript_a_warning_holds_and_lets_go_too(agent: Client, waiting: Thread) -> None:
    form = reply_form(waiting, body=INTERNAL)

    held = post_reply(agent, waiting, htmx=False, **form)
    page = text_of(held)
    form |= {"token": value_of(page, "token")} | as_pressed(page)
    sent = post_reply(agent, waiting, htmx=False, **form)

    assert held.status_code == 422
    assert f"{INTERNAL}</textarea>" in page
    assert sent.status_code == 302
    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_what_was_confirmed_lets_nothing_else_through(
    agent: Client, waiting: Thread, maison: Marketplace
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(discourages_operator_copy=True)
    form = reply_form(waiting, body=INTERNAL)
    pressed = as_pressed(text_of(post_reply(agent, waiting, **form)))

    response = post_reply(agent, waiting, **form | pressed | {"to": ["CUSTOMER", "OPERATOR"]})

    assert response.status_code == 422
    assert "asks sellers not to copy" in text_of(response)
    assert "colleague" not in text_of(response)


def test_all_warnings_come_in_one_notice(
    agent: Client, alice: User, waiting: Thread, maison: Marketplace
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(discourages_operator_copy=True, language="fr")
    Draft.objects.create(
        user=alice,
        marketplace=waiting.marketplace,
        thread=waiting,
        body="…",
        begun_for=["OPERATOR"],
    )
    body = f"{INTERNAL} The parcel has been lost by the carrier, as it seems."

    page = text_of(post_reply(agent, waiting, body=body, to=["CUSTOMER", "OPERATOR"]))

    assert page.count("<li>") == 4
    assert page.count('name="meant"') == 1
    assert "This looks like English" in page


def test_sending_anyway_means_what_was_meant_at_first(agent: Client, waiting: Thread) -> None:
    page = text_of(post_reply(agent, waiting, body=INTERNAL, after="list", close="on"))

    meant = parse_qs(as_pressed(page)["meant"])
    assert (meant["after"], meant["close"]) == (["list"], ["on"])


# -- where one goes -----------------------------------------------------------


def test_one_stays_unless_one_says_otherwise(agent: Client, waiting: Thread) -> None:
    response = post_reply(agent, waiting)

    assert "HX-Redirect" not in response
    assert "data-composer" in text_of(response)


@pytest.mark.parametrize("view", ["", "?view=all&sort=newest"])
def test_the_next_one_is_the_next_in_the_list(
    view: str, agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    rows = threads_on(text_of(agent.get(f"/{view}")))
    here = Thread.objects.get(mirakl_id=rows[2])
    url = f"{here.get_absolute_url()}reply/{view}"
    form = reply_form(here, after="next", to=[here.authorized_participants[0].type])
    agent.get(here.get_absolute_url())

    response = agent.post(url, form | {"confirmed": "language"}, headers={"HX-Request": "true"})

    following = Thread.objects.get(mirakl_id=rows[3])
    assert response["HX-Redirect"] == following.get_absolute_url() + view


def test_the_list_carries_its_filters_to_the_thread_and_back(
    agent: Client, waiting: Thread
) -> None:
    listed = text_of(agent.get("/?view=all"))
    page = text_of(agent.get(f"{waiting.get_absolute_url()}?view=all"))
    response = post_reply(agent, waiting, htmx=False, after="list")

    assert f'href="{waiting.get_absolute_url()}?view=all"' in listed
    assert f'action="{waiting.get_absolute_url()}reply/?view=all"' in page
    assert response["Location"] == "/"


def test_the_choice_is_remembered(agent: Client, alice: User, waiting: Thread) -> None:
    post_reply(agent, waiting, after="list")

    again = post_reply(agent, waiting)

    assert User.objects.get(pk=alice.pk).after_sending == "list"
    assert again["HX-Redirect"] == "/"


def test_the_next_page_says_once_that_it_was_sent(agent: Client, waiting: Thread) -> None:
    post_reply(agent, waiting, after="list")

    first, second = text_of(agent.get("/")), text_of(agent.get("/"))

    assert f"Sent to {waiting.who}" in first
    assert "data-told" not in second


def test_one_stays_with_what_could_not_be_sent(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400)

    response = post_reply(agent, waiting, after="next")

    assert "HX-Redirect" not in response
    assert 'data-state="failed"' in text_of(response)


def may_undo(user: User) -> None:
    User.objects.filter(pk=user.pk).update(undo_seconds=30)


@pytest.mark.parametrize("htmx", [True, False])
def test_the_next_page_lets_one_undo_and_come_back(
    htmx: bool, agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    may_undo(alice)
    post_reply(agent, waiting, after="list", body="Too early", htmx=htmx)
    page = text_of(agent.get("/?view=all"))
    undo = f"/replies/{Outgoing.objects.get().token}/take-back/?view=all"

    back = agent.post(undo)

    assert f'action="{undo}"' in page
    assert back["Location"].startswith(f"{waiting.get_absolute_url()}?view=all&from=")
    assert "Too early</textarea>" in text_of(agent.get(back["Location"].partition("#")[0]))
    assert mirakl.calls("M12") == []


def test_it_is_closed_once_the_reply_is_there(agent: Client, alice: User, waiting: Thread) -> None:
    may_undo(alice)
    post_reply(agent, waiting, close="on")
    waiting.refresh_from_db()
    before = waiting.status
    reply = Outgoing.objects.get()
    Outgoing.objects.update(undo_until=timezone.now())

    delivery.deliver(reply.pk)

    waiting.refresh_from_db()
    assert (before, waiting.status) == ("open", "closed")


@pytest.mark.parametrize("close", ["on", ""])
def test_one_that_is_refused_leaves_it_open_however_it_was_closed(
    close: str, agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    may_undo(alice)
    post_reply(agent, waiting, close=close)
    if not close:
        agent.post(f"{waiting.get_absolute_url()}close/", {"anyway": "on"})
    mirakl.fails("M12", status=400)
    Outgoing.objects.update(undo_until=timezone.now())

    reply = delivery.deliver(Outgoing.objects.get().pk)

    waiting.refresh_from_db()
    assert (reply.state, waiting.status) == ("failed", "open")
    assert waiting.due_at is not None


def test_one_that_is_sent_again_closes_it_then(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400)
    post_reply(agent, waiting, close="on")
    mirakl.recovers()

    agent.post(f"/replies/{Outgoing.objects.get().token}/send-again/")

    waiting.refresh_from_db()
    assert waiting.status == "closed"


def test_nothing_is_closed_while_nobody_knows_whether_it_arrived(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="after", times=1)

    post_reply(agent, waiting, close="on")
    waiting.refresh_from_db()
    before = waiting.status
    Outgoing.objects.update(lease_until=timezone.now())
    confirmation.confirm(Outgoing.objects.get())

    waiting.refresh_from_db()
    assert (before, waiting.status) == ("open", "closed")


def test_nothing_is_closed_over_what_somebody_has_decided_meanwhile(
    agent: Client, alice: User, bob: User, waiting: Thread
) -> None:
    may_undo(alice)
    post_reply(agent, waiting, close="on")
    snooze_thread(waiting, until=timezone.now() + timedelta(hours=1), by=bob)
    Outgoing.objects.update(undo_until=timezone.now())

    delivery.deliver(Outgoing.objects.get().pk)

    waiting.refresh_from_db()
    assert waiting.status == "open"


def test_what_was_closed_over_a_reply_opens_when_it_is_taken_back(
    agent: Client, alice: User, waiting: Thread
) -> None:
    may_undo(alice)
    post_reply(agent, waiting)
    agent.post(f"{waiting.get_absolute_url()}close/", {"anyway": "on"})

    agent.post(f"/replies/{Outgoing.objects.get().token}/take-back/")

    waiting.refresh_from_db()
    assert waiting.status == "open"


def test_a_draft_remembers_whom_it_was_begun_for(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    url = f"{waiting.get_absolute_url()}draft/"
    agent.post(url, {"body": "Not for", "to": ["OPERATOR"]})
    agent.post(url, {"body": "Not for the world", "to": ["CUSTOMER"]})

    response = post_reply(agent, waiting, body="Not for the world")

    assert response.status_code == 422
    assert "The recipients have changed since you started this reply" in text_of(response)
    assert mirakl.calls("M12") == []


# -- macros -------------------------------------------------------------------


def test_a_use_is_counted_once_however_often_the_form_is_sent(
    agent: Client, waiting: Thread
) -> None:
    canned = CannedReply.objects.create(name="One", body="Words")
    form = reply_form(waiting, canned=[canned.pk])

    post_reply(agent, waiting, **form)
    post_reply(agent, waiting, **form)

    canned.refresh_from_db()
    assert canned.used == 1


def test_a_macro_does_what_it_says(agent: Client, alice: User, waiting: Thread) -> None:
    tag = Tag.objects.create(name="thanks")
    macro = CannedReply.objects.create(name="Done", body="W", assigns_to="sender", closes=True)
    macro.adds_tags.add(tag)

    post_reply(agent, waiting, canned=[macro.pk])

    waiting.refresh_from_db()
    assert (waiting.assignee, waiting.status, list(waiting.tags.all())) == (alice, "closed", [tag])
    done = set(Event.objects.filter(thread=waiting, by=alice).values_list("verb", flat=True))
    assert {"assigned", "tagged", "closed"} <= done


def test_a_macro_snoozes_a_conversation(agent: Client, waiting: Thread) -> None:
    macro = CannedReply.objects.create(
        name="Later", body="W", assigns_to="nobody", snoozes_hours=48
    )
    before = timezone.now()

    post_reply(agent, waiting, canned=[macro.pk])

    waiting.refresh_from_db()
    assert waiting.snoozed_until is not None
    assert before < waiting.snoozed_until - timedelta(hours=47, minutes=59)
    assert waiting.status == "open"


def test_it_is_sent_and_closed(agent: Client, waiting: Thread) -> None:
    post_reply(agent, waiting, close="on")

    waiting.refresh_from_db()
    assert waiting.status == "closed"


def test_nothing_is_closed_over_a_reply_that_failed(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400)

    post_reply(agent, waiting, close="on")

    waiting.refresh_from_db()
    assert waiting.status == "open"


def test_somebody_elses_macro_is_not_used(agent: Client, waiting: Thread, bob: User) -> None:
    canned = CannedReply.objects.create(name="One", body="Words", owner=bob)

    post_reply(agent, waiting, canned=[canned.pk, "x"])

    canned.refresh_from_db()
    assert canned.used == 0
    assert Outgoing.objects.get().state == Outgoing.State.SENT
