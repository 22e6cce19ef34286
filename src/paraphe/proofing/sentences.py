"""One sentence for each reason, in French and English.

What is wrong and what to do, for the person; what to look at, for the officer. Placeholders are filled from the values
of a finding.
"""

from paraphe.proofing.reasons import Reason
from paraphe.proofing.verdict import Finding

#: Reason → (French, English).
SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.EMPTY: ("Ce fichier est vide. Choisissez-en un autre.", "This file is empty. Choose another one."),
    Reason.TOO_LARGE: (
        "Ce fichier dépasse 10 Mo. Réduisez la taille de la photo, puis réessayez.",
        "This file is larger than 10 MB. Make the photo smaller, then try again.",
    ),
    Reason.UNSUPPORTED_TYPE: (
        "Ce fichier n'est ni une photo JPG ou PNG, ni un PDF.",
        "This file is neither a JPG or PNG photo nor a PDF.",
    ),
    Reason.HEIC: (
        "Cette photo est au format HEIC de l'iPhone. Dans Réglages, Appareil photo, Formats, choisissez « Le plus "
        "compatible », puis reprenez la photo.",
        "This photo is in the iPhone's HEIC format. In Settings, Camera, Formats, choose “Most Compatible”, then take "
        "the photo again.",
    ),
    Reason.UNREADABLE: (
        "Ce fichier est endommagé et ne peut pas être lu. Reprenez la photo ou choisissez-en une autre.",
        "This file is damaged and cannot be read. Take the photo again or choose another one.",
    ),
    Reason.ENCRYPTED: (
        "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection, puis réessayez.",
        "This PDF is protected by a password. Save it without protection, then try again.",
    ),
    Reason.NO_PAGES: ("Ce PDF ne contient aucune page.", "This PDF has no pages."),
    Reason.TOO_MANY_PAGES: (
        "Ce PDF contient trop de pages. Ne gardez que celles qui montrent votre document.",
        "This PDF has too many pages. Keep only those that show your document.",
    ),
    Reason.TOO_MANY_PIXELS: (
        "Cette image est trop grande. Prenez la photo avec une définition normale (50 mégapixels au plus).",
        "This image is too large. Take the photo at a normal resolution (50 megapixels at most).",
    ),
    Reason.TOO_SMALL: (
        "Le document est trop petit sur l'image pour être lu. Rapprochez-vous, ou envoyez la photo d'origine.",
        "The document is too small on the image to be read. Move closer, or send the original photo.",
    ),
    Reason.BLANK: (
        "On ne voit rien sur cette image. Vérifiez que vous avez choisi le bon fichier.",
        "There is nothing to be seen on this image. Check that you chose the right file.",
    ),
    Reason.DARK: (
        "Cette photo est trop sombre. Reprenez-la près d'une fenêtre ou sous une lampe.",
        "This photo is too dark. Take it again near a window or under a lamp.",
    ),
    Reason.NOT_COLOUR: (
        "Cette image est en noir et blanc, ou c'est une photocopie. Photographiez le document lui-même, en couleur.",
        "This image is black and white, or it is a photocopy. Photograph the document itself, in colour.",
    ),
    Reason.BLURRED: (
        "Cette photo semble floue. Vérifiez que tout se lit avant de l'envoyer.",
        "This photo looks blurred. Check that everything can be read before you send it.",
    ),
    Reason.GLARE: (
        "Un reflet couvre une partie du document. Inclinez-le un peu, ou éteignez le flash.",
        "A reflection covers a part of the document. Tilt it a little, or switch the flash off.",
    ),
    Reason.CUT: (
        "Une partie du document est hors du cadre. Reprenez la photo avec les quatre coins visibles.",
        "A part of the document is outside the picture. Take the photo again with all four corners visible.",
    ),
    Reason.CORNER_COVERED: (
        "Un coin du document est caché, sans doute par un doigt. Posez-le et reprenez la photo sans le tenir.",
        "A corner of the document is covered, most likely by a finger. Put it down and take the photo without holding "
        "it.",
    ),
    Reason.OUTLINE_NOT_FOUND: (
        "Le contour du document ne se distingue pas. Posez-le sur un fond uni et plus sombre.",
        "The outline of the document does not stand out. Put it on a plain, darker surface.",
    ),
    Reason.SCREEN_SUSPECTED: (
        "L'image a la trame d'un écran photographié : le document lui-même était-il devant l'appareil ?",
        "The image has the grain of a photographed screen: was the document itself before the camera?",
    ),
    Reason.COPY_SUSPECTED: (
        "Le document est entouré d'une feuille blanche, comme une copie sur papier.",
        "The document is surrounded by a white sheet, like a copy on paper.",
    ),
    Reason.NO_DOCUMENT: (
        "Aucun document d'identité n'a été trouvé sur cette image. Photographiez votre document, à plat et de près.",
        "No identity document was found on this image. Photograph your document, flat and from close by.",
    ),
    Reason.WRONG_SIDE: (
        "Ce n'est pas la bonne face du document. Photographiez l'autre face.",
        "This is not the right side of the document. Photograph the other side.",
    ),
    Reason.SAME_SIDE_TWICE: (
        "La même face a été envoyée deux fois. Photographiez l'autre face.",
        "The same side was sent twice. Photograph the other side.",
    ),
    Reason.SIDES_DIFFER: (
        "Les deux faces ne semblent pas être celles du même document.",
        "The two sides do not seem to belong to the same document.",
    ),
    Reason.KIND_MISMATCH: (
        "Le document photographié n'est pas celui que vous avez annoncé. Changez de document ou de choix.",
        "The document on the photo is not the kind that you chose. Change the document or the choice.",
    ),
    Reason.KIND_WITHOUT_PROFILE: (
        "Ce modèle de document est toujours vérifié par un agent.",
        "This model of document is always checked by an officer.",
    ),
    Reason.COUNTRY_UNKNOWN: (
        "Le code de pays « {seen} » n'existe pas : erreur de lecture, ou document à examiner.",
        "The country code “{seen}” does not exist: a reading error, or a document to be examined.",
    ),
    Reason.SPECIMEN_DOCUMENT: (
        "Ce document est un spécimen publié, ou en porte la mention.",
        "This document is a published specimen, or says that it is one.",
    ),
    Reason.MRZ_UNREADABLE: (
        "Les lignes de lettres et de chevrons « < » n'ont pas pu être lues. Reprenez la photo, nette et sans reflet.",
        "The lines of letters and “<” signs could not be read. Take the photo again, sharp and without reflections.",
    ),
    Reason.CHECK_DIGIT_WRONG: (
        "Des clés de contrôle sont fausses ({digits}) : lecture incertaine, ou document altéré.",
        "Check digits are wrong ({digits}): an uncertain reading, or an altered document.",
    ),
    Reason.REPAIRED: (
        "Un caractère a été corrigé pour que les clés soient justes : « {seen} » lu, « {expected} » retenu.",
        "One character was corrected to make the check digits right: “{seen}” read, “{expected}” kept.",
    ),
    Reason.LOW_CONFIDENCE: (
        "Au moins un caractère de la zone de lecture est incertain.",
        "At least one character of the machine readable zone is uncertain.",
    ),
    Reason.NUMBER_AMBIGUOUS: (
        "Des zéros du numéro peuvent être des lettres O, ou l'inverse : la clé de contrôle convient aux deux lectures.",
        "Zeros of the number may be letters O, or the reverse: the check digit fits both readings.",
    ),
    Reason.READERS_DISAGREE: (
        "Les deux lecteurs ne lisent pas la même chose : {count} caractère(s) à comparer.",
        "The two readers do not read the same: {count} character(s) to compare.",
    ),
    Reason.ONE_READER_ONLY: (
        "Un seul des deux lecteurs a pu lire la zone.",
        "Only one of the two readers could read the zone.",
    ),
    Reason.PRINT_DIFFERS: (
        "Le texte imprimé n'est pas celui de la zone de lecture : « {seen} » au lieu de « {expected} ».",
        "The print is not what the machine readable zone says: “{seen}” instead of “{expected}”.",
    ),
    Reason.PRINT_UNREAD: (
        "Une mention imprimée n'a pas pu être lue : {field}.",
        "A printed field could not be read: {field}.",
    ),
    Reason.SEAL_UNTRUSTED: (
        "Le cachet visible est signé par une autorité qui n'est pas configurée.",
        "The visible seal is signed by an authority that is not configured.",
    ),
    Reason.SEAL_BAD: (
        "La signature du cachet visible est fausse.",
        "The signature of the visible seal is wrong.",
    ),
    Reason.SEAL_DIFFERS: (
        "Le cachet visible dit autre chose que le document : {field}.",
        "The visible seal says something else than the document: {field}.",
    ),
    Reason.EXPIRED: (
        "Ce document n'est plus valable depuis le {effective}. Présentez-en un autre.",
        "This document has not been valid since {effective}. Show another one.",
    ),
    Reason.SUSPECT_TERM: (
        "La durée entre la délivrance et l'expiration n'a jamais été accordée à ce titulaire.",
        "The time between issue and expiry was never given to such a holder.",
    ),
    Reason.SUSPECT_ISSUE_DATE: (
        "La date de délivrance n'est pas possible pour ce modèle ou ce titulaire.",
        "The date of issue is not possible for this model or this holder.",
    ),
    Reason.ISSUE_DAY_UNREAD: (
        "Le jour de délivrance décide de la validité et n'a pas pu être lu.",
        "The day of issue decides the validity and could not be read.",
    ),
    Reason.MINOR: ("La personne est mineure.", "The person is a minor."),
    Reason.NAME_MISMATCH: (
        "Le nom lu sur le document n'est pas celui de votre demande : « {seen} » au lieu de « {expected} ».",
        "The name read on the document is not that of your request: “{seen}” instead of “{expected}”.",
    ),
    Reason.NAME_NEAR: (
        "Le nom diffère légèrement : « {seen} » sur le document, « {expected} » dans la demande.",
        "The name differs slightly: “{seen}” on the document, “{expected}” in the request.",
    ),
    Reason.BIRTH_DATE_MISMATCH: (
        "La date de naissance du document n'est pas celle de votre demande : {seen} au lieu de {expected}.",
        "The birth date on the document is not that of your request: {seen} instead of {expected}.",
    ),
    Reason.NUMBER_SEEN: (
        "Ce document a déjà été présenté par une autre personne.",
        "This document was shown before by somebody else.",
    ),
    Reason.NUMBER_NEAR_SEEN: (
        "Un document au numéro presque identique a été présenté par une autre personne.",
        "A document with an almost identical number was shown by somebody else.",
    ),
    Reason.IMAGE_SEEN: (
        "Cette photographie a déjà été envoyée par une autre personne.",
        "This photograph was sent before by somebody else.",
    ),
    Reason.RETAKES_USED_UP: (
        "Plusieurs photographies n'ont pas suffi : un agent examine la dernière.",
        "Several photographs were not enough: an officer looks at the last one.",
    ),
    Reason.SAMPLED: (
        "Dossier tiré au sort pour un contrôle par un agent.",
        "Case drawn at random for a check by an officer.",
    ),
    Reason.NOT_READ: (
        "La lecture automatique n'a pas eu lieu : tout est à vérifier à l'œil.",
        "The machine did not read this document: everything has to be checked by eye.",
    ),
}
_FIELDS = {
    "surname": ("nom", "surname"),
    "given_names": ("prénoms", "given names"),
    "birth_date": ("date de naissance", "date of birth"),
    "number": ("numéro", "number"),
    "expiry": ("date d'expiration", "date of expiry"),
    "mrz": ("zone de lecture", "machine readable zone"),
}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentence(of: Finding | Reason, language: str) -> str:
    """Return the sentence for a finding or a reason in ``language`` (``fr``; anything else is English)."""
    finding = of if isinstance(of, Finding) else Finding(of)
    place = 0 if language.startswith("fr") else 1
    values = dict(finding.values)
    if values.get("field") in _FIELDS:
        values["field"] = _FIELDS[values["field"]][place]
    if place == 0:
        text = SENTENCES[finding.reason][0].format_map(_Blank(values))
        # French sets a space that does not break before these signs, and within its quotation marks.
        for sign in ("?", "!", ":", ";", "»"):
            text = text.replace(f" {sign}", f"\N{NO-BREAK SPACE}{sign}")
        return text.replace("« ", "«\N{NO-BREAK SPACE}")
    return SENTENCES[finding.reason][1].format_map(_Blank(values))
