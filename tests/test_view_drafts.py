"""Drafts: their list, and two tabs with one thread."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Draft, Marketplace, Outgoing, Thread, User
from inbox.pages import draft_list
from inbox.services.composing import drafts
from inbox.services.mirror import sync
from tests.builders import HTMX, show_inbox, text_of, value_of


def begin(thread: Thread, user: User, body: str, **more: Any) -> Draft:
    kept = drafts.save(thread, user=user, body=body, recipients=[], token=None, **more)
    assert kept.draft
    return kept.draft


def begin_form(marketplace: Marketplace, user: User, about: str) -> Draft:
    address = f"/orders/{marketplace.slug}/{about}/threads/new/"
    kind = Outgoing.Kind.ORDER_THREAD
    return Draft.objects.create(
        marketplace=marketplace, user=user, kind=kind, subject_id=about, address=address
    )


class Tab:
    """A tab with the thread and its form."""

    def __init__(self, client: Client, thread: Thread) -> None:
        self._client, self._thread = client, thread
        page = text_of(client.get(thread.get_absolute_url()))
        self.form = {name: value_of(page, name) for name in ("token", "based_on")}

    def saves(self, body: str, **more: str) -> str:
        url = f"{self._thread.get_absolute_url()}draft/"
        answer = text_of(self._client.post(url, self.form | {"body": body} | more, headers=HTMX))
        self.form["based_on"] = value_of(answer, "based_on")
        return answer


# -- the list -----------------------------------------------------------------


def test_it_lists_ones_own_newest_first_with_where_they_lead(
    agent: Client, alice: User, waiting: Thread
) -> None:
    show_inbox(waiting.marketplace)
    other = Thread.objects.exclude(pk=waiting.pk)[0]
    begin(other, alice, "The older one")
    begin(waiting, alice, "The newer one")

    page = text_of(agent.get(reverse("drafts")))

    assert page.index("The newer one") < page.index("The older one")
    assert f'href="{waiting.get_absolute_url()}#composer-{waiting.pk}"' in page
    assert waiting.who in page
    assert "Maison Verte" in page


def test_nobody_else_sees_it(agent: Client, bob: User, waiting: Thread) -> None:
    begin(waiting, bob, "Bob's own words")

    assert "own words" not in text_of(agent.get(reverse("drafts")))


def test_what_one_may_no_longer_see_is_not_listed(
    agent: Client, alice: User, waiting: Thread, nordhaus: Marketplace
) -> None:
    begin(waiting, alice, "From before")
    sync.refresh([nordhaus])
    alice.groups.clear()
    alice.is_superuser = False

    assert agent.get(reverse("drafts")).status_code == 404


def test_it_survives_a_logout_and_an_assignment(
    agent: Client, alice: User, bob: User, waiting: Thread
) -> None:
    begin(waiting, alice, "Half a sentence")
    agent.logout()
    Thread.objects.filter(pk=waiting.pk).update(assignee=bob)
    agent.force_login(alice)

    page = text_of(agent.get(waiting.get_absolute_url()))

    assert "Half a sentence</textarea>" in page
    assert "Saved " in page


def test_it_is_shown_in_no_other_thread(agent: Client, alice: User, waiting: Thread) -> None:
    begin(waiting, alice, "Half a sentence")
    show_inbox(waiting.marketplace)
    other = Thread.objects.exclude(pk=waiting.pk).filter(entity_type="MMP_ORDER")[0]

    page = text_of(agent.get(other.get_absolute_url()))

    assert "Half a sentence" not in page


def test_its_list_costs_as_many_queries_whatever_its_length(
    agent: Client, alice: User, waiting: Thread, django_assert_max_num_queries: Any
) -> None:
    show_inbox(waiting.marketplace)
    for thread in Thread.objects.all()[:20]:
        begin(thread, alice, "A draft")

    with django_assert_max_num_queries(20):
        agent.get(reverse("drafts"))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.usefixtures("contexts")
def test_drafts_of_one_moment_are_each_listed_once(
    size: int, agent: Client, alice: User, waiting: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_list, "PAGE_SIZE", size)
    show_inbox(waiting.marketplace)
    drafts = [begin(thread, alice, "A draft") for thread in Thread.objects.all()[:5]]
    of_forms = [begin_form(waiting.marketplace, alice, str(number)) for number in range(5)]
    Draft.objects.update(saved_at=waiting.last_message_at)

    listed: list[Draft] = []
    address = reverse("drafts")
    while address:
        page = agent.get(address).context["page"]
        listed += [row.draft for row in page.rows]
        address = page.next_before and f"/drafts/?{urlencode({'before': page.next_before})}"

    assert sorted(map(str, listed)) == sorted(map(str, [*drafts, *of_forms]))


# -- two tabs -----------------------------------------------------------------


def test_an_older_tab_does_not_overwrite_what_a_newer_one_has_saved(
    agent: Client, waiting: Thread
) -> None:
    older, newer = Tab(agent, waiting), Tab(agent, waiting)
    newer.saves("From the newer tab")

    answer = older.saves("From the older tab")

    assert "A different version was saved in another tab" in answer
    assert Draft.objects.get().body == "From the newer tab"


def test_it_is_overwritten_once_somebody_says_so(agent: Client, waiting: Thread) -> None:
    older, newer = Tab(agent, waiting), Tab(agent, waiting)
    newer.saves("From the newer tab")
    older.saves("From the older tab")

    answer = older.saves("From the older tab", anyway="on")

    assert "Saved " in answer
    assert Draft.objects.get().body == "From the older tab"


def test_a_tab_goes_on_with_what_it_was_shown(agent: Client, waiting: Thread) -> None:
    Tab(agent, waiting).saves("Begun in a tab that is closed")

    answer = Tab(agent, waiting).saves("Begun in a tab that is closed, and finished")

    assert "Saved " in answer
    assert Draft.objects.get().body.endswith("and finished")


def test_a_tab_goes_on_where_the_answer_to_its_last_save_was_lost(
    agent: Client, waiting: Thread
) -> None:
    tab = Tab(agent, waiting)
    known = tab.form["based_on"]
    tab.saves("One")
    tab.form["based_on"] = known

    assert "Saved " in tab.saves("One and two")
