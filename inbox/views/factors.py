"""Second factors: at login, asked again, and set up by their owners."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from inbox.accounts import passkey_host
from inbox.htmx import DeskRequest
from inbox.pages.qr_code import draw_qr_code
from inbox.services.people import duties, factors
from inbox.views.sign_in import asking, door


@method_decorator(login_not_required, name="dispatch")
class PasskeyLogInView(LoginWebAuthnView):  # type: ignore[misc]
    """A passkey in place of name and password: it is both steps."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(auth.begin_authentication(user=None))

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(
            self.request, authenticator, login
        )
        return response


class PasskeyAgainView(ReauthenticateWebAuthnView):  # type: ignore[misc]
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**more),
            "form": self.get_form(),
            "next": get_next_redirect_url(self.request),
            "reauthentication_alternatives": self.get_reauthentication_alternatives(),
        }


class SecondStepView(AuthenticateView):  # type: ignore[misc]
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        kinds = factors.kinds_of(self.stage.login.user)
        has_passkey = Authenticator.Type.WEBAUTHN in kinds
        return {**super().get_context_data(**more), "has_passkey": has_passkey}


class FactorsView(IndexView):  # type: ignore[misc]
    """The user's own second factors."""

    request: DeskRequest

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        duty = duties.duty_of(self.request.user, self.request.session)
        return {
            **super().get_context_data(**more),
            "is_pending": duty is not None,
            "passkey_host": passkey_host(self.request),
        }


def proved(request: HttpRequest, kind: str) -> None:
    """Whoever has just set one up has used it."""
    record_authentication(request, request.user, method="mfa", type=kind)


class SetUpAppView(ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        proved(self.request, "totp")
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        return context | {"qr": draw_qr_code(context["totp_url"])}


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        proved(self.request, "webauthn")
        return response


authenticate = door(SecondStepView.as_view())
log_in_by_passkey = door(PasskeyLogInView.as_view())
ask_password = asking(PasswordAgainView.as_view())
ask_code = asking(ReauthenticateView.as_view())
ask_passkey = asking(PasskeyAgainView.as_view())
index = FactorsView.as_view()
set_up_app = SetUpAppView.as_view()
add_passkey = AddPasskeyView.as_view()
remove_passkey = RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index"))
