"""First start of the platform."""


def prepare() -> None:
    """Do nothing: people come from the OpenID provider, trust from the root file that the trust site publishes."""
