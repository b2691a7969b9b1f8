"""What the user may reach: everything else is 404, and writing without the right is 403."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from inbox.htmx import DeskRequest
from inbox.models import Marketplace, Thread

Row = TypeVar("Row", bound=Model)


def get_first_or_404(rows: QuerySet[Row]) -> Row:
    """Where several rows may stand for one thing, as one file on two messages does."""
    if (row := rows.first()) is None:
        raise Http404
    return row


def get_marketplace(request: DeskRequest, slug: str) -> Marketplace:
    return get_object_or_404(Marketplace.objects.visible_to(request.user), slug=slug)


def get_thread(request: DeskRequest, slug: str, thread_id: str) -> Thread:
    threads = Thread.objects.visible_to(request.user).select_related("marketplace")
    thread = get_object_or_404(threads, marketplace__slug=slug, mirakl_id=thread_id)
    request.about_thread = thread.pk
    return thread


def may_answer(request: DeskRequest, marketplace: Marketplace) -> bool:
    return Marketplace.objects.answerable_by(request.user).filter(pk=marketplace.pk).exists()


def require_answerable(request: DeskRequest, marketplace: Marketplace) -> None:
    if not may_answer(request, marketplace):
        raise PermissionDenied


def require_a_place(request: DeskRequest) -> None:
    """Nothing of the desk exists for somebody without access, what is their own included."""
    if not request.user.is_superuser:
        get_first_or_404(Marketplace.objects.visible_to(request.user))
