"""Production: settings that are safe unless somebody says otherwise, and files that name what there is."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from corpus import settings as module

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PRODUCTION = DOCS / "production"
COMPOSE = PRODUCTION / "compose.yaml"
UNITS = sorted((PRODUCTION / "systemd").iterdir())
#: Read by what the settings do not know: compose and the web server.
ELSEWHERE = {"POSTGRES_PASSWORD"}


def test_every_variable_is_described_and_every_one_described_is_read() -> None:
    calls = [node for node in ast.walk(ast.parse((ROOT / "corpus" / "settings.py").read_text()))
             if isinstance(node, ast.Call) and ast.unparse(node.func) in {"flag", "number", "fraction", "words", "os.environ.get"}]  # fmt: skip
    read = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    described = set(re.findall(r"^#?([A-Z_]+)=", (PRODUCTION / "verbatim.env").read_text(), re.MULTILINE))
    assert described == read | ELSEWHERE


def test_a_web_server_is_production_and_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "SECRET_KEY")}
    done = subprocess.run(
        [sys.executable, "-c", "import corpus.wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Set SECRET_KEY: with DEBUG off Verbatim does not start without a secret" in done.stderr


@pytest.mark.parametrize(
    "url, seconds, said",
    [
        ("postgresql://h/x", None, ("10", "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3")),
        ("postgresql://h/x?connect_timeout=2", "1.5", ("2", "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c statement_timeout=1500")),
        ("postgresql://h/x?options=", "30", ("10", "")),
    ],
)  # fmt: skip
def test_what_a_session_asks_of_postgresql(
    url: str, seconds: str | None, said: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATEMENT_SECONDS", raising=False)
    if seconds:
        monkeypatch.setenv("STATEMENT_SECONDS", seconds)
    options: Any = module.database(url)["OPTIONS"]
    assert (options["connect_timeout"], options["options"]) == said


# The files


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())


@pytest.mark.parametrize(
    "path", [*PRODUCTION.iterdir(), *UNITS, DOCS / "production.md"], ids=lambda path: path.name
)  # fmt: skip
def test_commands_that_are_named_are_there(path: Path) -> None:
    if path.is_file():
        named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
        assert named <= set(get_commands())


def test_units_name_commands_that_are_there() -> None:
    named = re.findall(r"verbatim@(\w+)", (PRODUCTION / "systemd" / "verbatim@.service").read_text())
    assert set(named) == {"work", "poll"}
    assert set(named) <= set(get_commands())


def test_the_compose_file_names_what_there_is(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"web", "worker", "poller", "db", "backup"} <= set(services)
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert {mount.partition(":")[0] for mount in service.get("volumes", ())} <= set(compose["volumes"])
        # An image goes by its name: where it comes from is the affair of the machine.
        assert re.fullmatch(r"[a-z]+(:\d+)?", service["image"])
    assert "healthcheck" in services["web"]
    assert "healthcheck" in services["db"]
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE.read_text()))
    described = set(re.findall(r"^#?([A-Z_]+)=", (PRODUCTION / "verbatim.env").read_text(), re.MULTILINE))
    assert asked - {"VERBATIM_ENV"} <= described
    build = services["web"]["build"]
    assert (PRODUCTION / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_the_image_has_all_rooms() -> None:
    copied = re.findall(r"^COPY (\S+)", (PRODUCTION / "Containerfile").read_text(), re.MULTILINE)
    assert set(copied) == {"requirements.txt", "manage.py", "corpus", "people", "articles", "templates"}
    assert all((ROOT / name).exists() for name in copied)


def has_compose() -> bool:
    docker = shutil.which("docker")
    return bool(docker) and subprocess.run([docker or "", "compose", "version"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="there is no docker compose here")
def test_docker_takes_the_compose_file() -> None:
    command = ["docker", "compose", "--file", str(COMPOSE), "config", "--quiet"]
    done = subprocess.run(command, env=os.environ | {"POSTGRES_PASSWORD": "x"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        here = unit.read_text().replace("/srv/verbatim/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(here.replace("/srv/verbatim", str(ROOT)))
    names = [str(tmp_path / unit.name.replace("@.", "@work.")) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
