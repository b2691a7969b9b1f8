"""What is not there, told within the desk's frame to those who have a place in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own looks for a CSRF token, and so reads a body that no limit has seen."""
    viewer = getattr(request, "viewer", None)
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    if not (is_page and viewer and viewer.user.is_authenticated and viewer.marketplaces):
        return render(request, "404.html", status=404)
    return render(request, "inbox/not_found.html", status=404)
