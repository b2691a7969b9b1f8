"""Fetches the files of static/vendor/VENDORED.txt: hash, file, npm package, version, member."""

import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "static/vendor"
REGISTRY = "https://registry.npmjs.org"


def fetch(package: str, version: str, member: str) -> bytes:
    archive = f"{REGISTRY}/{package}/-/{package.rpartition('/')[2]}-{version}.tgz"
    with urllib.request.urlopen(archive) as answer:  # noqa: S310
        content = io.BytesIO(answer.read())
    with tarfile.open(fileobj=content) as files:
        found = files.extractfile(f"package/{member}")
        return found.read() if found else b""


for line in (VENDOR / "VENDORED.txt").read_text().splitlines():
    wanted, file, package, version, member = line.split()
    content = fetch(package, version, member)
    if hashlib.sha256(content).hexdigest() != wanted:
        raise SystemExit(f"{package} {version} is not what VENDORED.txt says.")
    (VENDOR / file).write_bytes(content)
    sys.stdout.write(f"{file}: {package} {version}\n")
