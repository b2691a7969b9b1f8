"""What is not there, told within the desk's frame to those who have a place in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inbox.models import Marketplace
from inbox.views.sidebar import sidebar_for


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own looks for a CSRF token, and so reads a body that no limit has seen."""
    user = getattr(request, "user", None)
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    if not (is_page and user and user.is_authenticated):
        return render(request, "404.html", status=404)
    if not Marketplace.objects.visible_to(user).exists():
        return render(request, "404.html", status=404)
    context = {"sidebar": sidebar_for(user)}
    return render(request, "inbox/not_found.html", context, status=404)
