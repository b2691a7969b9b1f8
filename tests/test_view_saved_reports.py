"""The page of saved reports: saving, sharing, ordering by mail."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from inbox.models import Marketplace, ReportMail, ReportSubscription, SavedReport, User
from inbox.services.mails.sending import UNREACHED
from tests.builders import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(bob: User, client: Client) -> Client:
    client.force_login(bob)
    return client


def test_a_report_is_saved_with_its_filters(lead: Client, maison: Marketplace) -> None:
    query = "period=last-week&marketplace=maison-verte&as_of=2026-11-30T07:00:00Z"
    saved = lead.post("/reports/time/save/", {"name": "Late ones", "query": query}, follow=True)

    report = SavedReport.objects.get()
    assert "Late ones" in text_of(saved)
    assert report.get_absolute_url() == ("/reports/time/?period=last-week&marketplace=maison-verte")
    assert report.marketplace == maison


@pytest.mark.parametrize(
    "query", ["from=2026-11-08&to=2026-11-02", "marketplace=unknown", "tag=" + "x" * 700]
)
def test_wrong_filters_are_not_saved(lead: Client, query: str) -> None:
    refused = lead.post("/reports/time/save/", {"name": "Wrong", "query": query})

    assert refused.status_code == 422
    assert not SavedReport.objects.exists()


def test_a_form_sent_twice_saves_one_report(lead: Client) -> None:
    for _ in range(2):
        lead.post("/reports/time/save/", {"name": "Ours", "query": "period=last-week"})
    assert SavedReport.objects.count() == 1

    lead.post("/reports/time/save/", {"name": "Ours", "query": "period=yesterday"})
    assert SavedReport.objects.count() == 2


def test_only_leads_share(alice: User, client: Client) -> None:
    client.force_login(alice)

    refused = client.post("/reports/time/save/", {"name": "Mine", "query": "", "is_shared": "on"})

    assert refused.status_code == 422
    assert "Only leads can share reports" in text_of(refused)


def test_a_shared_report_is_its_teams(lead: Client, alice: User, charlie: User) -> None:
    lead.post("/reports/time/save/", {"name": "Ours", "query": "", "is_shared": "on"})

    assert SavedReport.objects.visible_to(alice).exists()
    assert not SavedReport.objects.visible_to(charlie).exists()
    assert not SavedReport.objects.editable_by(alice).exists()


def test_an_agent_is_not_offered_a_shared_report_of_the_team(lead: Client, alice: User) -> None:
    for page in ("time", "team"):
        lead.post(f"/reports/{page}/save/", {"name": f"Our {page}", "query": "", "is_shared": "on"})

    lead.force_login(alice)
    shown = text_of(lead.get("/reports/saved/"))

    assert "Our time" in shown
    assert "Our team" not in shown


def test_a_reader_orders_and_ends_the_mails(lead: Client, bob: User) -> None:
    lead.post("/reports/time/save/", {"name": "Ours", "query": ""})
    url = f"/reports/saved/{SavedReport.objects.get().pk}/mail/"

    lead.post(url, {"rhythm": "weekly"})
    ordered = ReportSubscription.objects.get()
    lead.post(url, {"rhythm": "weekly"})

    assert ReportSubscription.objects.get().since == ordered.since
    assert [one.slug for one in ordered.marketplaces.all()] == ["maison-verte"]
    assert lead.post(url, {"rhythm": "hourly"}).status_code == 422
    lead.post(url, {"rhythm": ""})
    assert not ReportSubscription.objects.exists()


def test_nobody_orders_or_changes_what_they_may_not_see(lead: Client, charlie: User) -> None:
    lead.post("/reports/time/save/", {"name": "Ours", "query": "", "is_shared": "on"})
    pk = SavedReport.objects.get().pk
    lead.force_login(charlie)

    for action in ("mail/", "delete/", ""):
        answer = lead.post(f"/reports/saved/{pk}/{action}", {"rhythm": "daily", "name": "x"})
        assert answer.status_code == 404, action


def test_the_page_says_how_the_last_mail_ended(lead: Client, bob: User, settings: Settings) -> None:
    now, settings.SENDS_MAIL = timezone.now(), True
    report = SavedReport.objects.create(owner=bob, name="Ours", page="time")
    one = ReportSubscription.objects.create(
        report=report, reader=bob, rhythm=ReportSubscription.Rhythm.DAILY, since=now
    )
    ReportMail.objects.create(
        subscription=one,
        first=now.date(),
        last=now.date(),
        state=ReportMail.State.FAILED,
        problem=UNREACHED,
        changed_at=now,
        try_at=now,
    )

    text = text_of(lead.get("/reports/saved/"))

    assert "The mail server can&#x27;t be reached." in text
    assert "Next mail:" in text


def test_the_page_says_what_is_missing_for_mail(
    lead: Client, bob: User, settings: Settings
) -> None:
    SavedReport.objects.create(owner=bob, name="Ours", page="time")

    assert "This desk sends no mail yet." in text_of(lead.get("/reports/saved/"))
    settings.SENDS_MAIL = True
    assert "Your account has no email address." in text_of(lead.get("/reports/saved/"))


def test_a_report_can_be_renamed_and_deleted(lead: Client, bob: User) -> None:
    report = SavedReport.objects.create(owner=bob, name="Ours", page="time")

    lead.post(f"/reports/saved/{report.pk}/", {"name": "Theirs"})
    assert SavedReport.objects.get().name == "Theirs"
    assert lead.post(f"/reports/saved/{report.pk}/", {"name": ""}).status_code == 422
    lead.post(f"/reports/saved/{report.pk}/delete/")

    assert not SavedReport.objects.exists()
