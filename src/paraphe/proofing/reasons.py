"""Why a photograph or a document is not simply accepted: stable codes, and what becomes of the case."""

from enum import StrEnum


class Reason(StrEnum):
    """One reason. The values are stable: they are stored, and stand in the evidence. Sentences: ``sentences``."""

    # The file.
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    HEIC = "heic"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    NO_PAGES = "no_pages"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"

    # The photograph.
    TOO_SMALL = "too_small"
    BLANK = "blank"
    DARK = "dark"
    NOT_COLOUR = "not_colour"
    BLURRED = "blurred"
    GLARE = "glare"
    CUT = "cut"
    CORNER_COVERED = "corner_covered"
    OUTLINE_NOT_FOUND = "outline_not_found"
    SCREEN_SUSPECTED = "screen_suspected"
    COPY_SUSPECTED = "copy_suspected"

    # The document.
    NO_DOCUMENT = "no_document"
    WRONG_SIDE = "wrong_side"
    SAME_SIDE_TWICE = "same_side_twice"
    SIDES_DIFFER = "sides_differ"
    KIND_MISMATCH = "kind_mismatch"
    KIND_WITHOUT_PROFILE = "kind_without_profile"
    COUNTRY_UNKNOWN = "country_unknown"
    SPECIMEN_DOCUMENT = "specimen_document"

    # What is printed on it.
    MRZ_UNREADABLE = "mrz_unreadable"
    CHECK_DIGIT_WRONG = "check_digit_wrong"
    REPAIRED = "repaired"
    LOW_CONFIDENCE = "low_confidence"
    READERS_DISAGREE = "readers_disagree"
    NUMBER_AMBIGUOUS = "number_ambiguous"
    ONE_READER_ONLY = "one_reader_only"
    PRINT_DIFFERS = "print_differs"
    PRINT_UNREAD = "print_unread"
    SEAL_UNTRUSTED = "seal_untrusted"
    SEAL_BAD = "seal_bad"
    SEAL_DIFFERS = "seal_differs"

    # Its validity.
    EXPIRED = "expired"
    SUSPECT_TERM = "suspect_term"
    SUSPECT_ISSUE_DATE = "suspect_issue_date"
    ISSUE_DAY_UNREAD = "issue_day_unread"
    MINOR = "minor"

    # The person.
    NAME_MISMATCH = "name_mismatch"
    NAME_NEAR = "name_near"
    BIRTH_DATE_MISMATCH = "birth_date_mismatch"

    # What is known from elsewhere.
    NUMBER_SEEN = "number_seen"
    NUMBER_NEAR_SEEN = "number_near_seen"
    IMAGE_SEEN = "image_seen"
    RETAKES_USED_UP = "retakes_used_up"
    SAMPLED = "sampled"
    NOT_READ = "not_read"


#: Another photograph (or another document) mends these: the person is asked before any officer is.
RETAKE = frozenset(
    {
        Reason.EMPTY,
        Reason.TOO_LARGE,
        Reason.UNSUPPORTED_TYPE,
        Reason.HEIC,
        Reason.UNREADABLE,
        Reason.ENCRYPTED,
        Reason.NO_PAGES,
        Reason.TOO_MANY_PAGES,
        Reason.TOO_MANY_PIXELS,
        Reason.TOO_SMALL,
        Reason.BLANK,
        Reason.DARK,
        Reason.NOT_COLOUR,
        Reason.CUT,
        Reason.CORNER_COVERED,
        Reason.NO_DOCUMENT,
        Reason.WRONG_SIDE,
        Reason.SAME_SIDE_TWICE,
        Reason.KIND_MISMATCH,
        Reason.MRZ_UNREADABLE,
        Reason.EXPIRED,
        Reason.NAME_MISMATCH,
        Reason.BIRTH_DATE_MISMATCH,
    }
)
#: These say something of the photograph and stop nothing by themselves.
HINTS = frozenset({Reason.BLURRED, Reason.GLARE})
