"""Releases: so many documents of one list under a standing mandate, let go by a named person with a code by SMS.

For people who have no certificate. Whom the code goes to, with name and mobile, stands in the mandate that a holder
signed: the client program cannot name anybody else. The code is bound to the release: mandate, number, purpose and the
digest of the list. What is released is counted against the mandate at once, and given back when the release closes.
"""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.digests import canonical_json
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_token
from paraphe.trust.codes import api as codes
from paraphe.trust.journal import api as journal
from paraphe.trust.seals import rules
from paraphe.trust.seals.errors import DeedClosed, DeedRefused, MandateRefused
from paraphe.trust.seals.models import Mandate, Release, Releaser
from paraphe.trust.seals.uses import end_use

_LINK, TOKEN, _PURPOSE = "seals.release-link", "seals.release", "seal-release"
State = Release.State


def ask(client_id: str, mandate_id: UUID, given: Mapping[str, object]) -> tuple[Release, str, str]:
    """Return a release that waits for its code, a link to its page, and its token, worth nothing before the code.

    ``given`` has ``reference``, ``releaser`` (as the mandate names him), ``purpose``, ``count``, ``list_sha256``,
    ``return_uri`` (checked by the caller) and ``state``. Asked again, link and token are others. Raises NotFound,
    DeedRefused with the field, DeedClosed once it was given, MandateRefused where the mandate does not allow it.
    """
    mandate = Mandate.objects.filter(client_id=client_id, pk=mandate_id).first()
    if mandate is None:
        raise NotFound(kind="mandate")
    asked = rules.checked_release(given)
    releaser = mandate.releasers.filter(reference=asked.releaser).first()
    if releaser is None:
        raise DeedRefused(field="releaser")
    now = timezone.now()
    rules.check_release(mandate, asked.count, now)
    everything = {**asked.facts(), "mandate": str(mandate.pk)}
    fingerprint, link, token = keyed_hash(canonical_json(everything), "seals.request"), new_token(), new_token()
    values = {
        "mandate": mandate, "releaser": releaser, "fingerprint": fingerprint, "purpose": asked.purpose,
        "count": asked.count, "list_sha256": asked.list_sha256, "return_uri": asked.return_uri,
        "created_at": now, "expires_at": min(now + rules.RELEASE_OPEN_FOR, mandate.ends_at),
    }  # fmt: skip
    key = {"client_id": client_id, "reference": asked.reference}
    try:
        with transaction.atomic():
            found, new = Release.objects.get_or_create(**key, defaults=values)
            if new:
                journal.write("release:asked", Actor("client", client_id), ids(found), _told(found))
    except IntegrityError:  # the same request a moment earlier, on another thread
        found = Release.objects.get(**key)
    if not same(found.fingerprint, fingerprint):
        raise DeedRefused(field="reference")
    if found.state != State.OPEN:
        raise DeedClosed(state=found.state)
    Release.objects.filter(pk=found.pk, state=State.OPEN).update(
        link_hash=keyed_hash(link, _LINK), token_hash=keyed_hash(token, TOKEN), client_state=asked.state
    )
    return found, f"{settings.SITE_URL}/seals/releases/{found.pk}/enter/{link}/", token


def release_of(client_id: str, release_id: UUID) -> Release:
    """Return a release of this client. Raises NotFound for absent and foreign ones alike."""
    found = Release.objects.filter(client_id=client_id, pk=release_id).first()
    if found is None:
        raise NotFound(kind="release")
    return found


def release_by_link(release_id: UUID, link: str) -> Release:
    """Return the release to which a link leads. Raises NotFound."""
    rows = Release.objects.select_related("releaser", "mandate__deed__responsible__subject", "mandate__seal__subject")
    found = rows.filter(pk=release_id).first()
    if found is None or not same(found.link_hash, keyed_hash(link, _LINK)):
        raise NotFound(kind="release")
    return found


def challenge_of(release: Release) -> codes.Challenge | None:
    """Return the challenge of a release, None before the first code."""
    return codes.state(release.challenge) if release.challenge else None


def send_code(release: Release) -> codes.Challenge:
    """Send the person named in the mandate a code for exactly this release; again, another one.

    Raises DeedClosed, MandateRefused, and what ``codes`` raises.
    """
    _check_open(release)
    known = challenge_of(release)
    if known is not None and known.state == "open":
        return codes.resend(known.id)
    language = release.mandate.deed.responsible.subject.language
    with translation.override(language):
        subject = _("%(count)d cachets, %(purpose)s") % {"count": release.count, "purpose": release.purpose}
    with transaction.atomic():
        challenge = codes.send(
            purpose=_PURPOSE,
            subject=subject,
            mobile_e164=str(release.releaser.mobile),
            binding=_binding(release),
            language=language,
            owner=f"releaser:{release.releaser.mobile_hash}",
        )
        Release.objects.filter(pk=release.pk).update(challenge=challenge.id)
    release.challenge = challenge.id
    return challenge


def confirm(release: Release, typed: str) -> None:
    """Give the release for the code that its person received, counted against the mandate; again changes nothing.

    Raises DeedClosed, MandateRefused, CodeError. Must not be called inside a transaction.
    """
    if release.state == State.GIVEN:
        return
    _check_open(release)
    if release.challenge is None:
        raise codes.CodeExpired
    try:
        codes.check(release.challenge, _binding(release), typed)
    except codes.CodeUsed:
        # It was right a moment ago, and the process died before it was written down.
        codes.check_confirmed(release.challenge, mobile_e164=str(release.releaser.mobile))
    now = timezone.now()
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().get(pk=release.mandate_id)
        rules.check_release(mandate, release.count, now)
        ends_at = min(now + rules.RELEASE_LASTS, mandate.ends_at)
        rows = Release.objects.filter(pk=release.pk, state=State.OPEN)
        if not rows.update(state=State.GIVEN, given_at=now, ends_at=ends_at):
            return
        Mandate.objects.filter(pk=mandate.pk).update(used=F("used") + release.count)
        journal.write("release:given", Actor("person", release.releaser.reference), ids(release), _told(release))
    release.refresh_from_db()


def close(release_id: UUID, actor: Actor) -> Release:
    """End a release for ever and give what it did not use back to the mandate. Repeating changes nothing.

    Whose release it is, is the caller's to know. Activations that it gave and nobody used are taken back.
    """
    with transaction.atomic():
        release = Release.objects.select_for_update().get(pk=release_id)
        if release.state == State.CLOSED:
            return release
        for use in release.uses.filter(settled=False):
            end_use(use)
        release.refresh_from_db()
        if release.state == State.GIVEN:
            Mandate.objects.filter(pk=release.mandate_id).update(used=F("used") - (release.count - release.used))
        release.state, release.closed_at = State.CLOSED, timezone.now()
        release.save(update_fields=["state", "closed_at"])
        journal.write("release:closed", actor, ids(release), {"used": release.used})
    return release


def close_old() -> int:
    """Close the releases that nobody confirmed in time and those whose time is over; return how many."""
    now = timezone.now()
    late = Release.objects.filter(state=State.OPEN, expires_at__lt=now) | Release.objects.filter(
        state=State.GIVEN, ends_at__lt=now
    )
    numbers = list(late.values_list("pk", flat=True)[:200])
    for number in numbers:
        close(number, SYSTEM)
    return len(numbers)


def set_releasers(mandate: Mandate, named: list[rules.Named]) -> None:
    """Keep whom a mandate lets release, in the caller's transaction. A mandate that was given keeps whom it named."""
    for one in named:
        Releaser.objects.update_or_create(
            mandate=mandate,
            reference=one.reference,
            defaults={
                "name": one.name,
                "mobile": one.mobile,
                "mobile_hash": keyed_hash(one.mobile, "seals.releaser"),
            },
        )


def ids(release: Release) -> dict[str, str]:
    """Return the ids under which the journal knows a release."""
    return {"release": str(release.pk), "deed": str(release.mandate_id)}


def _told(release: Release) -> dict[str, object]:
    return {"count": release.count, "list_sha256": release.list_sha256, "releaser": release.releaser.reference}


def _binding(release: Release) -> bytes:
    return f"{release.pk}:{release.mandate_id}:{release.count}:{release.list_sha256}:{release.purpose}".encode()


def _check_open(release: Release) -> None:
    if release.state != State.OPEN or timezone.now() >= release.expires_at:
        raise DeedClosed(state=release.state)
    if release.mandate.withdrawn_at is not None:
        raise MandateRefused(reason="withdrawn")
