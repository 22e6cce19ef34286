"""How little may be concluded from few cases."""

import math


def upper_bound(wrong: int, cases: int) -> float:
    """Return the 95 % upper bound of an error rate of which ``wrong`` were seen in ``cases`` (Clopper and Pearson).

    The rate at which seeing so few would have a chance of 2.5 %; found by halving.
    """
    if cases == 0 or wrong >= cases:
        return 1.0
    low, high = 0.0, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        chance = sum(math.comb(cases, k) * middle**k * (1 - middle) ** (cases - k) for k in range(wrong + 1))
        low, high = (middle, high) if chance > 0.025 else (low, middle)
    return high
