"""People of the demonstration, their firms, the programs that sign them in, and what is pending between them."""

import secrets

from django.db import models


def new_subject() -> str:
    """Return a new subject identifier: it says nothing about the person and is never given twice."""
    return secrets.token_hex(16)


class Firm(models.Model):
    """A firm or a regional council. Personal data: none."""

    siren = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400)
    kind = models.CharField(max_length=8)
    region = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.siren


class Account(models.Model):
    """Somebody of the demonstration.

    Personal data: names, e-mail, roll number, hashed password, all invented. ``governs`` is the region whose members'
    data this person may correct, empty for everybody else. Goes with the data folder.
    """

    identifier = models.CharField(max_length=80, unique=True)
    subject = models.CharField(max_length=32, unique=True, default=new_subject)
    password = models.CharField(max_length=200)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    email = models.EmailField()
    roll_number = models.CharField(max_length=40, blank=True)
    roll_region = models.CharField(max_length=100, blank=True)
    governs = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.identifier

    @property
    def full_name(self) -> str:
        """Return given and family name."""
        return f"{self.given_name} {self.family_name}"


class Post(models.Model):
    """What somebody is in a firm, and the rights delegated to him there.

    Personal data: who works where, who granted what, invented. Goes with the account.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="posts")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=12)
    rights = models.JSONField(default=list)
    granted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "firm"], name="one_post_per_firm")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.firm_id}"


class Correction(models.Model):
    """A regional council corrected data of a member.

    Personal data: who corrected whose fields and when, without the values. Goes with the account.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="corrections")
    by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"


class Attempt(models.Model):
    """A password was tried and was not, or not yet, found right: what slows down who guesses.

    Personal data: keyed hashes of identifier and network address. Gone after the window, or at the next sign-in.
    """

    who = models.CharField(max_length=64, db_index=True)
    where = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.at)


class Client(models.Model):
    """A program that may have people signed in. Personal data: none. Its secret is kept as a keyed hash."""

    client_id = models.CharField(max_length=80, unique=True)
    secret_hash = models.CharField(max_length=64)
    redirect_uris = models.JSONField()
    post_logout_redirect_uris = models.JSONField()
    backchannel_logout_uri = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.client_id


class AuthorizationCode(models.Model):
    """A one-time code on its way from the browser to the program; kept as a keyed hash.

    Personal data: who signed in, when, and for which program. Gone an hour later.
    """

    code_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    scope = models.CharField(max_length=200)
    nonce = models.CharField(max_length=255)
    code_challenge = models.CharField(max_length=128)
    auth_time = models.BigIntegerField()
    sid = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class AccessToken(models.Model):
    """Lets a program read the claims of one person for an hour; kept as a keyed hash.

    Personal data: who signed in for which program. Gone an hour after it expired.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    code = models.ForeignKey(AuthorizationCode, on_delete=models.CASCADE, related_name="tokens")
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    scope = models.CharField(max_length=200)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class ServiceToken(models.Model):
    """Lets a program read the directory for an hour; kept as a keyed hash.

    Personal data: none. Gone when the next one is made after it expired.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
