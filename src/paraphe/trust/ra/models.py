"""Subjects, identity cases, officers."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from paraphe.kernel.ids import new_id


class OfficerManager(BaseUserManager["Officer"]):
    """Makes officers; they are created by an operator, never by signing up."""

    def create_user(self, email: str, password: str, name: str, **extra: Any) -> "Officer":
        """Create an officer who signs in with ``email`` and ``password``."""
        officer = self.model(email=self.normalize_email(email), name=name, **extra)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


class Officer(AbstractBaseUser, PermissionsMixin):
    """A registration officer of the trust site.

    Personal data: name and professional e-mail. Kept as long as decisions of the officer are kept.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = OfficerManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Subject(models.Model):
    """A natural person as a client program claims them, and for whom a certificate may be issued.

    Frozen once made: other data means another subject, another check, another certificate.

    Personal data: names, e-mail, mobile number (sealed), number on the roll, firm. Kept as long as the register of
    certificates has to be kept; subjects who never got a certificate go with their enrolment.
    """

    class Kind(models.TextChoices):
        MEMBER = "member"
        COLLABORATOR = "collaborator"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    given_name = models.CharField(max_length=120)
    surname = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    mobile_sealed = models.BinaryField()
    language = models.CharField(max_length=2, default="fr")
    roll_number = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=120, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    organisation_siren = models.CharField(max_length=9, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client_id", "email"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def full_name(self) -> str:
        """Return given names and surname, as people write them."""
        return f"{self.given_name} {self.surname}"
