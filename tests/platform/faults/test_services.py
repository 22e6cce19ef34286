"""Timestamps, revocation information or the whole trust site are away: nothing goes lower, nothing is signed twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import worker
from paraphe.pdf import api as pdf
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, jobs, timing
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing.watching import look
from paraphe.platform.web.operations.trouble import troubles
from tests.platform.envelopes.support import desk, pay
from tests.platform.envelopes.test_ceremony import SIGN_DOC, Guest, signers, started, tags
from tests.platform.faults.post import read
from tests.platform.web.test_ceremony import arrive
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.outbox import messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
TSA, OCSP, SERVICE = "/tsa", "/ocsp/natural", "/enrolment/v1/service"
NO_TIMESTAMP = (503, {"error": "temporarily_unavailable", "error_description": "No timestamp can be made now"})


def later(**span: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**span), tick=True)


def shown_to_operator(kind: str) -> list[str]:
    """Return what the operator's page says of one kind of trouble, a while later: why."""
    with later(minutes=6):
        return [one.why for one in troubles() if one.kind == kind]


def ready(trust: SmallTrust, envelope_id: uuid.UUID, name: str = "Claire") -> tuple[Guest, str]:
    """Return a guest in front of the page of the code, and its address."""
    guest = Guest(trust, envelope_id, name)
    guest.reads()
    guest.agrees()
    return guest, guest.goes()


@pytest.mark.parametrize(
    ("path", "fault", "waits_for", "why"),
    [
        (SIGN_DOC, NO_TIMESTAMP, "timestamp_unavailable", "Le service d'horodatage ne répond pas."),
        (SIGN_DOC, "hang up", "trust_unavailable", "Le site du tiers de confiance ne répond pas."),
        (OCSP, "down", "revocation_unavailable", "L'état d'un certificat n'a pas pu être obtenu (OCSP ou liste)."),
        (OCSP, "nonsense", "revocation_unavailable", "L'état d'un certificat n'a pas pu être obtenu (OCSP ou liste)."),
    ],
    ids=["no timestamp", "no answer", "no OCSP", "nonsense for OCSP"],
)
def test_a_signature_waits_for_a_service_and_goes_on_by_itself(
    trust: SmallTrust, settings: Any, path: str, fault: object, waits_for: str, why: str
) -> None:
    settings.PRICES = {**settings.PRICES, "signature": 50}
    pay(desk(), 100)
    envelope_id = started()
    claire, address = ready(trust, envelope_id)
    uses = trust.uses_of_the_key
    trust.faults[path] = fault
    assert claire.types_code(address) == ceremony.Signed("finishing", waits_for=waits_for)
    with later(minutes=2):
        signing.sweep()
        assert ceremony.where(claire.who).waits_for == waits_for
    view = envelopes.get(**desk().where, envelope_id=envelope_id)
    assert envelopes.waits(view) == {claire.row.pk: ("finishing",)}
    assert shown_to_operator("signature") == [why]
    assert not EnvelopeDocument.objects.get().current_file, "nothing half is given to anybody"
    trust.faults.clear()
    with later(minutes=3):
        signing.sweep()
        ceremony.settle_ended()
        ceremony.settle_ended()
        assert signers(trust, envelope_id) == ["Claire Vidal"]
    assert trust.uses_of_the_key <= uses + 1
    assert tags(claire).count("ceremony:signed") == 1
    assert credit.balance(desk().firm) == credit.Balance(0, 50), "of two signatures one is paid, one kept back"
    assert envelopes.waits(envelopes.get(**desk().where, envelope_id=envelope_id)) == {}
    assert evidence.verify_envelope(str(envelope_id)) is None


def test_the_client_reads_what_is_true_while_he_waits(trust: SmallTrust, client: Client) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    _claire, address = ready(trust, envelope_id)
    trust.faults[OCSP] = "down"
    back = client.get("/signer/retour/", {"state": trust.state_of(address), "code": trust.approve(address)})
    assert back["Location"] == f"{here}attente/"
    page = client.get(back["Location"])
    assert page["Refresh"] == "4"
    assert "Votre code est accepté, mais un service nécessaire à la signature ne répond pas." in read(page)
    assert "sans nouveau code" in read(page)
    trust.faults.clear()
    with later(minutes=1):
        signing.sweep()
        assert client.get(f"{here}attente/")["Location"] == here
        assert "Merci, c'est signé" in read(client.get(here))


def test_without_the_trust_site_the_page_tries_again_by_itself(trust: SmallTrust, client: Client) -> None:
    envelope_id = started(("claire",))
    here = arrive(client, envelope_id)
    guest = Guest(trust, envelope_id, "Claire")
    guest.reads()
    guest.agrees()
    trust.faults["/enrolment/v1/one-shots"] = "hang up"
    page = client.get(f"{here}attente/")
    assert (page.status_code, page["Refresh"]) == (503, "20")
    assert "Rien n'est perdu et rien n'est signé. Cette page réessaie seule" in read(page)
    assert envelopes.waits(envelopes.get(**desk().where, envelope_id=envelope_id)) == {
        guest.row.pk: ("trust_unavailable",)
    }
    trust.faults.clear()
    assert client.get(f"{here}attente/")["Location"].startswith(trust.url)


def test_after_a_day_the_signer_is_asked_again_and_told_why(trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    claire, address = ready(trust, envelope_id)
    trust.faults[OCSP] = "down"
    assert claire.types_code(address).state == "finishing"
    with later(days=1, minutes=1):
        signing.sweep()
        for _ in range(2):
            ceremony.settle_ended()
    assert ceremony.where(claire.who).failure == "not_finished"
    told = [one for one in messages_to("claire@vidal.example") if "À signer de nouveau" in one.subject]
    assert len(told) == 1
    assert "/signer/" in told[0].text
    view = envelopes.get(**desk().where, envelope_id=envelope_id)
    assert envelopes.waits(view) == {claire.row.pk: ("not_signed",)}
    trust.faults.clear()
    assert claire.types_code(claire.goes()).state == "signed"
    assert signers(trust, envelope_id) == ["Claire Vidal"]


def test_who_only_left_at_the_code_is_not_written_to(trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    ready(trust, envelope_id)
    with later(hours=2):
        signing.sweep()
        ceremony.settle_ended()
    assert [one.subject for one in messages_to("claire@vidal.example") if "de nouveau" in one.subject] == []


def test_a_code_given_in_time_counts_after_the_deadline(trust: SmallTrust) -> None:
    envelope_id = started(("claire",))
    claire, address = ready(trust, envelope_id)
    trust.faults[OCSP] = "down"
    claire.types_code(address)
    Envelope.objects.update(expires_at=timezone.now())
    assert timing.expire_due() == 0
    trust.faults.clear()
    with later(minutes=1):
        signing.sweep()
        ceremony.settle_ended()
        assert timing.expire_due() == 0
    assert Envelope.objects.get().state == "completing"


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_the_archive_waits_and_is_never_lower(trust: SmallTrust, fault: str) -> None:
    envelope_id = started(("claire",))
    Guest(trust, envelope_id, "Claire").signs()
    trust.faults[TSA] = fault
    worker.drain()
    envelope = Envelope.objects.get(pk=envelope_id)
    assert (envelope.state, envelope.stuck_code) == ("completing", "timestamp_unavailable")
    assert not EnvelopeDocument.objects.get().final_file
    assert messages_to("claire@vidal.example")[-1].subject.startswith("Signé par tous") is False
    with later(minutes=1):
        # The background looks again at what was taken in already: the document that waits is still there.
        ceremony.settle_ended()
        jobs.go_on.call()
    assert len(shown_to_operator("collection")) == 1
    trust.faults.clear()
    with later(minutes=2):
        jobs.go_on.call()
    envelope.refresh_from_db()
    assert (envelope.state, envelope.stuck_code) == ("completed", "")
    final = EnvelopeDocument.objects.get().final_file
    assert final is not None
    anchors = tuple(pdf.Anchor(one) for one in trust.pki.roots)
    report = pdf.validate(files.read(final), pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False))
    assert [one.level for one in report.signatures if one.kind != "timestamp"] == ["B-LTA"]


def test_one_collection_that_breaks_does_not_hold_up_the_others(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = started(("claire",)), started(("denis",))
    for number, name in ((broken, "Claire"), (sound, "Denis")):
        Guest(trust, number, name).signs()
    archive = signing.archive

    def sometimes(data: bytes, **words: Any) -> bytes:
        if b"Claire" in data:
            raise ZeroDivisionError
        return archive(data, **words)

    Envelope.objects.filter(pk=broken).update(changed_at=timezone.now() - timedelta(minutes=9))
    monkeypatch.setattr(signing, "archive", sometimes)
    with later(minutes=1), pytest.raises(ZeroDivisionError):
        jobs.go_on.call()
    assert Envelope.objects.get(pk=sound).state == "completed"
    assert Envelope.objects.get(pk=broken).stuck_code == "unexpected"
    monkeypatch.undo()
    envelopes.go_on(broken)
    assert Envelope.objects.get(pk=broken).state == "completed"


def test_what_the_trust_site_says_of_itself_reaches_those_concerned(trust: SmallTrust, client: Client) -> None:
    sender, _person = registered(cast.ALICE)
    envelope_id = started(("claire",))
    guest = Guest(trust, envelope_id, "Claire")
    guest.reads()
    since = timezone.now() - timedelta(minutes=3)
    trust.faults[SERVICE] = (
        200,
        {
            "codes": {"delayed_since": since.isoformat()},
            "keys": {"available": True},
            "timestamps": {"available": False},
        },
    )
    look()
    look()
    assert {one.part: one.since for one in signing.troubles()}["codes"] == since
    assert sorted(one.what for one in troubles() if one.kind == "service") == [
        "Le site de confiance n'horodate plus", "Les codes par SMS ne partent pas",
    ]  # fmt: skip
    assert "Les codes de signature ne partent pas en ce moment" in read(
        sender.get(reverse("envelope", args=[envelope_id]))
    )
    here = arrive(client, envelope_id)
    assert "Les codes mettent du temps à partir" in read(client.get(f"{here}signer/"))
    trust.faults[SERVICE] = "down"
    look()
    assert "Le site du tiers de confiance ne répond pas" in [one.what for one in troubles()]
    # A provider that has no such address is there, and that is all that is known of it.
    trust.faults[SERVICE] = (404, {"error": "not_found"})
    look()
    assert signing.troubles() == []
    trust.faults[SERVICE] = (200, {"codes": {"delayed_since": "yesterday"}, "keys": 3})
    look()
    assert [one.part for one in signing.troubles()] in ([], ["codes"])
    with later(minutes=11):
        assert signing.troubles() == [], "what nobody looked at any more says nothing"


def test_who_was_asked_is_the_one_who_waits(trust: SmallTrust) -> None:
    envelope_id = started()
    claire, address = ready(trust, envelope_id)
    trust.faults[OCSP] = "down"
    claire.types_code(address)
    assert Recipient.objects.get(given_name="Denis").state == "waiting"
    assert set(envelopes.waits(envelopes.get(**desk().where, envelope_id=envelope_id))) == {claire.row.pk}
