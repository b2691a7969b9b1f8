"""The image is built as Dockerfile says, and its processes work from it."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from helpdesk import embedded
from tests.building import Image, built_image
from tests.ports import free_port
from tests.tools import require_tool
from tests.writing import eventually

pytestmark = pytest.mark.long

MB = 1024 * 1024
ALL_OK = [f"{one}: ok" for one in ("database", "migrations", "redis", "worker", "files", "live")]


@pytest.fixture(scope="module")
def database() -> Iterator[embedded.Server]:
    """A server whose socket the image's user can reach, with a database without tables."""
    with embedded.postgresql_server() as server:
        server.home.chmod(0o755)
        yield server


@pytest.fixture(scope="module")
def image(database: embedded.Server) -> Iterator[Image]:
    program = require_tool("buildah")
    if os.geteuid():
        pytest.skip("buildah needs root here")
    with (
        tempfile.TemporaryDirectory(prefix="helpdesk-image-") as home,
        built_image(program, Path(home), database.home) as image,
    ):
        yield image


@pytest.fixture(scope="module")
def env(database: embedded.Server) -> Iterator[dict[str, str]]:
    """Settings as in compose.yaml."""
    with embedded.redis_server() as redis:
        yield {
            "SECRET_KEY": secrets.token_hex(32),
            "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": database.url,
            "REDIS_URL": redis,
            "ALLOWED_HOSTS": "desk.example.com",
            "BIND": "127.0.0.1",
            "PORT": str(free_port()),
            "LIVE_PORT": str(free_port()),
            "WEB_WORKERS": "1",
        }


def test_it_is_small_and_runs_as_nobody_special(image: Image) -> None:
    files = image.files
    ours = sum(
        path.lstat().st_size
        for path in (files / "opt/helpdesk").rglob("*")
        if not path.is_symlink() and path.is_file()
    )

    assert image.config["User"] == "10001:10001"
    assert image.config["Cmd"] == ["web"]
    assert "/healthz" in str(image.config["Healthcheck"])
    assert ours < 250 * MB
    assert not list((files / "opt/helpdesk").glob("tests"))
    assert not [
        path
        for path in (files / "opt/helpdesk").rglob("*")
        if path.lstat().st_uid != 0 or (path.lstat().st_mode & 0o022 and not path.is_symlink())
    ]


def test_its_processes_work_once_release_has_ended(image: Image, env: dict[str, str]) -> None:
    assert "The database is of this release." in image.run("release", env=env)

    with image.running("web", env), image.running("worker", env), image.running("live", env):
        eventually(lambda: is_healthy(image, env["PORT"]))
        eventually(lambda: is_healthy(image, env["LIVE_PORT"]))
        eventually(lambda: ready(env["PORT"]) == ALL_OK)


def is_healthy(image: Image, port: str) -> bool:
    """The image's own check, which asks by an address that ALLOWED_HOSTS does not name."""
    check = image.config["Healthcheck"]
    assert isinstance(check, dict)
    env = {**os.environ, "PORT": port}
    ended = subprocess.run(check["Test"][1:], env=env, capture_output=True, check=False)
    return ended.returncode == 0


def ready(port: str) -> list[str]:
    url, host = f"http://127.0.0.1:{port}/readyz", {"Host": "desk.example.com"}
    return httpx.get(url, headers=host, trust_env=False, timeout=30).text.splitlines()
