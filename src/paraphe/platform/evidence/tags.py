"""The one vocabulary of events: `noun:verb`. History pages, notices and evidence files are read from it.

A tag never changes meaning. A new one is added here first.
"""

TAGS: frozenset[str] = frozenset(
    {
        "person:signed-in",
        "person:signed-out",
        "enrolment:started",
        "enrolment:confirmed",
        "enrolment:mobile-given",
        "enrolment:sent-to-trust",
        "enrolment:returned",
        "enrolment:certificate-received",
        "enrolment:identity-refused",
        "enrolment:terms-accepted",
        "enrolment:completed",
        "firm:opened",
        "contact:added",
        "contact:changed",
        "contact:deleted",
        "contact:imported",
        "contact:exported",
        "contact:erased",
        "firm:options-changed",
        "firm:terms-signed",
        "firm:exported",
        "firm:closed",
        "firm:reopened",
        "document:added",
        "document:opened",
        "document:downloaded",
        "document:signed",
        "document:deleted",
        "signature:prepared",
        "signature:authorised",
        "signature:declined",
        "signature:received",
        "signature:completed",
        "signature:failed",
        "credit:topped-up",
        "credit:reserved",
        "credit:debited",
        "credit:given-back",
    }
)
