"""From a request of a client program to an issued credential."""
