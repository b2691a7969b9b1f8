"""System checks for missing or conflicting settings."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection

from helpdesk import logs

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'
MAKE_KEY = (
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)
MIB = 1024 * 1024
SHORTEST_TOKEN = 16
SHORTEST_KEY = 32
BESIDE_THE_BUCKET = (
    "S3_PREFIX",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
)


def refuse_broken_settings() -> None:
    """Raises ImproperlyConfigured. Commands and workers check by themselves, a web process does
    not."""
    errors = [one for one in check_settings() if one.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{one.msg} {one.hint}" for one in errors))


@register(Tags.security)
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    parts = (_secret_key, _credential_keys, _https, _proxies, _numbers, _words, _files)
    return [message for part in parts for message in part()]


def _secret_key() -> Iterator[CheckMessage]:
    key = _configured_secret_key()
    if not key:
        yield Error(
            "SECRET_KEY is not set.",
            hint=f"Generate one and keep it: {MAKE_ONE}",
            id="helpdesk.E001",
        )
    elif len(key) < SHORTEST_KEY and not settings.DEBUG:
        yield Error(
            f"SECRET_KEY is shorter than {SHORTEST_KEY} characters: it can be guessed.",
            hint=f"Generate one and keep it: {MAKE_ONE}",
            id="helpdesk.E017",
        )


def _configured_secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return ""


def _credential_keys() -> Iterator[CheckMessage]:
    if not settings.CREDENTIAL_KEYS:
        yield Error(
            "CREDENTIAL_KEYS is not set, so credentials can't be encrypted.",
            hint=f"Generate one and keep it: {MAKE_KEY}",
            id="helpdesk.E002",
        )
    for position, key in enumerate(settings.CREDENTIAL_KEYS, start=1):
        if not _is_fernet_key(key):
            # Print no key: the output ends up in logs.
            yield Error(
                f"Key {position} of CREDENTIAL_KEYS is not valid.",
                hint=f"Generate another: {MAKE_KEY}",
                id="helpdesk.E003",
            )

    if len({_configured_secret_key(), *settings.CREDENTIAL_KEYS}) <= len(settings.CREDENTIAL_KEYS):
        yield Error(
            "SECRET_KEY and CREDENTIAL_KEYS must all differ.",
            hint="Whoever learns one of them must not have another.",
            id="helpdesk.E018",
        )


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _https() -> Iterator[CheckMessage]:
    beyond = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if not settings.HTTPS and beyond:
        yield Error(
            f"HTTPS is off, but the desk answers to {', '.join(beyond)}.",
            hint="Remove HTTPS=false, or allow only loopback names in ALLOWED_HOSTS.",
            id="helpdesk.E004",
        )
    if settings.DEMO and beyond:
        yield Error(
            "DEMO is on, but ALLOWED_HOSTS allows other machines: a demo's passwords are public.",
            hint="Remove DEMO, or allow only loopback names in ALLOWED_HOSTS.",
            id="helpdesk.E005",
        )


def _numbers() -> Iterator[CheckMessage]:
    if not 0 < settings.INBOX_DEADLINE_SECONDS <= 20:
        yield Error(
            "INBOX_DEADLINE_SECONDS must be more than 0 and at most 20.",
            hint="A page waits this long for the slowest marketplace; 2 is a good value.",
            id="helpdesk.E006",
        )
    if not 0 < settings.THREAD_DEADLINE_SECONDS <= 20:
        yield Error(
            "THREAD_DEADLINE_SECONDS must be more than 0 and at most 20.",
            hint="A conversation's page waits this long for its marketplace; 0.4 is a good value.",
            id="helpdesk.E016",
        )
    if not 0 <= settings.UPLOAD_INLINE_BYTES <= 10 * MIB:
        yield Error(
            "UPLOAD_INLINE_BYTES must be between 0 and 10 MiB.",
            hint="The page sends smaller files itself; the worker sends larger ones.",
            id="helpdesk.E007",
        )


def _proxies() -> Iterator[CheckMessage]:
    if settings.TRUSTED_PROXIES < 0:
        yield Error(
            "TRUSTED_PROXIES must be 0 or more.",
            hint="Count the proxies between browsers and the desk; 0 means there is none.",
            id="helpdesk.E014",
        )
    if settings.HTTPS and settings.TRUSTED_PROXIES == 0:
        yield Error(
            "HTTPS is on, but TRUSTED_PROXIES is 0: the desk can't tell https requests apart.",
            hint="Count the proxies between browsers and the desk, with the one that ends https.",
            id="helpdesk.E015",
        )


def _words() -> Iterator[CheckMessage]:
    if settings.LOG_FORMAT not in logs.FORMATS:
        yield Error(
            f"LOG_FORMAT must be one of {', '.join(logs.FORMATS)}.",
            hint="text is for people, json for log collectors.",
            id="helpdesk.E008",
        )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield Error(
            f"METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters.",
            hint=f"Generate one and keep it: {MAKE_ONE}",
            id="helpdesk.E009",
        )


def _files() -> Iterator[CheckMessage]:
    if settings.S3_BUCKET:
        yield from _bucket()
    elif given := [name for name in BESIDE_THE_BUCKET if getattr(settings, name)]:
        yield Error(
            f"S3_BUCKET is not set, but {', '.join(given)}: files would be stored in UPLOAD_DIR.",
            hint="Set S3_BUCKET, or remove the other settings.",
            id="helpdesk.E010",
        )


def _bucket() -> Iterator[CheckMessage]:
    if not all(find_spec(name) for name in ("boto3", "storages")):
        yield Error(
            "S3_BUCKET is set, but the packages for S3 are not installed.",
            hint="pip install --require-hashes -r requirements-s3.txt",
            id="helpdesk.E011",
        )
    if bool(settings.S3_ACCESS_KEY_ID) != bool(settings.S3_SECRET_ACCESS_KEY):
        yield Error(
            "Only one of S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY is set.",
            hint="Set both, or neither if the machine has its own role.",
            id="helpdesk.E012",
        )
    if settings.S3_ENDPOINT_URL:
        yield from _endpoint(urlsplit(settings.S3_ENDPOINT_URL))


def _endpoint(address: SplitResult) -> Iterator[CheckMessage]:
    if address.scheme not in ("http", "https") or not address.hostname:
        yield Error(
            "S3_ENDPOINT_URL is not a valid address.",
            hint="It begins with https:// and ends with the host, without the bucket.",
            id="helpdesk.E013",
        )
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield Warning(
            "S3_ENDPOINT_URL uses http: customers' files are sent unencrypted.",
            hint="Use https, unless this network is your own.",
            id="helpdesk.W001",
        )


# -- connections ----------------------------------------------------------


@register(Tags.database)
def check_connections(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warns if the processes of this machine could open more connections than PostgreSQL allows."""
    if not databases or DEFAULT_DB_ALIAS not in databases or not settings.DATABASE_POOL_SIZE:
        return []
    # One worker in addition to the web processes, and the live channel's one connection.
    wanted = (settings.WEB_WORKERS + 1) * settings.DATABASE_POOL_SIZE + 1
    offered = _offered_connections()
    if wanted <= offered:
        return []
    return [
        Warning(
            f"PostgreSQL allows {offered} connections; web, live and one worker may use {wanted}.",
            hint="Raise max_connections, or lower WEB_WORKERS or DATABASE_POOL_SIZE.",
            id="helpdesk.W010",
        )
    ]


def _offered_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        return int(cursor.fetchone()[0])
