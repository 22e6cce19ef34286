"""What is asked of a photograph, and the answer given while the person waits."""

from dataclasses import dataclass

from paraphe.proofing.observations import Framing
from paraphe.proofing.reasons import Reason


@dataclass(frozen=True)
class Limits:
    """Bounds of what is accepted. Lengths in pixels, sizes in bytes, times in seconds."""

    #: Largest upload.
    max_bytes: int = 10_000_000
    #: Largest picture, width times height, checked on the header before any pixel is decoded.
    max_pixels: int = 50_000_000
    #: Long side of the picture that is kept.
    kept_side: int = 3000
    #: Long side at which a PDF page is rendered, whatever its size in points.
    pdf_side: int = 2500
    #: A card that fills the picture has at most its long side: below this nothing on it can be read.
    min_long_side: int = 800
    min_short_side: int = 480
    #: RMS chroma residual below which a picture is black and white; measured on photographs and photocopies.
    min_chroma: float = 1.15
    #: 95th percentile of lightness (0 to 255) below which a picture is too dark.
    min_lightness: float = 110.0
    #: Standard deviation of lightness below which nothing is to be seen at all.
    min_contrast: float = 6.0
    #: Variance of the Laplacian at 1000 px, smoothed, below which a hint is given; never a ground of refusal. Measured:
    #: 8 and more on photographs that can be read, 6.5 and less when print is blurred by three pixels of 1600.
    hint_sharpness: float = 5.5
    #: Width of the document in pixels below which its print cannot be read; asked for where the outline is found.
    min_document_width: int = 600
    #: Processor time and wall time of the child process, and its address space.
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    memory_bytes: int = 1_500_000_000
    #: Quality of the JPEG that is kept.
    jpeg_quality: int = 92


LIMITS = Limits()


@dataclass(frozen=True)
class Measures:
    """What was measured on one page; kept with the case so that an officer can see why a hint was given."""

    chroma: float
    lightness: float
    contrast: float
    sharpness: float


@dataclass(frozen=True)
class Page:
    """One side, re-encoded from its pixels: upright, RGB, without metadata."""

    jpeg: bytes
    width: int
    height: int
    measures: Measures
    #: Where the document lies; None when that cannot be looked for (the ``identity`` extra is not installed).
    framing: Framing | None = None


@dataclass(frozen=True)
class Intake:
    """The answer: refused for ``reasons``, or one or two ``pages`` with perhaps ``hints``."""

    reasons: tuple[Reason, ...] = ()
    hints: tuple[Reason, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def accepted(self) -> bool:
        """Tell whether the photograph can be shown to an officer."""
        return not self.reasons and bool(self.pages)
