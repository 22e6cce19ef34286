"""Identity document images: format, quality, one frozen verdict. No Django, no network."""
