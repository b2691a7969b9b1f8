"""Sending is held after a restore: a backup contains replies that may have been sent since."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from inbox.models import Invitation, Marketplace, Outgoing, ReportSubscription
from inbox.services import audit

State = Outgoing.State


@transaction.atomic
def hold() -> int:
    """Hold sending to every marketplace and of mails, end all sessions, and void invitations.

    Replies that were being sent when the backup was made become unconfirmed: Mirakl is checked for
    each of them before it can be sent again. Returns how many.
    """
    now = timezone.now()
    audit.record(audit.Kind.RESTORED)
    Marketplace.objects.update(held_since=now)
    Session.objects.all().delete()
    # They may have been accepted or voided since the backup.
    Invitation.objects.all().delete()
    # Mails that were due before may have been sent since the backup.
    ReportSubscription.objects.update(since=now)
    on_their_way = Outgoing.objects.filter(state__in=[State.QUEUED, State.SENDING])
    return on_their_way.update(
        state=State.UNCONFIRMED,
        sending_at=Coalesce(F("sending_at"), F("queued_at")),
        deliver_after=None,
        undo_until=None,
        # No sender has it any more: from now on it may be found to be absent.
        lease_until=now,
        stop_asked_by=None,
        attempts=F("attempts") + 1,
        error="",
    )


def resume() -> int:
    """Resume sending. Returns how many marketplaces were held."""
    count = Marketplace.objects.exclude(held_since=None).update(held_since=None)
    audit.record(audit.Kind.RESUMED, details={"marketplaces": count})
    return count
