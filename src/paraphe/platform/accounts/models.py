"""Persons, firms, and what binds them: inherited from the OpenID provider, or granted here by a signed mandate."""

import uuid

from django.db import models
from django.db.models import Q


class Person(models.Model):
    """Somebody who signed in, known by issuer and subject, never by e-mail.

    ``confirmed_at`` is when the provider last told what he is, at a sign-in or in the daily check; ``left_at`` is set
    when it told less than before, until the rooms above drew their conclusions.

    Personal data: names, e-mail, roll number and region, as inherited; his language and the notices that he does not
    want. Kept while the person uses the service and as long as documents or evidence refer to him.
    """

    iss = models.CharField(max_length=255)
    sub = models.CharField(max_length=255)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    email = models.EmailField()
    roll_number = models.CharField(max_length=40, blank=True)
    roll_region = models.CharField(max_length=100, blank=True)
    first_sign_in_at = models.DateTimeField()
    last_sign_in_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(db_index=True)
    left_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=8, blank=True)
    unwanted_notices = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["iss", "sub"], name="one_person_per_issuer_and_subject")]
        indexes = [models.Index(fields=["left_at"], condition=Q(left_at__isnull=False), name="people_who_left")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def full_name(self) -> str:
        """Return given and family name, as people read them."""
        return f"{self.given_name} {self.family_name}"


class Firm(models.Model):
    """A legal person, known by its SIREN: an accounting firm or a regional council.

    Personal data: none, but a firm may bear the name of a person. Kept as long as documents refer to it.
    """

    class Kind(models.TextChoices):
        """What the firm is."""

        FIRM = "firm"
        COUNCIL = "council"

    siren = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FIRM)

    def __str__(self) -> str:
        return self.siren


class Membership(models.Model):
    """A person works in a firm, from one sign-in until a later one no longer says so.

    Personal data: who works where, since when, until when. The ended row is kept: it explains what the person did for
    the firm. Goes with the person.
    """

    class Role(models.TextChoices):
        """As what."""

        ACCOUNTANT = "accountant"
        COLLABORATOR = "collaborator"
        # The secretary general of a regional council: administers it, signs nothing by that role.
        SECRETARY = "secretary"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "firm"], condition=Q(ended_at=None), name="one_current_membership_per_firm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.firm_id} {self.role}"


class Delegation(models.Model):
    """A right that an accountant gave to a person for a firm, from one sign-in until a later one no longer says so.

    Personal data: who may do what for whom, and the name of who granted it. The ended row is kept, as a membership is.
    Goes with the person.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="delegations")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="delegations")
    right = models.CharField(max_length=8)
    granted_by = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "firm", "right"], condition=Q(ended_at=None), name="one_current_delegation_per_right"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.firm_id} {self.right}"


class Grant(models.Model):
    """A right that an accountant of the firm granted here by a mandate that he signed.

    It is worth what he is: while he is no accountant of the firm on the roll, or nobody confirmed it for too long, it
    gives nothing. ``kinds`` limits it to kinds of document (empty: all), ``most`` to a number of acts. In force between
    its days until ``ended_at``. Personal data: who may do what for whom. The ended row is kept, as a delegation is.
    Goes with the person.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    right = models.CharField(max_length=8)
    mandate = models.UUIDField(db_index=True)
    kinds = models.JSONField(default=list)
    most = models.PositiveIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mandate", "right"], name="one_grant_per_right_of_a_mandate")]
        indexes = [models.Index(fields=["person", "firm"], name="grants_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.firm_id} {self.right} ({self.mandate})"


class GrantUse(models.Model):
    """Acts under a grant: counted when they begin, given back when nothing came of them.

    Personal data: none of its own. Goes with its grant.
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="uses")
    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.grant_id}: {self.count}"


class Session(models.Model):
    """A browser in which a person is signed in: good until it is ended here, by the provider, or by its hour.

    Personal data: device and shortened network address, when it was opened and last used; the session at the provider
    as a keyed hash. Gone 30 days after its end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    provider_session = models.CharField(max_length=64, blank=True, db_index=True)
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-seen_at"], name="sessions_of_a_person")]

    def __str__(self) -> str:
        return str(self.pk)


class LogoutToken(models.Model):
    """A logout token of the provider that was taken: it is taken once. Personal data: none. Gone after a day."""

    jti_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.at)


class PersonExport(models.Model):
    """Everything held about a person, as one ZIP that he asked for and a job makes.

    States: ``waiting`` → ``done`` or ``failed``. Personal data: all of it, in a sealed file, until ``delete_on``.
    """

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    file_id = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at"], name="exports_of_a_person")]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"
