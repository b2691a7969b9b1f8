"""The desk's settings with waits that are ten times shorter."""

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import CELERY_BROKER_TRANSPORT_OPTIONS, INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.apps.SpeedUp"]
# Dozens of agents log in, and static files are not collected.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 30}
