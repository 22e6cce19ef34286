"""Codes of states and organisations in machine readable zones (ICAO 9303-3 §5): no check digit covers them."""

#: ISO 3166-1 alpha-3.
_ISO = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ
BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU
DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC
GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM
KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL
PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN
SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB
VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
"""
#: ICAO's own: Germany is ``D``, British passports have several, then organisations, refugees and the stateless.
#: ``UTO``, which its specimens bear, is left out: it is no state.
_ICAO = "D GBD GBN GBO GBP GBS RKS EUE UNO UNA UNK XBA XIM XCC XCO XEC XPO XES XMP XOM XDC"
#: Stateless persons, refugees, and persons without a known nationality.
_WITHOUT_STATE = frozenset(f"XX{letter}" for letter in "ABCX")
CODES = frozenset(_ISO.split()) | frozenset(_ICAO.split()) | _WITHOUT_STATE

#: Member states of the European Union; Germany by both of its codes.
_MEMBERS = """
AUT BEL BGR CYP CZE D DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE
"""
EU = frozenset(_MEMBERS.split())


def is_known(code: str) -> bool:
    """Tell whether ``code``, without fillers, stands for a state, an organisation or a kind of person."""
    return code in CODES
