"""Login pages, their answers to too many attempts, and how superusers unlock them."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from inbox.forms.sign_in import SignInForm
from inbox.htmx import DeskRequest, wants_fragment
from inbox.services.people import account_mails, sign_in
from inbox.views import system

Door = Callable[..., HttpResponseBase]


def door(view: Door) -> Door:
    """A login view that explains its limits, and remembers browsers."""

    @login_not_required
    @never_cache
    @wraps(view)
    def open_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = explained(request, view, *args, **kwargs)
        if request.method == "POST" and request.user.pk:
            _remember_browser(request, response, request.user.pk)
        return response

    return open_door


def asking(view: Door) -> Door:
    """A view that asks again who somebody is, and explains its limits."""

    @never_cache
    @wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return explained(request, view, *args, **kwargs)

    return ask


def explained(request: HttpRequest, view: Door, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except sign_in.LoginRefused as refusal:
        return _render_refusal(request, refusal)


class LogInView(LoginView):  # type: ignore[misc]
    template_name = "account/login.html"
    form_class = SignInForm

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "mails": account_mails.are_sent()}


log_in = door(LogInView.as_view())


@login_not_required
@secure_admin_login  # type: ignore[untyped-decorator]
def log_in_to_admin(request: HttpRequest) -> HttpResponse:
    """Only the desk's own login asks for all that is demanded."""
    return redirect("admin:index")


def _render_refusal(request: HttpRequest, refusal: sign_in.LoginRefused) -> HttpResponse:
    """The form again, the same whether the user exists or not."""
    template, context = "account/refused.html", {"refusal": words_for(refusal)}
    if request.resolver_match and request.resolver_match.view_name == "account_login":
        template = "account/login.html"
        typed = {"login": request.POST.get("username")}
        context |= {
            "form": SignInForm(initial=typed),
            "redirect_field_value": request.POST.get("next", ""),
        }
    response = render(request, template, context, status=status_of(refusal))
    response["Retry-After"] = str(refusal.seconds)
    return response


def status_of(refusal: sign_in.LoginRefused) -> int:
    return 503 if isinstance(refusal, sign_in.ServerBusy) else 429


def words_for(refusal: sign_in.LoginRefused) -> str:
    if isinstance(refusal, sign_in.ServerBusy):
        return _("Many people are logging in right now. Wait a few seconds, then try again.")
    minutes = ceil(refusal.seconds / 60)
    return ngettext(
        "Too many failed attempts. Wait %(n)s minute, then try again. If you forgot your "
        "password, ask your admin to reset it.",
        "Too many failed attempts. Wait %(n)s minutes, then try again. If you forgot "
        "your password, ask your admin to reset it.",
        minutes,
    ) % {"n": minutes}


def _remember_browser(request: HttpRequest, response: HttpResponseBase, user_id: int) -> None:
    known = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        sign_in.remember(user_id, known),
        max_age=sign_in.DEVICE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@require_POST
def unlock(request: DeskRequest) -> HttpResponse:
    system.require_superuser(request)
    name, address = request.POST.get("name", ""), request.POST.get("address", "")
    sign_in.unlock(name=name, address=address, by=request.user)
    return system.answer(request) if wants_fragment(request) else redirect("system")
