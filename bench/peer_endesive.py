"""endesive, measured in a process of its own (bench/.venv): python peer_endesive.py FOLDER P12 PASSWORD."""

import datetime
import json
import re
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12

# oscrypto, under endesive, does not know that the last number of a version of OpenSSL can have two digits.
_search = re.search


def _longer(pattern, *rest):
    known = isinstance(pattern, str)
    return _search(pattern.replace(r"\d\.\d\.\d[", r"\d\.\d\.\d+[") if known else pattern, *rest)


re.search = _longer
from endesive.pdf import cms  # noqa: E402

re.search = _search

folder, key_file, password = sys.argv[1:]
key, certificate, others = pkcs12.load_key_and_certificates(Path(key_file).read_bytes(), password.encode())
documents = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
settings = {
    "aligned": 0, "sigflags": 3, "sigflagsft": 132, "sigpage": 0, "sigfield": "Signature1", "auto_sigfield": True,
    "contact": "", "location": "", "reason": "",
    "signingdate": datetime.datetime.now(datetime.UTC).strftime("D:%Y%m%d%H%M%S+00'00'"),
}  # fmt: skip
cpu = 0.0
for _ in range(2):
    begin = time.process_time()
    for data in documents:
        assert cms.sign(data, settings, key, certificate, others, "sha256")
    cpu = time.process_time() - begin
print(json.dumps({"documents": len(documents), "cpu": cpu}))
