"""Addresses of the pages around signing in. Their names are allauth's, which links to them."""

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import include, path, re_path

from inbox.views import factors, invitations, passwords, sessions, sign_in

# The second step
SECOND_STEP = [
    path("", factors.index, name="mfa_index"),
    path("authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", factors.ask_code, name="mfa_reauthenticate"),
    path("totp/activate/", factors.set_up_app, name="mfa_activate_totp"),
    path("totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("webauthn/login/", factors.log_in_by_passkey, name="mfa_login_webauthn"),
    path("webauthn/reauthenticate/", factors.ask_passkey, name="mfa_reauthenticate_webauthn"),
    path("webauthn/add/", factors.add_passkey, name="mfa_add_webauthn"),
    path("webauthn/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("accounts/login/", sign_in.log_in, name="account_login"),
    path("accounts/password/", passwords.change, name="account_change_password"),
    path("accounts/password/reset/", passwords.reset, name="account_reset_password"),
    path("accounts/password/reset/sent/", passwords.sent, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/(?P<uidb36>[0-9a-z]+)-(?P<key>[0-9a-z-]+)/$",
        passwords.choose,
        name="account_reset_password_from_key",
    ),
    path("accounts/invitation/<str:token>/", invitations.accept, name="invitation"),
    path("accounts/reauthenticate/", factors.ask_password, name="account_reauthenticate"),
    path("accounts/2fa/", include(SECOND_STEP)),
    path("accounts/sessions/", sessions.show_all, name="sessions"),
    path("accounts/sessions/end/", sessions.end_others, name="sessions-end"),
    path("accounts/sessions/<int:pk>/end/", sessions.end, name="session-end"),
    # Before the administration's own.
    path("admin/login/", sign_in.log_in_to_admin, name="admin-login"),
    path("admin/password_change/", passwords.change_for_admin, name="admin-password"),
]
