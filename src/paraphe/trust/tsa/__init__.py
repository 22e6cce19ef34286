"""Time-stamping unit, RFC 3161."""
