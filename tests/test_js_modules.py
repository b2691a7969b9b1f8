"""The logic of the scripts, in Node if it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def test_modules_do_what_their_tests_say() -> None:
    node = shutil.which("node")
    if node is None and not os.environ.get("REQUIRE_TOOLS"):
        pytest.skip("no Node here")

    assert node, "REQUIRE_TOOLS wants a Node"
    ran = subprocess.run(  # noqa: S603  our own files
        [node, "--test", *sorted(map(str, (ROOT / "tests/js").glob("*.test.mjs")))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
