import pytest

from paraphe.config.environment import BadConfiguration, Environment


def test_a_demonstration_needs_no_setting_at_all() -> None:
    environment = Environment({})

    assert environment.demonstration
    assert environment.site_url("platform") == "http://localhost:8000"
    assert environment.site_url("trust") == "http://localhost:8001"


def test_production_wants_addresses_with_https() -> None:
    production = {"PARAPHE_MODE": "production"}

    with pytest.raises(BadConfiguration, match="PARAPHE_PLATFORM_URL is not set"):
        Environment(production).site_url("platform")
    with pytest.raises(BadConfiguration, match="must begin with https"):
        Environment({**production, "PARAPHE_PLATFORM_URL": "http://signer.example"}).site_url("platform")
    assert (
        Environment({**production, "PARAPHE_PLATFORM_URL": "https://signer.example/"}).site_url("platform")
        == "https://signer.example"
    )


@pytest.mark.parametrize("value", ["0", "70000", "-1", "http", "8000.5"])
def test_a_port_is_a_number_within_bounds(value: str) -> None:
    with pytest.raises(BadConfiguration, match="whole number from 1 to 65535"):
        Environment({"PARAPHE_TRUST_PORT": value}).number("PARAPHE_TRUST_PORT", 1, 65535)


def test_a_wrong_word_is_answered_with_the_right_ones() -> None:
    with pytest.raises(BadConfiguration, match="'demonstration', 'production'"):
        _ = Environment({"PARAPHE_MODE": "test"}).demonstration


@pytest.mark.parametrize("url", ["localhost:8000", "https://host/path", "ftp://host", "https://", "https://host?x=1"])
def test_an_address_is_scheme_and_host_only(url: str) -> None:
    with pytest.raises(BadConfiguration, match="must look like"):
        Environment({"PARAPHE_TRUST_URL": url}).site_url("trust")
