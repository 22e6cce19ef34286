"""After the right code: the certificate, the signed agreement, and every way of being interrupted."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.trust.ca import api as ca
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment import issuing, sweeping
from paraphe.trust.enrolment.models import Enrolment
from paraphe.trust.journal import api as journal
from paraphe.trust.remote.models import Credential
from tests.pdf.hands import judged
from tests.support.outbox import messages_to
from tests.trust.conftest import SignerProcess
from tests.trust.pages.holder import EMAIL, Holder, Platform, code_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hierarchy")]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def alice(platform: Platform) -> Holder:
    holder = Holder()
    holder.enter(platform.enrol()["url"])
    holder.up_to_code()
    return holder


def test_alice_gets_her_certificate_and_her_signed_agreement(alice: Holder, platform: Platform) -> None:
    assert alice.post("code/", code=code_for())["Location"].endswith("/done/")
    done = alice.get("done/")
    assert f"request={alice.id}&amp;state=opaque" in done.content.decode()
    told = platform.status(alice.id)
    assert told["status"] == "issued"
    certificate = x509.load_pem_x509_certificate(told["certificate"].encode())
    assert "Alice Martin" in certificate.subject.rfc4514_string()
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert ca.policy_of("natural-person") in [policy.policy_identifier.dotted_string for policy in policies]
    data = platform.get(f"/enrolment/v1/requests/{alice.id}/agreement").content
    report = judged(data, [ca.root()], timezone.now())
    assert report.ok
    (signature,) = report.signatures
    assert (signature.level, signature.signer, signature.coverage) == ("B-LT", "Alice Martin", "document")
    assert alice.get("done/accord-de-souscription-signe.pdf").content == data
    assert enrolment.signed_agreement(enrolment.load(UUID(alice.id))) == data


def test_what_is_not_needed_any_more_is_gone(alice: Holder) -> None:
    unsigned = Enrolment.objects.get().agreement_file
    alice.post("code/", code=code_for())
    found = Enrolment.objects.get()
    assert (found.agreement_file, found.prepared_file, found.activation_sealed) == (None, None, None)
    assert unsigned is not None
    with pytest.raises(files.FileUnknown):
        files.read(unsigned)


def test_a_code_is_not_used_twice(alice: Holder) -> None:
    code = code_for()
    alice.post("code/", code=code)
    assert alice.post("code/", code=code)["Location"].endswith("/done/")
    assert Credential.objects.count() == 1


class PowerCut(BaseException):
    """What nobody catches."""


@pytest.mark.parametrize("where", ["_credential", "_prepared", "_signature", "_completed", "_record"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("goes_on", ["page", "sweep"])
def test_a_power_cut_costs_nothing(
    alice: Holder, monkeypatch: pytest.MonkeyPatch, where: str, when: str, goes_on: str
) -> None:
    real: Callable[..., Any] = getattr(issuing, where)

    def cut(*args: Any) -> Any:
        if when == "after":
            real(*args)
        raise PowerCut

    monkeypatch.setattr(issuing, where, cut)
    with pytest.raises(PowerCut):
        alice.post("code/", code=code_for())
    monkeypatch.setattr(issuing, where, real)
    if goes_on == "page":
        alice.get("issuing/")
    else:
        sweeping.sweep()
    assert alice.here() == "done"
    assert Credential.objects.count() == 1
    signed = [entry for entry in journal.about(credential=Credential.objects.get().pk) if entry.tag == "signature:made"]
    assert len(signed) <= 1
    assert len(messages_to(EMAIL)) == 2  # the decision, the certificate
    report = judged(enrolment.signed_agreement(enrolment.load(UUID(alice.id))), [ca.root()], timezone.now())
    assert report.ok


def test_a_signer_that_is_away_delays_and_does_not_lose(alice: Holder, signer: SignerProcess) -> None:
    signer.kill()
    assert alice.post("code/", code=code_for())["Location"].endswith("/issuing/")
    waiting = alice.get("issuing/")
    assert waiting.status_code == 200
    assert alice.get("progress/").status_code == 204
    signer.start()
    assert alice.get("progress/")["HX-Redirect"].endswith("/done/")


def test_two_at_a_time_are_one(alice: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    real = issuing._record
    seen: list[bool] = []

    def meanwhile(*args: Any) -> None:
        seen.append(issuing.finish(UUID(alice.id)))
        real(*args)

    monkeypatch.setattr(issuing, "_record", meanwhile)
    alice.post("code/", code=code_for())
    assert seen == [False]
    assert alice.here() == "done"
