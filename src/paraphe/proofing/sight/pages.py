"""Reads all print on the flat document: second reader of the machine readable zone, only reader of the rest."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraphe.proofing.observations import TextLine
from paraphe.proofing.sight import models

#: Width of the flat document that is read; smaller loses accents, larger only takes longer (measured).
READ_WIDTH = 1400
_LEAST_SCORE = 0.5


class PageReader:
    """Detection and recognition of lines of text, loaded once per process."""

    def __init__(self, threads: int = 2) -> None:
        from rapidocr import RapidOCR

        folder = models.folder()
        # Each path is given, so that the package has nothing to look for and nothing to fetch.
        self._engine: Any = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "critical",
                "Global.max_side_len": 2000,
                "Det.model_path": str(folder / "PP-OCRv6_det_small.onnx"),
                "Rec.model_path": str(folder / "PP-OCRv6_rec_small.onnx"),
                "Cls.model_path": str(folder / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            }
        )

    def read(self, flat: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        """Return the lines of print on ``flat`` (RGB), from top to bottom; places are fractions of ``flat``."""
        height, width = flat.shape[:2]
        found = self._engine(np.ascontiguousarray(flat[..., ::-1]))
        if found.boxes is None or found.txts is None:
            return ()
        lines = [
            TextLine(text, float(score), tuple((float(x) / width, float(y) / height) for x, y in box))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            if text.strip() and score >= _LEAST_SCORE
        ]
        return tuple(sorted(lines, key=lambda line: (line.place[0][1], line.place[0][0])))


@cache
def page_reader() -> PageReader:
    """Return the page reader of this process. Raises ModelsMissing."""
    return PageReader()
