"""The desk's settings with the middlewares that every page with a login needs."""

from helpdesk.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.desk.floor"
MIDDLEWARE = [
    "helpdesk.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
