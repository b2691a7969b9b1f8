"""Bulk changes: begun from the list, made in steps, undone as a whole."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from inbox.access import desk_page
from inbox.forms.bulk import BulkForm
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import BulkChange, Event, Marketplace, Thread
from inbox.pages.bulk import BulkPage, bulk_closing_page
from inbox.pages.sidebar import sidebar_for
from inbox.pages.thread_list import keep_to_channel
from inbox.services.search.thread_list import InboxFilters
from inbox.services.triage import bulk, closing
from inbox.services.triage.closing import OpenEnds

PAGE = "inbox/bulk.html"
SESSION = "bulk {}"
Verb = Event.Verb


@require_POST
@desk_page
def begin(request: DeskRequest) -> HttpResponse:
    """A few threads are changed at once. For many, a page shows the progress."""
    answerable = Marketplace.objects.answerable_by(request.user).in_inbox()
    if not any(map(request.viewer.may_answer, request.viewer.in_inbox)):
        raise PermissionDenied
    filters = InboxFilters(request.GET, marketplaces=request.viewer.in_inbox, user=request.user)
    here = filters.address()
    form = BulkForm(request.POST, filters=filters, answerable=answerable)
    if not form.is_valid() or (decision := form.decision()) is None:
        problems = [str(one) for several in form.errors.values() for one in several]
        messages.error(request, problems[0])
        return redirect(here)
    keep_to_channel(filters)
    threads = form.threads()
    if form.is_to_ask and (open_ends := closing.find_open_ends(threads, by=request.user)).pks:
        return show_question(request, form, threads, open_ends)
    change = bulk.begin(threads, verb=decision.verb, by=request.user, **decision.argument)
    request.session[SESSION.format(change.pk)] = here
    return go_on(request, bulk.step(change))


def show_question(
    request: DeskRequest, form: BulkForm, pks: list[int], open_ends: OpenEnds
) -> HttpResponse:
    """Ask whether to close threads with a running clock or an unsent text too."""
    page = bulk_closing_page(pks, open_ends, back=form.filters.address())
    context = {
        "page": page,
        "form": form,
        "sidebar": sidebar_for(request.viewer, form.filters),
    }
    return render(request, "inbox/bulk_closing.html", context, status=422)


@require_safe
def show(request: DeskRequest, pk: int) -> HttpResponse:
    return show_page(request, get_own_change(request, pk))


@require_POST
def step(request: DeskRequest, pk: int) -> HttpResponse:
    change = get_own_change(request, pk)
    return go_on(request, bulk.undo_step(change) if change.undone_at else bulk.step(change))


@require_POST
def undo(request: DeskRequest, pk: int) -> HttpResponse:
    return go_on(request, bulk.undo_step(get_own_change(request, pk)))


def get_own_change(request: DeskRequest, pk: int) -> BulkChange:
    return get_object_or_404(BulkChange, pk=pk, by=request.user)


def left(change: BulkChange) -> int:
    """The number of threads still to be changed, or to be undone."""
    if change.undone_at:
        return change.rows.filter(bulk.to_undo()).count()
    return change.rows.filter(before__isnull=True).count()


def go_on(request: DeskRequest, change: BulkChange) -> HttpResponse:
    if left(change):
        return (
            show_page(request, change) if wants_fragment(request) else redirect("bulk", change.pk)
        )
    # No Undo if nothing was changed.
    is_done = not change.undone_at and change.rows.filter(bulk.to_undo()).exists()
    undo_url = reverse("bulk-undo", args=[change.pk]) if is_done else ""
    messages.success(request, words_for(change), extra_tags=undo_url)
    here = back(request, change)
    return HttpResponseClientRedirect(here) if wants_fragment(request) else redirect(here)


def back(request: DeskRequest, change: BulkChange) -> str:
    here = str(request.session.get(SESSION.format(change.pk), ""))
    return here if url_has_allowed_host_and_scheme(here, None) else reverse("inbox")


def show_page(request: DeskRequest, change: BulkChange) -> HttpResponse:
    page = BulkPage(change, left(change), back=back(request, change))
    return render_page(request, PAGE, {"page": page}, partial="progress")


def words_for_undo(change: BulkChange) -> str:
    undone, alone = change.undone, change.left_alone
    words = ngettext("Undone for %d conversation", "Undone for %d conversations", undone) % undone
    if not alone:
        return words
    stay = ngettext(
        "%d wasn't undone because it was changed since.",
        "%d weren't undone because they were changed since.",
        alone,
    )
    return f"{words if undone else _('Nothing was undone')}. {stay % alone}"


def words_for(change: BulkChange) -> str:
    if change.undone_at:
        return words_for_undo(change)
    changed = change.rows.filter(bulk.to_undo()).count()
    words = {
        Verb.CLOSED: ngettext("%d conversation closed", "%d conversations closed", changed),
        Verb.REOPENED: ngettext("%d conversation reopened", "%d conversations reopened", changed),
        Verb.TAGGED: ngettext("%d conversation tagged", "%d conversations tagged", changed),
        Verb.UNTAGGED: ngettext("%d tag removed", "%d tags removed", changed),
        Verb.SNOOZED: ngettext("%d conversation snoozed", "%d conversations snoozed", changed),
        Verb.ASSIGNED: ngettext("%d conversation assigned", "%d conversations assigned", changed),
    }[Verb(change.verb)] % changed
    if change.verb == Verb.ASSIGNED:
        is_closed = Q(thread__status=Thread.Status.CLOSED)
        shut = change.rows.filter(bulk.to_undo() & is_closed).count()
        more = ngettext("%d is closed.", "%d are closed.", shut) % shut
        words = f"{words}. {more}" if shut else words
    same = change.done - changed
    if not same:
        return words
    if change.argument.get("skips_open_ends"):
        return f"{words}. " + ngettext("%d stays open.", "%d stay open.", same) % same
    if change.verb == Verb.SNOOZED:
        stay = ngettext(
            "%d wasn't snoozed because its reply is due before then.",
            "%d weren't snoozed because their replies are due before then.",
            same,
        )
    else:
        stay = ngettext("%d is unchanged.", "%d are unchanged.", same)
    return f"{words}. {stay % same}" if changed else _("Nothing changed.") + f" {stay % same}"
