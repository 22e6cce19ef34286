"""People, firms, delegations and the OpenID Connect provider."""
