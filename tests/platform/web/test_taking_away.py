"""A firm takes away everything it has here, whoever of it made it, and nothing of another firm."""

import csv
import io
import zipfile
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from pypdfium2 import PdfDocument

from paraphe.floor.jobs import worker
from paraphe.kernel.errors import DomainError
from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.models import Membership
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.firms import api as firms
from paraphe.platform.mandates import api as mandates
from paraphe.platform.proof import api as proof
from paraphe.platform.sealing import api as sealing
from paraphe.platform.sealing import batches
from paraphe.platform.sealing.models import Batch
from paraphe.platform.signing import api as signing
from paraphe.platform.web.jobs import everything_of
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import CLIENTS, LETTER, desk, pay
from tests.platform.envelopes.test_ceremony import Guest
from tests.platform.sealing.hands import a_batch, done, fill, payslips, released, with_seal
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


def taken_away(person: accounts.Person, firm: accounts.Firm) -> zipfile.ZipFile:
    """Return the ZIP that ``person`` gets."""
    asked, _ = firms.ask_export(actor=ACTOR, person=person, firm=firm)
    firms.make_export(asked.id, everything_of)
    with firms.open_export(person, firm, asked.id) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    text = archive.read("collectes.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def ends(names: list[str], end: str) -> list[str]:
    return [name for name in names if name.endswith(end)]


def test_collections_and_batches_of_the_firm_are_in_it_and_of_no_other(trust: SmallTrust) -> None:
    alice, firm = with_seal(trust)
    signed = desk().launched("claire")
    Guest(trust, signed.id, "Claire").signs()
    worker.drain()
    for one in proof.of_collection(signed.id):
        proof.advance(one.id)
    draft = desk(cast.CHLOE).draft("denis")
    Envelope.objects.filter(pk=draft.id).update(title="=cmd|../../x")
    batch = a_batch(alice, firm, title="Paies de mai")
    fill(alice, firm, batch, payslips(2, "mai/"))
    released(alice, firm, batch, trust)
    assert done(batch).state == "done"
    other = desk(cast.ETIENNE, cast.OCEAN)
    theirs = other.draft("elsa")

    archive = taken_away(alice, firm)
    names = archive.namelist()
    assert len(names) == len(set(names))
    assert not [name for name in names if ".." in name.split("/")]
    rows = {row["email"]: row for row in table(archive)}
    assert set(rows) == {CLIENTS["claire"]["email"], CLIENTS["denis"]["email"]}
    claire = rows[CLIENTS["claire"]["email"]]
    assert (claire["etat"], claire["etat_de_la_personne"], claire["nom"]) == ("completed", "signed", "Vidal")
    assert rows[CLIENTS["denis"]["email"]]["titre"].startswith("'=cmd")
    [letter] = ends(names, "/Lettre 1 (signé).pdf")
    final = envelopes.get(alice, firm, signed.id).documents[0]
    assert archive.read(letter) == envelopes.content(alice, firm, signed.id, final.id)
    [evidence] = ends(names, "/dossier de preuve.pdf")
    assert archive.read(evidence).startswith(b"%PDF")
    assert evidence.rsplit("/", 1)[0] == letter.rsplit("/", 1)[0]
    [attestation] = ends(names, "/attestations/Claire Vidal, Lettre 1.pdf")
    assert archive.read(attestation).startswith(b"%PDF")
    assert attestation.rsplit("/", 2)[0] == letter.rsplit("/", 1)[0]
    [payslip] = ends(names, "/documents/mai/bulletin 001.pdf")
    assert payslip.startswith("cachets/")
    item = next(one for one in sealing.items(alice, firm, batch)[0] if one.path == "mai/bulletin 001.pdf")
    assert archive.read(payslip) == sealing.one_file(alice, firm, batch, item.id)[1]
    for kind in ("csv", "pdf"):
        [manifest] = ends(names, f"/bordereau.{kind}")
        assert archive.read(manifest) == sealing.manifest_file(alice, firm, batch, kind)
    assert str(theirs.id)[-6:] not in "".join(names)

    foreign = taken_away(other.person, other.firm)
    assert {row["email"] for row in table(foreign)} == {CLIENTS["elsa"]["email"]}
    assert not [name for name in foreign.namelist() if name.startswith("cachets/")]
    assert len([name for name in foreign.namelist() if name.startswith("collectes/")]) == 1


def test_proofs_are_in_it_when_their_collection_is_gone_and_documents_when_who_brought_them_is(
    trust: SmallTrust,
) -> None:
    alice = desk()
    signed = alice.launched("claire")
    Guest(trust, signed.id, "Claire").signs()
    worker.drain()
    for one in proof.of_collection(signed.id):
        proof.advance(one.id)
    bob = desk(cast.BOB)
    pay(alice, 700)
    scope = mandates.Scope(("launch",), (), None, timezone.localdate(), None)
    mandates.draft(**alice.who, delegate_id=bob.person.pk, scope=scope, locale="fr")
    documents.add(**bob.who, filename="Bilan de Bob.pdf", chunks=[LETTER])
    Membership.objects.filter(person=bob.person).update(ended_at=timezone.now())
    Envelope.objects.filter(pk=signed.id).delete()

    archive = taken_away(alice.person, alice.firm)
    proofs = sorted(name for name in archive.namelist() if name.startswith("preuves/"))
    assert [name.split("/")[1] for name in proofs] == [str(signed.id)] * 2
    assert proofs[1].endswith("/dossier de preuve.pdf")
    assert all(archive.read(name).startswith(b"%PDF") for name in proofs)
    [brought] = ends(archive.namelist(), " Bilan de Bob.pdf")
    assert brought.startswith("documents/Bob Petit/")
    assert archive.read(brought) == LETTER
    [deed] = [name for name in archive.namelist() if name.startswith("mandats/")]
    assert deed.endswith(" Bob Petit.pdf")
    assert archive.read(deed).startswith(b"%PDF")
    assert b"7,00" in archive.read(f"credit/releve {timezone.localdate():%Y-%m}.csv")


def test_a_greek_name_with_an_apostrophe_is_the_same_from_the_table_to_the_attestation(trust: SmallTrust) -> None:
    alice, nikos = desk(), {"given_name": "Νίκος", "family_name": "O'Παπαδόπουλος-Œuvrard", "mobile": "0612345677"}
    with patch.dict(CLIENTS, {"nikos": {**nikos, "email": "nikos@example.example"}}):
        signed = alice.launched("nikos")
    Guest(trust, signed.id, "Νίκος").signs()
    worker.drain()
    for one in proof.of_collection(signed.id):
        proof.advance(one.id)
    assert [row.id for row in envelopes.listing(alice.person, alice.firm, query="παπαδοπ oeuvr").rows] == [signed.id]
    archive = taken_away(alice.person, alice.firm)
    [row] = table(archive)
    assert (row["prenom"], row["nom"]) == (nikos["given_name"], nikos["family_name"])
    [attestation] = ends(archive.namelist(), "/attestations/Νίκος O'Παπαδόπουλος-Œuvrard, Lettre 1.pdf")
    printed = PdfDocument(archive.read(attestation))[0].get_textpage().get_text_bounded()
    assert "Νίκος O'Παπαδόπουλος-Œuvrard" in " ".join(printed.split())
    [letter] = ends(archive.namelist(), "/Lettre 1 (signé).pdf")
    assert judged(archive.read(letter), signing.trusted_roots(), timezone.now()).ok


def test_what_is_no_longer_kept_is_left_out_and_the_manifest_stays(trust: SmallTrust) -> None:
    alice, firm = with_seal(trust)
    batch = a_batch(alice, firm)
    fill(alice, firm, batch, payslips(1))
    released(alice, firm, batch, trust)
    assert done(batch).state == "done"
    batches.empty(batch)
    assert Batch.objects.get(pk=batch).emptied_at is not None
    names = [name.rsplit("/", 1)[-1] for name in taken_away(alice, firm).namelist() if name.startswith("cachets/")]
    assert names == ["bordereau.csv", "bordereau.pdf"]


@pytest.mark.parametrize("export", [documents.export, envelopes.export, sealing.export])
def test_only_who_decides_for_the_firm_takes_its_things_away(export: Any) -> None:
    alice, firm = cast.sign_in(cast.ALICE), cast.firm(cast.MARTIN)
    assert export(alice, firm) is not None
    for one in (cast.CHLOE, cast.ETIENNE):
        with pytest.raises(DomainError) as refused:
            export(cast.sign_in(one), firm)
        assert refused.value.code in ("not_found", "may_not_change")
