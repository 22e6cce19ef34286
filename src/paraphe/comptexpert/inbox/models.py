"""Letters of the demonstration."""

from django.db import models


class Letter(models.Model):
    """An e-mail or SMS that a site of the demonstration sent.

    Personal data: recipient and text, which may hold a one-time code. In demonstration only; gone when 500 newer ones
    came.
    """

    class Kind(models.TextChoices):
        """How it would have travelled."""

        EMAIL = "email"
        SMS = "sms"

    #: The sender's own number of the letter: the same one again, after an answer that got lost, is no second letter.
    sender_key = models.CharField(max_length=100, unique=True, null=True)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    recipient = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    site = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
