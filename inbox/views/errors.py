"""The 404 page, in the desk's layout for users with access."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own handler looks for a CSRF token, and so reads a body of any size."""
    viewer = getattr(request, "viewer", None)
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    if not (is_page and viewer and viewer.user.is_authenticated and viewer.marketplaces):
        return render(request, "404.html", status=404)
    return render(request, "inbox/not_found.html", status=404)
