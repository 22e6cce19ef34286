"""Background work of the identity provider."""

from paraphe.comptexpert.identity import backchannel
from paraphe.comptexpert.identity.models import Client
from paraphe.floor.jobs import api as jobs


def session_over(subject: str, sid: str) -> None:
    """Have every program told that this session is over."""
    for number in Client.objects.exclude(backchannel_logout_uri="").values_list("pk", flat=True):
        jobs.enqueue(tell_program, number, subject, sid)


@jobs.job(attempts=5, wait=5)
def tell_program(number: int, subject: str, sid: str) -> None:
    """Tell one program."""
    client = Client.objects.filter(pk=number).exclude(backchannel_logout_uri="").first()
    if client is not None:
        backchannel.tell(client, subject, sid)
