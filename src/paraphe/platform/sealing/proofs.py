"""Revocation information of one batch: asked for once, kept, and given to every worker on every host."""

import base64
import hashlib
import json
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.pki.ports import RevocationInfo, RevocationSource
from paraphe.platform.sealing.models import Batch

#: What is older is asked for again: a batch of hours does not end with what was true at its beginning.
FRESH = timedelta(minutes=10)


class Shared:
    """A source of revocation information that keeps what it learns beside the batch."""

    def __init__(self, batch: Batch, source: RevocationSource) -> None:
        self._batch, self._source = batch, source
        self._known = _kept(batch)

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return what is known of a certificate, asked for where nobody did. Raises RevocationUnavailable."""
        key = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._source.revocation_info(certificate, issuer)
            self._keep()
        return known

    def _keep(self) -> None:
        body = {key: [_text(info.ocsp), _text(info.crl)] for key, info in self._known.items()}
        with transaction.atomic():
            batch = Batch.objects.select_for_update().get(pk=self._batch.pk)
            if batch.proofs_file is not None:
                files.destroy(batch.proofs_file)
            stored = files.store(json.dumps(body).encode(), purpose="sealing.proofs")
            fresh = batch.proofs_at is not None and timezone.now() - batch.proofs_at < FRESH
            at = batch.proofs_at if fresh else timezone.now()
            Batch.objects.filter(pk=batch.pk).update(proofs_file=stored.id, proofs_at=at)


def _kept(batch: Batch) -> dict[str, RevocationInfo]:
    if batch.proofs_file is None or batch.proofs_at is None or timezone.now() - batch.proofs_at >= FRESH:
        return {}
    try:
        body = json.loads(files.read(batch.proofs_file))
    except (files.FileUnknown, files.FileBroken):  # another worker put a newer one there
        return {}
    return {key: RevocationInfo(ocsp=_bytes(ocsp), crl=_bytes(crl)) for key, (ocsp, crl) in body.items()}


def _text(data: bytes | None) -> str | None:
    return base64.b64encode(data).decode() if data is not None else None


def _bytes(text: str | None) -> bytes | None:
    return base64.b64decode(text) if text is not None else None
