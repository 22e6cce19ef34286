"""A document that brings fields: a place for a signature, a text, a box to tick."""

from functools import cache


@cache
def form(signature: bytes = b"Client") -> bytes:
    """Return a page with three empty fields, as an office program would write it; ``signature`` names the first."""
    fields = (
        b"/FT/Sig/T(" + signature + b")/TU(Signature du client)/Rect[60 200 250 268]",
        b"/FT/Tx/T(Ville)/TU(Ville)/Rect[60 640 240 662]",
        b"/FT/Btn/T(Accord)/TU(J'accepte)/V/Off/AS/Off/Rect[60 600 76 616]/AP<</N 9 0 R>>",
    )
    numbers = b" ".join(b"%d 0 R" % (5 + at) for at in range(len(fields)))
    drawing = b"<</Type/XObject/Subtype/Form/BBox[0 0 16 16]/Length 20>>stream\n1 1 14 14 re S      \nendstream"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + numbers + b"]>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[" + numbers + b"]>>",
        9: b"<</Oui 10 0 R/Off 10 0 R>>",
        10: drawing,
    }
    for at, one in enumerate(fields):
        objects[5 + at] = b"<</Type/Annot/Subtype/Widget/F 4/P 3 0 R" + one + b">>"
    return _written(objects)


def _written(objects: dict[int, bytes]) -> bytes:
    data, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), dict[int, int]()
    for number, body in sorted(objects.items()):
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        data += b"%d 1\n%010d 00000 n \n" % (number, place)
    data += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, start)
    return bytes(data)


FORM = form()
