"""Odile signs in and decides; nobody else sees anything."""

import time
from uuid import uuid4

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from paraphe.trust.enrolment.models import Enrolment
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from tests.support.outbox import messages_to
from tests.trust.conftest import SiteSettings
from tests.trust.pages.holder import EMAIL, Holder, Platform
from tests.trust.ra.people import officer

pytestmark = pytest.mark.django_db
PASSWORD = "a long password for tests"


@pytest.fixture
def odile() -> Client:
    browser = Client()
    officer("Odile")
    answer = browser.post("/officer/account/login/", {"login": "odile@confiance.example", "password": PASSWORD})
    assert answer["Location"] == "/officer/"
    return browser


@pytest.fixture
def alice() -> Holder:
    holder = Holder()
    holder.enter(Platform().enrol()["url"])
    holder.up_to_review("identity_card")
    return holder


def case() -> ra.IdentityCase:
    found = ra.case_of(Enrolment.objects.get().subject)
    assert found is not None
    return found


def test_an_officer_approves_what_he_sees(odile: Client, alice: Holder) -> None:
    assert "Alice Martin" in odile.get("/officer/").content.decode()
    path = f"/officer/cases/{case().id}/"
    page = odile.get(path)
    assert "identity-zoom" in page.content.decode()
    for name in ("front", "back"):
        image = odile.get(f"{path}{name}.jpg")
        assert image["Content-Type"] == "image/jpeg"
        assert "no-store" in image["Cache-Control"]
    incomplete = odile.post(path, {"verdict": "approve", "checklist": ["same_name"]})
    assert incomplete.status_code == 422
    assert case().state == "submitted"
    assert odile.post(path, {"verdict": "approve", "checklist": list(ra.CHECKLIST)})["Location"] == "/officer/"
    assert alice.here() == "agreement"
    assert len(messages_to(EMAIL)) == 1
    tags = [entry.tag for entry in journal.about(case=case().id)]
    assert tags.count("identity:image-viewed") == 2
    assert tags[-2:] == ["identity:decided", "identity:approved"]
    assert odile.post(path, {"verdict": "refuse", "refusal": "expired"})["Location"] == "/officer/"
    assert case().state == "approved"


def test_a_refusal_needs_its_reason(odile: Client, alice: Holder) -> None:
    path = f"/officer/cases/{case().id}/"
    assert odile.post(path, {"verdict": "refuse", "retake": "glare"}).status_code == 422
    assert odile.post(path, {"verdict": "nonsense"}).status_code == 422
    assert odile.post(path, {"verdict": "refuse", "refusal": "because"}).status_code == 422
    assert odile.post(path, {"verdict": "refuse", "refusal": "expired"}).status_code == 302
    assert alice.here() == "refused"


def test_a_new_photograph_is_asked_for(odile: Client, alice: Holder) -> None:
    odile.post(f"/officer/cases/{case().id}/", {"verdict": "retake", "retake": "cut"})
    assert alice.here() == "front"


def test_four_eyes_on_the_page(odile: Client, alice: Holder, settings: SiteSettings) -> None:
    settings.FOUR_EYES = True
    path = f"/officer/cases/{case().id}/"
    odile.post(path, {"verdict": "approve", "checklist": list(ra.CHECKLIST)})
    assert "Alice Martin" not in odile.get("/officer/").content.decode()
    assert "Votre décision</h2>" not in odile.get(path).content.decode()
    assert alice.here() == "review"
    oscar = Client()
    officer("Oscar")
    oscar.post("/officer/account/login/", {"login": "oscar@confiance.example", "password": PASSWORD})
    oscar.post(path, {"verdict": "approve", "checklist": list(ra.CHECKLIST)})
    assert alice.here() == "agreement"


def test_a_stranger_is_asked_to_sign_in(alice: Holder) -> None:
    for browser in (Client(), alice.http):
        for path in ("/officer/", f"/officer/cases/{case().id}/", f"/officer/cases/{case().id}/front.jpg"):
            assert browser.get(path)["Location"].startswith("/officer/account/login/")
    assert not journal.about(case=case().id).filter(tag="identity:viewed").exists()


def test_an_officer_who_left_is_out(odile: Client, alice: Holder) -> None:
    ra.Officer.objects.update(is_active=False)
    assert odile.get("/officer/")["Location"].startswith("/officer/account/login/")


def test_what_is_not_there_is_not_found(odile: Client, alice: Holder) -> None:
    assert odile.get(f"/officer/cases/{uuid4()}/").status_code == 404
    assert odile.get(f"/officer/cases/{case().id}/top.jpg").status_code == 404


def test_an_officer_is_no_holder(odile: Client, alice: Holder) -> None:
    assert odile.get(alice.path()).status_code == 404


def test_nobody_signs_up_and_no_password_is_mailed() -> None:
    for path in ("signup", "password/reset", "email"):
        assert Client().get(f"/officer/account/{path}/").status_code == 404


def test_a_wrong_password_is_refused() -> None:
    officer("Odile")
    answer = Client().post("/officer/account/login/", {"login": "odile@confiance.example", "password": "wrong"})
    assert answer.status_code == 200
    assert "Location" not in answer


def test_the_queue_opens_after_a_second_factor(odile: Client, settings: SiteSettings) -> None:
    settings.OFFICER_MFA_REQUIRED = True
    assert odile.get("/officer/")["Location"] == "/officer/account/factors/"
    assert odile.get("/officer/account/factors/").status_code == 200
    activation = "/officer/account/factors/totp/activate/"
    again = odile.get(activation)["Location"]
    assert again.startswith("/officer/account/reauthenticate/")
    assert odile.get(again).status_code == 200
    assert odile.post(again, {"password": PASSWORD})["Location"] == activation
    assert "data:image/svg+xml" in odile.get(activation).content.decode()
    TOTP.activate(officer("Odile"), generate_totp_secret())
    assert odile.get("/officer/").status_code == 200


def test_the_second_factor_is_asked_for_at_sign_in() -> None:
    who, secret = officer("Odile"), generate_totp_secret()
    TOTP.activate(who, secret)
    RecoveryCodes.activate(who)
    browser = Client()
    answer = browser.post("/officer/account/login/", {"login": who.email, "password": PASSWORD})
    assert answer["Location"].startswith("/officer/account/factors/authenticate/")
    assert browser.get("/officer/").status_code == 302
    assert browser.post("/officer/account/factors/authenticate/", {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert browser.post("/officer/account/factors/authenticate/", {"code": code})["Location"] == "/officer/"
    assert browser.get("/officer/").status_code == 200
