"""Subjects, identity cases, decisions, officers."""

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


def first_roles() -> list[str]:
    """Return the roles of an officer about whom nobody said anything else."""
    return ["registration", "revocation"]


class Officer(AbstractBaseUser, PermissionsMixin):
    """An officer of the trust site.

    Personal data: name and professional e-mail. Kept as long as decisions of the officer are kept.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    #: What the officer may do: ``registration``, ``revocation``, ``operator``; or ``auditor`` alone.
    roles = models.JSONField(default=first_roles)

    objects = OfficerManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """Something that one officer proposed and another one has to confirm.

    Personal data: the two officers. Kept with their decisions.
    """

    class State(models.TextChoices):
        """WAITING for a week at most; the others are final."""

        WAITING = "waiting"
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="proposed")
    settled_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="settled")
    at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Four eyes are four eyes.
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | ~models.Q(proposed_by=models.F("settled_by")),
                name="nobody_confirms_his_own_proposal",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class SubjectKind(models.TextChoices):
    """Why somebody is here: member of the Order, collaborator, invited to sign, responsible for the firm's seal."""

    MEMBER = "member"
    COLLABORATOR = "collaborator"
    INVITED = "invited"
    SEAL = "seal"


class Subject(models.Model):
    """A natural person as a client program claims them, and for whom a certificate may be issued.

    Frozen once made: other data means another subject, another check, another certificate.

    Personal data: names, birth date, e-mail, mobile number (sealed), number on the roll, firm. Kept as
    long as the register of certificates and the decisions of officers have to be kept; the mobile number is erased when
    an enrolment ends without certificate.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=SubjectKind.choices)
    given_name = models.CharField(max_length=120)
    surname = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    mobile_sealed = models.BinaryField()
    language = models.CharField(max_length=2, default="fr")
    roll_number = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=120, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    organisation_siren = models.CharField(max_length=9, blank=True)
    #: Where the identity provider gives them.
    usage_name = models.CharField(max_length=120, blank=True)
    birth_date = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client_id", "email"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def full_name(self) -> str:
        """Return given names and surname, as people write them."""
        return f"{self.given_name} {self.surname}"


class CaseState(models.TextChoices):
    """Where an identity case stands.

    OPEN and RETAKE wait for photographs, READING for the machine, SUBMITTED for officers.
    """

    OPEN = "open"
    READING = "reading"
    SUBMITTED = "submitted"
    RETAKE = "retake"
    APPROVED = "approved"
    REFUSED = "refused"


class IdentityCase(models.Model):
    """The check of one subject's identity document.

    Personal data: the kind of document and, through its pages, photographs of it. Photographs are destroyed
    IDENTITY_IMAGE_DAYS after the decision, or after 7 days without any; the case itself is kept with the subject.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="identity_case")
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.OPEN)
    #: Counts submissions: decisions of one round say nothing of the photographs of the next.
    round = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=32, blank=True)
    #: How often the machine asked for another photograph, by side.
    retakes = models.JSONField(default=dict)
    #: Accepted without an officer, by the policy that was then in force.
    by_machine = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "submitted_at"])]

    def __str__(self) -> str:
        return str(self.id)


class IdentityPage(models.Model):
    """One side of the document: sealed files, and what was measured on it.

    Personal data: the photograph and the flat document made of it, in ``paraphe.floor.files``, each under a key of its
    own. Row and files go together, see IdentityCase.
    """

    case = models.ForeignKey(IdentityCase, on_delete=models.CASCADE, related_name="pages")
    side = models.CharField(max_length=5)
    file_id = models.UUIDField()
    #: The document seen from straight above, once it was read.
    flat_file_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    measures = models.JSONField()
    hints = models.JSONField(default=list)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "side"], name="one_page_per_side")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.side}"


class Verdict(models.TextChoices):
    """What an officer can say of a case."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETAKE = "retake"


class Decision(models.Model):
    """What one officer said of one submission; never changed.

    Personal data: the officer, and a note that may describe the document. Kept with the case.
    """

    case = models.ForeignKey(IdentityCase, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=32, blank=True)
    note = models.CharField(max_length=500, blank=True)
    checklist = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # Four eyes are four eyes: the second decision of one officer on one submission has no place to go.
            models.UniqueConstraint(fields=["case", "round", "officer"], name="one_decision_per_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"


class Reading(models.Model):
    """What the machine made of one submission; never changed.

    Personal data: ``sealed`` holds everything that was read (names, dates, number, machine readable zone) and is
    destroyed with the photographs. ``proof`` stays with the case: kind, issuer, dates, checks, reasons; no number and
    no address, height or parent was ever kept.
    """

    case = models.ForeignKey(IdentityCase, on_delete=models.PROTECT, related_name="readings")
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10)
    #: Model of the document that was found (``proofing.PROFILES``), empty when none was.
    profile = models.CharField(max_length=32, blank=True)
    reasons = models.JSONField(default=list)
    proof = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="one_reading_per_round")]
        indexes = [models.Index(fields=["profile", "outcome"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class MarkKind(models.TextChoices):
    """What two cases may have in common."""

    NUMBER = "number"
    #: The number with each pair of signs that check digits cannot tell apart made one.
    FOLDED = "folded"
    #: The upload itself: the same picture, perhaps in another file.
    IMAGE = "image"


class Mark(models.Model):
    """A keyed hash by which a document or an upload is known again.

    Personal data: none without the key of the site. Kept with the case.
    """

    case = models.ForeignKey(IdentityCase, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=8, choices=MarkKind.choices)
    value = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="one_mark_per_case")]
        indexes = [models.Index(fields=["kind", "value"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class AcceptancePolicy(models.Model):
    """Whether the machine may accept documents of one model by itself, and how many of them officers see all the same.

    Personal data: the officer who changed it. Kept with decisions.
    """

    profile = models.CharField(max_length=32, primary_key=True)
    enabled = models.BooleanField(default=False)
    #: Per cent of acceptable documents that go to an officer, at random.
    share = models.PositiveSmallIntegerField(default=10)
    changed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(share__gte=10, share__lte=100), name="a_share_for_officers")
        ]

    def __str__(self) -> str:
        return self.profile
