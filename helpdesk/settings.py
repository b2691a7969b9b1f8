"""Every setting comes from the environment; README's table explains them."""

import os
import ssl
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from helpdesk.allauth_settings import *  # noqa: F403
from helpdesk.cache import QUICK, JsonSerializer
from helpdesk.database import pool_of
from helpdesk.secret_files import read_secret_files

PACKAGE_DIR = Path(__file__).resolve().parent
# pip installs templates, static files and translations inside the package. Then the desk writes its
# data below the current directory.
IS_INSTALLED = (PACKAGE_DIR / "templates").is_dir()
BASE_DIR = Path.cwd() if IS_INSTALLED else PACKAGE_DIR.parent
ASSETS_DIR = PACKAGE_DIR if IS_INSTALLED else BASE_DIR

env = environ.Env()
read_secret_files(os.environ)

# The demo's logs, secrets and uploads.
LOCAL_DIR = Path(env.str("LOCAL_DIR", default=str(BASE_DIR / ".local")))

DEBUG = env.bool("DEBUG", default=False)
# Read as it is: `env` treats a leading $ as a reference, and Django's own keys may have one.
SECRET_KEY = os.environ.get("SECRET_KEY", "only for DEBUG" if DEBUG else "")
# Former keys: their signatures stay valid until they expire.
SECRET_KEY_FALLBACKS = [one for one in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if one]
# Fernet keys, newest first. The first encrypts, all decrypt, so that a key can be replaced
# gradually.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS", default=[])
# Set only by `manage.py demo`: its accounts have a public password.
DEMO = env.bool("DEMO", default=False)
# Whether a marketplace may be on this machine or in its network, as the sandbox is.
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", default=DEBUG or DEMO)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "pgtrigger",
    "template_partials",
    "helpdesk",
    "inbox",
]

MIDDLEWARE = [
    "helpdesk.middleware.RequestIdMiddleware",
    "helpdesk.middleware.HealthMiddleware",
    "helpdesk.middleware.CountingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "helpdesk.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpdesk.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "helpdesk.live.LiveMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "helpdesk.bodies.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "inbox.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpdesk.middleware.LoginForHtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpdesk.middleware.LoginMiddleware",
    "inbox.gate.GateMiddleware",
    "inbox.middleware.SessionUseMiddleware",
    "inbox.middleware.ViewerMiddleware",
    "inbox.middleware.ThreadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "helpdesk.middleware.NoNulMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"

CACHED_LOADERS = (
    "helpdesk.templates.CachedLoader",
    ["helpdesk.templates.Loader", "django.template.loaders.app_directories.Loader"],
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [CACHED_LOADERS])],
            "libraries": {
                "i18n": "inbox.templatetags.constant_i18n",
                "static": "inbox.templatetags.constant_static",
            },
            "builtins": ["inbox.templatetags.constant_urls"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# -- Data -----------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///helpdesk")}
# Check a pooled connection before use: PostgreSQL may have restarted.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# PgBouncer may give each transaction another connection.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# gunicorn's processes and threads, and a worker's threads, as set in the Procfile.
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=8)
WORKER_THREADS = env.int("WORKER_THREADS", default=8)
# Connections of one process: one for each thread, so that no thread waits for another.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=max(WEB_THREADS, WORKER_THREADS))
if DATABASE_POOL_SIZE:
    DATABASES["default"]["OPTIONS"]["pool"] = pool_of(DATABASE_POOL_SIZE)
# A copy of the database that follows it, for reports and exports: they only read.
if REPORTS_DATABASE_URL := env.str("REPORTS_DATABASE_URL", default=""):
    DATABASES["reports"] = DATABASES["default"] | env.db_url_config(REPORTS_DATABASE_URL)
    DATABASES["reports"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | DATABASES["reports"].get(
        "OPTIONS", {}
    )
DATABASE_ROUTERS = ["inbox.services.insight.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "helpdesk.cache.QuickCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {**QUICK, "serializer": JsonSerializer},
    }
}

CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("rediss:"):
    # By default the broker's client accepts any certificate.
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Tasks of a killed worker are handed out again after this time. A task may then run twice,
    # which is safe: one worker claims the reply in the database.
    "visibility_timeout": 300,
    "socket_connect_timeout": 2,
    # Longer than a worker waits for a task. A page never waits for a frozen Redis.
    "socket_timeout": 3,
    "socket_keepalive": True,
}
# Never pickle: a forged task in Redis must not run code in the worker.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# -- People ---------------------------------------------------------------

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "account_login"
# Whether all who may administer need a second step at login. Groups may demand it too.
ADMIN_FACTOR = env.bool("ADMIN_FACTOR", default=not DEMO)
# After so many seconds people are asked again who they are, before they see credentials, people or
# roles. 0: never.
ASK_AGAIN_SECONDS = env.int("ASK_AGAIN_SECONDS", default=300)
AUTH_USER_MODEL = "inbox.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# -- Mail -------------------------------------------------------------------

# The server that the desk mails by, such as smtp+tls://user:password@mail.example:587. Without
# one nothing is mailed.
SENDS_MAIL = bool(env.str("EMAIL_URL", default=""))
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="helpdesk@localhost")
# Where people reach the desk, such as https://desk.example: for links in mails.
DESK_URL = env.str("DESK_URL", default="")

# -- Words and times ------------------------------------------------------

LANGUAGE_CODE = "en"
LOCALE_PATHS = [ASSETS_DIR / "locale"]
FORMAT_MODULE_PATH = ["helpdesk.formats"]
# Only languages with a catalogue of ours, so that a whole page is in one language.
LANGUAGES = [
    (code, name)
    for code, name in [
        ("en", _("English")),
        ("fr", _("French")),
        ("de", _("German")),
        ("es", _("Spanish")),
        ("it", _("Italian")),
    ]
    if code == "en" or (LOCALE_PATHS[0] / code / "LC_MESSAGES" / "django.po").exists()
]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
USE_I18N = True

# -- Files ----------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [ASSETS_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
# Pages name no other: half the files to compress and to keep.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Staged files for Mirakl. Web and workers must share this storage: a directory or a bucket.
MEDIA_ROOT = env.path("UPLOAD_DIR", default=str(LOCAL_DIR / "uploads"))
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_PREFIX = env.str("S3_PREFIX", default="")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
S3_REGION = env.str("S3_REGION", default="")
S3_ACCESS_KEY_ID = env.str("S3_ACCESS_KEY_ID", default="")
S3_SECRET_ACCESS_KEY = env.str("S3_SECRET_ACCESS_KEY", default="")
ON_DISK, ON_S3 = "helpdesk.storage.Disk", "helpdesk.s3.Bucket"
STORAGES = {
    "default": {"BACKEND": ON_S3 if S3_BUCKET else ON_DISK},
    "staticfiles": {"BACKEND": "helpdesk.static_files.StaticFiles"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# -- Processes ------------------------------------------------------------

# Where the web process and the live channel's process listen, as in the Procfile.
BIND = env.str("BIND", default="127.0.0.1")
PORT = env.str("PORT", default="8000")
LIVE_PORT = env.int("LIVE_PORT", default=int(PORT) + 1 if PORT.isdecimal() else 8001)
# Where browsers reach the live channel: a path, or a port of the same host, ":8001/live/".
LIVE_URL = env.str("LIVE_URL", default="/live/")

# -- Safety ---------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Customers' PDFs in the viewer.
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        # static/js/trusted.js defines the only policy: it makes elements of text, never scripts.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    },
}
# Needs a proxy that ends TLS and sets X-Forwarded-Proto. Turn off only for http on loopback.
HTTPS = env.bool("HTTPS", default=True)
# The number of proxies that append to X-Forwarded-For. With 0 browsers reach the desk directly, and
# it ignores that header and X-Forwarded-Proto.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
# These affect other sites of the domain, and browsers keep them for a year.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# Sub-domains and the browsers' preload list: the owner of the domain decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Our library `i18n` takes the place of Django's.
SILENCED_SYSTEM_CHECKS += ["templates.W003"]
# A browser accepts a cookie with this prefix only from this host, and only over https.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_ENGINE = "inbox.services.people.sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 3600)
# Without use for so long a session ends. 0: never.
IDLE_SECONDS = env.int("IDLE_SECONDS", default=4 * 3600)
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Django's default would store messages in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Marks a browser in which a person has signed in before. It grants no access.
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}device"

# -- The log and the figures ------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "helpdesk.logs.RequestIdFilter"},
        "route": {"()": "helpdesk.logs.RouteFilter"},
    },
    "formatters": {
        "text": {
            "()": "helpdesk.logs.TextFormatter",
            "format": "{asctime} {levelname} {name} request={request_id} {message}",
            "style": "{",
        },
        "json": {"()": "helpdesk.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "text",
            "filters": ["request_id", "route"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django would use its own handlers, and send errors by mail.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # At INFO they log whole URLs with search terms.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

# Metrics files shared by the web and workers of one machine.
METRICS_DIR = env.str("METRICS_DIR", default=str(LOCAL_DIR / "metrics"))
# Grants access to /metrics. If it is empty, only this machine has access.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Where errors are reported to, scrubbed as the log is. Without it none leaves the desk.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")

# -- The desk -------------------------------------------------------------

# Displays within this time share one answer of Mirakl.
INBOX_FRESH_SECONDS = env.float("INBOX_FRESH_SECONDS", default=15)
# Seconds that a page waits for the slowest marketplace before it shows the mirror.
INBOX_DEADLINE_SECONDS = env.float("INBOX_DEADLINE_SECONDS", default=2)
# Seconds that the page's second request waits for late marketplaces.
INBOX_PATIENCE_SECONDS = env.float("INBOX_PATIENCE_SECONDS", default=10)
# Seconds that a conversation's page waits for M10 before it shows the mirror, if the mirror has it.
THREAD_DEADLINE_SECONDS = env.float("THREAD_DEADLINE_SECONDS", default=0.4)
# Seconds by which M11's `updated_since` reaches back before the newest known change.
INBOX_OVERLAP_SECONDS = env.float("INBOX_OVERLAP_SECONDS", default=60)
# Seconds that one query of a report may take.
REPORT_SECONDS = env.float("REPORT_SECONDS", default=10)
# False: reports show no figures by agent.
REPORTS_BY_PERSON = env.bool("REPORTS_BY_PERSON", default=True)
# The worker sends replies with files above this size.
UPLOAD_INLINE_BYTES = env.int("UPLOAD_INLINE_BYTES", default=1_000_000)
# Whether the worker reads shops' figures (A21) once a day, as Mirakl allows.
READ_SCORES_DAILY = env.bool("READ_SCORES_DAILY", default=True)
# Days that entries of the audit log are kept; 0 keeps all.
AUDIT_DAYS = env.int("AUDIT_DAYS", default=730)
# Whether the audit log also tells who opened which conversation.
AUDIT_READING = env.bool("AUDIT_READING", default=False)
# Marks of erased customers, outside of the database: a restored backup is erased again by them.
ERASURES_FILE = env.str("ERASURES_FILE", default=str(LOCAL_DIR / "erasures.json"))
