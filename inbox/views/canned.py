"""Canned replies: managed by those who write them, and picked on a thread."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inbox.forms.canned import OwnCannedForm
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page
from inbox.models import CannedReply, Marketplace, Thread
from inbox.models.desk import CannedReplyQuerySet
from inbox.services.composing import canned_replies, drafts, languages, placeholders
from inbox.views.access import get_thread, require_answerable
from inbox.views.sidebar import sidebar_for

LISTED = 200
PICKED_FROM = 40


# -- managed ------------------------------------------------------------------


@require_safe
def all_of_them(request: DeskRequest) -> HttpResponse:
    require_a_marketplace(request)
    found = CannedReply.objects.visible_to(request.user).select_related("marketplace", "owner")
    rows = list(searched(found, request).prefetch_related("adds_tags")[: LISTED + 1])
    editable = set(CannedReply.objects.editable_by(request.user).values_list("pk", flat=True))
    context = {
        "rows": [row_of(one, is_editable=one.pk in editable) for one in rows[:LISTED]],
        "has_more": len(rows) > LISTED,
        "may_write": may_write(request),
        "q": request.GET.get("q", ""),
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, "inbox/canned.html", context, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    require_a_marketplace(request)
    if not may_write(request):
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
    context = {
        "form": form,
        "canned": current,
        "names": placeholders.NAMES.items(),
        "sidebar": sidebar_for(request.user),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/canned_edit.html", context, status=status)


def require_a_marketplace(request: DeskRequest) -> None:
    """Nothing of the desk exists for somebody without one."""
    if not Marketplace.objects.visible_to(request.user).exists():
        raise Http404


def may_write(request: DeskRequest) -> bool:
    """Ready words are for those who answer somebody."""
    return Marketplace.objects.answerable_by(request.user).exists()


def get_editable(request: DeskRequest, pk: int) -> CannedReply:
    return get_object_or_404(CannedReply.objects.editable_by(request.user), pk=pk)


def searched(found: CannedReplyQuerySet, request: DeskRequest) -> CannedReplyQuerySet:
    """Whose name or text holds every word of `?q=`."""
    for word in request.GET.get("q", "").split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(body__icontains=word))
    return found


def row_of(one: CannedReply, *, is_editable: bool) -> dict[str, Any]:
    return {"canned": one, "deeds": canned_replies.deeds(one), "is_editable": is_editable}


# -- picked -------------------------------------------------------------------


@require_safe
def on_thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Those that fit this thread, nearest first, filled in as they would read here."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    language = language_of(thread)
    found = fitting(request, thread).prefetch_related("adds_tags")
    nearest = searched(found, request).nearest_first(language)[:PICKED_FROM]
    context = {
        "thread": thread,
        "found": canned_replies.ready_for(thread, nearest, by=request.user, language=language),
        "q": request.GET.get("q", ""),
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, "inbox/canned_picker.html", context, partial="options")


@require_POST
def insert(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Without JavaScript: what was typed, and the chosen words below it, as the draft."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    picked = [pk for pk in request.POST.getlist("pick") if is_number(pk)]
    chosen = fitting(request, thread).filter(pk__in=picked)
    ready = canned_replies.ready_for(thread, chosen, by=request.user, language=language_of(thread))
    texts = [request.POST.get("body", "").rstrip(), *(one.filled.text for one in ready)]
    to = request.POST.getlist("to")
    body = "\n\n".join(filter(None, texts))
    drafts.keep(thread, user=request.user, body=body, recipients=to, token=None)
    query = request.GET.copy()
    query.setlist("canned", [*request.POST.getlist("canned"), *(str(one.pk) for one in chosen)])
    return redirect(f"{thread.get_absolute_url()}?{query.urlencode()}#composer-{thread.pk}")


def language_of(thread: Thread) -> str:
    expected = languages.expected_of(thread)
    return expected.code if expected else ""


def fitting(request: DeskRequest, thread: Thread) -> CannedReplyQuerySet:
    found: CannedReplyQuerySet = CannedReply.objects.visible_to(request.user).for_thread(thread)
    return found


def chosen_on(request: DeskRequest, thread: Thread) -> list[dict[str, Any]]:
    """The macros of `?canned=`, which `insert` leaves there for the next form."""
    pks = [pk for pk in request.GET.getlist("canned") if is_number(pk)]
    if not pks:
        return []
    rows = fitting(request, thread).filter(pk__in=pks).prefetch_related("adds_tags")
    return [row_of(one, is_editable=False) for one in rows]


def names_for(request: DeskRequest, thread: Thread) -> list[tuple[int, str]]:
    """What a form without JavaScript chooses from."""
    rows = fitting(request, thread).nearest_first(thread.marketplace.language)
    return list(rows.values_list("pk", "name")[:LISTED])
