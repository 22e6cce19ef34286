"""The door of the registration authority: subjects, identity cases, decisions of officers."""

from paraphe.trust.ra.cases import destroy_due_images, open_case, put_page, submit
from paraphe.trust.ra.models import CaseState, Decision, IdentityCase, IdentityPage, Officer, Subject, Verdict
from paraphe.trust.ra.officers import case_for, create_officer, decide, page_image_for, queue
from paraphe.trust.ra.rules import (
    CHECKLIST,
    REFUSAL_REASONS,
    RETAKE_REASONS,
    accepted_kind,
    checklist_of,
    sides_of,
)
from paraphe.trust.ra.subjects import (
    Kind,
    SubjectData,
    as_seal,
    case_of,
    create_subject,
    data_of,
    erase_mobile,
    locked_subject,
    mobile_of,
    subject,
)

__all__ = [
    "CHECKLIST",
    "REFUSAL_REASONS",
    "RETAKE_REASONS",
    "CaseState",
    "Decision",
    "IdentityCase",
    "IdentityPage",
    "Kind",
    "Officer",
    "Subject",
    "SubjectData",
    "Verdict",
    "accepted_kind",
    "as_seal",
    "case_for",
    "case_of",
    "checklist_of",
    "create_officer",
    "create_subject",
    "data_of",
    "decide",
    "destroy_due_images",
    "erase_mobile",
    "locked_subject",
    "mobile_of",
    "open_case",
    "page_image_for",
    "put_page",
    "queue",
    "sides_of",
    "subject",
    "submit",
]
