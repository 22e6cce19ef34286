"""The manifest of a batch: for each file the digests before and after, the time, the result; as CSV and as PDF."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.platform.sealing.models import Batch, Item, Release

HEAD = ("file", "input_bytes", "input_sha256", "output_sha256", "sealed_at", "result", "reason")


def as_csv(batch: Batch) -> bytes:
    """Return the manifest as CSV: UTF-8 with a mark, semicolons, times in UTC."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEAD)
    for item in items_of(batch):
        moment = item.sealed_at.strftime("%Y-%m-%dT%H:%M:%SZ") if item.sealed_at else ""
        result = "not_sealed" if item.state == Item.State.READY else item.state
        writer.writerow([_plain(item.path), item.size, item.sha256, item.result_sha256, moment, result, item.code])
    return "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + target.getvalue().encode()


def as_pdf(batch: Batch, table: bytes, now: datetime) -> bytes:
    """Return the manifest as PDF, in the language of the batch; ``table`` is its CSV, whose digest it tells."""
    with translation.override(batch.language):
        return pdf.compose(
            pdf.TextDocument(
                title=_("Bordereau de scellement"),
                subtitle=batch.firm.name,
                language=batch.language,
                version="1",
                created=now,
                blocks=(
                    pdf.KeyValues(tuple(_facts(batch, table))),
                    pdf.Heading(_("Documents")),
                    pdf.Paragraph(
                        _(
                            "Pour chaque fichier : son nom, le résultat et l'heure, puis l'empreinte SHA-256 avant et "
                            "après le scellement."
                        )
                    ),
                    pdf.Entries(tuple(_entries(batch))),
                ),
            )
        )


def items_of(batch: Batch) -> Iterator[Item]:
    """Return the items of a batch by name, a few thousand at a time."""
    return batch.items.order_by("path").iterator(chunk_size=2000)


def _facts(batch: Batch, table: bytes) -> Iterator[tuple[str, str]]:
    yield _("Lot"), batch.title
    yield _("Référence"), str(batch.pk)
    yield _("Objet"), batch.purpose
    if batch.seal is not None:
        yield _("Cachet"), f"{batch.seal.common_name} ({batch.seal.organisation_id})"
    yield _("Niveau"), f"PAdES {batch.level}"
    yield _("Documents scellés"), str(batch.sealed)
    yield _("Documents en échec"), str(batch.failed)
    if batch.refused:
        yield _("Fichiers écartés avant"), str(batch.refused)
    for release in batch.releases.filter(given_at__isnull=False).select_related("released_by", "proposed_by"):
        yield _("Libéré par"), _released(release)
        yield _("Empreinte de la liste libérée"), release.list_sha256
    yield _("Empreinte du tableau CSV"), sha256_hex(table)


def _released(release: Release) -> str:
    assert release.given_at is not None  # noqa: S101 - chosen by that
    moment = date_format(timezone.localtime(release.given_at), "DATETIME_FORMAT")
    name = release.released_by.full_name if release.released_by else ""
    text = _("{name}, le {moment}").format(name=name, moment=moment)
    if release.proposed_by is not None:
        text += " " + _("(proposé par {name})").format(name=release.proposed_by.full_name)
    return text


def _entries(batch: Batch) -> Iterator[tuple[str, str]]:
    words = {"sealed": _("scellé"), "failed": _("échec"), "refused": _("écarté"), "ready": _("non scellé")}
    causes = {
        "encrypted": _("protégé par un mot de passe"),
        "not_a_pdf": _("n'est pas un PDF"),
        "truncated": _("incomplet"),
        "damaged": _("abîmé"),
        "dynamic_form": _("formulaire dynamique (XFA)"),
    }
    for number, item in enumerate(items_of(batch), 1):
        cause = causes.get(item.code, item.code)
        moment = timezone.localtime(item.sealed_at).strftime("%d/%m/%Y %H:%M:%S") if item.sealed_at else cause
        yield (
            f"{number}   {item.path}   {words.get(item.state, item.state)}   {moment}",
            f"{item.sha256}  /  {item.result_sha256 or '—'}",
        )


def _plain(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
