"""Anybody brings a signed PDF and sees what it is worth. Nothing of it is kept: the answer carries everything."""

import base64
import json
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.platform.mandates import api as mandates
from paraphe.platform.verification import api as verification
from paraphe.platform.web.account.access import person_of
from paraphe.platform.web.verification.forms import VerifyForm
from paraphe.platform.web.verification.paper import report_pdf

TONES = {"TOTAL-PASSED": "success", "INDETERMINATE": "warning", "TOTAL-FAILED": "danger", "NO-SIGNATURE": "info"}
RETRY_SECONDS = 20
MAX_NAME = 80


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Show the form; with a document, the verdict on it."""
    person = person_of(request)
    if person is not None:
        request.person = person  # type: ignore[attr-defined]
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    if request.method == "GET" or not form.is_valid():
        return _answer(request, form, status=200 if request.method == "GET" else 422)
    uploaded: UploadedFile[bytes] = form.cleaned_data["file"]
    if (uploaded.size or 0) > settings.MAX_PDF_BYTES:
        form.add_error("file", _too_large(settings.MAX_PDF_BYTES))
        return _answer(request, form, status=422)
    data = uploaded.read()
    try:
        checked = verification.check(data, form.cleaned_data["password"] or None)
    except verification.Busy:
        form.add_error(None, _("Trop de documents sont vérifiés en ce moment. Réessayez dans quelques secondes."))
        answer = _answer(request, form, status=503)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    except DomainError as error:
        form.add_error("password" if error.code == "encrypted" else "file", _sentence(error))
        return _answer(request, form, status=422, closed=error.code == "encrypted")
    named = [mandates.shown(one) for one in mandates.named_in(data)]
    context = {**_verdict(checked, _name(uploaded)), "mandates": named}
    answer = render(request, "platform_web/verification/verdict.html", context)
    add_never_cache_headers(answer)
    return answer


def _answer(request: HttpRequest, form: VerifyForm, *, status: int, closed: bool = False) -> HttpResponse:
    variables = {"form": form, "max_bytes": settings.MAX_PDF_BYTES, "closed": closed}
    return render(request, "platform_web/verification/form.html", variables, status=status)


def _name(uploaded: "UploadedFile[bytes]") -> str:
    """Return the name of the file as it may stand on a page and in a name for downloads."""
    name = PurePath(uploaded.name or "document.pdf").name
    return "".join(one if one.isprintable() else "_" for one in name)[-MAX_NAME:]


def _verdict(checked: verification.Checked, name: str) -> dict[str, Any]:
    language = "en" if (get_language() or "").startswith("en") else "fr"
    report = checked.report
    found = pdf.as_dict(report, language)
    return {
        "name": name,
        "tone": TONES[report.indication],
        "indication": report.indication,
        "report": found,
        "verdict": pdf.indication_word(report.indication, None, language),
        "signatures": [_signature(one, language) for one in report.signatures],
        "sides": [_side(one) for one in checked.sides],
        "checked_at": checked.at,
        "downloads": _downloads(checked, name, language, found),
    }


def _signature(one: pdf.SignatureReport, language: str) -> dict[str, Any]:
    return {
        "field": one.field,
        "tone": TONES[one.indication],
        "verdict": pdf.indication_word(one.indication, None, language),
        "indication": " / ".join(part for part in (one.indication, one.sub_indication) if part),
        "kind": pdf.kind_word(one.kind, language),
        "signer": one.signer,
        "when": pdf.when(one.signed_at, language) if one.signed_at else "",
        "clock": pdf.time_word(one.time_source, language) if one.time_source else "",
        "stamper": one.timestamped_by,
        "level": pdf.level_word(one.level, language),
        "level_code": one.level,
        "algorithm": one.algorithm,
        "path": one.path,
        "findings": [pdf.sentence(finding, language) for finding in one.findings],
        "changes": [
            {"text": pdf.change_sentence(change, language), "verdict": change.verdict} for change in one.changes
        ],
    }


def _side(one: verification.SideBySide) -> dict[str, Any]:
    images = {"before": _image(one.before), "after": _image(one.after)}
    return {"field": one.field, "page": one.page + 1, "missing": one.missing, **images}


def _image(png: bytes | None) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if png else ""


def _downloads(checked: verification.Checked, name: str, language: str, found: dict[str, Any]) -> list[dict[str, str]]:
    """Return the report in three forms, inside the page: the server has forgotten the document by now."""
    stem = PurePath(name).stem or "document"
    data = json.dumps({"file": name, **found}, ensure_ascii=False, indent=2).encode()
    paper = report_pdf(checked.report, name, checked.at, language)
    forms = (
        ("PDF", "application/pdf", paper),
        ("JSON", "application/json", data),
        ("XML", "application/xml", pdf.etsi_report(checked.report)),
    )
    return [
        {
            "label": label,
            "name": f"{stem}-verification.{label.lower()}",
            "url": f"data:{kind};base64,{base64.b64encode(content).decode()}",
        }
        for label, kind, content in forms
    ]


def _too_large(limit: int) -> str:
    return _("Ce fichier est trop lourd : la limite est de {limit} Mo.").format(limit=limit // 1_000_000)


def _sentence(error: DomainError) -> str:
    sentences = {
        "empty": _("Ce fichier est vide. Vérifiez-le sur votre appareil, puis recommencez."),
        "not_a_pdf": _("Ce fichier n'est pas un PDF."),
        "truncated": _("Ce PDF est incomplet : il manque sa fin. Demandez-en une copie entière."),
        "encrypted": _("Ce document ne s'ouvre pas avec ce mot de passe. Donnez celui qui sert à l'ouvrir."),
        "encrypted_for_recipients": _("Ce document est chiffré pour ses destinataires et ne peut pas être lu ici."),
        "too_complex": _("Ce PDF n'a pas pu être lu dans le temps et la mémoire prévus."),
        "file_too_large": _too_large(settings.MAX_PDF_BYTES),
    }
    return sentences.get(error.code, _("Ce PDF est abîmé et ne peut pas être lu."))
