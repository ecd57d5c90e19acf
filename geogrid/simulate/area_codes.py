"""Which streets and communities a district has: the real ones by code order, as far as there are, then invented ones in the block 9xx."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.simulate import outlines
from geogrid.simulate.profiles import Profile

FIRST_INVENTED = 901


def listed(profile: Profile) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return streets (code name) and the communities (code name streetCode) of a profile, by code."""
    districts = profile.outlines or (profile.code,)
    streets = pd.concat([outlines.streets(code) for code in districts], ignore_index=True)
    real = pd.concat([outlines.communities(code) for code in districts], ignore_index=True)
    real = chosen_communities(real[real.streetCode.isin(streets.code)], profile)
    made = invented(profile, len(real))
    extra = pd.DataFrame(list((profile.invented.streets if profile.invented else {}).items()), columns=["code", "name"])
    streets = pd.concat([streets, extra[~extra.code.isin(streets.code)]], ignore_index=True)
    return streets.sort_values("code").reset_index(drop=True), pd.concat([real, made]).sort_values("code").reset_index(drop=True)


def chosen_communities(codes: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the residents' committees (codes ending 001-199) by code order, as many as are not invented; or the ones that are named."""
    if profile.only:
        return codes[codes.code.isin(profile.only)].sort_values("code").reset_index(drop=True)
    n = profile.communities_n - (profile.invented.n if profile.invented else 0)
    return codes[codes.code.str[9].isin(["0", "1"])].sort_values("code").head(n).reset_index(drop=True)


def invented(profile: Profile, real_n: int) -> pd.DataFrame:
    """Return the invented communities, spread evenly over the streets that are to have some."""
    if not profile.invented:
        return pd.DataFrame({"code": [], "name": [], "streetCode": []}, dtype=object)
    codes, n = list(profile.invented.streets), profile.communities_n - real_n
    street = np.sort(np.arange(n) % len(codes))
    number = FIRST_INVENTED + np.arange(n) - np.searchsorted(street, street)
    names = [profile.invented.name.format(k + 1) for k in range(n)]
    rows = [(f"{codes[s]}{k}", name, codes[s]) for s, k, name in zip(street, number, names, strict=True)]
    return pd.DataFrame(rows, columns=["code", "name", "streetCode"])
