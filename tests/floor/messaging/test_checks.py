import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from paraphe.floor.messaging.checks import check_carriers


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Any:
    """Settings of a production that lacks nothing."""
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"application_key": "a", "application_secret": "s", "consumer_key": "c"}))
    keys.chmod(0o600)
    settings.DEMONSTRATION = False
    settings.SMTP_URL = "smtp://user:password@mail.example"
    settings.MAIL_FROM = "Paraphe <signature@ordre.example>"
    settings.SMS_CARRIER = "ovh"
    settings.SMS_OVH_SERVICE = "sms-xx00000-1"
    settings.SMS_OVH_KEYS_FILE = str(keys)
    return settings


def findings() -> list[str]:
    return [f"{message.id} {message.msg}" for message in check_carriers(None)]


def test_a_demonstration_needs_nothing() -> None:
    assert findings() == []


def test_a_production_that_lacks_nothing_boots(production: Any) -> None:
    assert findings() == []
    production.SMS_CARRIER, production.SMS_HTTP_URL = "http", "https://gateway.example/sms"
    assert findings() == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"SMTP_URL": ""}, "E001 PARAPHE_SMTP_URL is not set"),
        ({"SMTP_URL": "mail.example"}, "E002 PARAPHE_SMTP_URL must look like"),
        ({"MAIL_FROM": "Paraphe <ne-pas-repondre@paraphe.invalid>"}, "E003 PARAPHE_MAIL_FROM is not set"),
        ({"SMS_CARRIER": "pigeon"}, "E010 PARAPHE_SMS_CARRIER is 'pigeon'"),
        ({"SMS_CARRIER": ""}, "E011 PARAPHE_SMS_CARRIER is not set"),
        ({"SMS_SENDER": "Experts-comptables"}, "E012 PARAPHE_SMS_SENDER"),
        ({"SMS_CARRIER": "http"}, "E013 PARAPHE_SMS_HTTP_URL is not set"),
        ({"SMS_CARRIER": "http", "SMS_HTTP_URL": "http://gateway.example"}, "E014 PARAPHE_SMS_HTTP_URL must begin"),
        (
            {"SMS_CARRIER": "http", "SMS_HTTP_URL": "https://g.example", "SMS_HTTP_TOKEN_FILE": "/nowhere"},
            "E015 PARAPHE_SMS_HTTP_TOKEN_FILE names /nowhere, which cannot be read",
        ),
        ({"SMS_OVH_SERVICE": ""}, "E016 PARAPHE_SMS_OVH_SERVICE is not set"),
        ({"SMS_OVH_ENDPOINT": "http://eu.api.ovh.com/1.0"}, "E017 PARAPHE_SMS_OVH_ENDPOINT"),
        ({"SMS_OVH_KEYS_FILE": ""}, "E018 PARAPHE_SMS_OVH_KEYS_FILE is not set"),
    ],
)
def test_each_lack_is_one_clear_sentence(production: Any, changes: dict[str, str], wanted: str) -> None:
    for name, value in changes.items():
        setattr(production, name, value)
    [finding] = findings()
    assert finding.startswith(f"messaging.{wanted}")


def test_keys_that_others_can_read_or_that_are_no_keys_are_refused(production: Any) -> None:
    keys = Path(production.SMS_OVH_KEYS_FILE)
    keys.chmod(0o644)
    [finding] = findings()
    assert f"run 'chmod 600 {keys}'" in finding
    keys.chmod(0o600)
    keys.write_text("{}")
    [finding] = findings()
    assert "must be JSON" in finding


def test_no_password_is_shown(production: Any) -> None:
    production.SMTP_URL = "stmp://user:hunter2@mail.example"
    assert "hunter2" not in " ".join(findings())


@pytest.mark.django_db
def test_the_boot_of_a_production_without_mail_stops_there(production: Any) -> None:
    production.SMTP_URL = ""
    with pytest.raises(SystemCheckError, match="PARAPHE_SMTP_URL is not set"):
        call_command("check", fail_level="ERROR", verbosity=0)
