"""Entry of ``python -m paraphe.cli``."""

import sys

from paraphe.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
