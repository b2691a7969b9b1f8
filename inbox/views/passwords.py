"""Changing a password, and choosing a new one by a link in a mail."""

from typing import Any

from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator

from inbox.forms.sign_in import ChangePasswordForm, ChoosePasswordForm, ResetForm
from inbox.services.people import account_mails
from inbox.services.people.sign_in import LoginRefused
from inbox.views.sign_in import status_of, words_for


class ChangeView(PasswordChangeView):  # type: ignore[misc]
    """Ends the user's other sessions, but not this one."""

    template_name = "account/password_change.html"
    form_class = ChangePasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().post(request, *args, **kwargs)
        except LoginRefused as refusal:
            response = self._not_now(refusal)
        return response

    def form_invalid(self, form: ChangePasswordForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response

    def get_success_url(self) -> str:
        return reverse("profile") if self.request.viewer.has_place else reverse("admin:index")

    def _not_now(self, refusal: LoginRefused) -> HttpResponse:
        form = self.form_class(user=self.request.user)
        context = self.get_context_data(form=form, refusal=words_for(refusal))
        response: HttpResponse = self.render_to_response(context)
        response.status_code = status_of(refusal)
        response["Retry-After"] = str(refusal.seconds)
        return response


change = ChangeView.as_view()


def change_for_admin(request: HttpRequest) -> HttpResponse:
    """The administration's address of it."""
    return redirect("account_change_password")


class ResetView(PasswordResetView):  # type: ignore[misc]
    template_name = "account/password_reset.html"
    form_class = ResetForm

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not account_mails.are_sent():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ChooseView(PasswordResetFromKeyView):  # type: ignore[misc]
    """The link may be looked at any number of times: only the form uses it up."""

    template_name = "account/password_choose.html"
    form_class = ChoosePasswordForm
    success_url = reverse_lazy("account_login")


reset = ResetView.as_view()
sent = PasswordResetDoneView.as_view(template_name="account/password_reset_sent.html")
choose = ChooseView.as_view()
