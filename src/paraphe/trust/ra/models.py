"""Subjects, identity cases, officers."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class OfficerManager(BaseUserManager["Officer"]):
    """Makes officers; they are created by an operator, never by signing up."""

    def create_user(self, email: str, password: str, name: str) -> "Officer":
        """Create an officer who signs in with ``email`` and ``password``."""
        officer = self.model(email=self.normalize_email(email), name=name)
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
