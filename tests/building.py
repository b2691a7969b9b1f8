"""The image of Dockerfile, built without an engine from programs of this machine."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk import processes
from tests.serving import ROOT

# What the base image of Dockerfile has beside Debian's required packages, and what Dockerfile adds.
PACKAGES = ("apt", "ca-certificates", "postgresql-client-15", "python3", "python3-venv", "tzdata")
# pip's way to its index, as on this machine.
HOST_FILES = ("/etc/pip.conf", "/etc/xdg/pip")
NOT_NEEDED = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/")


@dataclass(frozen=True)
class Builder:
    """buildah, with all that it keeps in `home`."""

    program: str
    home: Path

    def run(self, *arguments: str | Path) -> str:
        ended = subprocess.run(
            [*self.command(), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout.strip()

    def command(self) -> list[str | Path]:
        kept = ("--root", self.home / "root", "--runroot", self.home / "runroot")
        return [self.program, *kept, "--storage-driver", "vfs"]


@dataclass(frozen=True)
class Image:
    builder: Builder
    container: str
    shared: tuple[Path, ...]  # folders that its containers see too

    @property
    def files(self) -> Path:
        return Path(self.builder.run("mount", self.container))

    @property
    def config(self) -> dict[str, object]:
        told = json.loads(self.builder.run("inspect", self.container))
        config: dict[str, object] = told["Docker"]["config"]
        return config

    def command(self, *arguments: str, env: dict[str, str]) -> list[str | Path]:
        """The command that runs the image's entry point with `arguments`, as its own user."""
        settings = [f"--env={name}={value}" for name, value in env.items()]
        shared = [f"--volume={one}:{one}" for one in self.shared]
        run = ["run", "--isolation", "chroot", *settings, *shared, self.container, "--"]
        return [*self.builder.command(), *run, "/opt/helpdesk/deploy/run", *arguments]

    def run(self, *arguments: str, env: dict[str, str]) -> str:
        ended = subprocess.run(
            self.command(*arguments, env=env), capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout

    @contextmanager
    def running(self, process: str, env: dict[str, str]) -> Iterator[processes.Child]:
        child = processes.start(self.command(process, env=env))
        try:
            yield child
        finally:
            child.stop()


@contextmanager
def built_image(program: str, home: Path, *shared: Path) -> Iterator[Image]:
    builder = Builder(program, home)
    _copy_base(home / "base")
    (home / "base.Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    bud = ("bud", "--quiet", "--isolation", "chroot", "--format", "docker", "--layers=false")
    builder.run(*bud, "-t", "base", "-f", home / "base.Dockerfile", home / "base")
    shutil.rmtree(home / "base")
    shown = [f"--volume={one}:{one}:ro" for one in HOST_FILES if Path(one).exists()]
    given = ("--build-arg", "BASE=localhost/base", "--build-arg", "POSTGRESQL=15")
    settings = [f"--env={name}={value}" for name, value in _pip_settings().items()]
    context = _copy_context(home / "context")
    builder.run(*bud, *given, *shown, *settings, "-t", "helpdesk", context)
    container = builder.run("from", "--pull-never", "localhost/helpdesk")
    try:
        yield Image(builder, container, shared)
    finally:
        builder.run("rm", "--all")
        shutil.rmtree(home, ignore_errors=True)


def _pip_settings() -> dict[str, str]:
    proxies = ("http_proxy", "https_proxy", "no_proxy")
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name.lower() in proxies
    }


def _copy_context(context: Path) -> Path:
    """Copies what .dockerignore lets into the image: buildah walks through all the rest slowly."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    for name in [".dockerignore", "Dockerfile", *(one[1:] for one in lines if one[0] == "!")]:
        source, target = ROOT / name, context / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return context


# -- the base --------------------------------------------------------------


def _copy_base(base: Path) -> None:
    """Copies the files of some of this machine's Debian packages, and which ones they are."""
    base.mkdir(parents=True)
    for link in ("bin", "lib", "lib64", "sbin"):
        if (Path("/") / link).is_symlink():
            (base / link).symlink_to(os.readlink(f"/{link}"))
    for path in sorted(_files_of(_with_their_needs())):
        _copy(path, base)
    for path in ("etc/passwd", "etc/group", "etc/shadow"):
        shutil.copy(Path("/") / path, base / path)
    # Without sources apt takes what is there for the newest.
    for path in ("etc/ssl", "var/lib/dpkg"):
        shutil.copytree(Path("/") / path, base / path, symlinks=True, dirs_exist_ok=True)
    for path in (
        "tmp",
        "proc",
        "sys",
        "dev",
        "run",
        "var/tmp",
        "var/log",
        "var/cache/apt",
        "var/lib/apt/lists",
    ):
        (base / path).mkdir(parents=True, exist_ok=True)
    (base / "tmp").chmod(0o1777)


def _with_their_needs() -> set[str]:
    no = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces")]
    wanted = [*PACKAGES, *_required()]
    command = ["apt-cache", "depends", "--recurse", "--installed", *no, "--no-enhances", *wanted]
    return {line for line in _read(command) if line[:1].isalnum()}


def _required() -> list[str]:
    told = _read(["dpkg-query", "--show", "--showformat", "${Priority} ${Package}\\n"])
    return [line.split()[1] for line in told if line.startswith("required ")]


def _files_of(packages: set[str]) -> set[str]:
    told = _read(["dpkg-query", "--listfiles", *packages])
    files = {line for line in told if line.startswith("/")}
    return {one for one in files if not one.startswith(NOT_NEEDED)}


def _read(command: list[str]) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _copy(path: str, base: Path) -> None:
    source = Path(os.path.realpath(os.path.dirname(path))) / os.path.basename(path)
    target = base / str(source)[1:]
    if source.is_symlink() or source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            shutil.copy2(source, target, follow_symlinks=False)
