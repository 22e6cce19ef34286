"""The ledger in double entry, and the reservations. Amounts are whole euro cents."""

import uuid

from django.db import models
from django.db.models import Q

from paraphe.floor.chain import AppendOnly
from paraphe.floor.chain.queryset import AppendOnlyQuerySet


class Account(models.Model):
    """Where credit is: ``available`` and ``reserved`` of each firm; ``bank`` and ``revenue`` of the world outside.

    ``cents`` is the sum of the lines of a firm's account, kept here so that the database can refuse to overdraw it. An
    account outside has none: everybody would wait for everybody to write it. ``warns``, of ``available`` only: it was
    above the warning since the last mail, so falling under it is worth one.

    Personal data: none. Kept as long as the books.
    """

    class Kind(models.TextChoices):
        """What the account is for."""

        AVAILABLE = "available"
        RESERVED = "reserved"
        BANK = "bank"
        REVENUE = "revenue"

    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    cents = models.BigIntegerField(null=True)
    warns = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "kind"], name="one_account_per_firm_and_kind"),
            models.UniqueConstraint(fields=["kind"], condition=Q(firm=None), name="one_outside_account_per_kind"),
            models.CheckConstraint(
                condition=Q(firm=None, kind__in=["bank", "revenue"], cents=None)
                | Q(firm__isnull=False, kind__in=["available", "reserved"], cents__gte=0),
                name="account_of_a_firm_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id or 'outside'} {self.kind}"


class Reservation(models.Model):
    """Credit kept back for acts that are under way. Open until ``done`` says how many were done.

    ``unit_cents`` is the price at that moment: what was promised is what is debited.

    Personal data: none; ``key`` is an identifier of the room that reserved. Kept as long as the books.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    unit_cents = models.PositiveIntegerField()
    reserved_at = models.DateTimeField()
    done = models.PositiveIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["reserved_at"], condition=Q(done=None), name="open_reservations")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done=None, closed_at=None) | Q(done__lte=models.F("count"), closed_at__isnull=False),
                name="reservation_done_within_count",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Entry(AppendOnly):
    """One movement of a firm's credit; its lines, written before it, sum to zero.

    ``number`` counts the entries of a firm from 1 without holes. ``key`` makes each movement happen once.

    Personal data: none; ``reference`` is the bank's for a transfer. Books are kept ten years (code de commerce,
    L. 123-22), and these are never deleted.
    """

    class Kind(models.TextChoices):
        """What happened; the event in the evidence is ``credit:`` and this."""

        TOPPED_UP = "topped-up"
        RESERVED = "reserved"
        DEBITED = "debited"
        GIVEN_BACK = "given-back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=220, unique=True)
    at = models.DateTimeField()
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, related_name="entries")
    count = models.PositiveIntegerField(null=True)
    reference = models.CharField(max_length=80, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["firm", "at"], name="entries_of_a_firm")]
        constraints = [models.UniqueConstraint(fields=["firm", "number"], name="one_entry_per_number")]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.number} {self.kind}"


class Line(AppendOnly):
    """What an entry brings to (or, negative, takes from) one account. Personal data: none. Kept as the entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    cents = models.BigIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "account"], name="one_line_per_account"),
            models.CheckConstraint(condition=~Q(cents=0), name="line_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.cents}"
