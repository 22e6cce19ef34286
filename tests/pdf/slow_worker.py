"""A worker that misbehaves as it is told."""

import os
import time
from pathlib import Path
from typing import Any

from paraphe.pdf.serving import serve


def misbehave(question: dict[str, Any], data: bytes) -> bytes:
    """Do what the verb says."""
    match question["verb"]:
        case "sleep":
            time.sleep(60)
        case "pause":
            time.sleep(1.5)
        case "spin":
            while True:
                pass
        case "fill":
            return bytes(2_000_000_000)
        case "die":
            os.abort()
        case "raise":
            raise ValueError("no")
        case "write":
            Path("/tmp/paraphe-worker-wrote").write_bytes(b"something")
    return data


if __name__ == "__main__":
    serve(misbehave, memory=1_000_000_000)
