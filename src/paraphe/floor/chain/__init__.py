"""The hash-chained, append-only log that evidence and journal are made of."""
