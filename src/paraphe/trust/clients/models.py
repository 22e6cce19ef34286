"""Client programs and their access tokens."""

from django.db import models


class Client(models.Model):
    """A program that may use the trust services, as the operator registered it.

    Personal data: none. Kept as long as the operator keeps the registration.
    """

    client_id = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=120)
    secret_hash = models.CharField(max_length=64)
    #: While a secret is being changed, the one before is good too, until then.
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    previous_until = models.DateTimeField(null=True)
    return_uris = models.JSONField(default=list)
    scopes = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.client_id


class AccessToken(models.Model):
    """A bearer token that a client got for itself (RFC 6749 §4.4); only its keyed hash is here.

    Personal data: none. Destroyed a day after it expired.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tokens")
    scopes = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.client_id} until {self.expires_at}"


class FailedAttempts(models.Model):
    """How often an address gave a wrong secret, for one client or at all, since the first time.

    Personal data: a network address, only as a keyed hash. Destroyed the night after.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    since = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
