"""The subscription agreement: composed for one person, shown page by page, pinned by its digest, accepted.

The text of each language is one file of ``texts/``; the digest of the file is the version of the text.
"""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from paraphe.floor.files import api as files
from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.trust.ca import api as ca
from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.documents import locked, move
from paraphe.trust.enrolment.errors import AgreementChanged, StepClosed
from paraphe.trust.enrolment.models import Enrolment, Status
from paraphe.trust.enrolment.requests import holder, ids
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra

_TEXTS = Path(__file__).parent / "texts"
_PURPOSE = "enrolment.agreement"


def text_of(language: str) -> tuple[str, str]:
    """Return the text of the agreement in ``language`` (French for all but English) and its version."""
    data = (_TEXTS / f"subscription-agreement.{'en' if language == 'en' else 'fr'}.txt").read_bytes()
    return data.decode(), sha256_hex(data)


def policy_oid(person: ra.Subject) -> str:
    """Return the certificate policy under which this person gets a certificate here."""
    return ca.policy_of(rules.PROFILES[person.kind])


def ensure_composed(enrolment_id: UUID) -> Enrolment:
    """Return the enrolment with its agreement composed, anew when the text changed before it was accepted.

    Raises StepClosed outside the step.
    """
    enrolment = Enrolment.objects.select_related("subject").get(id=enrolment_id)
    if enrolment.status != Status.AGREEMENT:
        raise StepClosed
    text, version = text_of(enrolment.subject.language)
    if enrolment.agreement_version == version and enrolment.agreement_file is not None:
        return enrolment
    data = pdf.compose(_document(enrolment.subject, text, version))
    pages = len(pdf.inspect(data).pages)
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.AGREEMENT)
        if enrolment.agreement_version == version and enrolment.agreement_file is not None:
            return enrolment
        reference = files.store(data, purpose=_PURPOSE)
        if enrolment.agreement_file is not None:
            files.destroy(enrolment.agreement_file)
        enrolment.agreement_version = version
        enrolment.agreement_file = reference.id
        enrolment.agreement_sha256 = reference.sha256
        enrolment.agreement_pages = pages
        enrolment.save(update_fields=["agreement_version", "agreement_file", "agreement_sha256", "agreement_pages"])
        journal.write(
            "agreement:composed", holder(enrolment), ids(enrolment), {"sha256": reference.sha256, "version": version}
        )
    return enrolment


def unsigned(enrolment: Enrolment) -> bytes:
    """Return the agreement that was shown. Raises AgreementChanged when what is stored is not that any more."""
    if enrolment.agreement_file is None:
        raise AgreementChanged
    data = files.read(enrolment.agreement_file)
    if sha256_hex(data) != enrolment.agreement_sha256:
        raise AgreementChanged
    return data


def accept(enrolment_id: UUID, shown_sha256: str) -> None:
    """Record that the person read and accepts the agreement with this digest.

    Raises AgreementChanged when that is not the one on file or its text has a newer version, StepClosed.
    """
    with transaction.atomic():
        enrolment = locked(enrolment_id, Status.AGREEMENT)
        _text, version = text_of(enrolment.subject.language)
        if not shown_sha256 or shown_sha256 != enrolment.agreement_sha256 or version != enrolment.agreement_version:
            raise AgreementChanged
        unsigned(enrolment)
        enrolment.agreement_accepted_at = timezone.now()
        enrolment.save(update_fields=["agreement_accepted_at"])
        move(enrolment, Status.CODE)
        journal.write("agreement:accepted", holder(enrolment), ids(enrolment), {"sha256": enrolment.agreement_sha256})


def _document(person: ra.Subject, text: str, version: str) -> pdf.TextDocument:
    values = {
        "policy_oid": policy_oid(person),
        "image_days": str(settings.IDENTITY_IMAGE_DAYS),
        "years": _years(person),
    }
    text = re.sub(r"{(\w+)}", lambda match: values[match.group(1)], text)
    blocks: list[pdf.Block] = []
    title = ""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.startswith("# "):
            title = paragraph[2:]
        else:
            blocks.append(_block(paragraph, person))
    with translation.override(person.language):
        subtitle = _("Paraphe Confiance, service de confiance non qualifié")
    return pdf.TextDocument(
        title=title,
        subtitle=subtitle,
        language=person.language,
        version=version[:12],
        created=timezone.now(),
        blocks=tuple(blocks),
    )


def _block(paragraph: str, person: ra.Subject) -> "pdf.Block":
    if paragraph.startswith("## "):
        return pdf.Heading(paragraph[3:])
    if paragraph == "[person]":
        return pdf.KeyValues(_person_table(person))
    if paragraph == "[signature]":
        with translation.override(person.language):
            return pdf.SignaturePlace(_("Signature du titulaire"))
    lines = paragraph.splitlines()
    if all(line.startswith("- ") for line in lines):
        return pdf.Bullets(tuple(line[2:] for line in lines))
    return pdf.Paragraph(" ".join(lines))


def _person_table(person: ra.Subject) -> tuple[tuple[str, str], ...]:
    with translation.override(person.language):
        rows = [
            (_("Prénom et nom"), person.full_name),
            (_("Adresse électronique"), person.email),
            (_("Numéro de mobile"), rules.masked(ra.mobile_of(person))),
            (_("Numéro au tableau"), " – ".join(filter(None, [person.roll_number, person.region]))),
            (_("Cabinet"), _firm(person)),
            (_("Politique de certification"), policy_oid(person)),
            (_("Date"), formats.date_format(timezone.localdate(), "DATE_FORMAT")),
        ]
    return tuple((label, value) for label, value in rows if value)


def _years(person: ra.Subject) -> str:
    with translation.override(person.language):
        return {3: _("trois"), 5: _("cinq")}[rules.YEARS[person.kind]]


def _firm(person: ra.Subject) -> str:
    if not person.organisation_name:
        return ""
    return f"{person.organisation_name} (SIREN {person.organisation_siren})"
