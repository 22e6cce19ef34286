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


def test_prices_are_read_as_cents_and_what_is_not_named_is_free() -> None:
    environment = Environment({"PARAPHE_PRICES": "signature=0.29, seal=12.5,certificate=15"})

    assert environment.prices("PARAPHE_PRICES", "signature", "seal", "certificate", "code_sms") == {
        "signature": 29,
        "seal": 1250,
        "certificate": 1500,
        "code_sms": 0,
    }
    assert set(Environment({}).prices("PARAPHE_PRICES", "signature").values()) == {0}


@pytest.mark.parametrize(
    "value",
    ["signature", "signature=", "signature=-1", "signature=0,50", "signature=1e2", "seal=0.505", "dance=1"],
)
def test_a_price_that_is_none_stops_the_start(value: str) -> None:
    with pytest.raises(BadConfiguration, match="PARAPHE_PRICES"):
        Environment({"PARAPHE_PRICES": value}).prices("PARAPHE_PRICES", "signature", "seal")


def test_an_act_has_one_price() -> None:
    with pytest.raises(BadConfiguration, match="each act once"):
        Environment({"PARAPHE_PRICES": "seal=1,seal=2"}).prices("PARAPHE_PRICES", "signature", "seal")


def test_an_iban_is_checked_by_its_digits() -> None:
    good = "FR14 2004 1010 0505 0001 3M02 606"

    assert Environment({"PARAPHE_CREDIT_IBAN": good}).iban("PARAPHE_CREDIT_IBAN") == good.replace(" ", "")
    assert Environment({}).iban("PARAPHE_CREDIT_IBAN") == ""
    for bad in (good.replace("606", "607"), "FR14", "hello", "é" * 20):
        with pytest.raises(BadConfiguration, match="no IBAN"):
            Environment({"PARAPHE_CREDIT_IBAN": bad}).iban("PARAPHE_CREDIT_IBAN")


def test_no_online_payment_provider_can_be_named() -> None:
    with pytest.raises(BadConfiguration, match="PARAPHE_CREDIT_PAYMENT"):
        Environment({"PARAPHE_CREDIT_PAYMENT": "stripe"}).choice("PARAPHE_CREDIT_PAYMENT", "")
