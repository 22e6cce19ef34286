"""The people of the demonstration: who they are, for which firms they work, what was delegated to them.

Nobody here exists; no SIREN that was ever given begins with 000. Plain data, known to the tests too.
"""

from dataclasses import dataclass
from typing import Any, Final

REGION: Final = "Paris – Île-de-France"


@dataclass(frozen=True)
class CastFirm:
    """A firm of the demonstration."""

    siren: str
    name: str
    address: str
    kind: str = "firm"
    region: str = REGION

    def claim(self, role: str) -> dict[str, Any]:
        """Return the claim that says somebody works here as ``role``."""
        return {"siren": self.siren, "name": self.name, "address": self.address, "role": role, "kind": self.kind}


@dataclass(frozen=True)
class Post:
    """What somebody is in a firm; ``rights`` are those delegated to him by ``granted_by``."""

    firm: CastFirm
    role: str
    rights: tuple[str, ...] = ()
    granted_by: str = ""


@dataclass(frozen=True)
class CastPerson:
    """Somebody of the demonstration; ``governs`` names the region whose members' data he corrects."""

    identifier: str
    given_name: str
    family_name: str
    email: str
    description: str
    posts: tuple[Post, ...] = ()
    roll_number: str = ""
    roll_region: str = ""
    governs: str = ""

    @property
    def full_name(self) -> str:
        """Return given and family name."""
        return f"{self.given_name} {self.family_name}"

    def claims(self) -> dict[str, Any]:
        """Return the claims of this person, without ``iss`` and ``sub``."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "paraphe_firms": [post.firm.claim(post.role) for post in self.posts],
            "paraphe_roll": {"number": self.roll_number, "region": self.roll_region} if self.roll_number else None,
            "paraphe_delegations": [
                {"siren": post.firm.siren, "rights": list(post.rights), "granted_by": post.granted_by}
                for post in self.posts
                if post.rights
            ],
        }


MARTIN: Final = CastFirm("000104216", "Cabinet Martin", "12 rue des Batignolles, 75017 Paris")
LE_GALL: Final = CastFirm("000219337", "Le Gall-Dubois & Associés", "3 quai des Célestins, 75004 Paris")
OCEAN: Final = CastFirm("000327452", "Océan Audit", "48 avenue de l'Île-de-Bréhat, 92100 Boulogne-Billancourt")
FIDUCIAIRE: Final = CastFirm("000415539", "Fiduciaire de l'Étoile", "7 place de l'Étoile, 78000 Versailles")
GARNIER: Final = CastFirm("000536714", "Garnier Expertise", "21 boulevard Voltaire, 75011 Paris")
COUNCIL: Final = CastFirm(
    "000648923", "Conseil régional de l'Ordre de Paris – Île-de-France", "50 rue de Londres, 75008 Paris", "council"
)
FIRMS: Final = (MARTIN, LE_GALL, OCEAN, FIDUCIAIRE, GARNIER, COUNCIL)

ALICE: Final = CastPerson(
    "alice.martin",
    "Alice",
    "Martin",
    "alice.martin@cabinet-martin.example",
    "accountant with one firm",
    (Post(MARTIN, "accountant"),),
    "14-75-01042",
    REGION,
)
ETIENNE: Final = CastPerson(
    "etienne.legall",
    "Étienne",
    "Le Gall-Dubois",
    "etienne@legall-dubois.example",
    "accountant with three firms",
    (Post(LE_GALL, "accountant"), Post(OCEAN, "accountant"), Post(FIDUCIAIRE, "accountant")),
    "09-75-00877",
    REGION,
)
BOB: Final = CastPerson(
    "bob.petit",
    "Bob",
    "Petit",
    "bob.petit@cabinet-martin.example",
    "collaborator who may sign and prepare",
    (Post(MARTIN, "collaborator", ("sign", "prepare"), ALICE.full_name),),
)
CHLOE: Final = CastPerson(
    "chloe.durand",
    "Chloé",
    "Durand",
    "chloe.durand@cabinet-martin.example",
    "collaborator who may only prepare",
    (Post(MARTIN, "collaborator", ("prepare",), ALICE.full_name),),
)
HUGO: Final = CastPerson(
    "hugo.lefevre",
    "Hugo",
    "Lefèvre",
    "hugo.lefevre@cabinet-martin.example",
    "collaborator who may only launch",
    (Post(MARTIN, "collaborator", ("launch",), ALICE.full_name),),
)
INES: Final = CastPerson(
    "ines.moreau",
    "Inès",
    "Moreau",
    "ines.moreau@cabinet-martin.example",
    "collaborator who may only seal",
    (Post(MARTIN, "collaborator", ("seal",), ALICE.full_name),),
)
NORA: Final = CastPerson(
    "nora.benali",
    "Nora",
    "Benali",
    "nora.benali@cabinet-martin.example",
    "collaborator without any delegation",
    (Post(MARTIN, "collaborator"),),
)
MALLORY: Final = CastPerson(
    "mallory.faure", "Mallory", "Faure", "mallory.faure@courriel.example", "not on the roll, no firm"
)
PAUL: Final = CastPerson(
    "paul.garnier",
    "Paul",
    "Garnier",
    "paul.garnier@garnier-expertise.exmaple",
    "accountant with a wrong e-mail",
    (Post(GARNIER, "accountant"),),
    "17-75-01963",
    REGION,
)
JEANNE: Final = CastPerson(
    "jeanne.riviere",
    "Jeanne",
    "Rivière",
    "presidence@croec-idf.example",
    "president of the regional council",
    (Post(COUNCIL, "accountant"),),
    "01-75-00012",
    REGION,
    governs=REGION,
)
MARC: Final = CastPerson(
    "marc.olivier",
    "Marc",
    "Olivier",
    "secretariat@croec-idf.example",
    "secretary general of the regional council, administers it and signs nothing",
    (Post(COUNCIL, "secretary"),),
    governs=REGION,
)
LUCIE: Final = CastPerson(
    "lucie.bernard",
    "Lucie",
    "Bernard",
    "lucie.bernard@croec-idf.example",
    "works for the regional council, signs and prepares by delegation",
    (Post(COUNCIL, "collaborator", ("sign", "prepare"), JEANNE.full_name),),
)
CAST: Final = (ALICE, ETIENNE, BOB, CHLOE, HUGO, INES, NORA, MALLORY, PAUL, JEANNE, MARC, LUCIE)
