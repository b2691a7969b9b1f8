"""Threads whose last words are thanks: their clocks are stopped on the marketplace, not here."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace, Thread
from inbox.services.marketplaces import platforms
from inbox.services.mirror import sync
from inbox.views.access import get_first_or_404
from inbox.views.sidebar import outside, sidebar_for

PAGE = "inbox/thanks.html"
MOST = 100
# Those that a display has found stopped stay in sight as long.
TICKED_FOR = timedelta(days=2)


@require_safe
def thanks(request: DeskRequest) -> HttpResponse:
    """M11 in the request, as the inbox does it: it shows which clocks have been stopped since."""
    visible = Marketplace.objects.visible_to(request.user)
    marketplaces = list(visible.in_inbox())
    if not marketplaces:
        return redirect(outside(get_first_or_404(visible)))
    freshness = sync.refresh(marketplaces, deadline=None)
    here = Thread.objects.filter(marketplace__in=marketplaces, is_thanks=True)
    here = here.select_related("marketplace")
    recent = timezone.now() - TICKED_FOR
    context = {
        "waiting": here.needing_reply().by_deadline()[:MOST],
        "ticked": here.filter(due_at__isnull=True, updated_at__gte=recent).by_newest()[:MOST],
        "undeclarable": platforms.without_no_reply_needed(marketplaces),
        "freshness": freshness,
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, PAGE, context, partial="thanks")
