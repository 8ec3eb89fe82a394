"""docker-compose.yml and the Dockerfile: what they name is there, and they give away no more than they must."""

import re
from pathlib import Path

import pytest
import yaml

from graph_cdp.config import Settings
from graph_cdp.local_neo4j import CURRENT

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_lasting_data_and_an_end_to_its_stop(name: str):
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"]
    named = {volume.partition(":")[0] for volume in service["volumes"]}
    assert named <= COMPOSE["volumes"].keys()


def test_the_service_waits_for_a_healthy_neo4j_of_the_pinned_version():
    assert SERVICES["service"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert SERVICES["neo4j"]["image"] == f"neo4j:{CURRENT}-community"


def test_secrets_are_files_that_the_page_tells_to_make():
    assert COMPOSE["secrets"].keys() == {one for service in SERVICES.values() for one in service["secrets"]}
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert f"> secrets/{name}\n" in OPERATIONS
    assert "secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "password" not in str(SERVICES).lower()


def test_every_variable_of_the_service_is_a_setting_and_every_secret_it_names_is_given_to_it():
    service = SERVICES["service"]
    for variable, value in service["environment"].items():
        name = variable.removeprefix("GRAPH_CDP_").removesuffix("_FILE").lower()
        assert name in Settings.model_fields, variable
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_nothing_is_reached_from_other_machines_and_the_service_has_no_rights_to_spare():
    ports = [port for service in SERVICES.values() for port in service["ports"]]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    service = SERVICES["service"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    settings = Settings(_env_file=None)
    assert int(service["stop_grace_period"].removesuffix("s")) > settings.stop_timeout


def test_the_image_copies_what_is_there_and_runs_without_root():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["10001"]
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("ENTRYPOINT")
    assert 'ENTRYPOINT ["graph-cdp"]' in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE
