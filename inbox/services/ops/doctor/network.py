"""Checks of what lies beyond the desk's machines: mail, the proxy, and the marketplaces' TLS."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from inbox.models import Marketplace
from inbox.services.ops.doctor.findings import Finding, ok, problem, warning

SECONDS = 5.0
RENEWED_BEFORE = timedelta(days=14)


def check_mail() -> Iterator[Finding]:
    """Says hello to the server and sends nothing."""
    if not settings.SENDS_MAIL:
        yield ok("mail", "no server is set, so nothing is mailed")
        return
    try:
        connection = get_connection(timeout=SECONDS)
        connection.open()
        connection.close()
    except (SMTPException, OSError) as error:
        yield problem("mail", f"the server can't be used: {error}", "Correct EMAIL_URL.")
    else:
        yield ok("mail", f"{settings.EMAIL_HOST} lets us in")


def send_mail(to: str) -> Finding:
    """Sends one mail; whether it arrives is for its reader to see."""
    words = "This mail was sent by `manage.py doctor`. Mails of the desk reach you."
    mail = EmailMessage("Helpdesk: a test", words, to=[to])
    mail.connection = get_connection(timeout=SECONDS)
    if not settings.SENDS_MAIL:
        return problem("test mail", "no server is set", "Set EMAIL_URL.")
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        return problem("test mail", f"not sent: {error}", "Correct EMAIL_URL and MAIL_FROM.")
    return ok("test mail", f"sent to {to}")


# -- the way from a browser to the desk ------------------------------------


def check_public_url() -> Iterator[Finding]:
    """Asks for the login page as a browser does, through the proxy."""
    if not settings.DESK_URL:
        remedy = "Set DESK_URL to the address that people type."
        yield warning("address", "DESK_URL is not set: mails have no links", remedy)
        return
    desk = settings.DESK_URL.rstrip("/")
    with httpx.Client(timeout=SECONDS, trust_env=False) as browser:
        try:
            page = browser.get(desk + reverse(settings.LOGIN_URL))
        except httpx.HTTPError as error:
            remedy = "Start the proxy, or correct DESK_URL."
            yield problem("address", f"{desk} can't be reached: {error}", remedy)
            return
        yield _judge_login_page(desk, page)
        for path in ("/readyz", "/metrics"):
            if not settings.METRICS_TOKEN or path == "/readyz":
                yield from _require_hidden(browser, desk, path)


def _judge_login_page(desk: str, page: httpx.Response) -> Finding:
    if page.is_success:
        return ok("address", f"{desk} leads to the desk")
    if page.status_code == httpx.codes.BAD_REQUEST:
        host = urlsplit(desk).hostname
        remedy = f"Let the proxy pass the header Host on, and name {host} in ALLOWED_HOSTS."
        return problem("address", f"{desk}: the desk refuses the host name", remedy)
    if page.headers.get("Location") == str(page.url):
        remedy = "Let the proxy set X-Forwarded-Proto, and TRUSTED_PROXIES count it."
        return problem("address", f"{desk} redirects to itself without end", remedy)
    words = f"{desk} answers {page.status_code}"
    return problem("address", words, "See the log of the proxy, and of `web`.")


def _require_hidden(browser: httpx.Client, desk: str, path: str) -> Iterator[Finding]:
    try:
        answer = browser.get(desk + path)
    except httpx.HTTPError:
        return
    if answer.is_success or answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        remedy = f"Let the proxy answer 404 to {path}, as deploy/Caddyfile does."
        yield warning("address", f"{path} can be read from outside", remedy)


# -- certificates ----------------------------------------------------------


def check_certificate_of_desk() -> Iterator[Finding]:
    yield from _judge_certificate("the desk", settings.DESK_URL)


def check_certificate_of(marketplace: Marketplace) -> Iterator[Finding]:
    yield from _judge_certificate(marketplace.slug, marketplace.base_url)


def _judge_certificate(name: str, url: str) -> Iterator[Finding]:
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname:
        return
    part = f"certificate of {name}"
    try:
        until = _read_end(address.hostname, address.port or 443)
    except ssl.SSLCertVerificationError as error:
        remedy = "Its owner has to renew it. The desk sends nothing there meanwhile."
        yield problem(part, error.verify_message, remedy)
    except OSError as error:
        yield problem(part, f"can't be reached: {error}", "Check the address, DNS and firewall.")
    else:
        left = until - datetime.now(UTC)
        words = f"valid for {left.days} days"
        if left < RENEWED_BEFORE:
            yield warning(part, words, "See that it is renewed in time.")
        else:
            yield ok(part, words)


def _read_end(host: str, port: int) -> datetime:
    """When the certificate ends. Raises OSError, SSLCertVerificationError among it."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        certificate = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
