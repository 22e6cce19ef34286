"""The address book of the firm for which one acts."""
