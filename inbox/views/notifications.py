"""Notifications: a list, and a bell on every page."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from inbox.access import desk_page
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Notification
from inbox.models.people import Bell, NotificationQuerySet
from inbox.pages.notification_list import notifications_page
from inbox.services.people import notifications

PAGE = "inbox/notifications.html"
AT_ONCE = 3


@require_safe
@desk_page
def show_all(request: DeskRequest) -> HttpResponse:
    """The list. `?before=`: older ones."""
    return show_page(request)


@require_POST
def open_one(request: DeskRequest, pk: int) -> HttpResponse:
    """Mark it as read, and open its conversation."""
    found = get_object_or_404(mine(request), pk=pk)
    mark_read(mine(request).filter(pk=pk))
    return redirect(found)


@require_POST
def read(request: DeskRequest, pk: int) -> HttpResponse:
    get_object_or_404(mine(request), pk=pk)
    mark_read(mine(request).filter(pk=pk))
    return after_reading(request)


@require_POST
@desk_page
def read_all(request: DeskRequest) -> HttpResponse:
    mark_read(mine(request))
    return after_reading(request)


@require_safe
@desk_page
def bell(request: DeskRequest) -> HttpResponse:
    """Polled by each page, from our own rows; 204 if nothing is new."""
    known = request.GET.get("known", "")
    now = Bell.load(request.user)
    if now.known == known:
        return HttpResponse(status=204)
    _count, _dash, newest = known.rpartition("-")
    told = mine(request).unread().filter(kind__in=now.browser)
    told = told.filter(pk__gt=int(newest)) if is_number(newest) else told.none()
    context = {"bell": now, "told": told[:AT_ONCE], "swap": True}
    # A notification may be about a failed reply: the counter of those refreshes too.
    response = render(request, "inbox/_bell_poll.html", context)
    return trigger_client_event(response, "outbox")


def mine(request: DeskRequest) -> NotificationQuerySet:
    found = Notification.objects.visible_to(request.user)
    return found.select_related("thread__marketplace", "by", "outgoing")


def mark_read(found: QuerySet[Notification]) -> None:
    pks = list(found.filter(read_at=None).values_list("pk", flat=True))
    Notification.objects.filter(pk__in=pks).update(read_at=timezone.now())


def after_reading(request: DeskRequest) -> HttpResponse:
    return show_page(request) if wants_fragment(request) else redirect("notifications")


def show_page(request: DeskRequest) -> HttpResponse:
    notifications.mark_outdated_read(request.user)
    found = mine(request).filter(kind__in=Notification.kinds_at("desk", request.user))
    before = request.GET.get("before", "")
    if is_number(before):
        found = found.filter(pk__lt=int(before))
    context = {"page": notifications_page(found), "swap": wants_fragment(request)}
    return render_page(request, PAGE, context, partial="read")
