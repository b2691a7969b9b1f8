"""How marketplaces rate our replies. Only figures are asked of Mirakl, once a day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages.quality import read_page
from inbox.pages.quality_course import read_course
from inbox.views.connections import get_marketplace_as

PAGE = "inbox/quality.html"
COURSE = "inbox/quality_course.html"


@require_safe
@desk_page
def overview(request: DeskRequest) -> HttpResponse:
    return render(request, PAGE, {"page": read_page(request.viewer)})


@require_safe
def course(request: DeskRequest, marketplace: str) -> HttpResponse:
    """The curve to come and the days behind, which take longer to compute."""
    current = get_marketplace_as(request, marketplace, Marketplace.Role.SELLER)
    return render_page(request, COURSE, {"page": read_course(current)}, partial="part")
