"""A marketplace's page: its account data about us, and the state of its mirror.

The page itself shows our rows. Mirakl's data comes in fragments that load and fail by themselves.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages.connections import may_manage
from inbox.pages.marketplace import MarketplacePage, MarketplacePart, PartData
from inbox.services.marketplaces import (
    accounts,
    breaker,
    preset_notes,
    score_readings,
    statistics,
)

PAGE = "inbox/marketplace.html"
PART = "inbox/marketplace_part.html"
Role = Marketplace.Role


@require_safe
def marketplace(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_marketplace(request, marketplace)
    page = MarketplacePage(
        current,
        mirror=accounts.measure_mirror(current),
        trouble=breaker.describe_failure(current),
        may_answer=request.viewer.may_answer(current),
        may_set_up=may_manage(request.viewer) or request.viewer.leads(current),
        preset=preset_notes.describe_preset(current),
    )
    return render(request, PAGE, {"page": page})


@require_safe
def account(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_marketplace_as(request, marketplace, Role.SELLER)
    found = accounts.get_account(current)
    accounts.note_closure(current, found)
    return render_part(request, current, "account", found)


@require_safe
def figures(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_marketplace_as(request, marketplace, Role.SELLER)
    account = accounts.get_account(current)
    currency = account.currency if account else ""
    found = statistics.get_statistics(current)
    if found:
        score_readings.store_readings(current, found)
    return render_part(request, current, "figures", found, currency=currency)


@require_safe
def channels(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_marketplace(request, marketplace)
    return render_part(request, current, "channels", accounts.list_channels(current))


@require_safe
def shops(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_marketplace_as(request, marketplace, Role.OPERATOR)
    return render_part(request, current, "shops", accounts.list_shops(current))


def get_marketplace_as(request: DeskRequest, slug: str, role: str) -> Marketplace:
    """404 for other roles, whose credentials may not call this."""
    current = get_marketplace(request, slug)
    if current.role != role:
        raise Http404
    return current


def render_part(
    request: DeskRequest,
    current: Marketplace,
    name: str,
    data: PartData | None,
    *,
    currency: str = "",
) -> HttpResponse:
    page = MarketplacePart(
        name,
        current,
        data,
        words="" if data is not None else accounts.explain_missing_answer(current),
        may_answer=request.viewer.may_answer(current),
        currency=currency,
    )
    return render_page(request, PART, {"page": page}, partial="part")
