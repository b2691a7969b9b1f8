"""Rules that marketplaces have published, as read on the day that each names.

`refresh_presets` leaves alone what an admin has changed or added, so a later release can call it
with another table. A marketplace without a public limit has Mirakl's default. An alert that none
publishes is five sixths of the limit.
"""

from datetime import date

from django.db import migrations

HOUR, DAY = 3600, 24 * 3600
READ_ON = date(2026, 11, 28)
# What 0003 has added, if nobody has changed it since.
FIRST = {"PcComponentes": (24, 20), "Conrad": (48, 40), "Jinius": (96, 80)}


def over(name, limit=None, alert=None, sign=">=", period=""):
    """A metric of which more is worse."""
    alerts = {"alert": alert, "alert_sign": sign} if alert is not None else {}
    limits = {"limit": limit, "limit_sign": sign} if limit is not None else {}
    return {"name": name, **alerts, **limits, "period": period}


def under(name, limit=None, alert=None, period=""):
    """A metric of which less is worse."""
    return over(name, limit, alert, "<", period)


def working_days(zone, country):
    return {"calendar_kind": "days", "calendar_zone": zone, "holidays_of": country}


# Their rules are not public, or not found.
UNKNOWN = [
    *("B&Q (Kingfisher)", "Best Buy Canada", "Carrefour ES", "Carrefour FR", "Coppel"),
    *("Debenhams", "Decathlon", "Douglas", "El Corte Inglés", "Galeries Lafayette", "Hornbach"),
    *("Leroy Merlin", "Liverpool", "Rakuten", "Unieuro", "Worten"),
]
PRESETS = {
    "PcComponentes": {
        "reply_limit_hours": 24,
        "limit_sign": ">",
        "alert_hours": 20,
        "alert_sign": ">",
        "metrics": [
            over("incident_rate", 0.09, 0.08),
            over("approval_delay", 24 * HOUR, 20 * HOUR, ">"),
            under("approval_rate", 0.96, 0.97),
            over("consecutive_refused_orders_count", 1, 1) | {"limit_sign": ">"},
            over("late_shipment_rate", 0.10, 0.08),
            under("valid_tracking_rate", 0.90, 0.91),
            under("grade", period="LAST_THREE_MONTHS"),
        ],
        "source": "https://marketplacehelp.pccomponentes.com/hc/en-us/articles/20561228339357",
    },
    "Conrad (English page)": {
        "reply_limit_hours": 48,
        "alert_hours": 40,
        "score_window": "3_months",
        "metrics": [
            over("incident_rate", 0.05),
            over("approval_delay", 24 * HOUR),
            under("approval_rate", 0.92),
            over("consecutive_refused_orders_count", 3, sign=">", period="ALL_SINCE_BEGINNING"),
            over("late_shipment_rate", 0.15, period="LAST_YEAR"),
        ],
        "source": "https://platform.conrad.de/en/seller/competence-center/kpi-overview/quality-standards.html",
    },
    "Conrad (German page)": {
        "is_limit_public": False,
        "score_window": "month",
        "metrics": [
            under("approval_rate", 0.95, 0.97),
            over("incident_rate", 0.07, 0.04, ">"),
            over("approval_delay", 24 * HOUR, 17 * HOUR, ">"),
            over("consecutive_refused_orders_count", 3, 2),
        ],
        "source": "https://platform.conrad.de/de/verkaeufer/competence-center/verkaufaufderplatform/qualitat_leistung/verkauferleistungsmetriken.html",
    },
    "Jinius": {
        "reply_limit_hours": 96,
        "alert_hours": 80,
        "min_orders": 10,
        "metrics": [
            under("grade", 3),
            over("incident_rate", 0.15),
            over("approval_delay", 72 * HOUR),
            under("approval_rate", 0.75),
            over("refund_rate", 0.25),
            over("consecutive_refused_orders_count", 2),
            over("late_shipment_rate", 0.15),
        ],
        "source": "https://help.jinius.com.cy/hc/en-us/articles/18189659044369",
    },
    "MediaMarkt DE": {
        "reply_limit_hours": 48,
        "limit_sign": ">",
        "alert_hours": 40,
        "reply_rule": "each_max",
        "metrics": [over("incident_rate")],
        "source": "https://sell.mediamarktsaturn.com/de-DE/order-and-shop-management/4-customer-care",
    },
    # One business day: whole days, as the page does not speak of opening hours.
    "Best Buy US": {
        **working_days("America/Chicago", "US"),
        "limit_sign": ">",
        "counts_operator": False,
        "metrics": [over("approval_delay", 24 * HOUR, sign=">"), over("incident_rate")],
        "source": "https://partners.bestbuy.com/-/seller-hub/set-up-your-store/manage-store/manage-messages",
        "read_on": date(2025, 3, 12),
    },
    # 24 working hours "excluding weekends and bank holidays": whole days, the earlier reading.
    "ePRICE": {
        **working_days("Europe/Rome", "IT"),
        "limit_sign": ">",
        "reply_rule": "each_max",
        "language": "it",
        "metrics": [
            over("late_shipment_rate"),
            over("cancelation_rate"),
            over("incident_rate"),
        ],
        "source": "https://www.eprice.it/p/marketplace/faq-eng",
    },
    # One business day. The holidays of the whole country only: the page names no state.
    "Bunnings": {
        **working_days("Australia/Melbourne", "AU"),
        "limit_sign": ">",
        "reply_rule": "each_max",
        "metrics": [
            over("cancelation_rate", 0.02),
            over("incident_rate", 0.03),
            over("shipping_delay", 2 * DAY, sign=">"),
        ],
        "source": "https://support.channelengine.com/hc/en-us/articles/14858406321437",
    },
    "Empik": {
        "is_limit_public": False,
        "reply_rule": "informative",
        "score_window": "3_months",
        "language": "pl",
        "metrics": [
            over("incident_rate"),
            over("return_rate"),
            under("approval_rate"),
            over("approval_delay"),
            over("late_shipment_rate"),
        ],
        "source": "https://www.pomoc.empikplace.com/portal/pl/kb/articles/parametry-jakosci-obslugi-co-mierzymy-i-jak-tego-pilnowac",
    },
    "Alltricks": {
        "is_limit_public": False,
        "reply_rule": "informative",
        "min_orders": 25,
        "metrics": [
            over("incident_rate", 0.05, sign=">"),
            over("refund_rate", 0.08, sign=">"),
            under("approval_rate", 0.95),
            over("consecutive_refused_orders_count", 2, sign=">"),
            over("approval_delay", 24 * HOUR, sign=">"),
        ],
        "source": "https://alltricks-support.freshdesk.com/support/solutions/articles/101000473514",
    },
    "Astore (Accor)": {
        "is_limit_public": False,
        "reply_rule": "informative",
        "source": "https://support.astoreprocurement.com/hc/en-us/articles/360019160619",
    },
    # Orders must be accepted within five days, and by contract in two on average.
    "Rue du Commerce": {
        "is_limit_public": False,
        "metrics": [over("approval_delay", 5 * DAY, 2 * DAY, ">")],
        "source": "https://marketplace.rueducommerce.com/page-05-gerer-ses-ventes",
    },
    # What the status of a top seller needs.
    "Fnac Darty": {
        "is_limit_public": False,
        "reply_rule": "informative",
        "min_orders": 100,
        "metrics": [
            under("grade", 4.7, period="LAST_SIX_MONTHS"),
            under("approval_rate", 0.95, period="LAST_SIX_MONTHS"),
            over("incident_rate", 0.03, sign=">", period="LAST_SIX_MONTHS"),
            over("refund_rate", 0.05, sign=">", period="LAST_SIX_MONTHS"),
            over("late_shipment_rate", 0.05, sign=">", period="LAST_SIX_MONTHS"),
        ],
        "source": "https://fnacdartymarketplace.com/fideliser-mes-clients",
    },
    # By a third party's guide.
    "Lowe's": {
        "limit_sign": ">",
        "reply_rule": "each_max",
        "source": "https://www.10100.com",
    },
    # Ships within 48 business hours.
    "Macy's": {
        "is_limit_public": False,
        "metrics": [over("shipping_delay", 2 * DAY, sign=">")],
    },
    **{name: {"is_limit_public": False} for name in UNKNOWN},
}


def add_presets(apps, schema_editor):
    presets = apps.get_model("inbox", "MarketplacePreset").objects
    for name, (limit, alert) in FIRST.items():
        untouched = presets.filter(name=name, base_url="", copies_operator=False)
        untouched = untouched.filter(reply_limit_hours=limit, alert_hours=alert)
        untouched.update(is_changed=False)
    # It has two pages, which differ.
    presets.filter(name="Conrad", is_changed=False).delete()
    refresh_presets(apps.get_model("inbox", "MarketplacePreset"), PRESETS)


def refresh_presets(model, table):
    """Add and refresh presets of the table, without those that are an admin's by now."""
    for name, rules in table.items():
        known = model.objects.filter(name=name).first()
        if known is None or not known.is_changed:
            fresh = {"read_on": READ_ON, "is_changed": False} | rules
            model(pk=known and known.pk, name=name, **fresh).save()


class Migration(migrations.Migration):
    dependencies = [("inbox", "0008_preset_chosen")]

    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
