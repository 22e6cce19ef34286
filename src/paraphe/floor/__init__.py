"""What both sites stand on: jobs, messages, sealed files, hash chains, look. Knows neither site."""
