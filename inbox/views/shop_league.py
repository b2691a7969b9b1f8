"""An operator's shops: who replies slowly, the waits behind it, and nudging them (M14)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from inbox.forms.nudges import NudgeForm
from inbox.htmx import DeskRequest
from inbox.models import CannedReply, Destination, Marketplace, Outgoing
from inbox.pages.nudges import NudgePage, build_page
from inbox.pages.shop_league import read_league, read_waits
from inbox.services.insight.reports import snapshot
from inbox.services.outbox import nudges, queue
from inbox.views.connections import get_marketplace_as


@require_safe
def league(request: DeskRequest, marketplace: str) -> HttpResponse:
    where = get_led(request, marketplace)
    with snapshot():
        page = read_league(request.viewer, where)
    return render(request, "inbox/shops/league.html", {"page": page})


@require_safe
def waits(request: DeskRequest, marketplace: str) -> HttpResponse:
    """What a figure of `?shop=` counts: `?waits=answered`, `before` or `silent`."""
    where = get_led(request, marketplace)
    with snapshot():
        page = read_waits(where, request.GET)
    if page is None:
        raise Http404
    return render(request, "inbox/shops/waits.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def nudge(request: DeskRequest, marketplace: str) -> HttpResponse:
    """`?shop=` repeats; `?canned=` is the canned reply to fill in. Each message is shown first."""
    where = get_led(request, marketplace)
    data = request.POST if request.method == "POST" else None
    page = build_page(request.viewer, where, request.GET, data)
    if not page.forms:
        messages.warning(request, _("Choose at least one shop."))
        return redirect("quality-shops", where.slug)
    if data is None:
        return render(request, "inbox/shops/nudge.html", {"page": page})
    if sent := send(request, page):
        words = ngettext("%d message is on its way.", "%d messages are on their way.", sent) % sent
        messages.success(request, words)
        return redirect("quality-shops", where.slug)
    return render(request, "inbox/shops/nudge.html", {"page": page}, status=422)


def send(request: DeskRequest, page: NudgePage) -> int:
    """Queue the chosen messages; 0, with errors in the forms, if one needs another look."""
    chosen = [form for form in page.forms if form.is_chosen]
    is_valid = [form.is_valid() for form in (page.topic, *chosen)]
    if not chosen or not all(is_valid):
        return 0
    for form in chosen:
        if not send_one(request, page, form):
            return 0
    if page.canned:
        used = CannedReply.objects.filter(pk=page.canned.pk)
        used.update(used=F("used") + len(chosen))
    return len(chosen)


def send_one(request: DeskRequest, page: NudgePage, form: NudgeForm) -> bool:
    about = Destination(page.marketplace, Outgoing.Kind.OPERATOR_THREAD, subject_id=form.shop.id)
    new = page.topic.with_topic(form.outgoing(about))
    try:
        nudges.send(new, by=request.user, known=form.last)
    except queue.TokenTaken:
        raise Http404 from None
    except nudges.WrittenMeanwhile:
        form.add_error(None, _("A colleague has just written to this shop. Send again to see it."))
        return False
    return True


def get_led(request: DeskRequest, slug: str) -> Marketplace:
    """An operator's marketplace that the viewer leads."""
    where = get_marketplace_as(request, slug, Marketplace.Role.OPERATOR)
    if not request.viewer.leads(where):
        raise PermissionDenied
    return where
