"""The EU list of trusted lists (ETSI TS 119 612), read and checked. Pure: no network, no Django."""
