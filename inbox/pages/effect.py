"""Why a conversation stands where it does in a list by effect, in one line."""

from datetime import timedelta

from django.utils.translation import gettext as _

from inbox.dates import format_recent
from inbox.models import Marketplace
from inbox.models.light_rows import Listed
from inbox.models.threads import HISTORICAL_AFTER
from inbox.pages.clock import span
from inbox.services.insight.effect import Effect, judges_average

HOUR = 3600


def explain(thread: Listed, effect: Effect) -> str:
    marketplace, due_at = thread.marketplace, thread.due_at
    if due_at is None:
        return _("No reply is due")
    if due_at <= effect.now - HISTORICAL_AFTER:
        return _("Unanswered for more than two weeks.")
    words = {"limit": marketplace.reply_limit_hours, "moment": format_recent(due_at)}
    if effect.is_crossing(marketplace.pk, due_at):
        return _("Crosses %(limit)d h at %(moment)s") % words
    if marketplace.pk not in effect.hard:
        reason = _explain_average(marketplace, effect)
    elif due_at <= effect.now:
        reason = _("Crossed %(limit)d h at %(moment)s") % words
    else:
        reason = _("Doesn't cross %(limit)d h before %(moment)s") % words
    return _("%(reason)s · about %(minutes)d min to answer") % {
        "reason": reason,
        "minutes": thread.reply_minutes,
    }


def _explain_average(marketplace: Marketplace, effect: Effect) -> str:
    name, standing = {"name": marketplace.name}, effect.standings.get(marketplace.pk)
    if not judges_average(marketplace):
        return _("%(name)s sets no limit") % name
    if standing is None or standing.mean is None:
        return _("%(name)s has no average yet") % name
    if not standing.is_counted:
        return _("%(name)s doesn't judge you yet") % name
    headroom = marketplace.reply_limit_hours * HOUR - standing.mean
    words = name | {"time": span(timedelta(seconds=abs(headroom)))}
    if headroom > 0:
        return _("%(name)s is %(time)s from its limit") % words
    return _("%(name)s is %(time)s over its limit") % words
