"""A sentence in French and in English for every code of a report; ``words`` chooses and fills them."""

Pair = tuple[str, str]

FINDINGS: dict[str, Pair] = {
    # The signature itself.
    "unreadable": ("La signature ne peut pas être lue.", "The signature cannot be read."),
    "not_signed_data": ("Le contenu n'est pas une signature CMS.", "The contents are no CMS signature."),
    "several_signers": (
        "La signature contient plusieurs signataires, ce que le format interdit.",
        "The signature holds several signers, which the format forbids.",
    ),
    "no_signer": ("La signature ne contient aucun signataire.", "The signature holds no signer."),
    "too_many_timestamps": ("La signature contient trop d'horodatages.", "The signature holds too many timestamps."),
    "mixed_algorithms": (
        "La signature nomme deux algorithmes qui se contredisent.",
        "The signature names two algorithms that contradict each other.",
    ),
    "unsupported_algorithm": (
        "L'algorithme de la signature n'est pas pris en charge : elle n'a pas pu être vérifiée.",
        "The algorithm of the signature is not supported: it could not be checked.",
    ),
    "content_inside": (
        "La signature porte sur un autre contenu que ce document.",
        "The signature is over other content than this document.",
    ),
    "content_type_wrong": (
        "La signature ne dit pas porter sur un document.",
        "The signature does not say that it is over a document.",
    ),
    "content_type_missing": (
        "La signature ne dit pas sur quel type de contenu elle porte.",
        "The signature does not say what type of content it is over.",
    ),
    "message_digest_missing": (
        "La signature ne contient pas l'empreinte du document.",
        "The signature does not hold the digest of the document.",
    ),
    "digest_mismatch": (
        "Le document a été modifié : il n'est plus celui qui a été signé.",
        "The document was altered: it is not the one that was signed.",
    ),
    "duplicate_attribute": (
        "La signature contient deux fois le même attribut, ce qui permet de tromper le lecteur.",
        "The signature holds an attribute twice, which can deceive its reader.",
    ),
    "signed_attributes_missing": (
        "Il manque à la signature les attributs que PAdES exige.",
        "The signature lacks the attributes that PAdES requires.",
    ),
    "signature_value_wrong": (
        "La valeur de la signature n'a pas été produite par la clé du signataire.",
        "The signature value was not made by the key of the signer.",
    ),
    "signer_certificate_missing": (
        "Le certificat du signataire n'est pas dans le fichier.",
        "The certificate of the signer is not in the file.",
    ),
    "signing_certificate_missing": (
        "La signature n'est pas liée à un certificat précis, ce que PAdES exige.",
        "The signature is not bound to one certificate, which PAdES requires.",
    ),
    "signing_certificate_wrong": (
        "La signature est liée à un autre certificat que celui qui est présenté.",
        "The signature is bound to another certificate than the one that is shown.",
    ),
    "weak_algorithm": (
        "L'algorithme {algorithm} n'était plus sûr à la date qui compte.",
        "The algorithm {algorithm} was no longer safe at the time that counts.",
    ),
    # The certificate and its path.
    "wrong_usage": (
        "Le certificat « {name} » n'est pas fait pour signer des documents.",
        "The certificate of {name} is not meant for signing documents.",
    ),
    "signed_by_authority": (
        "Le document est signé avec le certificat d'une autorité, qui n'est pas fait pour cela.",
        "The document is signed with the certificate of an authority, which is not meant for that.",
    ),
    "not_trusted": (
        "Le certificat ne remonte à aucune autorité reconnue ici (la chaîne s'arrête à {name}).",
        "The certificate leads to no authority that is trusted here (the chain ends at {name}).",
    ),
    "issuer_is_no_authority": (
        "{name} a délivré un certificat sans être une autorité.",
        "{name} issued a certificate without being an authority.",
    ),
    "anchor_not_in_force": (
        "L'autorité {name} n'était pas reconnue à la date qui compte.",
        "The authority {name} was not trusted at the time that counts.",
    ),
    "expired": (
        "Le certificat « {name} » était expiré à la date qui compte.",
        "The certificate of {name} had expired at the time that counts.",
    ),
    "not_yet_valid": (
        "Le certificat « {name} » n'était pas encore valable à la date qui compte.",
        "The certificate of {name} was not yet valid at the time that counts.",
    ),
    "path_length": (
        "La chaîne de certificats est plus longue que {name} ne le permet.",
        "The chain of certificates is longer than {name} allows.",
    ),
    "name_constraints": (
        "Le nom {name} n'est pas de ceux que son autorité peut certifier.",
        "The name {name} is not one that its authority may certify.",
    ),
    "policy_required": (
        "La chaîne exige une politique de certification que {name} n'a pas.",
        "The chain requires a certificate policy that {name} does not have.",
    ),
    "critical_extension": (
        "Le certificat « {name} » contient une condition inconnue ({oid}) qu'il est interdit d'ignorer.",
        "The certificate of {name} holds an unknown condition ({oid}) that may not be ignored.",
    ),
    "weak_certificate": (
        "Le certificat « {name} » est signé avec {algorithm}, qui n'était plus sûr à la date qui compte.",
        "The certificate of {name} is signed with {algorithm}, which was no longer safe at the time that counts.",
    ),
    "revoked": (
        "Le certificat « {name} » était révoqué à la date qui compte.",
        "The certificate of {name} was revoked at the time that counts.",
    ),
    "on_hold": (
        "Le certificat « {name} » est suspendu : on saura plus tard s'il est rétabli ou révoqué.",
        "The certificate of {name} is suspended: whether it is reinstated or revoked will be known later.",
    ),
    "authority_revoked": (
        "Le certificat de l'autorité {name} était révoqué à la date qui compte.",
        "The certificate of the authority {name} was revoked at the time that counts.",
    ),
    "revocation_unknown": (
        "Rien ne dit si le certificat « {name} » était révoqué ; une vérification en ligne peut le dire.",
        "Nothing tells whether the certificate of {name} was revoked; checking online may tell.",
    ),
    "revocation_stale": (
        "Ce que l'on sait de la révocation du certificat « {name} » est trop ancien.",
        "What is known of the revocation of the certificate of {name} is too old.",
    ),
    "revocation_not_offered": (
        "L'autorité de « {name} » ne publie pas de révocations.",
        "The authority of {name} publishes no revocations.",
    ),
    "revoked_since": (
        "Le certificat « {name} » a été révoqué depuis la signature ; elle reste valable.",
        "The certificate of {name} was revoked after the signature, which stays valid.",
    ),
    "on_hold_since": (
        "Le certificat « {name} » a été suspendu depuis la signature ; elle reste valable.",
        "The certificate of {name} was suspended after the signature, which stays valid.",
    ),
    "expired_since": (
        "Le certificat « {name} » a expiré depuis la signature ; elle reste valable.",
        "The certificate of {name} has expired since the signature, which stays valid.",
    ),
    # Timestamps.
    "timestamp_invalid": (
        "L'horodatage n'est pas valable : il ne porte pas sur cette signature ou il est faux ({reason}).",
        "The timestamp is not valid: it is not over this signature or it is wrong ({reason}).",
    ),
    "timestamp_unit_missing": (
        "Le certificat de l'horodatage n'est pas dans le fichier.",
        "The certificate of the timestamp is not in the file.",
    ),
    "timestamp_not_trusted": (
        "L'horodatage ne vient pas d'une autorité reconnue ici.",
        "The timestamp does not come from an authority that is trusted here.",
    ),
    "timestamp_expired": (
        "Le certificat de l'horodatage ({name}) a expiré sans qu'un autre horodatage l'ait prolongé.",
        "The certificate of the timestamp ({name}) has expired, and no other timestamp renewed it in time.",
    ),
    "timestamp_weak": (
        "L'horodatage repose sur {algorithm}, qui n'est plus sûr.",
        "The timestamp rests on {algorithm}, which is no longer safe.",
    ),
    "timestamp_in_future": (
        "L'horodatage est postérieur à la date de la vérification.",
        "The timestamp is later than the time of this verification.",
    ),
    "timestamp_order": (
        "Les horodatages se contredisent : le plus ancien dit être le plus récent.",
        "The timestamps contradict each other: the older one says that it is the younger.",
    ),
    # Changes and appearance.
    "changes_not_known": (
        "Ce qui a changé depuis la signature n'a pas pu être déterminé.",
        "What changed since the signature could not be told.",
    ),
    "changed_after_signing": (
        "Le document a été modifié après la signature, ce qui n'était pas permis.",
        "The document was changed after the signature, which was not allowed.",
    ),
    "suspicious_changes": (
        "Le document a été modifié après la signature d'une manière qui peut tromper.",
        "The document was changed after the signature in a way that can deceive.",
    ),
    "unsigned_changes": (
        "Des modifications faites après la dernière signature ne sont signées par personne.",
        "Changes made after the last signature are signed by nobody.",
    ),
    "unsigned_changes_permitted": (
        "Des modifications permises par l'auteur ont été faites après la dernière signature.",
        "Changes that the author permits were made after the last signature.",
    ),
    "covered_by_other": (
        "Une signature ajoutée ensuite, qui n'est pas valable, est posée sur cette page.",
        "A signature that was added later and is not valid lies over this page.",
    ),
    "covered_content": (
        "Une signature ajoutée ensuite recouvre ce qui se trouvait sur la page.",
        "A signature that was added later covers what was on the page.",
    ),
    "appearance_changed": (
        "Cette page n'a plus le même aspect que lors de la signature.",
        "This page no longer looks as it did when it was signed.",
    ),
    "pages_not_compared": (
        "L'aspect des pages n'a pas pu être comparé à celui du moment de la signature.",
        "How the pages look could not be compared with how they looked when signed.",
    ),
    # The bytes of the file.
    "byte_range_beyond": (
        "La plage signée dépasse la fin du fichier.",
        "The signed range goes past the end of the file.",
    ),
    "byte_range_end": (
        "La plage signée ne se termine pas là où une version du document se termine.",
        "The signed range does not end where a revision of the document ends.",
    ),
    "byte_range_gap": (
        "La plage signée laisse de côté autre chose que la signature elle-même.",
        "The signed range leaves out more than the signature itself.",
    ),
    "byte_range_huge": ("La plage signée contient des nombres absurdes.", "The signed range holds absurd numbers."),
    "byte_range_overlap": ("Les parties de la plage signée se recouvrent.", "The parts of the signed range overlap."),
    "byte_range_shape": ("La plage signée n'en est pas une.", "The signed range is none."),
    "byte_range_start": (
        "La plage signée ne commence pas au début du fichier.",
        "The signed range does not begin at the beginning of the file.",
    ),
    "contents_missing": ("La signature est vide.", "The signature is empty."),
    "contents_not_hexadecimal": (
        "La signature n'est pas écrite comme la norme l'exige.",
        "The signature is not written as the standard requires.",
    ),
    "contents_padding": (
        "Des octets étrangers suivent la signature là où il ne doit y avoir que des zéros.",
        "Foreign bytes follow the signature where there must be zeros only.",
    ),
    "contents_spaced": ("La signature est écrite avec des espaces.", "The signature is written with spaces."),
    "contents_unreadable": (
        "Le contenu de la signature ne peut pas être lu.",
        "The signature's contents cannot be read.",
    ),
    "copied_byte_range": ("Deux signatures ont la même plage signée.", "Two signatures have the same signed range."),
    "copied_signature": ("La même signature figure deux fois.", "The same signature stands twice."),
    "cross_reference_before_signature": (
        "La table du fichier précède la signature.",
        "The table of the file stands before the signature.",
    ),
    "cross_reference_damaged": ("La table du fichier est abîmée.", "The table of the file is damaged."),
    "duplicate_keys": (
        "Une clé figure deux fois ({key}) : deux lecteurs peuvent voir deux documents différents.",
        "A key stands twice ({key}): two readers may see two different documents.",
    ),
    "entry_into_comment": (
        "La table du fichier renvoie dans un commentaire.",
        "The table of the file points into a comment.",
    ),
    "entry_into_signature": (
        "La table du fichier renvoie dans la signature, qui n'est pas signée.",
        "The table of the file points into the signature, which is not signed.",
    ),
    "entry_into_stream": (
        "La table du fichier renvoie dans un flux de données.",
        "The table of the file points into a stream of data.",
    ),
    "entry_without_object": (
        "La table du fichier renvoie à un endroit où il n'y a rien.",
        "The table of the file points to where there is nothing.",
    ),
    "filter_missing": ("La signature ne nomme pas son filtre.", "The signature does not name its filter."),
    "header_not_first": ("Des octets précèdent le début du PDF.", "Bytes stand before the beginning of the PDF."),
    "layout_too_complex": (
        "L'organisation du fichier est trop complexe pour être vérifiée.",
        "The layout of the file is too complex to be checked.",
    ),
    "object_listed_twice": ("Un objet figure deux fois dans la table.", "An object is listed twice in the table."),
    "revision_not_read": (
        "La version signée n'est pas celle que les lecteurs affichent.",
        "The signed revision is not among those that readers show.",
    ),
    "revision_order": (
        "Les versions du document ne se suivent pas.",
        "The revisions of the document are out of order.",
    ),
    "shared_value": ("Plusieurs champs partagent une même signature.", "Several fields share one signature."),
    "signature_misplaced": (
        "La signature n'est pas là où elle doit être dans le fichier.",
        "The signature is not where it must be in the file.",
    ),
    "signature_unreadable": ("La signature ne peut pas être lue.", "The signature cannot be read."),
    "stray_signature": (
        "Le fichier contient une signature qui n'appartient à aucun champ.",
        "The file holds a signature that belongs to no field.",
    ),
    "subfilter_mismatch": (
        "La signature n'est pas du type qu'elle annonce.",
        "The signature is not of the type that it says.",
    ),
    "subfilter_unknown": ("Le type de la signature est inconnu.", "The type of the signature is not known."),
    "too_many_signatures": ("Le fichier contient trop de signatures.", "The file holds too many signatures."),
    "trailing_bytes": (
        "Des octets que personne n'a signés suivent la fin du document.",
        "Bytes that nobody signed follow the end of the document.",
    ),
    "two_readings": (
        "Le fichier peut être lu de deux manières différentes.",
        "The file can be read in two different ways.",
    ),
    "type_unknown": ("La signature est d'un type inconnu.", "The signature is of an unknown type."),
    "unlisted_object": (
        "Le fichier contient un objet qui ne figure pas dans sa table.",
        "The file holds an object that its table does not list.",
    ),
}

CHANGES: dict[str, Pair] = {
    "action": ("une action", "an action"),
    "annotation": ("une annotation", "an annotation"),
    "annotation_order": ("l'ordre des annotations", "the order of annotations"),
    "annotation_removed": ("une annotation retirée", "an annotation removed"),
    "appearance": ("l'aspect d'une page", "the look of a page"),
    "catalog_entry": ("une entrée du catalogue", "an entry of the catalog"),
    "catalog_swapped": ("le catalogue remplacé", "the catalog replaced"),
    "certification": ("la certification", "the certification"),
    "document_timestamp": ("un horodatage du document", "a document timestamp"),
    "dss": ("des preuves de validité", "proofs of validity"),
    "embedded_file": ("un fichier joint", "an embedded file"),
    "encryption": ("le chiffrement", "the encryption"),
    "field": ("un champ de formulaire", "a form field"),
    "field_added": ("un champ ajouté", "a field added"),
    "field_flags": ("les options d'un champ", "the options of a field"),
    "field_hidden": ("un champ caché", "a field hidden"),
    "field_moved": ("un champ déplacé", "a field moved"),
    "field_removed": ("un champ retiré", "a field removed"),
    "font": ("une police", "a font"),
    "form_appearance": ("l'aspect d'un champ", "the look of a field"),
    "form_entry": ("une entrée du formulaire", "an entry of the form"),
    "form_removed": ("le formulaire retiré", "the form removed"),
    "form_resources": ("les ressources du formulaire", "the resources of the form"),
    "form_value": ("la valeur d'un champ", "the value of a field"),
    "image": ("une image", "an image"),
    "info": ("les informations du document", "the document information"),
    "javascript": ("un script", "a script"),
    "layers": ("les calques", "the layers"),
    "metadata": ("les métadonnées", "the metadata"),
    "names": ("les noms du document", "the names of the document"),
    "object_generation": ("la génération d'un objet", "the generation of an object"),
    "object_stream": ("un flux d'objets", "an object stream"),
    "outlines": ("les signets", "the bookmarks"),
    "page_content": ("le contenu d'une page", "the content of a page"),
    "page_entry": ("une entrée d'une page", "an entry of a page"),
    "page_geometry": ("le format d'une page", "the geometry of a page"),
    "page_tree": ("la suite des pages", "the order of pages"),
    "signature": ("une signature", "a signature"),
    "signature_appearance": ("l'aspect d'une signature", "the look of a signature"),
    "signature_field": ("un champ de signature", "a signature field"),
    "signature_replaced": ("une signature remplacée", "a signature replaced"),
    "structure": ("la structure du document", "the structure of the document"),
    "unreadable": ("une partie illisible", "a part that cannot be read"),
    "xfa": ("un formulaire XFA", "an XFA form"),
}
INDICATIONS: dict[str, Pair] = {
    "TOTAL-PASSED": ("Valable", "Valid"),
    "INDETERMINATE": ("Indéterminé", "Indeterminate"),
    "TOTAL-FAILED": ("Non valable", "Not valid"),
    "NO-SIGNATURE": ("Sans signature", "Not signed"),
}
SUB_INDICATIONS: dict[str, Pair] = {
    "FORMAT_FAILURE": ("la forme de la signature est fautive", "the signature is malformed"),
    "HASH_FAILURE": ("le contenu signé a changé", "the signed content was changed"),
    "SIG_CRYPTO_FAILURE": ("la valeur de la signature est fausse", "the signature value is wrong"),
    "REVOKED": ("le certificat était révoqué", "the certificate was revoked"),
    "EXPIRED": ("le certificat était expiré", "the certificate had expired"),
    "NOT_YET_VALID": ("la date est trop tôt", "the time is too early"),
    "SIG_CONSTRAINTS_FAILURE": ("une condition de la vérification manque", "a condition of the verification fails"),
    "CHAIN_CONSTRAINTS_FAILURE": ("une règle de la chaîne est enfreinte", "a rule of the chain is broken"),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": ("la chaîne n'a pas pu être vérifiée", "the chain could not be checked"),
    "CRYPTO_CONSTRAINTS_FAILURE": ("un algorithme n'était plus sûr", "an algorithm was no longer safe"),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": (
        "un algorithme n'est plus sûr et rien ne prouve la date",
        "an algorithm is no longer safe and nothing proves the time",
    ),
    "POLICY_PROCESSING_ERROR": ("la politique est inapplicable", "the policy cannot be applied"),
    "TIMESTAMP_ORDER_FAILURE": ("les horodatages se contredisent", "the timestamps contradict each other"),
    "NO_SIGNING_CERTIFICATE_FOUND": ("le certificat du signataire manque", "the signer's certificate is missing"),
    "NO_CERTIFICATE_CHAIN_FOUND": ("aucune autorité reconnue", "no trusted authority"),
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": (
        "aucune autorité reconnue à une date prouvée",
        "no trusted authority at a proved time",
    ),
    "REVOKED_NO_POE": (
        "le certificat est révoqué et rien ne prouve que la signature est antérieure",
        "the certificate is revoked and nothing proves that the signature is older",
    ),
    "REVOKED_CA_NO_POE": (
        "une autorité est révoquée et rien ne prouve que la signature est antérieure",
        "an authority is revoked and nothing proves that the signature is older",
    ),
    "OUT_OF_BOUNDS_NO_POE": (
        "un certificat n'est plus valable et rien ne prouve que la signature est antérieure",
        "a certificate is no longer valid and nothing proves that the signature is older",
    ),
    "OUT_OF_BOUNDS_NOT_REVOKED": (
        "un certificat n'est plus valable, sans avoir été révoqué",
        "a certificate is no longer valid, but was not revoked",
    ),
    "NO_POE": ("rien ne prouve la date", "nothing proves the time"),
    "TRY_LATER": ("des informations de révocation manquent", "revocation information is missing"),
    "SIGNED_DATA_NOT_FOUND": ("ce qui est signé manque", "what is signed is missing"),
}
LEVELS: dict[str, Pair] = {
    "B-B": ("PAdES B-B : signature simple", "PAdES B-B: basic signature"),
    "B-T": ("PAdES B-T : signature horodatée", "PAdES B-T: signature with a timestamp"),
    "B-LT": ("PAdES B-LT : preuves de validité incluses", "PAdES B-LT: proofs of validity inside"),
    "B-LTA": ("PAdES B-LTA : preuves archivées", "PAdES B-LTA: archived proofs"),
    "PKCS7-B": ("PKCS#7 : signature simple", "PKCS#7: basic signature"),
    "PKCS7-T": ("PKCS#7 : signature horodatée", "PKCS#7: signature with a timestamp"),
    "PKCS7-LT": ("PKCS#7 : preuves de validité incluses", "PKCS#7: proofs of validity inside"),
    "PKCS7-LTA": ("PKCS#7 : preuves archivées", "PKCS#7: archived proofs"),
    "timestamp": ("horodatage du document", "document timestamp"),
    "none": ("aucun niveau", "no level"),
}
TIME_SOURCES: dict[str, Pair] = {
    "timestamp": ("prouvée par un horodatage", "proved by a timestamp"),
    "document_timestamp": ("prouvée par un horodatage du document", "proved by a document timestamp"),
    "claimed": ("déclarée par le signataire, non prouvée", "claimed by the signer, not proved"),
    "validation": ("celle de la vérification", "that of the verification"),
}
