"""Addresses of the pages around signing in. Their names are allauth's, which links to them."""

from django.urls import path, re_path

from inbox.views import passwords, sign_in

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
    # Before the administration's own.
    path("admin/login/", sign_in.log_in_to_admin, name="admin-login"),
    path("admin/password_change/", passwords.change_for_admin, name="admin-password"),
]
