"""Programs registered to use the trust services: secrets, return addresses."""
