"""The disk is full, or the database goes away, in the middle of a signature: it is made later, once, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from paraphe.floor.files.models import StoredFile
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, ceremony_signing, jobs
from paraphe.platform.envelopes.models import Envelope, EnvelopeDocument
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import csc, finishing
from tests.platform.envelopes.support import desk
from tests.platform.envelopes.test_ceremony import Guest, signers, started, tags
from tests.platform.faults.post import read
from tests.platform.web.test_ceremony import arrive
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the kernel say, to whoever writes a new file, that no space is left."""
    opens = os.open

    def full(path: Any, flags: int, *words: Any, **names: Any) -> int:
        return opens("/dev/full" if flags & os.O_CREAT else path, flags & ~os.O_EXCL, *words, **names)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        yield


def ready(trust: SmallTrust) -> tuple[Guest, str]:
    """Return Claire in front of the page of the code, and its address."""
    claire = Guest(trust, started(), "Claire")
    claire.reads()
    claire.agrees()
    return claire, claire.goes()


def a_minute_later() -> None:
    """Let the background look again, twice."""
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        for _ in range(2):
            signing.sweep()
            ceremony.settle_ended()


def signed_once(claire: Guest, uses: int) -> None:
    assert signers(claire.trust, claire.envelope_id) == ["Claire Vidal"]
    assert claire.trust.uses_of_the_key == uses + 1
    assert tags(claire).count("ceremony:signed") == 1
    assert evidence.verify_envelope(str(claire.envelope_id)) is None
    assert StoredFile.objects.count() == 3, "source, frozen, signed"
    assert Guest(claire.trust, claire.envelope_id, "Denis").view.phase == "turn"


def test_a_signature_waits_for_room_on_the_disk(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> None:
    claire, address = ready(trust)
    uses = trust.uses_of_the_key
    with full_disk(monkeypatch):
        assert claire.types_code(address) == ceremony.Signed("finishing", waits_for="storage_full")
        a_minute_later()
    assert not EnvelopeDocument.objects.get().current_file
    assert envelopes.waits(envelopes.get(**desk().where, envelope_id=claire.envelope_id)) == {
        claire.row.pk: ("finishing",)
    }
    a_minute_later()
    signed_once(claire, uses)


def test_before_the_code_a_full_disk_is_told_and_nothing_begins(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    envelope_id = started(("claire",))
    here, claire = arrive(client, envelope_id), Guest(trust, envelope_id, "Claire")
    claire.reads()
    claire.agrees()
    with full_disk(monkeypatch):
        page = client.get(f"{here}attente/")
    assert (page.status_code, page["Refresh"]) == (503, "20")
    assert "Ce site ne peut rien enregistrer en ce moment. Rien n'est perdu et rien n'est signé." in read(page)
    assert client.get(f"{here}attente/")["Location"].startswith(trust.url)


def test_a_launch_waits_for_room_on_the_disk(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = desk()
    made = alice.ready("claire")
    with full_disk(monkeypatch):
        assert envelopes.launch(**alice.who, envelope_id=made.id).state == "launching"
        with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
            jobs.go_on.call()
    assert Envelope.objects.get().stuck_code == "storage_full"
    envelopes.go_on(made.id)
    assert (Envelope.objects.get().state, Envelope.objects.get().stuck_code) == ("running", "")
    assert Guest(trust, made.id, "Claire").signs().state == "signed"


def cut() -> None:
    """End every connection to this database, as a server does that is restarted."""
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(ended, [connection.settings_dict["NAME"]])
    other.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file does not go away")
@pytest.mark.parametrize(
    ("room", "act", "again"),
    [
        (csc, "redeem_code", True),
        (csc, "sign_ranges", False),
        (finishing, "_finished", False),
        (ceremony_signing, "_note_code", False),
    ],
    ids=["code taken", "key used", "proofs in", "before taking it in"],
)
def test_the_database_goes_away_in_the_middle(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch, client: Client, room: Any, act: str, again: bool
) -> None:
    claire, address = ready(trust)
    here, uses, does = arrive(client, claire.envelope_id), trust.uses_of_the_key, getattr(room, act)
    back = {"state": trust.state_of(address), "code": trust.approve(address)}

    def then_cut(*words: Any, **names: Any) -> Any:
        done = does(*words, **names)
        cut()
        return done

    client.raise_request_exception = False
    with monkeypatch.context() as blow:
        blow.setattr(room, act, then_cut)
        page = client.get("/signer/retour/", back)
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "rien n'est signé à moitié" in read(page)
    connections.close_all()
    # He does what the page says: he looks again, at the same address.
    assert client.get("/signer/retour/", back).status_code == 302
    a_minute_later()
    if again:
        # The code was taken and nobody knows: nothing is signed, and another one is asked for.
        assert trust.uses_of_the_key == uses
        assert client.get(f"{here}attente/")["Location"].startswith(trust.url)
        claire.types_code(claire.goes())
    signed_once(claire, uses)
