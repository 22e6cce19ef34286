"""The credit of the firm: what is there, what things cost, what was paid and used."""
