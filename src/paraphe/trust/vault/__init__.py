"""Private keys, served by a signer process of its own over a Unix socket."""
