"""Subjects: made once, read by the rooms above."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast
from uuid import UUID

from django.utils import timezone

from paraphe.floor import secrets
from paraphe.kernel.errors import NotFound
from paraphe.trust.ra.models import IdentityCase, Subject

MOBILE_PURPOSE = "ra.subject.mobile"


Kind = Literal["member", "collaborator", "invited", "seal"]


@dataclass(frozen=True)
class SubjectData:
    """What a client program claims of a person. ``mobile`` in E.164; ``siren`` nine digits or empty."""

    kind: Kind
    given_name: str
    surname: str
    email: str
    mobile: str
    language: str = "fr"
    roll_number: str = ""
    region: str = ""
    organisation_name: str = ""
    organisation_siren: str = ""
    usage_name: str = ""
    birth_date: date | None = None


def create_subject(client_id: str, data: SubjectData) -> Subject:
    """Record a new subject for ``client_id`` and return it. The mobile number is sealed."""
    return Subject.objects.create(
        client_id=client_id,
        kind=data.kind,
        given_name=data.given_name,
        surname=data.surname,
        email=data.email,
        mobile_sealed=secrets.seal(data.mobile.encode(), MOBILE_PURPOSE),
        language=data.language,
        roll_number=data.roll_number,
        region=data.region,
        organisation_name=data.organisation_name,
        organisation_siren=data.organisation_siren,
        usage_name=data.usage_name,
        birth_date=data.birth_date,
        created_at=timezone.now(),
    )


def data_of(person: Subject) -> SubjectData:
    """Return what a client program claimed of ``person``."""
    return SubjectData(
        kind=cast(Kind, person.kind),
        given_name=person.given_name,
        surname=person.surname,
        email=person.email,
        mobile=mobile_of(person),
        language=person.language,
        roll_number=person.roll_number,
        region=person.region,
        organisation_name=person.organisation_name,
        organisation_siren=person.organisation_siren,
        usage_name=person.usage_name,
        birth_date=person.birth_date,
    )


def as_seal(data: SubjectData) -> SubjectData:
    """Return the same person as the one responsible for the seal of his firm."""
    return replace(data, kind="seal")


def subject(client_id: str, subject_id: UUID) -> Subject:
    """Return the subject that ``client_id`` brought. Raises NotFound for absent and foreign ones alike."""
    found = Subject.objects.filter(client_id=client_id, id=subject_id).first()
    if found is None:
        raise NotFound
    return found


def locked_subject(subject_id: UUID) -> Subject:
    """Return a subject, locked for the caller's transaction. Raises NotFound."""
    found = Subject.objects.select_for_update().filter(id=subject_id).first()
    if found is None:
        raise NotFound
    return found


def mobile_of(person: Subject) -> str:
    """Return the mobile number of ``person`` in E.164. Raises SealBroken when the sealing key is not the right one."""
    return secrets.unseal(bytes(person.mobile_sealed), MOBILE_PURPOSE).decode()


def erase_mobile(person: Subject) -> None:
    """Forget the mobile number of somebody who gets no certificate, in the caller's transaction."""
    Subject.objects.filter(pk=person.pk).update(mobile_sealed=b"")


def case_of(person: Subject) -> IdentityCase | None:
    """Return the identity case of ``person``, with its pages, or None before it is opened."""
    return IdentityCase.objects.prefetch_related("pages").filter(subject=person).first()
