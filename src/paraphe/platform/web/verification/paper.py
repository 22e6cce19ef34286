"""The verdict on paper: the report as a PDF for the file of whoever asked."""

from datetime import datetime

from django.utils.translation import gettext as _

from paraphe.pdf import api as pdf


def report_pdf(report: pdf.Report, filename: str, at: datetime, language: str) -> bytes:
    """Return the report as a PDF, in the language that is active, which ``language`` names."""
    found = pdf.as_dict(report, language)
    blocks: list[pdf.Block] = [
        pdf.Paragraph(found["summary"]),
        pdf.KeyValues(
            (
                (_("Fichier"), filename),
                ("SHA-256", report.digest),
                (_("Vérifié le"), pdf.when(at, language)),
                (_("Verdict"), pdf.indication_word(report.indication, report.sub_indication, language)),
            )
        ),
    ]
    if found["findings"]:
        blocks.append(pdf.Bullets(tuple(one["message"] for one in found["findings"])))
    for one in report.signatures:
        blocks += _signature(one, language)
    document = pdf.TextDocument(_("Rapport de vérification"), "Paraphe", language, "1", at, tuple(blocks))
    return pdf.compose(document)


def _signature(one: pdf.SignatureReport, language: str) -> list[pdf.Block]:
    facts = [
        (_("Verdict"), pdf.indication_word(one.indication, one.sub_indication, language)),
        (_("Nature"), pdf.kind_word(one.kind, language)),
        (_("Date"), pdf.when(one.signed_at, language) if one.signed_at else _("inconnue")),
    ]
    if one.time_source:
        facts.append((_("Source de la date"), pdf.time_word(one.time_source, language)))
    facts += [
        (_("Niveau"), pdf.level_word(one.level, language)),
        (_("Algorithme"), one.algorithm or "-"),
        (_("Chaîne"), " < ".join(each.subject for each in one.path) or "-"),
    ]
    blocks: list[pdf.Block] = [pdf.Heading(f"{one.field} : {one.signer or '?'}"), pdf.KeyValues(tuple(facts))]
    notes = [pdf.sentence(finding, language) for finding in one.findings]
    notes += [pdf.change_sentence(change, language) for change in one.changes]
    if notes:
        blocks.append(pdf.Bullets(tuple(notes)))
    return blocks
