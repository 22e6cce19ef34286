"""The door of sealing: seals of firms, batches, releases, results, deliveries."""

from paraphe.platform.sealing.batches import RIGHTS, cancel, change, create, delete, pause, remove_items, resume
from paraphe.platform.sealing.closing import retry
from paraphe.platform.sealing.delivering import Match, Received, Recipient, match, received, received_file, send
from paraphe.platform.sealing.errors import (
    ArchiveRefused,
    BadMandate,
    BadMatching,
    BadName,
    BadOptions,
    BatchFull,
    FileTooLarge,
    MayNot,
    NameTaken,
    NoSeal,
    NothingReady,
    NoWayToRelease,
    ReturnMismatch,
    SealAsked,
    SecondPersonNeeded,
    WrongBatchState,
)
from paraphe.platform.sealing.exporting import export
from paraphe.platform.sealing.intake import Brought, Taken, add
from paraphe.platform.sealing.parcels import bring_to_split, bring_zip
from paraphe.platform.sealing.provider import RETURN_PATH
from paraphe.platform.sealing.queries import (
    BatchView,
    Details,
    ItemView,
    ParcelView,
    ReleaseView,
    details,
    duplicates,
    get,
    items,
    listing,
    titles,
)
from paraphe.platform.sealing.releasing import begin as begin_release
from paraphe.platform.sealing.releasing import propose
from paraphe.platform.sealing.releasing import returned as release_returned
from paraphe.platform.sealing.releasing import withdraw as withdraw_release
from paraphe.platform.sealing.results import archive, manifest_file, one_file
from paraphe.platform.sealing.rules import MOST_ITEMS, Options, clean_path
from paraphe.platform.sealing.seals import SealView, in_force, seals_of
from paraphe.platform.sealing.seals import ask as ask_seal
from paraphe.platform.sealing.seals import returned as seal_returned
from paraphe.platform.sealing.seals import revoke as revoke_seal
from paraphe.platform.sealing.standing import StandingView
from paraphe.platform.sealing.standing import ask as ask_standing
from paraphe.platform.sealing.standing import listing as standing_mandates
from paraphe.platform.sealing.standing import returned as standing_returned
from paraphe.platform.sealing.standing import withdraw as withdraw_standing

__all__ = [
    "MOST_ITEMS",
    "RETURN_PATH",
    "RIGHTS",
    "ArchiveRefused",
    "BadMandate",
    "BadMatching",
    "BadName",
    "BadOptions",
    "BatchFull",
    "BatchView",
    "Brought",
    "Details",
    "FileTooLarge",
    "ItemView",
    "Match",
    "MayNot",
    "NameTaken",
    "NoSeal",
    "NoWayToRelease",
    "NothingReady",
    "Options",
    "ParcelView",
    "Received",
    "Recipient",
    "ReleaseView",
    "ReturnMismatch",
    "SealAsked",
    "SealView",
    "SecondPersonNeeded",
    "StandingView",
    "Taken",
    "WrongBatchState",
    "add",
    "archive",
    "ask_seal",
    "ask_standing",
    "begin_release",
    "bring_to_split",
    "bring_zip",
    "cancel",
    "change",
    "clean_path",
    "create",
    "delete",
    "details",
    "duplicates",
    "export",
    "get",
    "in_force",
    "items",
    "listing",
    "manifest_file",
    "match",
    "one_file",
    "pause",
    "propose",
    "received",
    "received_file",
    "release_returned",
    "remove_items",
    "resume",
    "retry",
    "revoke_seal",
    "seal_returned",
    "seals_of",
    "send",
    "standing_mandates",
    "standing_returned",
    "titles",
    "withdraw_release",
    "withdraw_standing",
]
