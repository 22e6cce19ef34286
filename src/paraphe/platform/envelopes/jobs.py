"""Background work of the envelopes room."""

import uuid
from datetime import timedelta

from django.utils import timezone

from paraphe.floor.jobs import api as jobs
from paraphe.platform.envelopes import arrivals, bulk_lines, ceremony, searching, timing, work
from paraphe.platform.envelopes.models import Envelope

#: What nobody worked on for so long has stopped in the middle.
STOPPED_AFTER = timedelta(seconds=50)


@jobs.job(attempts=3)
def launch_lines(bulk_id: str) -> None:
    """Launch the collections of a table."""
    bulk_lines.go_on(uuid.UUID(bulk_id))


@jobs.every("* * * * *")
@jobs.job()
def go_on() -> None:
    """Go on with launches and completions that stopped: somebody did not answer, or a process died."""
    stopped = Envelope.objects.filter(changed_at__lt=timezone.now() - STOPPED_AFTER)
    waiting = stopped.filter(state__in=(Envelope.State.LAUNCHING, Envelope.State.COMPLETING)).order_by("changed_at")
    jobs.each(list(waiting.values_list("pk", flat=True)[:200]), work.go_on)


@jobs.every("* * * * *")
@jobs.job()
def settle_signatures() -> None:
    """Take signatures whose signer did not come back, or whose taking stopped in the middle."""
    ceremony.settle_ended()


@jobs.every("* * * * *")
@jobs.job()
def follow_identities() -> None:
    """Go on with ceremonies whose signer got his certificate, or was told that he gets none, while he was away."""
    ceremony.follow_identities()


@jobs.every("25 * * * *")
@jobs.job()
def resume_tables() -> None:
    """Go on with tables whose launches stopped."""
    bulk_lines.resume()


@jobs.every("20 8-18 * * *")
@jobs.job()
def remind() -> None:
    """Remind who has not signed, by day only."""
    timing.remind_due()


@jobs.every("*/10 * * * *")
@jobs.job()
def watch_expiry() -> None:
    """Tell before the end, and end what is over."""
    timing.notice_due()
    while timing.expire_due():
        continue


@jobs.every("*/5 * * * *")
@jobs.job()
def note_lost_invitations() -> None:
    """Mark recipients whose invitation did not arrive."""
    arrivals.note_lost()


@jobs.every("50 3 * * *")
@jobs.job()
def delete_due_envelopes() -> None:
    """Delete collections on their day."""
    while timing.delete_due():
        continue


@jobs.every("50 3 * * *")
@jobs.job()
def mend_search() -> None:
    """Let words be found by their parts again whose parts were forgotten while they were used anew."""
    searching.mend()
