"""Alice asks for the seal of her firm, mandates the platform for twenty payslips, and takes the mandate back."""

import json
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography import x509
from django.db import connections
from django.test import Client
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import sha256
from paraphe.pdf import api as pdf
from paraphe.trust.ca import api as ca
from paraphe.trust.clients import api as clients
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote
from paraphe.trust.remote.models import Credential
from paraphe.trust.seals import api as seals
from paraphe.trust.seals import finishing
from paraphe.trust.seals.models import Deed, Mandate
from paraphe.trust.status import api as status
from paraphe.trust.tsa import api as tsa
from tests.pdf.hands import judged
from tests.trust.conftest import SignerProcess
from tests.trust.http.conversation import SHA256_OID, b64, bearer, post_csc, service_token, sign_hash
from tests.trust.http.test_csc_more import a_pdf
from tests.trust.pages.test_holder_pages import signed_in
from tests.trust.remote.holders import MOBILE, RETURN, alices_credential, code_on_telephone, mallorys_program, platform

pytestmark = pytest.mark.django_db
ETIENNES_MOBILE = "+33756789012"
PAYSLIPS = [sha256(f"payslip {number}".encode()) for number in range(21)]


@pytest.fixture
def alice(hierarchy: Path) -> Credential:
    platform()
    mallorys_program()
    return alices_credential()


def call(path: str, body: dict[str, Any] | None = None, client_id: str = "platform") -> Any:
    clients.register(
        client_id="mallory", name="Mallory", secret="the-secret-of-mallory", return_uris=[RETURN],
        scopes=["service", "enrolment"],
    ) if client_id == "mallory" else None  # fmt: skip
    token, _scopes = clients.issue_token(clients.find(client_id), ["enrolment"])
    if body is None:
        return Client().get(path, headers=bearer(token))
    return Client().post(path, json.dumps(body), content_type="application/json", headers=bearer(token))


def asked(alice: Credential, **more: Any) -> dict[str, Any]:
    return {"reference": "seal-1", "responsible_id": str(alice.pk), "return_uri": RETURN, "state": "s", **more}


def confirmed(url: str, browser: Client | None = None, mobile: str = MOBILE) -> Any:
    """Read the deed, sign it with the code, and come back."""
    browser = browser or Client()
    path = url.split("8001", 1)[1]
    assert browser.get(path).status_code == 200
    arrived = browser.get(browser.post(path)["Location"])
    page = arrived["Location"]
    browser.get(page)
    returned = browser.post(page, {"way": "sms", "code": code_on_telephone(mobile)})["Location"]
    return browser.get(returned.split("8001", 1)[1])


def sealed(alice: Credential) -> Credential:
    """Return the seal of Alice's firm."""
    made = call("/enrolment/v1/seals", asked(alice))
    assert made.status_code == 201, made.content
    assert "signé" in confirmed(made.json()["url"]).content.decode()
    return Credential.objects.get(pk=UUID(call(f"/enrolment/v1/deeds/{made.json()['id']}").json()["seal_id"]))


def mandated(alice: Credential, seal: Credential, **changes: Any) -> tuple[str, str]:
    """Return a mandate that Alice signed: its token and the number of its deed."""
    terms = {
        "reference": str(uuid4()),
        "seal_id": str(seal.pk),
        "purpose": "Bulletins de paie de novembre",
        "count": 20,
        "ends_at": (timezone.now() + timedelta(days=2)).isoformat(),
    }
    made = call("/enrolment/v1/mandates", asked(alice, **{**terms, **changes}))
    assert made.status_code == 201, made.content
    confirmed(made.json()["url"])
    return made.json()["mandate"], made.json()["id"]


def authorised(seal: Credential, digests: list[bytes], token: str, client_token: str | None = None) -> Any:
    body = {
        "credentialID": str(seal.pk),
        "numSignatures": len(digests),
        "hashes": [b64(one) for one in digests],
        "hashAlgorithmOID": SHA256_OID,
        "authData": [{"id": "MANDATE", "value": token}],
    }
    return post_csc("credentials/authorize", body, client_token or service_token())


def refusals() -> list[str]:
    rows = journal.JournalEntry.rows().filter(tag="mandate:refused").order_by("sequence")
    return [entry.data["reason"] for entry in rows]


def test_the_seal_names_the_firm_and_its_deed_is_signed_by_alice(alice: Credential) -> None:
    made = call("/enrolment/v1/seals", asked(alice)).json()
    read = Client().get(made["url"].split("8001", 1)[1]).content.decode()
    assert "Cabinet Martin (SIREN 732829320)" in read
    seal = sealed(alice)
    certificate = remote.certificate_of(seal)
    assert "NTRFR-732829320" in certificate.subject.rfc4514_string()
    assert "Alice" not in certificate.subject.rfc4514_string()
    deed = call(f"/enrolment/v1/deeds/{made['id']}/signed").content
    report = judged(deed, [ca.root()], timezone.now())
    assert report.ok
    assert report.signatures[0].level == "B-LT"
    info = post_csc("credentials/info", {"credentialID": str(seal.pk), "authInfo": True}, service_token()).json()
    assert info["auth"]["expression"] == "OTP OR MANDATE"
    assert (
        str(seal.pk)
        not in post_csc("credentials/list", {"userID": str(alice.subject_id)}, service_token()).json()["credentialIDs"]
    )


def test_twenty_payslips_and_not_one_more(alice: Credential) -> None:
    seal = sealed(alice)
    token, deed = mandated(alice, seal)
    sad = authorised(seal, PAYSLIPS[:20], token).json()["SAD"]
    assert len(sign_hash(seal, service_token(), PAYSLIPS[:20], SAD=sad).json()["signatures"]) == 20
    assert authorised(seal, PAYSLIPS[20:], token).json()["error"] == "invalid_authentication_data"
    assert refusals() == ["exhausted"]
    assert call(f"/enrolment/v1/deeds/{deed}").json()["used"] == 20


def test_a_pdf_sealed_by_a_machine_names_the_firm(alice: Credential) -> None:
    seal = sealed(alice)
    token, _deed = mandated(alice, seal)
    data, certificate, clock = a_pdf("Bulletin de paie"), remote.certificate_of(seal), FixedClock(timezone.now())
    prepared = pdf.prepare(data, pdf.SignatureSettings(), certificate, ca.chain_of(certificate), clock)
    sad = authorised(seal, [prepared.digest_to_sign], token).json()["SAD"]
    [value] = remote.sign(
        sad=sad, credential_id=seal.pk, client_id="platform", digests=[prepared.digest_to_sign],
        algorithm=prepared.algorithm, attempt_id="1",
    )  # fmt: skip
    made = pdf.finish(data, prepared, value, tsa.LocalTimestampSource())
    whole = pdf.augment(data, made, status.LocalRevocationSource(), [ca.root()]).whole(data)
    report = judged(whole, [ca.root()], timezone.now())
    assert report.ok
    assert "Cabinet Martin" in report.signatures[0].signer


def test_what_the_mandate_does_not_allow(alice: Credential) -> None:
    seal = sealed(alice)
    token, _deed = mandated(alice, seal)
    mallory = call("/enrolment/v1/deeds/00000000-0000-4000-8000-000000000000", client_id="mallory")
    assert mallory.status_code == 404
    assert authorised(seal, PAYSLIPS[:1], "guessed").status_code == 400
    assert authorised(alice, PAYSLIPS[:1], token).status_code == 400
    stranger = service_token("mallory", "the-secret-of-mallory")
    assert authorised(seal, PAYSLIPS[:1], token, stranger).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert authorised(seal, PAYSLIPS[:1], token).status_code == 400
    assert refusals() == ["unknown", "other-credential", "other-client", "time"]
    assert Mandate.objects.get().used == 0


def test_an_unsigned_mandate_is_worth_nothing(alice: Credential) -> None:
    seal = sealed(alice)
    terms = {"seal_id": str(seal.pk), "purpose": "Attestations", "count": 2}
    later = (timezone.now() + timedelta(days=1)).isoformat()
    made = call("/enrolment/v1/mandates", asked(alice, **terms, reference="m", ends_at=later)).json()
    assert authorised(seal, PAYSLIPS[:1], made["mandate"]).status_code == 400
    assert refusals() == ["not-given"]


def test_a_withdrawal_stops_what_is_under_way(alice: Credential) -> None:
    seal = sealed(alice)
    token, deed = mandated(alice, seal)
    sad = authorised(seal, PAYSLIPS[:2], token).json()["SAD"]
    [mandate] = seals.of_holder(holders.holder_of(alice.subject))
    assert str(mandate.pk) == deed
    assert call(f"/enrolment/v1/deeds/{deed}/withdraw", {}).json()["withdrawn"]
    assert sign_hash(seal, service_token(), PAYSLIPS[:2], SAD=sad).status_code == 400
    assert authorised(seal, PAYSLIPS[:1], token).status_code == 400
    assert refusals() == ["withdrawn"]
    seals.withdraw(UUID(deed), SYSTEM)
    assert journal.JournalEntry.rows().filter(tag="mandate:withdrawn").count() == 1


def test_what_was_never_signed_comes_back(alice: Credential) -> None:
    seal = sealed(alice)
    token, _deed = mandated(alice, seal)
    sad = authorised(seal, PAYSLIPS[:4], token).json()["SAD"]
    sign_hash(seal, service_token(), PAYSLIPS[:3], SAD=sad)
    authorised(seal, PAYSLIPS[4:6], token)
    assert Mandate.objects.get().used == 6
    assert seals.settle() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=40), tick=False):
        assert seals.settle() == 3
        assert seals.settle() == 0
    assert Mandate.objects.get().used == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "x"}, "purpose"),
        ({"purpose": "a\u202eb c"}, "purpose"),
        ({"count": 0}, "count"),
        ({"count": True}, "count"),
        ({"count": 10**9}, "count"),
        ({"ends_at": "soon"}, "ends_at"),
        ({"ends_at": "2020-01-01T00:00:00+00:00"}, "ends_at"),
        ({"ends_at": "2099-01-01T00:00:00+00:00"}, "ends_at"),
        ({"seal_id": "?"}, "seal_id"),
    ],
)
def test_a_mandate_that_nobody_should_sign(alice: Credential, changes: dict[str, Any], field: str) -> None:
    seal = sealed(alice)
    later = (timezone.now() + timedelta(days=1)).isoformat()
    terms = {"seal_id": str(seal.pk), "purpose": "Attestations", "count": 2, "ends_at": later, "reference": "m"}
    answer = call("/enrolment/v1/mandates", asked(alice, **{**terms, **changes}))
    assert answer.status_code == 400
    assert answer.json()["error_description"].endswith(f"Field: {field}.")


def test_somebody_of_another_firm_mandates_nothing(alice: Credential) -> None:
    seal = sealed(alice)
    data = ra.SubjectData(
        "member", "Bob", "Durand", "bob@autre.example", "+33622222222",
        organisation_name="Autre Cabinet", organisation_siren="552100554",
    )  # fmt: skip
    bob = remote.issue_credential(
        attempt_id=uuid4(), subject=ra.create_subject("platform", data), client_id="platform",
        profile_name="natural-person",
    )  # fmt: skip
    later = (timezone.now() + timedelta(days=1)).isoformat()
    terms = {"seal_id": str(seal.pk), "purpose": "Attestations", "count": 2, "ends_at": later, "reference": "m"}
    assert call("/enrolment/v1/mandates", asked(bob, **terms)).json()["error_description"].endswith("responsible.")


def test_a_signer_that_dies_in_the_middle_loses_nothing(alice: Credential, signer: SignerProcess) -> None:
    made = call("/enrolment/v1/seals", asked(alice)).json()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finishing, "finish", lambda _deed: False)
        patch.setattr(seals, "finish", lambda _deed: False)
        assert "enregistrée" in confirmed(made["url"]).content.decode()
    signer.kill()
    assert not finishing.finish(UUID(made["id"]))
    signer.start()
    seals.sweep()
    assert Deed.objects.get().state == "done"
    assert Credential.objects.filter(profile_name="legal-person-seal").count() == 1
    seals.sweep()
    assert Credential.objects.filter(profile_name="legal-person-seal").count() == 1


def test_a_refusal_leaves_the_deed_open(alice: Credential) -> None:
    made = call("/enrolment/v1/seals", asked(alice)).json()
    browser, path = Client(), made["url"].split("8001", 1)[1]
    page = browser.get(browser.post(path)["Location"])["Location"]
    back = browser.post(page + "refuse/")["Location"]
    answer = browser.get(back.split("8001", 1)[1])
    assert "Rien n'a été signé" in answer.content.decode().replace("&#x27;", "'")
    assert Deed.objects.get().state == "open"
    assert Client().get(f"/seals/{made['id']}/enter/guessed/").status_code == 404
    assert Client().get(f"/seals/{made['id']}/back/?code=guessed").status_code == 200
    assert Client().get(f"/seals/{uuid4()}/back/?code=guessed").status_code == 404


def test_alice_takes_her_mandate_back_on_her_own_page(alice: Credential) -> None:
    seal = sealed(alice)
    token, deed = mandated(alice, seal)
    browser = signed_in(Client())
    page = browser.get("/holder/").content.decode()
    assert "Bulletins de paie de novembre" in page
    assert browser.post(f"/holder/mandates/{uuid4()}/withdraw/").status_code == 404
    assert browser.post(f"/holder/mandates/{deed}/withdraw/").status_code == 302
    assert authorised(seal, PAYSLIPS[:1], token).status_code == 400
    assert "Retiré" in browser.get("/holder/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_number_holds_under_concurrency(alice: Credential) -> None:
    seal = sealed(alice)
    token, _deed = mandated(alice, seal, count=5)
    bearer_token, codes = service_token(), []

    def take() -> None:
        try:
            codes.append(authorised(seal, PAYSLIPS[:2], token, bearer_token).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(codes) == [200, 200, 400, 400]
    assert Mandate.objects.get().used == 4


def test_the_certificate_of_the_seal_is_one_of_a_legal_person(alice: Credential) -> None:
    certificate = remote.certificate_of(sealed(alice))
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policies[0].policy_identifier.dotted_string == ca.policy_of("legal-person-seal")
    assert re.fullmatch(r"[0-9a-f]+", f"{certificate.serial_number:x}")


def test_who_acts_for_several_firms_names_one_of_them_for_its_seal(hierarchy: Path) -> None:
    platform()
    data = ra.SubjectData("member", "Étienne", "Le Gall", "etienne@ocean.example", ETIENNES_MOBILE)
    etienne = remote.issue_credential(
        attempt_id=uuid4(), subject=ra.create_subject("platform", data), client_id="platform",
        profile_name="natural-person",
    )  # fmt: skip
    assert call("/enrolment/v1/seals", asked(etienne)).status_code == 400, "his certificate names no firm"
    ocean = {"name": "Océan Audit", "siren": "552100554"}
    made = call("/enrolment/v1/seals", asked(etienne, organisation=ocean))
    assert made.status_code == 201, made.content
    confirmed(made.json()["url"], mobile=ETIENNES_MOBILE)
    seal = Credential.objects.get(pk=UUID(call(f"/enrolment/v1/deeds/{made.json()['id']}").json()["seal_id"]))
    assert "NTRFR-552100554" in remote.certificate_of(seal).subject.rfc4514_string()
    later = (timezone.now() + timedelta(days=1)).isoformat()
    terms = {"seal_id": str(seal.pk), "purpose": "Attestations", "count": 2, "ends_at": later, "reference": "m"}
    assert call("/enrolment/v1/mandates", asked(etienne, **terms)).status_code == 201
    other = {**data.__dict__, "given_name": "Mallory", "email": "m@x.example", "mobile": "+33677777777"}
    mallory = remote.issue_credential(
        attempt_id=uuid4(), subject=ra.create_subject("platform", ra.SubjectData(**other)), client_id="platform",
        profile_name="natural-person",
    )  # fmt: skip
    refused = call("/enrolment/v1/mandates", asked(mallory, **{**terms, "reference": "n"}))
    assert refused.json()["error_description"].endswith("responsible.")
