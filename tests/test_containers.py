"""compose.yaml, the image and the manifests keep what a container must keep."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from cryptography.fernet import Fernet

from tests.serving import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["web", "worker", "live", "release", "backup"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MANIFESTS = yaml.safe_load((ROOT / "deploy/kubernetes/helpdesk.yaml").read_text())["items"]
# Kubernetes' own, of the kinds in use, without descriptions.
SCHEMA = json.loads((ROOT / "tests/kubernetes-1.34.json").read_text())
GROUPS = {"": "core", "networking.k8s.io": "networking"}


# -- compose ---------------------------------------------------------------


def test_only_the_proxy_is_open_to_the_network() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]
    assert SERVICES["database"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"]


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text()
    secrets = ("SECRET_KEY", "CREDENTIAL_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD")

    for name in secrets:
        used = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert used
        assert all(one.startswith(":?") for one in used)


def test_the_databases_files_survive_its_container_and_keep_their_sort_order() -> None:
    database = SERVICES["database"]

    # Images from 18 on have the volume there, and older ones find PGDATA in it.
    assert database["volumes"] == ["database:/var/lib/postgresql"]
    assert database["environment"]["PGDATA"].startswith("/var/lib/postgresql/")
    assert re.fullmatch(r".*postgres:\d+\.\d+-(bookworm|trixie)", database["image"])


def test_the_images_pg_dump_is_no_older_than_the_server() -> None:
    server = re.search(r"postgres:(\d+)", SERVICES["database"]["image"])
    client = re.search(r"ARG POSTGRESQL=(\d+)", DOCKERFILE)

    assert server
    assert client
    assert int(client[1]) >= int(server[1])


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_change_nothing_but_their_data(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_release_migrates_and_the_others_wait_for_it() -> None:
    for name in ("web", "worker", "live"):
        waits = SERVICES[name]["depends_on"]["release"]
        assert waits == {"condition": "service_completed_successfully"}
        assert SERVICES[name]["command"] == [name]


def test_the_processes_are_given_settings_that_exist() -> None:
    known = set(re.findall(r"`([A-Z0-9_]+)`", (ROOT / "README.md").read_text()))

    assert set(SERVICES["web"]["environment"]) - known == set()
    assert set(MANIFESTS[0]["data"]) - known == set()


def test_both_samples_of_the_proxy_differ_only_in_addresses() -> None:
    sample = (ROOT / "deploy/Caddyfile").read_text().splitlines()
    ours = (ROOT / "deploy/compose/Caddyfile").read_text().splitlines()

    differing = [one for one in ours if one not in sample]

    assert len(differing) == 5
    assert any("trusted_proxies" in one for one in ours)


# -- the first run ---------------------------------------------------------


def first_run(path: Path) -> "subprocess.CompletedProcess[str]":
    command = ["sh", str(ROOT / "deploy/first-run"), "desk.example.com", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_first_run_writes_secrets_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"

    ended = first_run(path)

    values = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert ended.returncode == 0
    assert path.stat().st_mode & 0o077 == 0
    assert values["DESK_HOST"] == "desk.example.com"
    assert Fernet(values["CREDENTIAL_KEYS"])
    assert len(values["SECRET_KEY"]) == 64
    assert len(set(values.values())) == len(values)
    assert values["SECRET_KEY"] not in ended.stdout


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    first_run(path)
    before = path.read_text()

    ended = first_run(path)

    assert ended.returncode == 1
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_run_makes_all_that_compose_demands(tmp_path: Path) -> None:
    first_run(tmp_path / ".env")
    demanded = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))

    made = {line.split("=")[0] for line in (tmp_path / ".env").read_text().splitlines()}

    assert demanded <= made


# -- the image -------------------------------------------------------------


def test_the_image_runs_what_the_procfile_says(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/run").write_text((ROOT / "deploy/run").read_text())
    (tmp_path / "Procfile").write_text("web: echo web at ${PORT:-8000}\nrelease: true && echo ok\n")
    told = [
        subprocess.run(
            ["sh", "deploy/run", name], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        for name in ("web", "release")
    ]

    assert told == ["web at 8000\n", "ok\n"]


def test_the_health_check_needs_no_program_but_python() -> None:
    (check,) = re.findall(r"CMD (\[\"python3.*\])", DOCKERFILE)

    assert "/healthz" in check
    assert compile(json.loads(check)[2], "HEALTHCHECK", "exec")


def test_the_image_holds_only_what_runs() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [one[1:] for one in lines if one.startswith("!")]

    assert "*" in lines
    assert [one for one in kept if not (ROOT / one).exists()] == []
    assert not {"tests", ".env", ".local"} & set(kept)


# -- Kubernetes ------------------------------------------------------------


def complaints(manifest: dict[str, Any]) -> list[str]:
    group, _, version = manifest["apiVersion"].rpartition("/")
    kind = f"io.k8s.api.{GROUPS.get(group, group)}.{version}.{manifest['kind']}"
    validator = jsonschema.Draft7Validator({"$ref": f"#/definitions/{kind}", **SCHEMA})
    return [one.message for one in validator.iter_errors(manifest)]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: str(one["metadata"]["name"]))
def test_kubernetes_accepts_the_manifest(manifest: dict[str, Any]) -> None:
    assert complaints(manifest) == []


def test_a_misspelt_field_would_be_found() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {}, "spec": {"prots": []}}

    assert complaints(service)


def test_pods_run_as_the_images_user_and_change_nothing() -> None:
    (user,) = re.findall(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)
    deployments = [one for one in MANIFESTS if one["kind"] == "Deployment"]

    assert {one["metadata"]["name"] for one in deployments} == {
        f"helpdesk-{name}" for name in ("web", "worker", "live")
    }
    for one in deployments:
        pod = one["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsUser"] == int(user)
        for container in [*pod["initContainers"], *pod["containers"]]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
