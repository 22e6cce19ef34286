"""Two-dimensional codes: the visible seal of the identity card since 2021, and whatever else is printed."""

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from paraphe.proofing.observations import CodeSeen

#: No seal is larger; what is comes from somewhere else.
_MOST_OCTETS = 3000
_MOST_CODES = 4
_FORMATS = {"DataMatrix": "datamatrix", "QRCode": "qr", "Aztec": "aztec", "PDF417": "pdf417"}


def find_codes(photograph: NDArray[np.uint8], flat: NDArray[np.uint8] | None) -> tuple[CodeSeen, ...]:
    """Return the codes on a photograph (RGB), or, where it shows none, on the flat document after sharpening.

    Places are fractions of the picture in which the code was found.
    """
    found = _read(photograph)
    if not found and flat is not None:
        large = cv2.resize(flat, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC)
        soft = cv2.GaussianBlur(large, (0, 0), 2.0)
        found = _read(cv2.addWeighted(large, 2.0, soft, -1.0, 0))  # type: ignore[arg-type]
    return found


def _read(picture: NDArray[np.uint8]) -> tuple[CodeSeen, ...]:
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    seen = []
    for code in zxingcpp.read_barcodes(grey)[:_MOST_CODES]:
        name = _FORMATS.get(str(code.format).rsplit(".", 1)[-1].replace(" ", ""))
        # ``bytes``, not ``text``: the latter writes control characters as words.
        data = bytes(code.bytes)
        if name is None or not 0 < len(data) <= _MOST_OCTETS:
            continue
        spot = code.position
        corners = (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)
        seen.append(CodeSeen(name, data, tuple((corner.x / width, corner.y / height) for corner in corners)))
    return tuple(seen)
