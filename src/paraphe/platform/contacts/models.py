"""Contacts and imports that wait for a confirmation."""

import uuid

from django.db import models


class Contact(models.Model):
    """A person, or a company, with whom a firm signs.

    Personal data: names, e-mail, mobile, company, language and a free note; who of the firm added it. Goes when the
    firm deletes or merges it, or erases everything it holds of that person. ``search``, ``sort_key`` and ``name_key``
    repeat the same data in folded form and go with it.
    """

    class Source(models.TextChoices):
        """Where the firm has it from."""

        TYPED = "typed"
        CSV = "csv"
        VCARD = "vcard"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=16, blank=True)
    company = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="fr")
    note = models.TextField(blank=True)
    source = models.CharField(max_length=5, choices=Source.choices, default=Source.TYPED)
    created_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    search = models.TextField()
    sort_key = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["firm", "sort_key", "id"], name="contacts_in_order"),
            models.Index(fields=["firm", "email"], name="contacts_by_email"),
            models.Index(fields=["firm", "mobile"], name="contacts_by_mobile"),
            models.Index(fields=["firm", "name_key"], name="contacts_by_name"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PendingImport(models.Model):
    """A file that was read and waits for the confirmation of who brought it.

    Personal data: the contacts of that file, sealed in the store of files; who brought it. Goes when the import is
    confirmed or abandoned, when somebody in it is erased, and after a day at the latest.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    file_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
