"""The forms of reply limits, calendars and presets in the admin."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.forms.marketplaces import MarketplaceForm
from inbox.forms.metrics import MetricsField
from inbox.forms.reply_rules import describe_holidays
from inbox.models import Marketplace, MarketplacePreset, User
from inbox.models.metrics import Metric
from inbox.reply_calendar import ALWAYS
from inbox.services.marketplaces import platforms, preset_notes
from tests.builders import text_of
from tests.writing import eventually

pytestmark = pytest.mark.django_db

published = import_module("inbox.migrations.0009_published_presets")
DAYS = {"calendar_kind": "days", "calendar_zone": "Europe/Rome", "working_days": ["0", "1"]}


@pytest.fixture
def shop() -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    return client


@pytest.fixture(autouse=True)
def known_presets() -> None:
    MarketplacePreset.objects.all().delete()
    published.refresh_presets(MarketplacePreset, published.PRESETS)


def form_of(shop: Marketplace, **changes: Any) -> MarketplaceForm:
    data = model_to_dict(shop, exclude=["metrics", "closed_dates", "opening_hours"])
    hours = {f"opens_{day}": text for day, text in enumerate(shop.opening_hours)}
    typed = {name: value for name, value in data.items() if value is not None}
    return MarketplaceForm(
        typed | hours | {"kind": "key", "channel_codes": ""} | changes, instance=shop
    )


def saved(form: MarketplaceForm) -> Marketplace:
    assert form.is_valid(), form.errors
    form.save()
    return Marketplace.objects.get()


# -- the calendar ---------------------------------------------------------


def test_a_calendar_of_working_days(shop: Marketplace) -> None:
    found = saved(form_of(shop, **DAYS, closed_dates="2026-12-24, 2026-12-31"))

    assert [bool(openings) for openings in found.calendar.week] == [True] * 2 + [False] * 5
    assert found.closed_dates == [date(2026, 12, 24), date(2026, 12, 31)]


def test_a_calendar_of_working_hours(shop: Marketplace) -> None:
    hours = {"calendar_kind": "hours", "calendar_zone": "Europe/Rome", "opens_4": "9-12,13-17"}

    found = saved(form_of(shop, **hours))

    assert found.calendar.week[4] == ((540, 720), (780, 1020))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (DAYS | {"calendar_zone": ""}, "Choose the time zone of these days."),
        (DAYS | {"working_days": []}, "This calendar has no working time in the coming year"),
        (DAYS | {"calendar_kind": "hours", "opens_0": "nine"}, "Write opening times like"),
        (
            DAYS | {"calendar_kind": "hours", **{f"opens_{day}": "" for day in range(7)}},
            "This calendar has no working time in the coming year",
        ),
        ({"reply_rule": "share_min"}, "Enter a share from 1 to 100"),
        ({"metrics": "incidents > 5"}, "This line is not a figure with its limits: incidents"),
        ({"closed_dates": "Christmas"}, "Enter a valid date."),
    ],
)
def test_it_says_what_is_missing(changes: dict[str, Any], words: str, shop: Marketplace) -> None:
    form = form_of(shop, **changes)

    assert not form.is_valid()
    assert words in str(form.errors)


def test_a_form_without_these_fields_changes_none_of_them(shop: Marketplace) -> None:
    Marketplace.objects.update(limit_sign=">", score_window="month", min_orders=10)
    data = {"name": "Nord", "slug": "nord", "base_url": shop.base_url, "role": "seller"}
    hours = {
        "reply_limit_hours": "48",
        "alert_hours": "20",
        "colour": "teal",
        "body_format": "html",
    }

    found = saved(
        MarketplaceForm(data | hours | {"kind": "key"}, instance=Marketplace.objects.get())
    )

    assert (found.limit_sign, found.score_window, found.min_orders) == (">", "month", 10)
    assert found.reply_limit_hours == 48
    assert found.calendar is ALWAYS


def test_holidays_are_shown_before_they_are_saved(shop: Marketplace) -> None:
    """L28: show the dates before saving."""
    typed = DAYS | {"holidays_of": "IT"}

    first = form_of(shop, **typed)
    second = form_of(shop, **typed, seen_holidays="IT")

    assert not first.is_valid()
    assert "Save again if they are right." in str(first.errors["holidays_of"])
    assert "Assumption" in str(first.errors["holidays_of"])
    assert 'value="IT"' in str(first["seen_holidays"])
    assert saved(second).holidays_of == "IT"
    assert form_of(Marketplace.objects.get(), **typed).is_valid()


def test_holidays_are_those_of_the_coming_year() -> None:
    assert len(describe_holidays("GB-ENG")) > len(describe_holidays("GB")) >= 5


# -- presets --------------------------------------------------------------


def preset_named(name: str) -> MarketplacePreset:
    return MarketplacePreset.objects.get(name=name)


def test_a_preset_is_copied_with_its_calendar(shop: Marketplace) -> None:
    preset = preset_named("ePRICE")

    held = form_of(shop, preset=preset.pk).errors
    found = saved(form_of(Marketplace.objects.get(), preset=preset.pk, seen_holidays="IT"))

    assert "holidays_of" in held
    assert (found.calendar_kind, found.calendar_zone) == ("days", "Europe/Rome")
    assert (found.reply_rule, found.language, found.source) == ("each_max", "it", preset.source)
    assert preset_notes.describe_preset(found) == preset_notes.PresetNote(
        "ePRICE", date(2026, 11, 28), preset.source, True, [], None
    )


def test_a_copy_is_ones_own(shop: Marketplace) -> None:
    preset = preset_named("PcComponentes")
    chosen = saved(form_of(shop, preset=preset.pk))

    changed = saved(form_of(chosen, preset=preset.pk, alert_hours="12"))
    note = preset_notes.describe_preset(changed)
    again = saved(form_of(changed, preset=preset.pk, copy_again="on"))

    assert note is not None
    assert "alert after (hours)" in note.changes
    assert again.alert_hours == 20
    assert again.metrics == preset.metrics


def test_the_page_says_where_the_rules_come_from(desk: Client, shop: Marketplace) -> None:
    preset = preset_named("Best Buy US")
    saved(form_of(shop, preset=preset.pk, seen_holidays="US"))
    MarketplacePreset.objects.filter(pk=preset.pk).update(read_on=date(2027, 1, 2))
    Marketplace.objects.update(counts_operator=True)

    page = text_of(desk.get("/marketplaces/nord/"))

    assert "Preset “Best Buy US” of 12 Mar 2025" in page
    assert f'href="{preset.source}"' in page
    assert "Changed by you: operator&#x27;s messages count." in page
    assert "The preset is of 2 Jan 2027 by now." in page
    assert "Working days, 24 hours each (America/Chicago)" in page


def test_no_public_limit_is_said(desk: Client, shop: Marketplace) -> None:
    saved(form_of(shop, preset=preset_named("Decathlon").pk))

    for page in ["/marketplaces/nord/", reverse("admin:inbox_marketplace_change", args=[shop.pk])]:
        assert "No limit is published." in text_of(desk.get(page))
    assert "Decathlon: no public limit, Mirakl&#x27;s default of 24 hours" in str(
        MarketplaceForm()["preset"]
    )


def test_each_published_preset_is_one_that_a_marketplace_may_have() -> None:
    for preset in MarketplacePreset.objects.all():
        preset.full_clean()
        assert preset.read_on
        assert MetricsField().clean(MetricsField().prepare_value(preset.metrics)) == preset.metrics


def test_limits_hold_at_equality() -> None:
    """L43: over, or at least?"""
    figures = {one.name: one for one in preset_named("PcComponentes").metrics}

    assert preset_named("PcComponentes").limit_sign == ">"
    assert preset_named("Jinius").limit_sign == ">="
    assert figures["incident_rate"].is_over(0.09)
    assert figures["incident_rate"].is_near(0.08)
    assert not figures["approval_rate"].is_over(0.96)
    assert figures["approval_rate"].is_over(0.9599)
    assert not figures["consecutive_refused_orders_count"].is_over(1)
    assert figures["consecutive_refused_orders_count"].is_near(1)
    assert not figures["grade"].is_over(1)


def test_a_release_refreshes_only_what_nobody_changed(desk: Client, shop: Marketplace) -> None:
    Marketplace.objects.update(preset=preset_named("Conrad (English page)"))
    own = MarketplacePreset.objects.create(name="Own Market")
    jinius = preset_named("Jinius")
    rules = {"name": "Jinius", "reply_limit_hours": "72", "alert_hours": "60"}
    desk.post(reverse("admin:inbox_marketplacepreset_change", args=[jinius.pk]), rules)
    table = {name: {"reply_limit_hours": 12, "alert_hours": 6} for name in ("Jinius", "Own Market")}

    published.refresh_presets(
        MarketplacePreset, table | {"Conrad (English page)": {"reply_limit_hours": 36}}
    )

    jinius.refresh_from_db()
    own.refresh_from_db()
    shop.refresh_from_db()
    assert (jinius.reply_limit_hours, own.reply_limit_hours) == (72, 24)
    assert shop.preset is not None
    assert (shop.preset.reply_limit_hours, shop.preset.score_window) == (36, "30_days")


@pytest.mark.parametrize(("alert", "is_kept"), [(40, False), (30, True)])
def test_an_older_desks_presets_are_kept_if_an_admin_changed_them(
    alert: int, is_kept: bool
) -> None:
    MarketplacePreset.objects.all().delete()
    MarketplacePreset.objects.create(name="Conrad", reply_limit_hours=48, alert_hours=alert)

    published.add_presets(apps, None)

    assert MarketplacePreset.objects.filter(name="Conrad").exists() == is_kept
    assert MarketplacePreset.objects.filter(name="Conrad (German page)").exists()


# -- the page of the admin ------------------------------------------------


def test_an_admin_sees_the_fields_and_a_preset_of_their_own(desk: Client) -> None:
    page = text_of(desk.get(reverse("admin:inbox_marketplace_add")))
    preset = text_of(
        desk.get(
            reverse("admin:inbox_marketplacepreset_change", args=[preset_named("PcComponentes").pk])
        )
    )

    assert "England" in page
    assert "Monday" in page
    assert "incident_rate alert &gt;= 0.08 limit &gt;= 0.09" in preset


def test_the_time_zone_is_the_one_that_mirakl_names(desk: Client, maison: Marketplace) -> None:
    # A page waits a moment only for the first answer of a day.
    eventually(lambda: platforms.find_zone(maison))

    page = text_of(desk.get(reverse("admin:inbox_marketplace_change", args=[maison.pk])))

    assert '<option value="Europe/Paris" selected>' in page


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("grade", Metric("grade")),
        ("grade limit < 4.7", Metric("grade", limit=4.7, limit_sign="<")),
        (
            "refund_rate alert > 0.1 in LAST_YEAR",
            Metric("refund_rate", 0.1, ">", period="LAST_YEAR"),
        ),
    ],
)
def test_a_line_is_a_metric(text: str, metric: Metric) -> None:
    assert MetricsField().clean(f"{text}\n\n") == [metric]


def test_it_resets_deadlines_when_the_calendar_changes(desk: Client, shop: Marketplace) -> None:
    began = timezone.now()
    thread = shop.threads.create(
        mirakl_id="T1",
        last_message_at=began,
        shop_reply_needed_since=began,
        due_at=began + timedelta(hours=24),
    )
    form = form_of(shop, **DAYS | {"working_days": [str(began.weekday())]})
    inlines = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0"}
    typed = {**form.data, **inlines}

    desk.post(reverse("admin:inbox_marketplace_change", args=[shop.pk]), typed)

    thread.refresh_from_db()
    assert thread.due_at is not None
    assert thread.due_at > began + timedelta(days=5)
