"""People who were invited sign: by a certificate of one occasion, or by a personal one; one at a time, never lower."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import csc, finishing
from paraphe.platform.signing.models import InvitedHolder, SigningRequest
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.support.small_trust import CREDENTIAL, SmallTrust, small_trust

pytestmark = pytest.mark.django_db
HUGO = signing.Signatory("hugo", "Hugo", "Lefèvre", "hugo@client.test", "+33612345678", firm="1")
INES = signing.Signatory("ines", "Inès", "Moreau", "ines@client.test", "+33687654321", "en", firm="1")
SIGN_DOC, TSA = "/csc/v2/signatures/signDoc", "/tsa"


class PowerCut(BaseException):
    """What no program catches."""


@pytest.fixture
def contract(trust: SmallTrust) -> uuid.UUID:
    return files.store(pdf_of("Contrat"), purpose="document").id


def begin(
    contract: uuid.UUID, who: signing.Signatory = HUGO, level: signing.Level = "simple", count: int = 1
) -> signing.Begun:
    look = signing.SignatureSettings(signer_name=who.name)
    return signing.begin_for(
        actor=ACTOR,
        signatory=who,
        level=level,
        documents=[signing.ToSign(f"Contrat {number}", contract, look, f"doc-{number}") for number in range(count)],
        purpose="envelope",
        reference="collection",
        return_path="/signer/retour/",
    )


def come_back(trust: SmallTrust, begun: signing.Begun, who: signing.Signatory = HUGO) -> signing.Outcome:
    address = signing.authorisation_address(begun.id, third_party=who.key)
    return signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), third_party=who.key, actor=ACTOR
    )


def verdict(trust: SmallTrust, data: bytes) -> pdf.Report:
    anchors = tuple(pdf.Anchor(one) for one in trust.pki.roots)
    return pdf.validate(data, pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False))


def test_hugo_signs_with_a_certificate_that_is_made_after_his_code(trust: SmallTrust, contract: uuid.UUID) -> None:
    begun = begin(contract, count=2)
    assert begun.level == "simple"
    done = come_back(trust, begun)
    assert (done.state, done.level, done.third_party, len(done.results)) == ("completed", "simple", "hugo", 2)
    for result in done.results:
        report = verdict(trust, files.read(result.file_id))
        assert report.ok
        assert report.signatures[0].signer == "Hugo Lefèvre"
        assert report.signatures[0].level == "B-LT"
    assert trust.pushed[max(trust.pushed, key=lambda name: int(name.rsplit(":", 1)[1]))]["redirect_uri"].endswith(
        "/signer/retour/"
    )
    events = [entry for entry in evidence.history(recipient="hugo") if entry.tag.startswith("signature:")]
    assert {entry.subjects["envelope"] for entry in events} == {"collection"}
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {contract, *(one.file_id for one in done.results)}


def test_a_certificate_that_names_somebody_else_is_not_taken(trust: SmallTrust, contract: uuid.UUID) -> None:
    begun = begin(contract)
    trust.one_shots[SigningRequest.objects.get(pk=begun.id).credential_id] = ("Mallory", "Lefèvre")
    done = come_back(trust, begun)
    assert (done.state, done.failure, done.results) == ("failed", "self_check_failed", ())


def test_a_person_of_the_platform_signs_with_his_own_certificate(trust: SmallTrust, contract: uuid.UUID) -> None:
    give_certificate(7, trust)
    alice = signing.Signatory("alice", "Alice", "Martin", "alice@cabinet.test", "+33611111111", person_id=7, firm="1")
    assert signing.level_of(alice, "simple") == "advanced"
    begun = begin(contract, alice)
    assert begun.level == "advanced"
    done = come_back(trust, begun, alice)
    assert done.state == "completed"
    assert verdict(trust, files.read(done.results[0].file_id)).signatures[0].signer == "Alice Martin"


def test_the_level_is_never_lower_than_asked_for(trust: SmallTrust, contract: uuid.UUID) -> None:
    assert signing.level_of(HUGO, "advanced") == "identity_needed"
    with pytest.raises(signing.IdentityNeeded):
        begin(contract, level="advanced")
    assert not SigningRequest.objects.exists()


def enrol(trust: SmallTrust, who: signing.Signatory) -> None:
    address = signing.identity_address(who, return_path="/signer/identite/retour/")
    number = address.rsplit("/", 1)[1]
    assert trust.enrolments[number]["kind"] == "invited"
    signing.check_return(who, request=number, state=trust.enrolments[number]["state"])
    assert signing.identity_status(who).status == "started"
    trust.issue(number)
    assert signing.identity_status(who).status == "issued"


def test_a_personal_certificate_is_asked_for_once_and_used_again(trust: SmallTrust, contract: uuid.UUID) -> None:
    # The small provider issues Alice's certificate to whoever asks.
    guest = signing.Signatory("guest", "Alice", "Martin", "guest@client.test", "+33612345678")
    enrol(trust, guest)
    for key in ("first collection", "second collection"):
        again = signing.Signatory(key, "alice", "MARTIN", "Guest@client.test", "+33612345678", firm="1")
        begun = begin(contract, again, "advanced")
        assert begun.level == "advanced"
        assert come_back(trust, begun, again).state == "completed"
    assert signing.level_of(guest, "simple") == "advanced"
    with time_machine.travel(timezone.now() + timedelta(days=6 * 366)):
        assert signing.level_of(guest, "advanced") == "identity_needed"
        assert signing.forget_invited() == 1
    assert not InvitedHolder.objects.exists()


def test_a_certificate_that_says_something_else_stops_and_names_it(trust: SmallTrust, contract: uuid.UUID) -> None:
    enrol(trust, signing.Signatory("guest", "Alice", "Martin", "guest@client.test", "+33612345678"))
    other = signing.Signatory("guest", "Alicia", "Martin", "guest@client.test", "+33612345678")
    with pytest.raises(signing.SignerDiffers) as refused:
        begin(contract, other)
    assert refused.value.params["fields"] == ["given_name"]


def test_the_way_back_of_another_enrolment_is_refused(trust: SmallTrust) -> None:
    address = signing.identity_address(HUGO, return_path="/signer/identite/retour/")
    number = address.rsplit("/", 1)[1]
    state = trust.enrolments[number]["state"]
    for who, request, word in ((INES, number, state), (HUGO, "other", state), (HUGO, number, "other")):
        with pytest.raises(signing.AuthorisationMismatch):
            signing.check_return(who, request=request, state=word)
    assert signing.identity_address(HUGO, return_path="/signer/identite/retour/").endswith("/again")
    trust.enrolments[number] |= {"status": "refused", "reason": {"code": "unreadable"}}
    assert signing.identity_status(HUGO).ended
    assert signing.identity_address(HUGO, return_path="/signer/identite/retour/") != address


def test_one_signs_at_a_time_and_who_left_is_taken_over_from(trust: SmallTrust, contract: uuid.UUID) -> None:
    first = begin(contract)
    address = signing.authorisation_address(first.id, third_party="hugo")
    with pytest.raises(signing.AnotherSigns) as busy:
        begin(contract, INES)
    assert busy.value.params["by"] == "hugo"
    with time_machine.travel(timezone.now() + signing.LEASE + timedelta(seconds=1), tick=True):
        second = begin(contract, INES)
        late = (
            signing.complete_authorisation(
                state=trust.state_of(address), code=trust.approve(address), third_party="hugo", actor=ACTOR
            )
            if signing.outcome(first.id).state == "pushed"
            else signing.outcome(first.id)
        )
        assert (late.state, late.failure) == ("failed", "abandoned")
        assert come_back(trust, second, INES).state == "completed"
    assert trust.uses_of_the_key >= 1


def test_who_authorised_is_not_taken_over_from(trust: SmallTrust, contract: uuid.UUID) -> None:
    trust.faults[SIGN_DOC] = "down"
    assert come_back(trust, begin(contract)).state == "authorised"
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=True):
        with pytest.raises(signing.AnotherSigns):
            begin(contract, INES)
        with pytest.raises(signing.BeingSigned):
            begin(contract)
        trust.faults.clear()
        signing.sweep()
        assert begin(contract, INES)


def test_nobody_takes_what_belongs_to_another_ceremony(trust: SmallTrust, contract: uuid.UUID) -> None:
    begun = begin(contract)
    address = signing.authorisation_address(begun.id, third_party="hugo")
    with pytest.raises(NotFound):
        signing.authorisation_address(begun.id, third_party="ines")
    with pytest.raises(signing.AuthorisationMismatch):
        signing.complete_authorisation(
            state=trust.state_of(address), code=trust.approve(address), third_party="ines", actor=ACTOR
        )
    with pytest.raises(signing.AuthorisationMismatch):
        signing.complete_authorisation(state=trust.state_of(address), code="x", actor=ACTOR)
    assert signing.refuse(state=trust.state_of(address), third_party="hugo", actor=ACTOR).state == "refused"


@pytest.mark.parametrize(
    ("room", "act", "state"),
    [
        (csc, "sign_ranges", "authorised"),
        (finishing, "_sign", "signed"),
        (pdf, "embed", "signed"),
        (pdf, "augment", "signed"),
        (finishing, "_finish", "completed"),
    ],
    ids=["key used", "values stored", "signature in", "proofs in", "finished"],
)
def test_a_power_cut_after_each_act_leaves_it_done_once(
    trust: SmallTrust, contract: uuid.UUID, monkeypatch: pytest.MonkeyPatch, room: Any, act: str, state: str
) -> None:
    begun, uses, does = begin(contract, count=2), trust.uses_of_the_key, getattr(room, act)

    def dying(*words: Any, **names: Any) -> Any:
        does(*words, **names)
        raise PowerCut

    with monkeypatch.context() as blow:
        blow.setattr(room, act, dying)
        with pytest.raises(PowerCut):
            come_back(trust, begun)
    assert signing.outcome(begun.id).state == state
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        signing.sweep()
        signing.sweep()
    done = signing.outcome(begun.id)
    assert (done.state, len(done.results)) == ("completed", 2)
    assert trust.uses_of_the_key == uses + 1


@pytest.mark.parametrize("path", ["ocsp", SIGN_DOC])
def test_what_is_down_is_asked_again(trust: SmallTrust, contract: uuid.UUID, path: str) -> None:
    begun = begin(contract)
    wanted = path if path.startswith("/") else "/ocsp/natural"
    trust.faults[wanted] = "down"
    assert come_back(trust, begun).open
    trust.faults.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        signing.sweep()
    assert signing.outcome(begun.id).state == "completed"


def test_another_provider_may_make_advanced_signatures(trust: SmallTrust, settings: Any, tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    settings.ADVANCED_TRUST_URL, settings.ADVANCED_TRUST_CLIENT_ID = trust.url + "/elsewhere", "us"
    settings.ADVANCED_TRUST_CLIENT_SECRET_FILE = secret
    assert signing.trust("advanced").base_url.endswith("/elsewhere")
    assert signing.trust().base_url == trust.url
    assert signing.trust("").client_id == "platform"


def test_who_has_a_credential_at_a_provider_that_speaks_csc_alone_signs_with_it(
    trust: SmallTrust, contract: uuid.UUID, settings: Any, tmp_path: Any
) -> None:
    secret, roots = tmp_path / "secret", tmp_path / "roots.pem"
    secret.write_text("secret")
    guest = signing.Signatory("guest", "Alice", "Martin", "alice@client.test", "+33612345678", firm="1")
    with small_trust() as other:
        roots.write_bytes(other.pki.roots[0].public_bytes(Encoding.PEM))
        other.known[guest.email] = [CREDENTIAL]
        # Its certificates are asked for at another host than its service is.
        settings.ADVANCED_TRUST_URL = other.url.replace("127.0.0.1", "localhost")
        settings.ADVANCED_TRUST_HOSTS = frozenset({other.url.removeprefix("http://")})
        settings.ADVANCED_TRUST_ENROLMENT, settings.ADVANCED_TRUST_CLIENT_ID = False, "us"
        settings.ADVANCED_TRUST_CLIENT_SECRET_FILE, settings.ADVANCED_TRUST_ROOT_FILE = secret, roots
        assert signing.identity_status(HUGO).status == "elsewhere"
        with pytest.raises(signing.TrustRefused):
            signing.identity_address(HUGO, return_path="/signer/identite/retour/")
        with pytest.raises(signing.IdentityNeeded):
            begin(contract, HUGO, "advanced")
        assert signing.identity_status(guest).status == "issued"
        begun = begin(contract, guest, "advanced")
        done = come_back(other, begun, guest)
        assert (done.state, done.level, other.uses_of_the_key) == ("completed", "advanced", 1)
        archived = signing.archive(files.read(done.results[0].file_id), least=1)
        with pytest.MonkeyPatch.context() as narrower:
            narrower.setattr(settings, "ADVANCED_TRUST_HOSTS", frozenset())
            with pytest.raises(signing.TrustUnavailable):
                begin(contract, guest, "advanced")
        anchors = tuple(pdf.Anchor(one) for one in (*trust.pki.roots, *other.pki.roots))
        report = pdf.validate(archived, pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False))
        assert [(one.signer, one.level) for one in report.signatures if one.kind != "timestamp"] == [
            ("Alice Martin", "B-LTA")
        ]
        assert not [path for path in other.asked if path.startswith(("/enrolment/", "/tsa"))]
        other.revoked[CREDENTIAL] = "compromise"
        with pytest.raises(signing.IdentityNeeded):
            begin(contract, guest, "advanced")
        assert signing.identity_status(guest).status == "elsewhere"
