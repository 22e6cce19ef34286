"""The pages of an evidence file: for a reader who has nothing else, ten years later. Made from the record alone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paraphe.pdf import api as pdf
from paraphe.platform.evidence import api as evidence

Record = dict[str, Any]
GROUP: Final = 8


def document(record: Record, now: datetime, *, digest: str) -> pdf.TextDocument:
    """Return the pages; ``digest`` is that of the record inside. In the language that is active."""
    collection = record["collection"]
    title = _("Attestation de signature") if record["kind"] == "attestation" else _("Dossier de preuve")
    blocks = [
        *_what(record),
        *_about(collection),
        *_people(record),
        *_documents(record),
        *_events(record),
        *_chain(record["chain"]),
        *_texts(collection),
        *_inside(record, digest),
    ]
    return pdf.TextDocument(
        title=title,
        subtitle=f"{collection['title']} — {collection['firm_name']}",
        language=get_language() or "fr",
        version=collection["id"][:8],
        created=now,
        blocks=tuple(blocks),
    )


def record_words() -> str:
    """Return what the record inside is."""
    return _("Le même dossier, lisible par un programme (JSON)")


def file_words(kind: str) -> str:
    """Return what an associated file is."""
    words = {
        "certificate": _("Certificat (X.509)"),
        "ocsp": _("Réponse OCSP : état d'un certificat"),
        "list": _("Liste de révocation"),
        "timestamp": _("Jeton d'horodatage d'une signature ou d'un document (RFC 3161)"),
        "anchor": _("Jeton d'horodatage de la chaîne des événements (RFC 3161)"),
        "consent": _("Texte accepté par les signataires"),
    }
    return words[kind]


def _what(record: Record) -> Iterator[pdf.Block]:
    if record["kind"] == "attestation":
        yield pdf.Paragraph(
            _(
                "Cette attestation dit ce qu'une personne a fait dans une collecte de signatures, pour un document. "
                "Elle ne dit rien des autres destinataires : leurs actes n'y figurent que par des empreintes."
            )
        )
    else:
        yield pdf.Paragraph(
            _(
                "Ce dossier rassemble ce qui prouve comment ces documents ont été présentés, lus et signés. Il se "
                "suffit à lui-même : ce que ces pages disent est aussi dans le fichier record.json joint à ce PDF, "
                "avec les certificats, les horodatages et les textes acceptés."
            )
        )
    yield pdf.Paragraph(
        _(
            "Il est scellé par l'exploitant de la plate-forme {site} et horodaté : toute modification se voit dans un "
            "lecteur de PDF. La commande « paraphe evidence verify » le vérifie seule, sans réseau."
        ).format(site=record["made_by"]["site"])
    )
    yield pdf.Paragraph(
        _(
            "Ce qu'il ne dit pas : l'autorité de certification n'est pas qualifiée au sens du règlement (UE) "
            "n° 910/2014 et ne figure sur aucune liste de confiance. Les adresses réseau et les logiciels sont ceux "
            "que les appareils ont indiqués."
        )
    )


def _about(collection: Record) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("La collecte"))
    told = [
        (_("Objet"), collection["title"]),
        (_("Cabinet"), f"{collection['firm_name']}, SIREN {collection['firm_siren']}"),
        (_("Demandée par"), _person(collection["sender"])),
        (_("Lancée par"), _person(collection["launched_by"]) if collection["launched_by"] else ""),
        (_("En vertu du mandat"), collection["mandate"]),
        (_("Niveau demandé"), _level(collection["level"])),
        (_("Lecture de toutes les pages"), _("exigée") if collection["read_all_pages"] else _("non exigée")),
        (_("Préparée le"), _moment(collection["created_at"])),
        (_("Lancée le"), _moment(collection["launched_at"])),
        (_("Échéance"), _moment(collection["expires_at"])),
        (_("Close le"), _moment(collection["ended_at"])),
        (_("Issue"), _outcome(collection["outcome"])),
        (_("Motif"), collection["reason"]),
        (_("Message aux signataires"), collection["message"]),
        (_("Numéro"), collection["id"]),
    ]
    yield pdf.KeyValues(tuple((name, value) for name, value in told if value))


def _people(record: Record) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("Les personnes"))
    names = _names(record)
    for one in record["recipients"]:
        certificate = one["certificate"]
        told = [
            (_("Nom"), one["person"]["name"]),
            (_("E-mail"), one["person"]["email"]),
            (_("Mobile"), one["person"]["mobile"]),
            (_("Rôle"), _("{role}, étape {step}").format(role=_role(one["role"]), step=one["step"])),
            (_("À la place de"), names.get(one["replaces"], one["replaces"])),
            (_("Ce qu'il a fait"), _state(one["state"])),
            (_("Niveau"), _level(one["level"]) if one["role"] == "signer" else ""),
            (_("Vérifications d'identité"), " ; ".join(_check(check) for check in one["checks"])),
            (_("Certificat"), certificate["holder"] if certificate else ""),
            (_("Numéro de série"), certificate["serial"] if certificate else ""),
            (_("Émis par"), certificate["issuer"] if certificate else ""),
        ]
        yield pdf.KeyValues(tuple((name, value) for name, value in told if value))


def _documents(record: Record) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("Les documents"))
    names = _names(record)
    for one in record["documents"]:
        use = _("à signer") if one["use"] == "to_sign" else _("pièce jointe, à lire")
        pages = ngettext("{count} page", "{count} pages", one["pages"]).format(count=one["pages"])
        yield pdf.Paragraph(f"{one['position'] + 1}. {one['title']} ({use}, {pages})")
        rows = []
        for version in one["versions"]:
            by = names.get(version["recipient"], "")
            made = _made(version["made"])
            rows.append((str(version["number"]), f"{made} : {by}" if by else made, grouped(version["sha256"])))
        head = (_("Version"), _("Comment"), _("Empreinte SHA-256"))
        yield pdf.Table(head, tuple(rows), widths=(1, 3, 6), small=True)


def _events(record: Record) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("Les événements"))
    yield pdf.Paragraph(
        _("Heures de Paris. Chaque événement contient l'empreinte de celui qui le précède : en ôter un seul se voit.")
    )
    names = _names(record)
    rows = [
        (str(run["positions"]), _moment(run["at"]), run["what"], run["who"], run["details"])
        for run in _runs(record["chain"]["events"], names)
    ]
    head = (_("N°"), _("Quand"), _("Quoi"), _("Qui"), _("Précisions"))
    yield pdf.Table(head, tuple(rows), widths=(1.2, 2.6, 3.2, 2.6, 5.4), small=True)


def _runs(events: list[Record], names: dict[str, str]) -> Iterator[Record]:
    """Yield a line per event; pages that one person saw one after another are one line, and so are those of others."""
    run: Record | None = None
    for event in events:
        entry = event.get("entry")
        kind = None if entry is None else (entry["tag"], entry["actor_id"], entry["subjects"].get("document"))
        if run is not None and run["kind"] == kind and (entry is None or entry["tag"] == "ceremony:page-seen"):
            run["last"], run["until"] = event["position"], entry["at"] if entry else ""
            run["pages"].append(entry["data"].get("page") if entry else None)
            continue
        if run is not None:
            yield _line(run, names)
        run = {"kind": kind, "first": event["position"], "last": event["position"], "event": event, "until": ""}
        run["pages"] = [entry["data"].get("page") if entry else None]
    if run is not None:
        yield _line(run, names)


def _line(run: Record, names: dict[str, str]) -> Record:
    entry, first, last = run["event"].get("entry"), run["first"], run["last"]
    positions = str(first) if first == last else f"{first}-{last}"
    if entry is None:
        told = ngettext("{count} acte d'autrui", "{count} actes d'autrui", last - first + 1).format(
            count=last - first + 1
        )
        return {"positions": positions, "at": "", "what": told, "who": "", "details": _("empreinte seule")}
    known = [page for page in run["pages"] if page is not None]
    acted = {"address": entry["actor_address"], "agent": entry["actor_agent"]}
    details = _details({**entry["data"], **acted}, run["event"].get("disclosed"))
    digests = entry["data"].get("documents")
    if isinstance(digests, dict):
        details += [f"{names.get(key, _('document'))} : {grouped(str(value))}" for key, value in digests.items()]
    if entry["tag"] == "ceremony:page-seen" and known:
        seen = ", ".join(str(page) for page in known[:40]) + ("…" if len(known) > 40 else "")
        details = [_("pages {pages}").format(pages=seen), *details[1:]]
    document = names.get(entry["subjects"].get("document", ""), "")
    what = str(evidence.COLLECTION_WORDS.get(entry["tag"], entry["tag"]))
    return {
        "positions": positions,
        "at": entry["at"],
        "what": f"{what} : {document}" if document else what,
        "who": _who(entry, names),
        "details": " ; ".join(details),
    }


def _details(data: Record, disclosed: Record | None) -> list[str]:
    words = {
        "page": _("page"),
        "digest": _("empreinte"),
        "sha256": _("empreinte"),
        "consent": _("texte"),
        "consent_sha256": _("texte"),
        "channel": _("par"),
        "level": _("niveau"),
        "version": _("version"),
        "reason": _("motif"),
        "question": _("question"),
        "address": _("adresse"),
        "agent": _("logiciel"),
        "email": _("e-mail"),
    }
    told = []
    for name, value in {**data, **(disclosed["values"] if disclosed else {})}.items():
        if name in words and value not in ("", None) and not isinstance(value, dict | list):
            text = str(value)
            told.append(f"{words[name]} {grouped(text) if len(text) == 64 else text}")
    if "committed" in data and disclosed is None:
        told.append(_("données personnelles effacées"))
    return told


def _chain(chain: Record) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("La chaîne et ses horodatages"))
    yield pdf.Paragraph(
        _(
            "Les événements de cette collecte forment une chaîne, prise dans celle de toute l'activité du cabinet. La "
            "tête de celle-ci est horodatée chaque heure, et l'a été pour ce dossier : les empreintes jointes mènent "
            "de chaque événement à une tête horodatée."
        )
    )
    rows = [
        (_moment(one["at"]), str(one["first"] + len(one["way"]) - 1), grouped(one["head"]), one["token"])
        for one in chain["anchors"]
    ]
    head = (_("Horodaté le"), _("Position"), _("Tête de la chaîne du cabinet"), _("Jeton"))
    yield pdf.Table(head, tuple(rows), widths=(2.6, 1.4, 5.4, 2.6), small=True)


def _texts(collection: Record) -> Iterator[pdf.Block]:
    for language, text in sorted(collection["consents"].items()):
        yield pdf.Heading(_("Texte accepté ({language})").format(language=language))
        yield from (pdf.Paragraph(part) for part in text.split("\n") if part.strip())


def _inside(record: Record, digest: str) -> Iterator[pdf.Block]:
    yield pdf.Heading(_("Les fichiers joints à ce PDF"))
    rows = [("record.json", record_words(), grouped(digest))]
    rows += [(one["name"], one["description"], grouped(one["sha256"])) for one in record["files"]]
    head = (_("Fichier"), _("Ce que c'est"), _("Empreinte SHA-256"))
    yield pdf.Table(head, tuple(rows), widths=(2.4, 4, 5.6), small=True)


def grouped(digest: str) -> str:
    """Return a digest in groups that an eye can follow and a line can be broken between."""
    return " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP))


def _moment(text: str | None) -> str:
    if not text:
        return ""
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S %z")


def _names(record: Record) -> dict[str, str]:
    people = {one["id"]: one["person"]["name"] for one in record["recipients"]}
    return people | {one["id"]: one["title"] for one in record["documents"]}


def _who(entry: Record, names: dict[str, str]) -> str:
    named = names.get(entry["actor_id"]) or names.get(entry["subjects"].get("recipient", ""), "")
    if entry["actor_kind"] == "recipient":
        return named or _("un destinataire")
    told = {"person": _("le cabinet"), "system": _("la plate-forme")}.get(entry["actor_kind"], _("l'exploitant"))
    return f"{told} ({named})" if named else told


def _person(told: Record) -> str:
    return f"{told['name']} ({told['email']})" if told["email"] else str(told["name"])


def _role(role: str) -> str:
    return {"signer": _("signataire"), "approver": _("approbateur"), "copy": _("en copie")}.get(role, role)


def _level(level: str) -> str:
    return {"simple": _("simple"), "advanced": _("avancé")}.get(level, level)


def _made(made: str) -> str:
    words = {
        "source": _("tel qu'apporté"),
        "frozen": _("champs placés, avant toute signature"),
        "signed": _("signé"),
        "archived": _("archivé (B-LTA)"),
    }
    return words.get(made, made)


def _outcome(outcome: str) -> str:
    words = {
        "completed": _("tous ont signé"),
        "refused": _("refusée par un signataire"),
        "expired": _("échéance passée"),
        "cancelled": _("annulée par le cabinet"),
    }
    return words.get(outcome, outcome)


def _state(state: str) -> str:
    words = {
        "waiting": _("n'a pas été invité"),
        "invited": _("a été invité"),
        "opened": _("a ouvert le lien"),
        "read": _("a lu les documents"),
        "signed": _("a signé"),
        "approved": _("a approuvé"),
        "refused": _("a refusé"),
        "bounced": _("n'a pas reçu l'invitation"),
        "replaced": _("a été remplacé"),
    }
    return words.get(state, state)


def _check(check: str) -> str:
    words = {
        "email_link": _("lien reçu à son adresse e-mail"),
        "sms_code": _("code reçu par SMS sur son téléphone, saisi chez le tiers de confiance"),
        "email_code": _("code reçu par e-mail"),
        "identity_document": _("document d'identité vérifié par le tiers de confiance"),
        "sign_in": _("connexion par le compte de l'Ordre"),
        "face_to_face": _("en présence de l'expéditeur"),
    }
    return words.get(check, check)
