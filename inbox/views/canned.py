"""Canned replies: managed on their own page, and picked on a thread."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inbox.access import desk_page, get_thread, require_answerable
from inbox.forms.canned import OwnCannedForm
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page
from inbox.models import CannedReply, Thread
from inbox.models.desk import CannedReplyQuerySet
from inbox.pages.canned import LISTED, CannedPage, CannedPicker, CannedRow, fitting
from inbox.services.composing import canned_replies, drafts, expected_language

PICKED_FROM = 40


# -- managed ------------------------------------------------------------------


@require_safe
@desk_page
def all_of_them(request: DeskRequest) -> HttpResponse:
    found = CannedReply.objects.visible_to(request.user).select_related("marketplace", "owner")
    rows = list(searched(found, request).prefetch_related("adds_tags")[: LISTED + 1])
    editable = set(CannedReply.objects.editable_by(request.user).values_list("pk", flat=True))
    page = CannedPage(
        rows=[CannedRow(one, one.pk in editable) for one in rows[:LISTED]],
        has_more=len(rows) > LISTED,
        may_write=request.viewer.writes_anywhere,
        q=request.GET.get("q", ""),
    )
    return render_page(request, "inbox/canned.html", {"page": page}, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new(request: DeskRequest) -> HttpResponse:
    if not request.viewer.writes_anywhere:
        raise PermissionDenied
    return edited(request, CannedReply())


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    return edited(request, get_editable(request, pk))


@require_POST
def delete(request: DeskRequest, pk: int) -> HttpResponse:
    get_editable(request, pk).delete()
    return redirect("canned")


def edited(request: DeskRequest, current: CannedReply) -> HttpResponse:
    form = OwnCannedForm(request.POST or None, instance=current, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("canned")
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/canned_edit.html", {"form": form}, status=status)


def get_editable(request: DeskRequest, pk: int) -> CannedReply:
    return get_object_or_404(CannedReply.objects.editable_by(request.user), pk=pk)


def searched(found: CannedReplyQuerySet, request: DeskRequest) -> CannedReplyQuerySet:
    """Canned replies whose name or text holds every word of `?q=`."""
    for word in request.GET.get("q", "").split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(body__icontains=word))
    return found


# -- picked -------------------------------------------------------------------


@require_safe
def on_thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Canned replies that fit this thread, nearest first, with placeholders filled in."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    language = language_of(thread)
    fits = fitting(request.viewer, thread).prefetch_related("adds_tags")
    nearest = searched(fits, request).nearest_first(language)[:PICKED_FROM]
    found = canned_replies.fill_replies(thread, nearest, by=request.user, language=language)
    page = CannedPicker(thread, found, q=request.GET.get("q", ""))
    return render_page(request, "inbox/canned_picker.html", {"page": page}, partial="options")


@require_POST
def insert(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Without JavaScript: save the typed text and the chosen texts below it as the draft."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    picked = [pk for pk in request.POST.getlist("pick") if is_number(pk)]
    chosen = fitting(request.viewer, thread).filter(pk__in=picked)
    ready = canned_replies.fill_replies(
        thread, chosen, by=request.user, language=language_of(thread)
    )
    texts = [request.POST.get("body", "").rstrip(), *(one.filled.text for one in ready)]
    to = request.POST.getlist("to")
    body = "\n\n".join(filter(None, texts))
    drafts.save(thread, user=request.user, body=body, recipients=to, token=None)
    query = request.GET.copy()
    query.setlist("canned", [*request.POST.getlist("canned"), *(str(one.pk) for one in chosen)])
    return redirect(f"{thread.get_absolute_url()}?{query.urlencode()}#composer-{thread.pk}")


def language_of(thread: Thread) -> str:
    expected = expected_language.find_expected(thread)
    return expected.code if expected else ""
