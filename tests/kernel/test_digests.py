import hashlib

from paraphe.kernel.digests import canonical_json, sha256, sha256_stream


def test_a_stream_has_the_digest_of_its_joined_chunks() -> None:
    assert sha256_stream([b"ab", b"", b"c"]) == sha256(b"abc") == hashlib.sha256(b"abc").digest()


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == canonical_json({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()
