"""Rules for rows, kept by PostgreSQL for every writer."""

from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

HAS_SHARE = Q(reply_rule="share_min")


def _reply_rules(prefix: str = "") -> tuple[CheckConstraint, ...]:
    """The rules of `ReplyRules`, for a table that has its columns."""
    rules = {
        "limit_is_of_hours": Q(reply_limit_hours__range=(1, 720), alert_hours__gte=1),
        "alert_before_limit": Q(alert_hours__lte=F("reply_limit_hours")),
        "limit_has_signs": Q(limit_sign__in=[">", ">="], alert_sign__in=[">", ">="]),
        "replies_have_rule": Q(reply_rule__in=["mean_max", "each_max", "share_min", "informative"]),
        "share_is_of_its_rule": Q(
            reply_rule="share_min", reply_share__isnull=False, reply_share__range=(1, 100)
        )
        | ~Q(reply_rule="share_min") & Q(reply_share__isnull=True),
        "score_has_window": Q(score_window__in=["30_days", "month", "3_months"]),
        "calendar_has_time": Q(calendar_kind="always")
        | Q(calendar_kind="days", working_days__len__gte=1)
        | Q(calendar_kind="hours") & ~Q(opening_hours=[""] * 7),
        "calendar_has_zone": Q(calendar_kind="always") | ~Q(calendar_zone=""),
        "calendar_has_weekdays": Q(working_days__contained_by=[*range(7)], opening_hours__len=7),
    }
    return tuple(
        CheckConstraint(
            condition=condition,
            name=f"{prefix}{name}",
            violation_error_message=REPLY_RULES_IN_WORDS.get(name),
        )
        for name, condition in rules.items()
    )


REPLY_RULES_IN_WORDS = {
    "alert_before_limit": _("The alert must come before the limit."),
    "share_is_of_its_rule": _(
        "Enter a share from 1 to 100 for the rule that needs one, and none for others."
    ),
    "calendar_has_time": _("Choose at least one working day, with opening times."),
    "calendar_has_zone": _("Choose the time zone of these days."),
}
MARKETPLACE_RULES = (
    CheckConstraint(
        condition=Q(role__in=["seller", "operator", "front"]), name="marketplace_has_role"
    ),
    *_reply_rules(),
)
PRESET_RULES = _reply_rules("preset_")
ACCESS_RULES = (
    CheckConstraint(condition=Q(role__in=["viewer", "agent", "lead"]), name="access_has_role"),
)
THREAD_RULES = (
    UniqueConstraint(fields=["marketplace", "mirakl_id"], name="one_row_per_thread"),
    # For `SameMarketplace` of a thread's messages, events, replies and drafts.
    UniqueConstraint(fields=["id", "marketplace"], name="thread_and_marketplace"),
    # A closed conversation can't be snoozed: its next message opens it.
    CheckConstraint(
        condition=Q(status="open") | Q(status="closed", snoozed_until__isnull=True),
        name="closed_is_not_snoozed",
    ),
)

# -- the outbox ---------------------------------------------------------------

UNSETTLED, SETTLED = ["queued", "sending", "unconfirmed"], ["sent", "failed", "discarded"]
# Their subject has an id. M14 names a shop only if an operator writes to one.
ABOUT_SOMETHING = ["order_thread", "service_order", "service", "order_message", "document"]
OUTGOING_RULES = (
    CheckConstraint(
        condition=Q(kind="reply", thread__isnull=False, subject_id="")
        | Q(kind__in=ABOUT_SOMETHING, thread__isnull=True) & ~Q(subject_id="")
        | Q(kind="operator_thread", thread__isnull=True),
        name="outgoing_is_about_its_kind",
    ),
    # A document (OR74) has no text, everything else does.
    CheckConstraint(
        condition=Q(kind="document", body="") | ~Q(kind="document") & ~Q(body=""),
        name="outgoing_has_text",
    ),
    # Only OR42 has a subject line.
    CheckConstraint(
        condition=Q(kind="order_message") & ~Q(email_subject="")
        | ~Q(kind="order_message") & Q(email_subject=""),
        name="outgoing_has_subject_line",
    ),
    CheckConstraint(
        condition=Q(then_closes=False) | Q(then_snoozes_hours__isnull=True),
        name="outgoing_closes_or_snoozes",
    ),
    CheckConstraint(
        condition=Q(state__in=UNSETTLED, settled_at__isnull=True)
        | Q(state__in=SETTLED, settled_at__isnull=False),
        name="outgoing_is_settled_or_not",
    ),
    CheckConstraint(
        condition=~Q(state="sending")
        | Q(lease_until__isnull=False, sending_at__isnull=False, attempts__gte=1),
        name="outgoing_sending_has_lease",
    ),
    # Without a lease, no check could find it absent.
    CheckConstraint(
        condition=~Q(state="unconfirmed") | Q(lease_until__isnull=False, sending_at__isnull=False),
        name="outgoing_unconfirmed_has_lease",
    ),
    # A reply is absent once it was missing twice, and while nothing similar is compared with it.
    CheckConstraint(
        condition=Q(absent_at__isnull=True) | Q(missing_since__isnull=False, asked_at__isnull=True),
        name="outgoing_absent_was_missing",
    ),
    # Mirakl's ids come with its answer, or with the message that was found there.
    CheckConstraint(
        condition=Q(state="sent") | Q(message_id="", created_thread_id=""),
        name="outgoing_with_id_was_sent",
    ),
)
OUTGOING_FILE_RULES = (
    CheckConstraint(condition=Q(bytes_sent__lte=F("size")), name="outgoing_sent_is_within_size"),
)

# -- the desk's own -----------------------------------------------------------

CANNED_REPLY_RULES = (
    CheckConstraint(
        condition=Q(closes=False) | Q(snoozes_hours__isnull=True),
        name="canned_closes_or_snoozes",
        violation_error_message=_("A conversation can't be both closed and snoozed."),
    ),
    CheckConstraint(
        condition=Q(snoozes_hours__isnull=True) | Q(snoozes_hours__gte=1),
        name="canned_snoozes_an_hour",
        violation_error_message=_("Snooze for at least one hour."),
    ),
)
BULK_CHANGE_RULES = (
    CheckConstraint(condition=Q(done__lte=F("total")), name="done_is_within_total"),
    CheckConstraint(
        condition=Q(undone_at__isnull=True) | Q(finished_at__isnull=False),
        name="undone_was_finished",
    ),
)
# Documents have no draft.
DRAFTS_OF_FORMS = ["order_thread", "service_order", "service", "operator_thread", "order_message"]
DRAFT_RULES = (
    CheckConstraint(
        condition=Q(kind__in=["reply", "note"], thread__isnull=False, address="", subject_id="")
        | Q(kind__in=DRAFTS_OF_FORMS, thread__isnull=True) & ~Q(address=""),
        name="draft_is_of_thread_or_form",
    ),
)
NOTIFICATION_RULES = (
    CheckConstraint(
        condition=Q(kind="failed", outgoing__isnull=False)
        | ~Q(kind="failed") & Q(outgoing__isnull=True),
        name="failure_is_of_a_reply",
    ),
)
REPORT_MAIL_RULES = (
    CheckConstraint(
        condition=Q(state__in=["writing", "failed"], try_at__isnull=False)
        | Q(state__in=["sending", "sent", "skipped"], try_at__isnull=True),
        name="report_mail_is_tried_until_sent",
    ),
    CheckConstraint(condition=Q(first__lte=F("last")), name="report_mail_has_days"),
)
