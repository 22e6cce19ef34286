"""A holder's certificates: what they say, until when they hold, and how to end them."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.holders import api as holders
from paraphe.trust.pages.enrolment.access import hold, to_current
from paraphe.trust.pages.holder.access import actor_of, credential_of, holder_required, is_strong, strong_required
from paraphe.trust.pages.holder.forms import RevokeForm
from paraphe.trust.register.api import Reason
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals


@dataclass(frozen=True)
class Shown:
    """One certificate as the pages show it."""

    id: UUID
    name: str
    firm: str
    email: str
    serial: str
    begins: datetime
    ends: datetime
    status: str
    renewable: bool


@require_GET
@holder_required
def home(request: HttpRequest, holder: holders.Holder) -> HttpResponse:
    """List the certificates of the holder, and how he authorises."""
    found = [_shown(row) for row in remote.of_holder(holder)]
    context = {
        "certificates": found,
        "mandates": seals.of_holder(holder),
        "now": timezone.now(),
        "factors": holders.of(holder),
        "holder": holder,
        "person": _person(holder),
    }
    return render(request, "holder/home.html", context)


@require_GET
@holder_required
def show(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """Show one certificate and what may be done with it."""
    row = credential_of(holder, credential_id)
    return render(
        request, "holder/certificate.html", {"certificate": _shown(row), "strong": is_strong(request, holder)}
    )


@require_GET
@holder_required
def download(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """Give the certificate as a file."""
    certificate = remote.certificate_of(credential_of(holder, credential_id))
    answer = HttpResponse(certificate.public_bytes(Encoding.DER), content_type="application/pkix-cert")
    answer["Content-Disposition"] = f'attachment; filename="{certificate.serial_number:x}.cer"'
    return answer


@require_http_methods(["GET", "POST"])
@holder_required
def revoke(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """Ask why, and revoke for ever."""
    row = credential_of(holder, credential_id)
    if remote.certificate_status(row) in ("revoked", "expired"):
        return redirect("holder-certificate", credential_id=credential_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        remote.revoke_credential(row, cast(Reason, form.cleaned_data["reason"]), actor_of(request, holder))
        messages.success(request, _("Votre certificat est révoqué. Vos signatures passées restent valables."))
        return redirect("holder-certificate", credential_id=credential_id)
    context = {"certificate": _shown(row), "form": form}
    return render(request, "holder/revoke.html", context, status=422 if form.errors else 200)


@require_POST
@holder_required
def suspend(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """Put the certificate on hold."""
    try:
        remote.suspend(credential_of(holder, credential_id), actor_of(request, holder))
    except DomainError:
        messages.warning(request, _("Ce certificat ne peut pas être suspendu dans son état actuel."))
    else:
        messages.success(request, _("Votre certificat est suspendu. Il ne signe plus rien jusqu'à son rétablissement."))
    return redirect("holder-certificate", credential_id=credential_id)


@require_POST
@strong_required
def reinstate(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """End the hold."""
    try:
        remote.reinstate(credential_of(holder, credential_id), actor_of(request, holder))
    except DomainError:
        messages.warning(request, _("Ce certificat ne peut pas être rétabli dans son état actuel."))
    else:
        messages.success(request, _("Votre certificat est rétabli."))
    return redirect("holder-certificate", credential_id=credential_id)


@require_POST
@holder_required
def withdraw(request: HttpRequest, holder: holders.Holder, mandate_id: UUID) -> HttpResponse:
    """Take back a mandate to seal, at once."""
    if mandate_id not in {mandate.pk for mandate in seals.of_holder(holder)}:
        raise Http404
    seals.withdraw(mandate_id, actor_of(request, holder))
    messages.success(request, _("Le mandat est retiré : plus rien ne sera scellé avec lui."))
    return redirect("holder-home")


@require_POST
@strong_required
def renew(request: HttpRequest, holder: holders.Holder, credential_id: UUID) -> HttpResponse:
    """Begin a renewal: a new key and certificate under a new agreement, without a new identity document."""
    try:
        begun = enrolment.renew(credential_of(holder, credential_id).pk)
    except enrolment.RenewalRefused as error:
        if error.params.get("reason") == "identity":
            messages.warning(
                request,
                _("Votre identité a été vérifiée il y a trop longtemps : redemandez un certificat sur la plateforme."),
            )
        else:
            messages.warning(request, _("Ce certificat ne peut pas être renouvelé maintenant."))
        return redirect("holder-certificate", credential_id=credential_id)
    hold(request, begun.id)
    return to_current(begun)


def _shown(row: remote.Credential) -> Shown:
    certificate = remote.certificate_of(row)
    return Shown(
        id=row.pk,
        name=remote.common_name_of(row),
        firm=row.subject.organisation_name,
        email=row.subject.email,
        serial=f"{certificate.serial_number:X}",
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        status=remote.certificate_status(row),
        renewable=remote.is_renewable(row),
    )


def _person(holder: holders.Holder) -> str:
    subjects = holders.subjects_of(holder)
    return subjects[0].full_name if subjects else ""
