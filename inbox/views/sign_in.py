"""Login pages, their answers to too many attempts, and how superusers unlock them."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from inbox.forms.sign_in import PasswordForm, SignInForm
from inbox.htmx import DeskRequest, wants_fragment
from inbox.services.people import sign_in
from inbox.views import system

Door = Callable[..., HttpResponseBase]


def _door(view: Door) -> Door:
    """A login view that explains its limits, and remembers browsers."""

    @login_not_required
    @never_cache
    @wraps(view)
    def open_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except sign_in.LoginRefused as refusal:
            return _render_refusal(request, refusal)
        if request.method == "POST" and request.user.pk:
            _remember_browser(request, response, request.user.pk)
        return response

    return open_door


log_in = _door(LoginView.as_view(authentication_form=SignInForm, redirect_authenticated_user=True))
log_in_to_admin = _door(admin.site.login)


class AdminPasswordView(PasswordChangeView):
    """The admin's change of a password, with the desk's limits."""

    form_class = PasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**more)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except sign_in.LoginRefused as refusal:
            messages.error(request, words_for(refusal))
            unbound = self.form_class(**(self.get_form_kwargs() | {"data": None}))
            context = self.get_context_data(form=unbound)
            return self.render_to_response(context, status=status_of(refusal))


change_admin_password = admin.site.admin_view(AdminPasswordView.as_view())


def _render_refusal(request: HttpRequest, refusal: sign_in.LoginRefused) -> HttpResponse:
    """The login page, the same whether the user exists or not."""
    context = {
        "form": AuthenticationForm(request, initial={"username": request.POST.get("username")}),
        "next": request.POST.get("next", ""),
        "refusal": words_for(refusal),
    }
    response = render(request, "registration/login.html", context, status=status_of(refusal))
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
