"""``python -m tests.attacks DIR`` writes every attacked file, its honest twin and a list of them."""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.attacks.catalogue import attacks
from tests.pdf.hands import pki


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_bytes(pki().roots[0].public_bytes(Encoding.PEM))
    found = []
    for one in attacks():
        (folder / f"{one.name}.pdf").write_bytes(one.build())
        (folder / f"{one.name}.control.pdf").write_bytes(one.control())
        found.append({"name": one.name, "paper": one.paper})
    (folder / "manifest.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
