"""Access checks of views: 404 for rows the viewer may not see, 403 where they may not write."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase

from inbox.htmx import DeskRequest
from inbox.models import Marketplace, Thread
from inbox.models.prepared import prepared

Row = TypeVar("Row", bound=Model)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def get_first_or_404(rows: QuerySet[Row]) -> Row:
    """For lookups that several rows match, e.g. one file on two messages."""
    if (row := rows.first()) is None:
        raise Http404
    return row


def get_marketplace(request: DeskRequest, slug: str) -> Marketplace:
    if (found := request.viewer.find(slug)) is None:
        raise Http404
    return found


def get_thread(request: DeskRequest, slug: str, thread_id: str) -> Thread:
    marketplace = get_marketplace(request, slug)
    thread = next(iter(_threads(marketplace=marketplace.pk, mirakl_id=thread_id)), None)
    if thread is None:
        raise Http404
    thread.marketplace = marketplace
    request.about_thread = thread.pk
    return thread


@prepared
def _threads(*, marketplace: int, mirakl_id: str) -> QuerySet[Thread]:
    found = Thread.objects.filter(marketplace=marketplace, mirakl_id=mirakl_id)
    return found.defer("search")


def require_answerable(request: DeskRequest, marketplace: Marketplace) -> None:
    if not request.viewer.may_answer(marketplace):
        raise PermissionDenied


def desk_page(view: View) -> View:
    """Decorator for the desk's views: 404 for users without any marketplace."""

    @wraps(view)
    def shown(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.viewer.has_place:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, shown)
