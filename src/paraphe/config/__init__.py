"""Settings of each site, addresses, wiring: the only place that sees everything."""
