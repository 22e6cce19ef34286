"""Documents that were published as specimens: good check digits, real layout, and nobody behind them."""

#: Numbers of published specimens: ICAO 9303 parts 4 to 6; the French Interior Ministry's cards (BERTHIER, MARTIN) and
#: licence; cards shown by the Council's register PRADO (D2H6862M2, the German and the Belgian specimens).
NUMBERS = frozenset(
    {
        "D23145890",
        "D23145890734",
        "L898902C3",
        "L898902C",
        "X4RTBPFW4",
        "D2H6862M2",
        "13AA00002",
        "940992310285",
        "880692310285",
        "050693202043",
        "C01X0006H",
        "000590240601",
        "T22000129",
        "L01X00T47",
    }
)
SURNAMES = frozenset({"SPECIMEN", "MUSTERMANN"})
#: Utopia, the state of ICAO's examples.
ISSUERS = frozenset({"UTO"})


def is_specimen(number: str, surname: str, issuer: str) -> bool:
    """Tell whether a document with this number, surname and issuer (as in its zone) is a published specimen."""
    return number in NUMBERS or surname.upper() in SURNAMES or issuer in ISSUERS
