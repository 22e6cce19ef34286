"""Timestamps over HTTP, as other programs ask for them and check them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from asn1crypto import cms, core
from asn1crypto import tsp as asn1_tsp
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import OperationalError, connection
from django.test import Client

from paraphe.kernel.digests import sha256
from paraphe.pki import tsp
from paraphe.pki.errors import TimestampUnavailable
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.tsa import api as tsa
from paraphe.trust.tsa.models import HighWater
from tests.trust.conftest import SignerProcess, SiteSettings

pytestmark = pytest.mark.django_db

DIGEST = sha256(b"contrat de travail")
QUERY = "application/timestamp-query"


class Reply(core.Sequence):
    """TimeStampResp, RFC 3161 §2.4.2; asn1crypto's own class does not know that the token may be absent."""

    _fields = [("status", asn1_tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


def _post(client: Client, der: bytes) -> Reply:
    answer = client.post("/tsa", der, content_type=QUERY, CONTENT_TYPE=QUERY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/timestamp-reply"
    reply: Reply = Reply.load(answer.content, strict=True)
    return reply


def _refusal(client: Client, der: bytes) -> set[str]:
    reply = _post(client, der)
    status = reply["status"]
    assert reply["time_stamp_token"].native is None
    assert status["status"].native == "rejection"
    assert status["status_string"].native[0]
    return set(status["fail_info"].native)


def test_a_token_is_over_what_was_asked(hierarchy: Path, client: Client) -> None:
    now = datetime(2026, 11, 23, 9, 30, 15, 600_000, tzinfo=UTC) + timedelta(days=30)
    with time_machine.travel(now, tick=False):
        answer = client.post("/tsa", tsp.build_request(DIGEST, 4711), content_type=QUERY)
    token = tsp.parse_response(answer.content, DIGEST, 4711)
    info = tsp.verify_token(token, DIGEST, [register.issuer("legal")[1]])
    assert info.gen_time == now.replace(microsecond=0)
    assert info.policy == "1.3.6.1.4.1.99999.1.3"
    assert info.certificate == register.service("tsa", "legal")[1]
    assert info.serial.bit_length() >= 64


@pytest.mark.parametrize("algorithm", ["P-256", "RSA-3072"])
def test_openssl_believes_a_token_it_asked_for(
    db: None, signer: SignerProcess, settings: SiteSettings, client: Client, tmp_path: Path, algorithm: str
) -> None:
    settings.KEY_ALGORITHM = algorithm
    ca.create_hierarchy(tmp_path / "root-key")
    (tmp_path / "file").write_bytes(b"contrat de travail")
    (tmp_path / "root.pem").write_bytes(ca.root().public_bytes(Encoding.PEM))
    (tmp_path / "legal.pem").write_bytes(register.issuer("legal")[1].public_bytes(Encoding.PEM))
    query, reply = tmp_path / "query.tsq", tmp_path / "reply.tsr"

    def openssl(*arguments: str) -> str:
        done = subprocess.run(["openssl", "ts", *arguments], capture_output=True, text=True, cwd=tmp_path, check=False)
        return done.stdout + done.stderr

    openssl("-query", "-data", "file", "-sha512", "-cert", "-out", str(query))
    reply.write_bytes(client.post("/tsa", query.read_bytes(), content_type=QUERY).content)

    checks = ("-CAfile", "root.pem", "-untrusted", "legal.pem", "-in", str(reply))
    assert "Verification: OK" in openssl("-verify", "-data", "file", *checks)
    assert "Verification: OK" in openssl("-verify", "-queryfile", str(query), *checks)
    said = openssl("-reply", "-in", str(reply), "-text")
    assert "Ordering: no" in said
    assert "Accuracy: 0x01 seconds" in said
    (tmp_path / "file").write_bytes(b"contrat de travail.")
    assert "Verification: FAILED" in openssl("-verify", "-data", "file", *checks)


def test_without_a_wish_for_it_the_certificate_is_left_out(hierarchy: Path, client: Client) -> None:
    asked = asn1_tsp.TimeStampReq.load(tsp.build_request(DIGEST, 1))
    asked["cert_req"] = False
    del asked["nonce"]
    token = _post(client, asked.dump(force=True))["time_stamp_token"]
    assert not token["content"]["certificates"]
    assert tsp.token_info(token.dump()).nonce is None


def test_no_two_tokens_share_a_serial_number(hierarchy: Path) -> None:
    source = tsa.LocalTimestampSource()
    serials = {tsp.token_info(source.timestamp(DIGEST)).serial for _ in range(20)}
    assert len(serials) == 20


def _changed(**changes: object) -> bytes:
    asked = asn1_tsp.TimeStampReq.load(tsp.build_request(DIGEST, 1))
    for name, value in changes.items():
        asked[name] = value
    return bytes(asked.dump(force=True))


IMPRINT_SHA1 = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}
IMPRINT_MD5 = {"hash_algorithm": {"algorithm": "md5"}, "hashed_message": bytes(16)}
IMPRINT_SHORT = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(20)}
EXTENSION = [{"extn_id": "1.2.3.4", "critical": False, "extn_value": b"\x05\x00"}]


def test_openssl_reads_a_refusal(hierarchy: Path, client: Client, tmp_path: Path) -> None:
    answer = client.post("/tsa", _changed(req_policy="1.2.3.4"), content_type=QUERY)
    (tmp_path / "reply.tsr").write_bytes(answer.content)
    arguments = ["openssl", "ts", "-reply", "-in", str(tmp_path / "reply.tsr"), "-text"]
    said = subprocess.run(arguments, capture_output=True, text=True, check=False).stdout
    assert "Status: Rejected." in said
    assert "the requested TSA policy is not supported by the TSA" in said


@pytest.mark.parametrize(
    ("der", "fail_info"),
    [
        (b"", "bad_data_format"),
        (b"not DER", "bad_data_format"),
        (b"\x30\x82\xff\xff\x02", "bad_data_format"),
        (bytes(70_000), "bad_data_format"),
        (tsp.build_request(DIGEST, 1) + b"\x00", "bad_data_format"),
        (_changed(version=2), "bad_request"),
        (_changed(message_imprint=IMPRINT_SHA1), "bad_alg"),
        (_changed(message_imprint=IMPRINT_MD5), "bad_alg"),
        (_changed(message_imprint=IMPRINT_SHORT), "bad_data_format"),
        (_changed(req_policy="1.2.3.4"), "unaccepted_policy"),
        (_changed(extensions=EXTENSION), "unaccepted_extensions"),
    ],
    ids=["empty", "text", "cut", "oversize", "trailing", "version", "sha1", "md5", "short", "policy", "extension"],
)
def test_each_refusal_says_why(hierarchy: Path, client: Client, der: bytes, fail_info: str) -> None:
    assert _refusal(client, der) == {fail_info}


def test_our_own_policy_may_be_named(hierarchy: Path, client: Client) -> None:
    assert _post(client, _changed(req_policy=tsa.policy()))["status"]["status"].native == "granted"


def test_other_methods_and_types_have_their_answers(hierarchy: Path, client: Client) -> None:
    assert client.get("/tsa").status_code == 405
    assert client.post("/tsa", b"x", content_type="application/octet-stream").status_code == 415


def test_while_the_signer_is_away_there_is_no_token(hierarchy: Path, client: Client, signer: SignerProcess) -> None:
    signer.kill()
    assert _refusal(client, tsp.build_request(DIGEST, 1)) == {"system_failure"}
    with pytest.raises(TimestampUnavailable):
        tsa.LocalTimestampSource().timestamp(DIGEST)
    signer.start()
    assert tsa.LocalTimestampSource().timestamp(DIGEST)


def test_without_a_database_nothing_is_stamped(hierarchy: Path, client: Client) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        assert _refusal(client, tsp.build_request(DIGEST, 1)) == {"system_failure"}
    assert _post(client, tsp.build_request(DIGEST, 1))["status"]["status"].native == "granted"


def test_before_the_ceremony_there_is_no_token(db: None, client: Client) -> None:
    assert _refusal(client, tsp.build_request(DIGEST, 1)) == {"system_failure"}


def test_a_clock_that_was_put_back_stamps_nothing(hierarchy: Path, client: Client) -> None:
    request = tsp.build_request(DIGEST, 1)
    now = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(now + timedelta(hours=1), tick=False) as traveller:
        assert _post(client, request)["status"]["status"].native == "granted"
        traveller.shift(-0.5)
        assert _post(client, request)["status"]["status"].native == "granted"
        traveller.shift(-60)
        assert _refusal(client, request) == {"time_not_available"}
        traveller.shift(61)
        assert _post(client, request)["status"]["status"].native == "granted"
    lines = journal.JournalEntry.rows().filter(tag__startswith="clock:")
    assert [(one.tag, one.data.get("reason")) for one in lines] == [
        ("clock:unsound", "behind"),
        ("clock:sound", None),
    ]


def test_the_latest_time_is_written_once_a_second_at_most(hierarchy: Path, client: Client) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    request = tsp.build_request(DIGEST, 1)
    with time_machine.travel(now + timedelta(hours=1), tick=False) as traveller:
        _post(client, request)
        traveller.shift(0.4)
        _post(client, request)
        assert HighWater.objects.get().at == now + timedelta(hours=1)
        traveller.shift(0.7)
        _post(client, request)
        assert HighWater.objects.get().at == now + timedelta(hours=1, seconds=1.1)


def test_after_its_certificate_has_ended_the_unit_stamps_nothing(hierarchy: Path, client: Client) -> None:
    end = register.service("tsa", "legal")[1].not_valid_after_utc
    with time_machine.travel(end + timedelta(seconds=1)):
        assert _refusal(client, tsp.build_request(DIGEST, 1)) == {"time_not_available"}
