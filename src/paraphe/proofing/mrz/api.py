"""The door of the machine readable zone."""

from paraphe.proofing.mrz.blind import LOOK_ALIKES, fold, other_number
from paraphe.proofing.mrz.checks import DigitCheck, check_digit, verify
from paraphe.proofing.mrz.fitting import HOMOGLYPHS, fitted, format_of, normalised
from paraphe.proofing.mrz.formats import FILLER, FORMATS, Format, MrzMalformed, refined
from paraphe.proofing.mrz.parsing import MrzData, parse
from paraphe.proofing.mrz.repair import Repair, repair

__all__ = [
    "FILLER",
    "FORMATS",
    "HOMOGLYPHS",
    "LOOK_ALIKES",
    "DigitCheck",
    "Format",
    "MrzData",
    "MrzMalformed",
    "Repair",
    "check_digit",
    "fitted",
    "fold",
    "format_of",
    "normalised",
    "other_number",
    "parse",
    "refined",
    "repair",
    "verify",
]
