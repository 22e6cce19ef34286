"""Who may do what for the firm: delegations told by the provider, mandates signed here."""
