"""Everything that the rooms of the platform hold about a person, as the files of one ZIP."""

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paraphe.kernel.errors import NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.mandates import api as mandates
from paraphe.platform.signing import api as signing
from paraphe.platform.web.history.words import word

#: The newest events; one who has more finds the others in the histories of his documents.
EVENTS: Final = 100_000


def everything_about(person: accounts.Person) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each file: the summary for people last, when it is known what there was."""
    told: dict[str, int] = {}
    tables = {
        **accounts.about(person),
        "mandates": _mandates(person),
        "documents": _documents(person),
        "collections": envelopes.about(person),
    }
    profile = tables.pop("person")[0]
    look, handwriting = documents.look_of(person), documents.handwriting_of(person)
    yield "profile.json", _json({**profile, "signature_role": look.role, "signature_initials": look.initials})
    if handwriting is not None:
        yield "signature.png", handwriting
    for name, rows in tables.items():
        told[name] = len(rows)
        yield f"{name}.csv", table(rows)
        yield f"{name}.json", _json(rows)
    yield from _papers(person)
    events = _events(person)
    told["events"] = len(events)
    yield "events.csv", table(events)
    with translation.override(accounts.language_of(person)):
        yield _("resume.pdf"), _summary(person, profile, told)


def table(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Return rows as CSV for spreadsheets; a cell that would be a formula is made text."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    names = list(rows[0]) if rows else []
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return ("\ufeff" + target.getvalue()).encode()


def _cell(value: object) -> str:
    structured = isinstance(value, list | dict)
    text = json.dumps(value, ensure_ascii=False) if structured else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()


def _mandates(person: accounts.Person) -> list[dict[str, object]]:
    seen = {one.id: (firm, one) for firm in _firms(person) for one in mandates.listing(person, firm)}
    mine = [(firm, one) for firm, one in seen.values() if person.pk in (one.delegate_id, one.grantor_id)]
    return [
        {
            "id": str(one.id), "firm": firm.siren, "granted_by": one.grantor, "granted_to": one.delegate,
            "rights": list(one.rights), "kinds": list(one.kinds), "most": one.most, "used": one.used,
            "starts_on": one.starts_on, "ends_on": one.ends_on, "state": one.phase,
        }
        for firm, one in mine
    ]  # fmt: skip


def _documents(person: accounts.Person) -> list[dict[str, object]]:
    """Return the documents that are still here, in all firms: those that the person brought."""
    firms = {str(firm.pk): firm for firm in _firms(person)}
    rows = []
    for entry in evidence.about_person(str(person.pk)).filter(tag="document:added")[:EVENTS]:
        firm = firms.get(str(entry.subjects.get("firm")))
        if firm is None:
            continue
        try:
            found = documents.get(person, firm, uuid.UUID(entry.subjects["document"]))
        except NotFound:
            continue
        rows.append(
            {
                "id": str(found.id), "firm": firm.siren, "title": found.title, "size": found.size,
                "added_at": found.added_at, "signed": found.signed, "delete_on": found.delete_on,
            }
        )  # fmt: skip
    return rows


def _papers(person: accounts.Person) -> Iterator[tuple[str, bytes]]:
    with suppress(NotFound):
        yield "terms.pdf", enrolment.signed_terms(person)
    with suppress(signing.NoCredential):
        yield "certificate.pem", signing.certificate_pem(person.pk)
    for row in _mandates(person):
        yield f"mandates/{row['id']}.pdf", _deed(person, row)


def _deed(person: accounts.Person, row: Mapping[str, object]) -> bytes:
    firm = next(one for one in _firms(person) if one.siren == row["firm"])
    return mandates.deed(person, firm, uuid.UUID(str(row["id"])))


def _events(person: accounts.Person) -> list[dict[str, object]]:
    return [
        {
            "sequence": entry.sequence, "at": entry.at.isoformat(), "event": entry.tag, "words": word(entry.tag),
            "subjects": entry.subjects, "address": entry.actor_address, "browser": entry.actor_agent,
        }
        for entry in evidence.about_person(str(person.pk)).order_by("sequence")[:EVENTS]
    ]  # fmt: skip


def _firms(person: accounts.Person) -> Sequence[accounts.Firm]:
    return [one.firm for one in accounts.memberships_of(person)]


def _summary(person: accounts.Person, profile: Mapping[str, object], told: Mapping[str, int]) -> bytes:
    words = {
        "memberships": _("Cabinets, présents et passés"),
        "delegations": _("Droits reçus par le fournisseur d'identité"),
        "grants": _("Droits reçus par mandat"),
        "sessions": _("Sessions"),
        "mandates": _("Mandats donnés et reçus"),
        "documents": _("Documents encore gardés"),
        "collections": _("Collectes reçues, pour signature ou en copie"),
        "events": _("Événements du journal de preuve"),
    }
    facts = (
        (_("Nom"), person.full_name),
        (_("E-mail"), person.email),
        (_("Inscription au tableau"), str(profile["roll_number"] or "—")),
        (_("Première connexion"), timezone.localtime(person.first_sign_in_at).strftime("%d/%m/%Y")),
        *((words[name], str(count)) for name, count in told.items() if name in words),
    )
    kept = (
        _("Nom, e-mail, cabinets et inscription viennent du fournisseur d'identité et se corrigent là-bas."),
        _("Le journal de preuve ne s'efface pas : il fait la preuve des signatures."),
        _("Pièce d'identité, mobile et clés sont chez le tiers de confiance, qui vous en rend compte lui-même."),
        _("Les documents appartiennent au cabinet, qui les exporte lui-même ; leur liste est ici."),
        _("Des collectes reçues, seul ce qui vous concerne est ici ; leurs documents sont à vos liens."),
        _("Un cabinet peut vous avoir dans son carnet d'adresses : il en répond et vous en rend compte."),
    )
    blocks = (pdf.KeyValues(facts), pdf.Heading(_("Bon à savoir")), pdf.Bullets(kept))
    title, language = _("Ce que Paraphe garde sur vous"), accounts.language_of(person)
    return pdf.compose(pdf.TextDocument(title, person.full_name, language, "1", timezone.now(), blocks))
