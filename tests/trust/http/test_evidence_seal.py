"""The operator's seal for evidence: used by the platform without a person, and by nobody else for nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from paraphe.kernel.digests import sha256
from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from tests.trust.conftest import SiteSettings
from tests.trust.http.conversation import (
    ECDSA_SHA256,
    SHA256_OID,
    b64,
    bearer,
    post_csc,
    post_form,
    service_token,
)
from tests.trust.remote.holders import LETTER, RETURN, SECRET, mallorys_program

pytestmark = pytest.mark.django_db
RECORD = sha256(b"an evidence file")


def may_seal(*more: str) -> None:
    scopes = ["service", "credential", "enrolment", *more]
    clients.register(client_id="platform", name="Paraphe", secret=SECRET, return_uris=[RETURN], scopes=scopes)


@pytest.fixture
def seal(hierarchy: Path, settings: SiteSettings) -> remote.Credential:
    settings.OPERATOR_NAME, settings.OPERATOR_ID = "Signatures du Centre", "NTRFR-552100554"
    may_seal("evidence")
    mallorys_program()
    return remote.keep_evidence_seal("platform")


def authorise(seal: remote.Credential, token: str, *, attempt: str, digest: bytes = RECORD) -> Any:
    body = {
        "credentialID": str(seal.pk),
        "numSignatures": 1,
        "hashes": [b64(digest)],
        "hashAlgorithmOID": SHA256_OID,
        "authData": [{"id": "CLIENT", "value": attempt}],
    }
    return post_csc("credentials/authorize", body, token)


def sign(seal: remote.Credential, token: str, sad: str, attempt: str, digest: bytes = RECORD) -> Any:
    body = {
        "credentialID": str(seal.pk),
        "SAD": sad,
        "hashes": [b64(digest)],
        "hashAlgorithmOID": SHA256_OID,
        "signAlgo": ECDSA_SHA256,
        "clientData": attempt,
    }
    return post_csc("signatures/signHash", body, token)


def test_the_platform_seals_a_record_without_anybody(seal: remote.Credential) -> None:
    token, attempt = service_token(), str(uuid4())
    sad = authorise(seal, token, attempt=attempt).json()["SAD"]
    first, again = (sign(seal, token, sad, attempt).json()["signatures"] for _ in range(2))
    assert first == again, "the same attempt gets the same value"
    assert sign(seal, token, sad, attempt, sha256(b"another record")).status_code == 400
    names = remote.certificate_of(seal).subject.rfc4514_string()
    assert "Signatures du Centre" in names
    assert "NTRFR-552100554" in names
    given = list(journal.about(credential=seal.pk).filter(tag="activation:given"))
    assert given[-1].data["digests"] == [RECORD.hex()]


def test_who_asks_for_it_is_told_which_it_is(seal: remote.Credential) -> None:
    fields = {"grant_type": "client_credentials", "scope": "enrolment"}
    token = post_form("/oauth2/token", fields).json()["access_token"]
    answer = Client().get("/enrolment/v1/evidence-seal", headers=bearer(token)).json()
    assert answer["credential_id"] == str(seal.pk)
    listed = post_csc("credentials/list", {"userID": answer["subject_id"]}, service_token()).json()
    assert listed["credentialIDs"] == [str(seal.pk)]


def test_a_client_without_the_scope_seals_nothing(seal: remote.Credential) -> None:
    may_seal()
    assert authorise(seal, service_token(), attempt=str(uuid4())).status_code == 400


def test_the_seal_is_of_no_use_to_another_program(seal: remote.Credential) -> None:
    token = service_token("mallory", "the-secret-of-mallory")
    assert authorise(seal, token, attempt=str(uuid4())).status_code == 400


def test_no_credential_of_a_person_is_used_in_this_way(seal: remote.Credential, credential: remote.Credential) -> None:
    may_seal("evidence")
    assert authorise(credential, service_token(), attempt=str(uuid4())).status_code == 400


def test_nobody_is_asked_to_authorise_with_it(seal: remote.Credential) -> None:
    with pytest.raises(NotFound):
        remote.push("platform", remote.Asked(credential_id=seal.pk, digests=[LETTER], labels=["x"], locale="fr"))


def test_it_is_made_once_and_followed_in_time(seal: remote.Credential) -> None:
    assert remote.keep_evidence_seal("platform").pk == seal.pk
    late = timezone.now() + timedelta(days=3 * 365 - 60)
    with time_machine.travel(late, tick=False):
        remote.renew_evidence_seals()
        follower = remote.evidence_seal("platform")
    assert follower.pk != seal.pk
