"""Who may see and do what among officers: every address, every role; four eyes where it matters."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.register import api as register
from paraphe.trust.remote import api as remote
from paraphe.trust.remote.models import Credential
from tests.trust.ra.people import submitted_case
from tests.trust.remote.holders import alices_credential, platform

pytestmark = pytest.mark.django_db
PASSWORD = "a long password for tests"
ROLES = ("registration", "revocation", "auditor", "operator")
#: Every address of the officers' pages, and who gets an answer there; others get "not found".
MATRIX = {
    "officer/": set(ROLES),
    "officer/cases/<case>/": {"registration"},
    "officer/cases/<case>/front.jpg": {"registration"},
    "officer/cases/<case>/front-flat.jpg": {"registration"},
    "officer/figures/": {"registration", "operator", "auditor"},
    "officer/figures/<profile>/": {"operator"},
    "officer/certificates/": {"revocation", "auditor"},
    "officer/certificates/many/": {"revocation"},
    "officer/certificates/<credential>/": {"revocation", "auditor"},
    "officer/certificates/<credential>/act/": {"revocation"},
    "officer/proposals/": {"revocation", "operator"},
    "officer/proposals/<proposal>/": {"revocation", "operator"},
    "officer/officers/": {"operator"},
    "officer/officers/<officer>/": {"operator"},
    "officer/journal/": {"auditor"},
}


def officer(name: str, *roles: str) -> tuple[Client, ra.Officer]:
    made = ra.create_officer(f"{name.lower()}@confiance.example", name, PASSWORD, roles=list(roles))
    browser = Client()
    browser.post("/officer/account/login/", {"login": made.email, "password": PASSWORD})
    return browser, made


@pytest.fixture
def credential(hierarchy: Path) -> Credential:
    platform()
    return alices_credential()


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'").split())


def test_every_address_is_in_the_matrix() -> None:
    found = set()
    for pattern in get_resolver("paraphe.trust.pages.officer.urls").url_patterns:
        address = str(pattern.pattern)
        if not address.startswith("officer/account/"):
            names = {
                "case_id": "case",
                "credential_id": "credential",
                "proposal_id": "proposal",
                "officer_id": "officer",
                "profile": "profile",
            }
            for written, name in names.items():
                address = re.sub(rf"<\w+:{written}>", f"<{name}>", address)
            found.add(address.replace("<side:side>", "front"))
    assert found == set(MATRIX)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_pages_and_no_others(credential: Credential, role: str) -> None:
    case = submitted_case("passport")
    browser, who = officer("Otto", role)
    values = {
        "case": case.pk,
        "credential": credential.pk,
        "proposal": uuid4(),
        "officer": who.pk,
        "profile": "passport",
    }
    for address, allowed in MATRIX.items():
        path = "/" + re.sub(r"<(\w+)>", lambda match: str(values[match[1]]), address)
        for method in ("get", "post"):
            status = getattr(browser, method)(path).status_code
            if role in allowed:
                assert status != 404 or "front" in path, (role, method, path)
            else:
                assert status == 404, (role, method, path)
        assert Client().get(path).status_code in (302, 405), path
        assert who.roles == [role]


def test_somebody_without_any_role_sees_nothing(db: None) -> None:
    browser, _who = officer("Nora")
    assert browser.get("/officer/").status_code == 404


def test_the_auditor_changes_nothing_and_sees_no_photograph(credential: Credential) -> None:
    browser, _aude = officer("Aude", "auditor")
    page = browser.get(f"/officer/certificates/{credential.pk}/")
    assert "Révoquer définitivement" not in text(page)
    assert "credential:issued" in text(page)
    assert "certificate:issued" in text(browser.get("/officer/journal/", {"tag": "certificate:"}))
    assert "certificate:issued" not in text(browser.get("/officer/journal/", {"tag": "officer:"}))
    about = browser.get("/officer/journal/", {"about": str(credential.pk).upper(), "before": "999999"})
    assert "credential:issued" in text(about)
    assert "certificate:reserved" not in text(about)


def test_a_certificate_is_found_by_what_people_know(credential: Credential) -> None:
    browser, _otto = officer("Otto", "revocation")
    serial = f"{remote.certificate_of(credential).serial_number:X}"
    for typed in ("martin", "Alice Martin", "alice.martin@", "732829320", "cabinet", serial, serial.lower()):
        assert "Alice Martin" in text(browser.get("/officer/certificates/", {"q": typed})), typed
    for typed in ("mallory", "%", "0" * 200):
        assert "Rien ne correspond" in text(browser.get("/officer/certificates/", {"q": typed})), typed
    assert browser.get("/officer/certificates/", {"q": "\x00"}).status_code == 200


def test_one_officer_revokes_at_once_and_says_why(credential: Credential) -> None:
    browser, otto = officer("Otto", "revocation")
    page = f"/officer/certificates/{credential.pk}/act/"
    browser.post(page, {"verb": "revoke"})
    browser.post(page, {"verb": "revoke", "reason": "whim"})
    assert remote.certificate_status(credential) == "valid"
    browser.post(page, {"verb": "revoke", "reason": "death"})
    serial = remote.certificate_of(credential).serial_number
    assert register.status_of(serial).reason == "cessation_of_operation"
    entry = journal.about(serial=f"{serial:x}").filter(tag="certificate:revoked").get()
    assert (entry.actor_kind, entry.actor_id) == ("officer", str(otto.pk))
    assert "L'état de ce certificat ne le permet pas" in text(browser.post(page, {"verb": "suspend"}, follow=True))


def test_ending_a_suspension_needs_two(credential: Credential) -> None:
    (otto, _), (olga, _), (oscar, _) = (
        officer("Otto", "revocation"),
        officer("Olga", "revocation"),
        officer("Oscar", "operator"),
    )
    page = f"/officer/certificates/{credential.pk}/act/"
    otto.post(page, {"verb": "suspend"})
    otto.post(page, {"verb": "reinstate"})
    assert remote.certificate_status(credential) == "suspended"
    [proposal] = ra.waiting()
    settle = f"/officer/proposals/{proposal.pk}/"
    assert "Un autre agent que vous" in text(otto.post(settle, {"verdict": "confirm"}, follow=True))
    oscar.post(settle, {"verdict": "confirm"})
    assert remote.certificate_status(credential) == "suspended", "the role is not his"
    assert "Rétablir le certificat" in text(olga.get("/officer/proposals/"))
    olga.post(settle, {"verdict": "confirm"})
    assert remote.certificate_status(credential) == "valid"
    assert "n'attend plus" in text(olga.post(settle, {"verdict": "confirm"}, follow=True))


def test_a_list_is_revoked_by_two(credential: Credential) -> None:
    (otto, _), (olga, _) = officer("Otto", "revocation"), officer("Olga", "revocation")
    serial = f"{remote.certificate_of(credential).serial_number:X}"
    wrong = otto.post("/officer/certificates/many/", {"serials": f"{serial}\nnonsense", "reason": "compromise"})
    assert wrong.status_code == 422
    assert "nonsense" in text(wrong)
    otto.post("/officer/certificates/many/", {"serials": f"{serial}\n{serial}\n", "reason": "compromise"})
    assert remote.certificate_status(credential) == "valid"
    [proposal] = ra.waiting()
    olga.post(f"/officer/proposals/{proposal.pk}/", {"verdict": "confirm"})
    assert register.status_of(int(serial, 16)).reason == "key_compromise"


def test_roles_change_by_two_operators(db: None) -> None:
    (otto, one), (olga, _) = officer("Otto", "operator"), officer("Olga", "operator")
    _rita, target = officer("Rita", "registration")
    page = f"/officer/officers/{target.pk}/"
    assert "n'a pas d'autre rôle" in text(otto.post(page, {"roles": ["auditor", "operator"], "active": "on"}))
    otto.post(page, {"roles": ["revocation"], "active": "on"})
    target.refresh_from_db()
    assert target.roles == ["registration"]
    [proposal] = ra.waiting()
    otto.post(f"/officer/proposals/{proposal.pk}/", {"verdict": "confirm"})
    olga.post(f"/officer/proposals/{proposal.pk}/", {"verdict": "confirm"})
    target.refresh_from_db()
    assert target.roles == ["revocation"]
    olga.post(f"/officer/officers/{one.pk}/", {"roles": []})
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert ra.waiting() == [], "a proposal does not wait for ever"


def test_the_database_itself_counts_eyes(db: None) -> None:
    _browser, one = officer("Otto", "operator")
    made = ra.Proposal.objects.create(kind="roles", payload={}, proposed_by=one, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ra.Proposal.objects.filter(pk=made.pk).update(state="confirmed", settled_by=one)


def test_sessions_of_officers_end(db: None) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser, _otto = officer("Otto", "registration")
        for _step in range(3):
            clock.shift(timedelta(minutes=19))
            assert browser.get("/officer/").status_code == 200
        clock.shift(timedelta(minutes=21))
        assert browser.get("/officer/")["Location"] == "/officer/account/login/"


def test_deciding_asks_again_who_it_is(credential: Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser, _otto = officer("Otto", "revocation")
        clock.shift(timedelta(minutes=11))
        answer = browser.post(f"/officer/certificates/{credential.pk}/act/", {"verb": "suspend"})
        assert "reauthenticate" in answer["Location"]
        assert remote.certificate_status(credential) == "valid"


def test_sign_ins_are_journaled_and_nothing_that_was_typed(db: None) -> None:
    cache.clear()  # the limit of failed sign-ins, which other tests may have used up
    officer("Otto", "registration")
    Client().post("/officer/account/login/", {"login": "otto@confiance.example", "password": "wrong password typed"})
    tags = list(journal.JournalEntry.rows().values_list("tag", flat=True))
    assert "officer:signed-in" in tags
    refused = journal.JournalEntry.rows().filter(tag="officer:sign-in-refused").get()
    assert "otto" not in str(refused.data)
    assert "wrong" not in str(refused.data)
