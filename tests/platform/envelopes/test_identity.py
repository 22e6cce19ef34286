"""Who is asked for an advanced signature shows his identity once; his certificate is paid for once, and used again.

The small provider issues Alice's certificate to whoever asks: the client here bears her name.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, timing
from paraphe.platform.envelopes.models import Ceremony, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import invited
from tests.platform.conftest import give_certificate
from tests.platform.envelopes.support import CLIENTS, Desk, desk, pay
from tests.platform.envelopes.test_ceremony import Guest, tags
from tests.platform.envelopes.test_ceremony_at_once import at_once
from tests.support.outbox import messages_to
from tests.support.small_trust import CREDENTIAL, SmallTrust

pytestmark = pytest.mark.django_db
CLIENT = {"given_name": "Alice", "family_name": "Martin", "email": "alice@client.example", "mobile": "0612345699"}
OTHER_NAME = {"code": "name_mismatch", "fields": ["surname"], "sentence_fr": "Un autre nom.", "sentence_en": "Another."}


@pytest.fixture
def sender(settings: Any, trust: SmallTrust) -> Desk:
    """Return Alice the accountant with thirty euros; a certificate costs twelve, a signature fifty cents."""
    settings.PRICES = {**settings.PRICES, "signature": 50, "certificate": 1200}
    found = desk()
    firms.change(**found.who, changes={"third_party_advanced": True}, seen_version=0)
    pay(found, 3000)
    return found


def asks(sender: Desk, level: str = "advanced", **typed: str) -> Guest:
    """Let the sender launch a collection for the client; return him at his link."""
    made = sender.draft()
    envelopes.add_recipient(**sender.where, envelope_id=made.id, typed={**CLIENT, "level": level, **typed})
    envelopes.place_by_default(**sender.where, envelope_id=made.id, document_id=made.documents[0].id)
    envelopes.launch(**sender.who, envelope_id=made.id)
    name = typed.get("given_name", CLIENT["given_name"])
    return Guest(sender_trust(), made.id, name)


def sender_trust() -> SmallTrust:
    return _TRUST[0]


_TRUST: list[SmallTrust] = []


@pytest.fixture(autouse=True)
def at_hand(trust: SmallTrust) -> None:
    _TRUST[:] = [trust]


def has(sender: Desk) -> tuple[int, int]:
    balance = credit.balance(sender.firm)
    return balance.available_cents, balance.reserved_cents


def goes_to_the_trust_site(guest: Guest) -> str:
    """Return the number of the request that is made there."""
    ceremony.identity_status(guest.who, guest.actor)
    return ceremony.identity_address(guest.who, guest.actor, "fr").split("/enter/")[1].split("/")[0]


def is_certified(guest: Guest) -> None:
    guest.trust.issue(goes_to_the_trust_site(guest))
    assert ceremony.identity_status(guest.who, guest.actor).status == "issued"


def debits(sender: Desk) -> dict[str, int]:
    """Return how many of each act were paid."""
    found: dict[str, int] = {}
    for line in credit.statement(sender.firm, timezone.localdate()).lines:
        if line.kind == "debited":
            found[line.act] = found.get(line.act, 0) + line.count
    return found


def test_a_certificate_is_reserved_paid_once_and_used_again(sender: Desk) -> None:
    guest = asks(sender)
    assert has(sender) == (1750, 1250)
    assert guest.view.identity == "needed"
    guest.reads()
    number = goes_to_the_trust_site(guest)
    assert guest.view.wait_code == "identity_needed"
    guest.trust.enrolments[number]["status"] = "review"
    assert ceremony.identity_status(guest.who, guest.actor).status == "review"
    assert sender.now(guest.envelope_id).recipients[0].wait_code == "identity_review"
    guest.trust.issue(number)
    ceremony.identity_status(guest.who, guest.actor)
    ceremony.identity_status(guest.who, guest.actor)
    assert (has(sender), guest.view.identity, guest.view.wait_code) == ((1750, 50), "", "")
    assert guest.signs().state == "signed"
    assert guest.view.signed_level == "advanced"
    again = asks(sender, level="simple")
    assert (has(sender), again.view.identity) == ((1700, 50), "")
    assert again.signs().state == "signed"
    assert again.view.signed_level == "advanced"
    third = asks(sender)
    assert has(sender) == (1650, 50)
    assert third.signs().state == "signed"
    assert debits(sender) == {"certificate": 1, "signature": 3}
    assert tags(guest).count("ceremony:identity-checked") == 1


def cancelled(sender: Desk, guest: Guest) -> None:
    envelopes.cancel(**sender.who, envelope_id=guest.envelope_id, reason="Une erreur.")


def expired(_sender: Desk, _guest: Guest) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=True):
        assert timing.expire_due() == 1


def refused(_sender: Desk, guest: Guest) -> None:
    ceremony.refuse(guest.who, guest.actor, "Non merci.")


@pytest.mark.parametrize("end", [cancelled, expired, refused])
def test_what_was_not_issued_is_given_back_whatever_the_end(sender: Desk, end: Callable[[Desk, Guest], None]) -> None:
    guest = asks(sender)
    guest.reads()
    number = goes_to_the_trust_site(guest)
    end(sender, guest)
    assert has(sender) == (3000, 0)
    # It is issued all the same: nobody pays afterwards.
    guest.trust.issue(number)
    ceremony.identity_status(guest.who, guest.actor)
    ceremony.follow_identities()
    assert has(sender) == (3000, 0)


def test_one_that_was_issued_is_paid_also_when_the_collection_is_cancelled(sender: Desk) -> None:
    guest = asks(sender)
    is_certified(guest)
    cancelled(sender, guest)
    assert has(sender) == (1800, 0)


def test_who_takes_the_place_of_another_needs_a_certificate_of_his_own(sender: Desk) -> None:
    guest = asks(sender)
    is_certified(guest)
    made = envelopes.replace(
        **sender.who, envelope_id=guest.envelope_id, recipient_id=guest.who.recipient, typed=CLIENTS["elsa"]
    )
    assert (has(sender), debits(sender)) == ((550, 1250), {"certificate": 1})
    # And the one after him has his already.
    envelopes.replace(**sender.who, envelope_id=guest.envelope_id, recipient_id=made, typed=CLIENT)
    assert has(sender) == (1750, 50)


def test_a_certificate_got_for_another_firm_meanwhile_costs_nothing(sender: Desk) -> None:
    first, second = asks(sender), asks(sender)
    assert has(sender) == (500, 2500)
    is_certified(second)
    assert has(sender) == (500, 1300)
    assert first.signs().state == "signed"
    assert (has(sender), debits(sender)) == ((1700, 50), {"certificate": 1, "signature": 1})


def test_whose_ceremony_still_waits_pays_for_what_an_ended_one_began(sender: Desk) -> None:
    first, second = asks(sender), asks(sender)
    number = goes_to_the_trust_site(first)
    cancelled(sender, first)
    assert goes_to_the_trust_site(second) == number
    first.trust.issue(number)
    ceremony.identity_status(second.who, second.actor)
    assert (has(sender), debits(sender)) == ((1750, 50), {"certificate": 1})


def test_without_credit_for_the_certificate_nothing_is_launched(sender: Desk, settings: Any) -> None:
    settings.PRICES = {**settings.PRICES, "certificate": 3000}
    with pytest.raises(envelopes.NotReady) as refused:
        asks(sender)
    assert [(one.code, one.params["missing"]) for one in refused.value.problems] == [("credit", 50)]
    assert has(sender) == (3000, 0)
    assert asks(sender, level="simple").view.identity == ""


def test_a_certificate_that_became_due_waits_for_the_credit_and_says_so(sender: Desk, settings: Any) -> None:
    prices = settings.PRICES
    settings.PRICES = {**prices, "certificate": 0}
    guest = asks(sender)
    settings.PRICES = {**prices, "certificate": 90_000}
    # Reserved for nothing at the launch: what was promised is what is paid.
    goes_to_the_trust_site(guest)
    other = asks(sender, level="simple", email="other@client.example")
    Recipient.objects.filter(pk=other.who.recipient).update(level="advanced")
    with pytest.raises(envelopes.CertificateUnpaid):
        ceremony.identity_address(other.who, other.actor, "fr")
    assert other.view.wait_code == "certificate_unpaid"
    pay(sender, 90_000)
    goes_to_the_trust_site(other)
    assert other.view.wait_code == "identity_needed"


def test_the_name_on_the_card_is_corrected_by_the_sender_and_he_goes_on(sender: Desk) -> None:
    guest = asks(sender, family_name="Martine")
    number = goes_to_the_trust_site(guest)
    guest.trust.enrolments[number] |= {"status": "documents", "reason": OTHER_NAME}
    found = ceremony.identity_status(guest.who, guest.actor)
    assert (found.other_name, found.fields) == (True, ("family_name",))
    ceremony.identity_status(guest.who, guest.actor)
    shown = sender.now(guest.envelope_id).recipients[0]
    assert (shown.wait_code, shown.wait_fields) == ("identity_name", ("family_name",))
    (told,) = [one for one in messages_to(sender.person.email) if one.subject.startswith("Nom à corriger")]
    assert "son nom est autre" in told.text
    entry = evidence.history(envelope=str(guest.envelope_id)).get(tag="ceremony:identity-refused")
    assert entry.data["fields"] == ["family_name"]
    envelopes.correct(**sender.who, envelope_id=guest.envelope_id, recipient_id=guest.who.recipient, typed=CLIENT)
    assert messages_to(CLIENT["email"])[-1].subject.startswith("Votre nom est corrigé")
    assert guest.view.wait_code == "identity_needed"
    assert signing.identity_known(signatory(guest)).status == "none"
    again = goes_to_the_trust_site(guest)
    assert again != number
    guest.trust.issue(again)
    ceremony.identity_status(guest.who, guest.actor)
    assert guest.signs().state == "signed"
    assert debits(sender) == {"certificate": 1, "signature": 1}


def signatory(guest: Guest) -> signing.Signatory:
    row = guest.row
    return signing.Signatory(str(row.pk), row.given_name, row.family_name, row.email, row.mobile or "")


def test_two_tabs_make_one_request(sender: Desk) -> None:
    guest = asks(sender)
    assert goes_to_the_trust_site(guest) == goes_to_the_trust_site(guest)
    assert len(guest.trust.enrolments) == 1


def test_who_went_away_is_written_to_when_it_is_decided(sender: Desk) -> None:
    guest = asks(sender)
    guest.reads()
    number = goes_to_the_trust_site(guest)
    guest.trust.enrolments[number]["status"] = "review"
    ceremony.identity_status(guest.who, guest.actor)
    guest.trust.issue(number)
    assert invited.follow_identities() == 1
    # Who comes back by himself in the minutes after needs no letter.
    assert ceremony.follow_identities() == 0
    assert has(sender) == (1750, 1250)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert ceremony.follow_identities() == 1
        assert ceremony.follow_identities() == 0
    assert messages_to(CLIENT["email"])[-1].subject == "Vous pouvez signer : Lettre 1"
    assert (has(sender), guest.view.wait_code) == ((1750, 50), "")


def test_a_refusal_is_told_to_the_sender_and_another_document_may_be_shown(sender: Desk) -> None:
    guest = asks(sender)
    number = goes_to_the_trust_site(guest)
    guest.trust.enrolments[number] |= {"status": "refused", "reason": {"code": "document_doubtful"}}
    invited.follow_identities()
    assert ceremony.follow_identities() == 1
    assert messages_to(sender.person.email)[-1].subject.startswith("Pièce d'identité non acceptée")
    assert goes_to_the_trust_site(guest) != number
    assert has(sender) == (1750, 1250)


def test_a_suspended_certificate_waits_and_never_goes_lower(sender: Desk) -> None:
    is_certified(asks(sender))
    guest = asks(sender, level="simple")
    guest.trust.revoked[CREDENTIAL] = "suspended"
    guest.reads()
    guest.agrees()
    with pytest.raises(signing.CertificateSuspended):
        guest.goes()
    assert guest.view.wait_code == "certificate_suspended"
    guest.trust.revoked.clear()
    assert guest.types_code(guest.goes()).state == "signed"
    assert guest.view.signed_level == "advanced"


def test_a_revoked_certificate_is_none_and_another_one_is_asked_for_where_it_is_needed(sender: Desk) -> None:
    is_certified(asks(sender))
    simple, advanced = asks(sender, level="simple"), asks(sender)
    simple.trust.revoked[CREDENTIAL] = "compromise"
    advanced.reads()
    advanced.agrees()
    with pytest.raises(signing.IdentityNeeded):
        advanced.goes()
    assert ceremony.identity_status(advanced.who, advanced.actor).status == "over"
    assert simple.signs().state == "signed"
    assert simple.view.signed_level == "simple"
    simple.trust.revoked.clear()
    number = goes_to_the_trust_site(advanced)
    simple.trust.issue(number)
    ceremony.identity_status(advanced.who, advanced.actor)
    assert advanced.types_code(advanced.goes()).state == "signed"
    assert advanced.view.signed_level == "advanced"
    assert debits(sender) == {"certificate": 2, "signature": 2}


def test_an_expired_certificate_is_none(sender: Desk) -> None:
    is_certified(asks(sender))
    with time_machine.travel(timezone.now() + timedelta(days=6 * 366), tick=True):
        assert asks(sender, level="simple").view.identity == ""
        later = asks(sender)
        assert (later.view.identity, ceremony.identity_status(later.who, later.actor).status) == ("needed", "over")


def test_a_known_signer_under_another_name_is_named_at_launch_unless_his_certificate_is_over(sender: Desk) -> None:
    first = asks(sender)
    is_certified(first)
    with pytest.raises(envelopes.NotReady) as refused:
        asks(sender, family_name="Martine")
    (problem,) = refused.value.problems
    assert (problem.code, problem.params) == ("certificate_differs", {"field": "family_name", "held": "Martin"})
    assert asks(sender, given_name="ALICE", family_name="Mártin").view.identity == ""
    # He revoked it because his name is another one now.
    first.trust.revoked[CREDENTIAL] = "data_changed"
    assert asks(sender, given_name="Ali", family_name="Martine").view.identity == "needed"


@pytest.mark.django_db(transaction=True)
def test_read_by_several_at_the_same_second_it_is_paid_once(sender: Desk) -> None:
    guest = asks(sender)
    guest.trust.issue(goes_to_the_trust_site(guest))
    look = lambda: ceremony.identity_status(guest.who, guest.actor)  # noqa: E731 - one act for each of them
    came = at_once(look, look, look, invited.follow_identities)
    assert [one.status for one in came if isinstance(one, signing.EnrolmentStatus)] == ["issued"] * 3
    assert (has(sender), debits(sender)) == ((1750, 50), {"certificate": 1})
    assert Ceremony.objects.get().wait_code == ""


class PowerCut(BaseException):
    """What no program catches."""


def test_a_power_cut_while_it_is_debited_loses_and_repeats_nothing(
    sender: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = asks(sender)
    guest.trust.issue(goes_to_the_trust_site(guest))
    settle = credit.settle

    def dying(*words: Any, **names: Any) -> Any:
        settle(*words, **names)
        raise PowerCut

    with monkeypatch.context() as blow:
        blow.setattr(credit, "settle", dying)
        with pytest.raises(PowerCut):
            ceremony.identity_status(guest.who, guest.actor)
    assert has(sender) == (1750, 1250)
    assert guest.signs().state == "signed"
    assert debits(sender) == {"certificate": 1, "signature": 1}


def test_a_template_for_many_counts_the_certificates_that_lack(sender: Desk, settings: Any) -> None:
    is_certified(asks(sender))
    template = envelopes.create(**sender.who, template=True)
    role = {"label": "Client", "level": "advanced"}
    envelopes.add_recipient(**sender.where, envelope_id=template.id, typed=role)
    table = "Prénom;Nom;E-mail;Mobile\nAlice;Martin;alice@client.example;0612345699\nBob;Petit;b@c.example;0612345698\n"
    settings.PRICES = {**settings.PRICES, "certificate": 100_000}
    found = envelopes.check_bulk(sender.person, sender.firm, template.id, table.encode())
    assert found.missing_cents == 100_000 + 2 * 50 - has(sender)[0]


def test_everybody_of_the_platform_is_looked_up_by_his_own_certificate(sender: Desk, trust: SmallTrust) -> None:
    give_certificate(sender.person.pk, trust)
    guest = asks(sender, email=sender.person.email)
    assert (guest.view.identity, has(sender)) == ("", (2950, 50))
    trust.revoked[CREDENTIAL] = "compromise"
    guest.reads()
    guest.agrees()
    with pytest.raises(signing.IdentityNeeded):
        guest.goes()
    # No circle between two pages: what is over is remembered, and his identity can be shown here.
    assert guest.view.identity == "needed"
    assert isinstance(goes_to_the_trust_site(guest), str)
    assert has(sender) == (1750, 1250)
