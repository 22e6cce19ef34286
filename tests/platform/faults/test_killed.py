"""From the launch to the sealed evidence file, killed at every place on the way: everything is done, and done once."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import api as queue
from paraphe.floor.jobs.backend import row_backend
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, jobs
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import jobs as proof_jobs
from paraphe.platform.proof.models import Proof
from paraphe.platform.signing import api as signing
from paraphe.platform.signing.models import SigningRequest
from paraphe.platform.web.operations.trouble import troubles
from tests.platform.envelopes.support import Desk, desk, pay
from tests.platform.envelopes.test_ceremony import Guest, signers
from tests.platform.faults.killing import killed_everywhere
from tests.platform.faults.post import Post, post, work
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
#: From one child to the next, and within one from a look of the background to its next.
NEXT, MINUTE, ROUNDS = timedelta(minutes=12), timedelta(seconds=65), 10


@pytest.fixture
def mail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(settings, monkeypatch) as found:
        yield found


def everybody_does_what_is_next(trust: SmallTrust, alice: Desk, clock: time_machine.Traveller) -> None:
    """Launch, sign, let the background work, until nothing is left to do; each finds what is done already."""
    envelope = Envelope.objects.get()
    if envelope.state == "draft":
        envelopes.launch(**alice.who, envelope_id=envelope.pk)
    for _round in range(ROUNDS):
        clock.shift(MINUTE)
        background()
        if Envelope.objects.get().state == "completed" and not Proof.objects.exclude(state="sealed").exists():
            return
        for one in Recipient.objects.filter(state__in=["invited", "opened", "read"]):
            signs(Guest(trust, envelope.pk, one.given_name))


def signs(guest: Guest) -> None:
    """Come back by the link and go on; who is told that his signature is being finished waits."""
    guest.reads()
    guest.agrees()
    try:
        address = guest.goes()
    except signing.BeingSigned:
        return
    state = requests.get(f"{guest.trust.url}/holder/{address.split('request_uri=')[1]}", timeout=5).json()["state"]
    ceremony.complete_signature(guest.who, guest.actor, state=state, code=guest.trust.approve(address))


def background() -> None:
    """Do what the clock of the worker does, and every job; those of workers that died are taken back first."""
    tender = row_backend().queue(0.0)
    tender.open()
    tender.beat([])
    tender.close()
    signing.sweep()
    ceremony.settle_ended()
    jobs.go_on.call()
    proof_jobs.take_up_proofs.call()
    work()


def test_killed_at_every_place_from_the_launch_to_the_evidence(
    trust: SmallTrust, mail: Post, settings: Any, tmp_path: Path
) -> None:
    settings.PRICES = {**settings.PRICES, "signature": 50}
    alice = desk()
    pay(alice, 100)
    alice.ready("claire", "denis")
    uses, begun = trust.uses_of_the_key, timezone.now()

    def child(number: int) -> None:
        with time_machine.travel(begun + NEXT * number, tick=True) as clock:
            everybody_does_what_is_next(trust, alice, clock)

    places = killed_everywhere(child)

    envelope, document = Envelope.objects.get(), EnvelopeDocument.objects.get()
    assert (envelope.state, envelope.stuck_code) == ("completed", ""), places
    assert signers(trust, envelope.pk) == ["Claire Vidal", "Denis Roux"]
    assert valid_for_others(document, tmp_path) == 2
    assert trust.uses_of_the_key == uses + 2 + Proof.objects.count(), "a key for each signer, one use for each proof"
    assert set(Proof.objects.values_list("state", flat=True)) == {"sealed"}
    told = Counter(entry.tag for entry in evidence.history(envelope=str(envelope.pk)))
    for tag, times in ONCE.items():
        assert told[tag] == times, (tag, told)
    assert evidence.verify_envelope(str(envelope.pk)) is None
    assert credit.balance(alice.firm) == credit.Balance(0, 0)
    assert not SigningRequest.objects.filter(state__in=["prepared", "pushed", "authorised", "signed"]).exists()
    with time_machine.travel(begun + NEXT * (len(places) + 1), tick=True):
        # A job that killed each worker that took it is given up, whatever came of it: the operator's button ends that.
        for letter in queue.dead_letters():
            queue.revive(letter.id)
        work()
        assert [one.what for one in troubles() if one.kind not in ("heads", "worker")] == []
    once_each(mail, places)
    nothing_is_left_over()
    assert len(places) > 40, places


#: How often each of these is in the evidence, whatever died.
ONCE = {
    "envelope:frozen": 1, "envelope:launched": 1, "recipient:invited": 2, "ceremony:opened": 2, "ceremony:read": 2,
    "ceremony:code-verified": 2, "signature:received": 2, "signature:completed": 2,
    "ceremony:signed": 2, "envelope:signed-by-all": 1, "envelope:archived": 1, "envelope:completed": 1,
}  # fmt: skip


def valid_for_others(document: EnvelopeDocument, folder: Path) -> int:
    """Return how many signatures pdfsig finds valid in the archived document."""
    assert document.final_file is not None
    whole = folder / "signed.pdf"
    whole.write_bytes(files.read(document.final_file))
    said = subprocess.run(["pdfsig", "-nocert", whole], capture_output=True, text=True, check=False).stdout
    assert "Signature is Invalid" not in said, said
    return len(re.findall(r"Signature Type: ETSI.CAdES.detached", said))


def once_each(mail: Post, places: list[str]) -> None:
    """Each letter came once; one whose sender died before he could note that it went may come again, as the same."""
    numbers = Counter(str(one["Message-ID"]) for one in mail.mailbox.messages)
    kinds = {(str(one["To"]), str(one["Subject"])) for one in mail.mailbox.messages}
    assert len(numbers) == len(kinds) == 6, kinds
    assert sum(numbers.values()) - 6 == sum(place.startswith("letter") for place in places)
    assert Counter(one.json["id"] for one in mail.gateway.posts()).most_common(1)[0][1] <= 2


def nothing_is_left_over() -> None:
    """Every row has its bytes; bytes without a row are found and removed by the night's sweep."""
    files.sweep(0, however_many=True)
    for row in StoredFile.objects.all():
        files.read(row.pk)
    assert files.sweep(0, however_many=True) == 0
