import pytest

from paraphe.platform.accounts import api as accounts
from tests.platform.programs.hands import opened
from tests.platform.sealing.hands import with_seal
from tests.support.small_trust import SmallTrust


@pytest.fixture
def alice(trust: SmallTrust) -> tuple[accounts.Person, accounts.Firm]:
    who, firm = with_seal(trust)
    opened(firm, who)
    return who, firm
