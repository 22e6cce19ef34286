"""Evidence files and attestations, from what was told to what is sealed."""

from django.db import models

from paraphe.floor.secrets import SealedTextField
from paraphe.kernel.ids import new_id


class Proof(models.Model):
    """One evidence file of a collection, or one attestation about one signer and one document of it.

    Personal data: names, addresses and telephones of everybody in the collection, in files that are sealed at rest.
    The sealed file is kept as evidence for as long as the firm keeps it; what it was made from is destroyed once it is
    sealed.
    """

    class Kind(models.TextChoices):
        """What it is."""

        EVIDENCE = "evidence"
        ATTESTATION = "attestation"

    class State(models.TextChoices):
        """How far it is: told, composed as PDF, authorised at the trust site, signed, sealed and verified."""

        WANTED = "wanted"
        COMPOSED = "composed"
        AUTHORISED = "authorised"
        SIGNED = "signed"
        SEALED = "sealed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    firm = models.ForeignKey("accounts.Firm", on_delete=models.PROTECT, related_name="+")
    collection = models.UUIDField(db_index=True)
    title = SealedTextField(purpose="proof.title", null=True)
    recipient = models.CharField(max_length=64, blank=True)
    document = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WANTED)
    facts_file = models.UUIDField(null=True)
    composed_file = models.UUIDField(null=True)
    prepared_file = models.UUIDField(null=True)
    credential_id = models.CharField(max_length=100, blank=True)
    attempt = models.UUIDField(null=True)
    activation = SealedTextField(purpose="proof.activation", null=True)
    signature = models.BinaryField(null=True)
    sealed_file = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    failure = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_index=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="proofs_not_sealed")]

    def __str__(self) -> str:
        return self.key
