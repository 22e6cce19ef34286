"""Client programs: the platform may come in, Mallory's program may not."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.clients.models import AccessToken, Client

pytestmark = pytest.mark.django_db

SECRET = "a-secret-that-is-long-enough"
RETURN = "https://platform.example/signature/retour/"


def _platform(**changes: object) -> clients.Client:
    description: dict = {
        "client_id": "platform",
        "name": "Paraphe",
        "secret": SECRET,
        "return_uris": [RETURN],
        "scopes": ["service", "credential", "enrolment"],
    }
    return clients.register(**{**description, **changes})


def test_the_right_secret_opens_and_every_other_one_does_not() -> None:
    _platform()
    _platform(client_id="mallory", secret="mallorys-own-long-secret")
    assert clients.authenticate("platform", SECRET).client_id == "platform"
    for client_id, secret in (
        ("platform", "wrong"),
        ("platform", ""),
        ("platform", "mallorys-own-long-secret"),
        ("nobody", SECRET),
        ("plat\x00form", SECRET),
    ):
        with pytest.raises(clients.ClientRefused):
            clients.authenticate(client_id, secret)


def test_no_secret_and_no_token_is_stored_in_clear() -> None:
    client = _platform()
    token, _scopes = clients.issue_token(client, ["service"])
    stored = str(list(Client.objects.values())) + str(list(AccessToken.objects.values()))
    assert SECRET not in stored
    assert token not in stored


def test_registering_again_changes_the_secret_and_keeps_the_client() -> None:
    _platform()
    _platform(secret="the-second-secret-of-the-platform")
    assert Client.objects.count() == 1
    with pytest.raises(clients.ClientRefused):
        clients.authenticate("platform", SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "two words"},
        {"name": ""},
        {"secret": "short"},
        {"return_uris": ["/relative"]},
        {"return_uris": ["https://platform.example/#fragment"]},
        {"return_uris": ["javascript:alert(1)"]},
        {"scopes": ["everything"]},
    ],
)
def test_a_description_that_cannot_be_right_is_refused(changes: dict) -> None:
    with pytest.raises(clients.RegistrationRefused):
        _platform(**changes)


def test_a_return_address_is_compared_character_by_character() -> None:
    client = _platform()
    clients.check_return_uri(client, RETURN)
    for other in (RETURN[:-1], RETURN + "?x=1", RETURN.replace("https", "http"), RETURN.upper(), ""):
        with pytest.raises(clients.ReturnUriRefused):
            clients.check_return_uri(client, other)


def test_a_token_is_good_for_its_scopes_and_its_hour() -> None:
    client = _platform()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token, scopes = clients.issue_token(client, ["enrolment"])
        assert scopes == ("enrolment",)
        assert clients.client_of_token(token, "enrolment") == client
        with pytest.raises(clients.ClientRefused):
            clients.client_of_token(token, "service")
        clock.shift(timedelta(hours=1))
        with pytest.raises(clients.ClientRefused):
            clients.client_of_token(token, "enrolment")


def test_scope_credential_cannot_be_had_without_a_holder() -> None:
    client = _platform()
    for scopes in (["credential"], ["timestamp"], ["everything"]):
        with pytest.raises(clients.ScopeRefused):
            clients.issue_token(client, scopes)


def test_a_scope_taken_from_the_client_is_gone_from_its_tokens() -> None:
    token, _scopes = clients.issue_token(_platform(), ["service"])
    _platform(scopes=["enrolment"])
    with pytest.raises(clients.ClientRefused):
        clients.client_of_token(token, "service")


def test_a_client_revokes_its_own_token_and_nobody_elses() -> None:
    client = _platform()
    mallory = _platform(client_id="mallory")
    token, _scopes = clients.issue_token(client, [])
    assert not clients.revoke_token(mallory, token)
    assert clients.client_of_token(token, "service") == client
    assert clients.revoke_token(client, token)
    assert not clients.revoke_token(client, token)
    with pytest.raises(clients.ClientRefused):
        clients.client_of_token(token, "service")


def test_an_unknown_client_is_not_found() -> None:
    with pytest.raises(NotFound):
        clients.find("nobody")


def test_old_tokens_go_a_day_after_their_hour() -> None:
    client = _platform()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clients.issue_token(client, [])
        clock.shift(timedelta(hours=24))
        assert clients.destroy_old_tokens() == 0
        clock.shift(timedelta(hours=2))
        assert clients.destroy_old_tokens() == 1


def test_while_a_secret_is_changed_two_are_good() -> None:
    _platform()
    second = "the-second-secret-of-the-platform"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clients.rotate_secret("platform", second, overlap=timedelta(hours=1))
        _platform(secret=second)  # a start of the site in between ends nothing
        for secret in (SECRET, second):
            assert clients.authenticate("platform", secret).client_id == "platform"
        clock.shift(timedelta(hours=1))
        clients.authenticate("platform", second)
        with pytest.raises(clients.ClientRefused):
            clients.authenticate("platform", SECRET)


def test_a_secret_that_leaked_ends_at_once() -> None:
    _platform()
    clients.rotate_secret("platform", "the-second-secret-of-the-platform", overlap=timedelta(hours=1))
    _platform(secret="the-third-secret-of-the-platform")
    for secret in (SECRET, "the-second-secret-of-the-platform", ""):
        with pytest.raises(clients.ClientRefused):
            clients.authenticate("platform", secret)


@pytest.mark.parametrize(
    ("secret", "overlap"),
    [("short", timedelta(0)), (SECRET, timedelta(0)), ("x" * 20, timedelta(days=8)), ("x" * 20, -timedelta(1))],
)
def test_a_change_of_secret_that_cannot_be_right(secret: str, overlap: timedelta) -> None:
    _platform()
    with pytest.raises(clients.RegistrationRefused):
        clients.rotate_secret("platform", secret, overlap=overlap)
    assert clients.authenticate("platform", SECRET)
    with pytest.raises(NotFound):
        clients.rotate_secret("nobody", "x" * 20, overlap=timedelta(0))
