"""Threads whose last words are thanks: their clocks are stopped on the marketplace, not here."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.htmx import DeskRequest, render_page
from inbox.models import Thread
from inbox.pages.sidebar import outside
from inbox.services.marketplaces import platforms
from inbox.services.mirror import sync

PAGE = "inbox/thanks.html"
MOST = 100
# Those that a display has found stopped stay in sight as long.
TICKED_FOR = timedelta(days=2)


@require_safe
@desk_page
def thanks(request: DeskRequest) -> HttpResponse:
    """M11 in the request, as the inbox does it: it shows which clocks have been stopped since."""
    if not (marketplaces := request.viewer.in_inbox):
        return redirect(outside(request.viewer.marketplaces[0]))
    freshness = sync.refresh(marketplaces, deadline=None)
    here = Thread.objects.filter(marketplace__in=marketplaces, is_thanks=True)
    here = here.select_related("marketplace")
    recent = timezone.now() - TICKED_FOR
    context = {
        "waiting": here.needing_reply().by_deadline()[:MOST],
        "ticked": here.filter(due_at__isnull=True, updated_at__gte=recent).by_newest()[:MOST],
        "undeclarable": platforms.without_no_reply_needed(marketplaces),
        "freshness": freshness,
    }
    return render_page(request, PAGE, context, partial="thanks")
