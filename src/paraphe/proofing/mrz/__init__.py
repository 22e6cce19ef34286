"""The machine readable zone: formats, check digits, parsing, what check digits cannot see. Pure text."""
