"""nginx with the sample of deploy/ in front of the desk, as in production."""

import os
import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from helpdesk import processes
from tests.ports import free_port
from tests.serving import ROOT, Web
from tests.writing import eventually

HOST = "localhost"
FORM = "Content-Type: application/x-www-form-urlencoded"
# Debian's main configuration around the sample. It writes only below its directory.
AROUND = """
daemon off;
pid {home}/pid;
error_log {home}/error.log;
events {{}}
http {{
    access_log {home}/access.log;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    {sample}
}}
"""


@dataclass(frozen=True)
class Proxy:
    web: Web
    home: Path
    http_port: int
    https_port: int
    live_port: int

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.home / "certificate.pem"))

    def browser(self) -> httpx.Client:
        url = f"https://{HOST}:{self.https_port}"
        return httpx.Client(base_url=url, verify=self.tls, timeout=60, trust_env=False)

    def begin(self, *lines: str, body: bytes = b"") -> ssl.SSLSocket:
        """Starts a log-in of which only this part is sent."""
        line = socket.create_connection(("127.0.0.1", self.https_port), timeout=30)
        secured = self.tls.wrap_socket(line, server_hostname=HOST)
        place = f"{HOST}:{self.https_port}"
        own = [f"Host: {place}", f"Origin: https://{place}", FORM]
        head = ["POST /accounts/login/ HTTP/1.1", *own, *lines, "", ""]
        secured.sendall("\r\n".join(head).encode() + body)
        return secured


@contextmanager
def running_nginx(program: str, web: Web, live_port: int = 0) -> Iterator[Proxy]:
    """Runs nginx as an unprivileged user on free ports."""
    identity = processes.identity_of("nobody") if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="helpdesk-", dir="/tmp"))  # noqa: S108  mkdtemp's
    proxy = Proxy(web, home, free_port(), free_port(), live_port or free_port())
    try:
        certify(home)
        (home / "nginx.conf").write_text(AROUND.format(home=home, sample=_adapted(proxy)))
        for path in (home, *home.iterdir()):
            shutil.chown(path, identity.get("user"), identity.get("group", os.getgid()))
        log, config = home / "error.log", home / "nginx.conf"
        command: list[str | Path] = [program, "-p", home, "-e", log, "-c", config]
        with (home / "output").open("wb") as output:
            nginx = processes.start(
                command, cwd=home, identity=identity, output=output, throw_away=home
            )
        try:
            eventually(lambda: _listens(nginx, proxy))
            yield proxy
        finally:
            nginx.stop()
    finally:
        shutil.rmtree(home)


def _adapted(proxy: Proxy) -> str:
    """Replaces ports, names and paths in the sample, nothing else."""
    sample = (ROOT / "deploy/nginx.conf").read_text()
    live = "/etc/letsencrypt/live/desk.example.com"
    for old, new in {
        f"{live}/fullchain.pem": f"{proxy.home}/certificate.pem",
        f"{live}/privkey.pem": f"{proxy.home}/key.pem",
        "desk.example.com": HOST,
        "listen 80;": f"listen 127.0.0.1:{proxy.http_port};",
        "listen 443 ": f"listen 127.0.0.1:{proxy.https_port} ",
        "http://127.0.0.1:8000;": f"{proxy.web.url};",
        "http://127.0.0.1:8001;": f"http://127.0.0.1:{proxy.live_port};",
    }.items():
        assert old in sample
        sample = sample.replace(old, new)
    # Some machines have no IPv6.
    return re.sub(r"listen \[::\].*", "", sample)


def _listens(nginx: processes.Child, proxy: Proxy) -> bool:
    assert nginx.exit_code is None, (proxy.home / "output").read_text()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", proxy.https_port)) == 0


def certify(home: Path, days: int = 1) -> None:
    """Creates a self-signed certificate for HOST that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    (home / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (home / "key.pem").write_bytes(private)
