"""Threads that end with thanks: their clocks can be stopped on the marketplace only."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.htmx import DeskRequest, render_page
from inbox.models import Thread
from inbox.pages.sidebar import outside
from inbox.pages.thanks import ThanksPage
from inbox.services.marketplaces import platforms
from inbox.services.mirror import sync

PAGE = "inbox/thanks.html"
MOST = 100
# Threads whose clock was found stopped stay listed this long.
STOPPED_SHOWN_FOR = timedelta(days=2)


@require_safe
@desk_page
def thanks(request: DeskRequest) -> HttpResponse:
    """Calls M11 like the inbox, which shows the clocks that were stopped since."""
    if not (marketplaces := request.viewer.in_inbox):
        return redirect(outside(request.viewer.marketplaces[0]))
    freshness = sync.refresh(marketplaces, deadline=None)
    here = Thread.objects.filter(marketplace__in=marketplaces, is_thanks=True)
    here = here.select_related("marketplace")
    recent = timezone.now() - STOPPED_SHOWN_FOR
    page = ThanksPage(
        waiting=list(here.needing_reply().by_deadline()[:MOST]),
        stopped=list(here.filter(due_at=None, updated_at__gte=recent).by_newest()[:MOST]),
        unstoppable=platforms.without_no_reply_needed(marketplaces),
        freshness=freshness,
    )
    return render_page(request, PAGE, {"page": page}, partial="thanks")
