from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from helpdesk import health, metrics
from helpdesk.logout import ClearCacheLogoutView

handler400 = "helpdesk.errors.bad_request"
handler404 = "inbox.views.errors.not_found"
handler500 = "helpdesk.errors.server_error"

logout = ClearCacheLogoutView.as_view()

urlpatterns = [
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("favicon.ico", health.favicon, name="favicon"),
    path("accounts/logout/", logout, name="account_logout"),
    path("", include("inbox.sign_in_urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("admin/logout/", logout),
    # Must stand before the administration, which has its own log-in.
    path("", include("inbox.urls")),
    path("admin/", admin.site.urls),
]
