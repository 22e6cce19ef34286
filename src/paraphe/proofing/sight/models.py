"""The reading models: files inside installed packages, known by their SHA-256. Nothing is ever downloaded."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: The models that were measured. Another file, however named, is another reader and is not used.
SHA256 = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx": "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
}
LINES = "PP-OCRv6_rec_small.onnx"
_PACKAGES = ("rapidocr", "onnxruntime", "cv2", "zxingcpp")


class ModelsMissing(Exception):
    """The packages of the ``identity`` extra are not installed, or a model is not the one that was measured."""


@cache
def folder() -> Path:
    """Return the folder of the models after checking each of them. Raises ModelsMissing."""
    for package in _PACKAGES:
        if find_spec(package) is None:
            raise ModelsMissing(package)
    spec = find_spec("rapidocr")
    place = Path(next(iter((spec.submodule_search_locations if spec else None) or [""]))) / "models"
    for name, digest in SHA256.items():
        path = place / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ModelsMissing(name)
    return place
