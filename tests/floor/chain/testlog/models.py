from paraphe.floor.chain import ChainedEntry


class LogLine(ChainedEntry):
    """One line of the log of the tests. Personal data: none."""
