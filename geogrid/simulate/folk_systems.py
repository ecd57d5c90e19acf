"""The figures of people and organisations that each system's reports give. A comment says of every other number that it is assumed.

Posts and duties that are not said here are those of the scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from geogrid.simulate.folk_figures import DISTRICT, WORKPLACE, Bodies, Folk, People, Reports, Sent, Workplaces

LUBEI = Folk(
    deepest="grid",
    bodies=(
        Bodies("committee", "{place}党总支", "community"),
        Bodies("branch", "{place}网格党支部", "compound", 915, under="committee"),
        Bodies("group", "{place}党小组", "building", 1241, under="branch"),
        Bodies("centre", "党员中心户{i:04d}", "entrance", 9700, under="group"),
        Bodies("team", "志愿者服务队{i:03d}", "community", 513, spans=12),
    ),
    people=(
        People(("full_time",), "网格员", "grid"),  # one a grid; the reports name them and give no number
        People(("police",), "民警", "community"),  # named, without a number: one a community
        People(("sent_member",), "下沉党员", WORKPLACE, 7000),
        People(("volunteer",), "志愿者", "organisation:team", post="队长"),  # of 140,000 volunteers those who lead a team; one a team is assumed
    ),
    workplaces=Workplaces(140, "community", paired=False),  # "of city and district": how many is not said
    sent=(
        Sent("LB-2025-1", "在职党员下沉（模拟）", "real", "community", ("2025-11-03", "2025-11-16"), "下沉值守", ("sent_member",), workplaces=True),
    ),
    reports=(
        Reports(1987, {"help": 1}, open_n=9, inside_share=0.8),  # the number is of 2022; how many are open is not said
        Reports(  # what cameras find is not counted
            2400,
            {"street_trading": 5, "unlicensed_stall": 3, "exposed_litter": 5, "disorderly_parking": 6},
            open_n=24,
            reporters={"camera": 8, "officer": 4, "resident": 2},
            inside_share=0,
        ),
    ),
)

CENTRE = Bodies("centre", "党员中心户{i:04d}", "household", 9700, under="group branch", evenly=True)
LUBEI_LINKED = replace(LUBEI, bodies=tuple(CENTRE if body.kind == "centre" else body for body in LUBEI.bodies))

FENGRUN = Folk(
    deepest="subgrid",
    bodies=(
        Bodies("committee", "{place}党组织", "community"),
        Bodies("branch", "{place}党支部", "grid", 196, under="committee", spans=8),
        Bodies("group", "{place}党小组", "subgrid", 1062, under="branch"),
        Bodies("centre", "党员中心户{i:04d}", "entrance", 1500, under="group"),  # a level of the tree without a number
        Bodies("vanguard", "党群先锋队{i:03d}", DISTRICT, 70),  # the overlay says which community is theirs
    ),
    people=(
        People(("full_time",), "网格员", "grid"),  # no number: one a grid
        People(("door_head",), "楼门长", "subgrid"),  # no number: one a sub-grid
        People(("sent_member",), "下沉党员", WORKPLACE, 1825),
    ),
    workplaces=Workplaces(85, "community", paired=False),
    sent=(
        Sent(
            "FR-2025-1",
            "汛期应急值守（模拟）",
            "real",
            "community",
            ("2025-07-28", "2025-08-10"),
            "应急值守",
            ("sent_member",),
            ("vanguard",),
            workplaces=True,
        ),
    ),
)

SOURCES = ("social_worker", "veteran", *(f"source{k}" for k in range(3, 14)))
TAOCHENG = Folk(
    deepest="stairwell",
    bodies=(
        Bodies("committee", "{place}党组织", "community"),
        Bodies("temporary_branch", "{place}临时党支部", "estate", 341, out_of=355, under="committee", valid=("2025-03-01", "2027-02-28")),
        Bodies("team", "志愿服务队{i:03d}", "community", 490),
    ),
    people=(  # 13 kinds, every unit with someone; no numbers, and who holds several stairwells is assumed
        People(SOURCES[:2], "街道网格员", "street", post="一级网格长"),
        People(SOURCES[:2], "社区网格员", "community", post="二级网格长"),
        People(SOURCES[:4], "片区网格员", "area", post="三级网格长"),
        People(SOURCES, "小区网格员", "estate", post="四级网格长"),
        People(SOURCES, "单元网格员", "stairwell", 2900, out_of=3242, post="单元网格员"),
        People(("sent_member",), "报到党员", WORKPLACE, 11615),
        People(SOURCES[1:2], "支部书记", "organisation:temporary_branch", post="临时党支部书记"),
    ),
    workplaces=Workplaces(197, "street", called="报到单位"),
    sent=(
        Sent(
            "TC-2025-1",
            "平急两用：四、五级网格员归社区（模拟）",
            "real",
            "community",
            ("2025-07-28", "2025-08-10"),
            "应急值守",
            from_levels=("estate", "stairwell"),
        ),
        Sent("TC-2025-2", "在职党员报到演练（模拟）", "drill", "community", ("2025-10-13", "2025-10-17"), "报到值守", ("sent_member",)),
    ),
    reports=(Reports(590, {"help": 1}, open_n=7, inside_share=0.7),),  # how many are open is not said
)

HUAGONG = Folk(
    deepest="microgrid",
    bodies=(Bodies("team", "志愿服务团队{i:02d}", "community", 39),),
    people=(People(("volunteer",), "志愿者", "microgrid", 2300, out_of=1837),),
)

SHUANGLUAN = Folk(
    deepest="grid",
    bodies=(
        Bodies("street_committee", "{place}党工委", "street"),
        Bodies("committee", "{place}党组织", "community", under="street_committee"),
        Bodies("grid_body", "{place}党组织", "grid", under="committee"),
        Bodies("group", "{place}党小组", "building", 480, under="grid_body"),  # the fourth and fifth level of the chain have no numbers
        Bodies("centre", "党员中心户{i:04d}", "entrance", 720, under="group"),
        Bodies("owners", "{place}业主委员会", "compound", 72),
    ),
    people=(
        People(("full_time",), "网格员", "grid"),  # no number: one a grid
        People(("social_worker",), "社区工作者", "community", 288),
        People(("building_head",), "楼长", "building", 1174, use="住宅"),
        People(("online_head",), "网络楼长", "building", 1188, use="住宅"),
        People(("courier",), "外卖员", "grid", 46, covers=False),
    ),
    sent=(Sent("SL-2025-1", "平急结合演练（模拟）", "drill", "community", ("2025-09-15", "2025-09-19"), "应急值守", from_levels=("grid",)),),
    reports=(
        Reports(
            3851,
            {"illegal_parking": 5, "damaged_facility": 3, "sanitation": 6},
            open_n=6,
            reporters={"officer": 6, "resident": 4, "courier": 1},
            inside_share=0.1,
        ),
        Reports(895, {"booking": 1}, reporters={"resident": 1}, inside_share=1),
    ),
)

ZHAOXIAN = Folk(
    deepest="grid",
    bodies=(
        Bodies("street_committee", "乡镇党委", DISTRICT, 1),
        Bodies("committee", "{place}党支部", "community", under="street_committee"),
        Bodies("group", "{place}党小组", "grid", under="committee"),
    ),
    people=(  # 140 in all: how many of them full-time is not said
        People(("full_time",), "网格员", "grid"),
        People(("part_time",), "兼职网格员", "grid", 97, out_of=43),
        People(("shop",), "商超网格员", "station or building", 30, use="shop 商业"),
    ),
    reports=(  # how many are open is not said
        Reports(
            197,
            {"litter": 9, "road_damage": 6, "illegal_building": 3},
            open_n=5,
            reporters={"officer": 6, "courier": 3, "resident": 2},
            inside_share=0.15,
        ),
    ),
)

KAIPING = Folk(
    deepest="grid",
    bodies=(
        Bodies("street_committee", "街道大工委", DISTRICT, 1),
        Bodies("committee", "{place}党组织", "community", under="street_committee"),
        Bodies("big_committee", "{place}大党委", "community", 20, under="street_committee"),
        Bodies("branch", "{place}党支部", "grid", 106, out_of=175, under="committee"),
        Bodies("group", "{place}党小组", "grid", under="committee", beside=("branch",)),
        Bodies("owners", "{place}业主委员会", "compound", 40),
    ),
    people=(
        People(("full_time",), "网格员", "grid"),  # no number: one a grid
        People(("sent_member",), "在职人员", WORKPLACE, 1120),  # no number: 20 a workplace; 85 % of them are sent
    ),
    workplaces=Workplaces(56, "community", called="区直单位"),
    sent=(Sent("KP-2025-1", "在职人员下沉值守（模拟）", "real", "community", ("2025-08-01", "2025-08-14"), "下沉值守", ("sent_member",), part=0.85),),
)

BAODING = Folk(
    deepest="grid",
    bodies=(
        Bodies("committee", "{place}党组织", "community"),
        Bodies("branch", "{place}党支部", "grid", 531, out_of=2459, under="committee"),
        Bodies("group", "{place}党小组", "grid", leave=34, out_of=2459, under="committee", beside=("branch",)),
    ),
    people=(
        People(("full_time",), "网格员", "grid"),
        People(("part_time",), "兼职网格员", "grid", 19163, out_of=2459),
        People(("courier",), "外卖员", "community", 490),  # those who report at the 490 stations: no number of people
    ),
    reports=(Reports(3200, {"clue": 1}, open_n=40, reporters={"courier": 5, "officer": 4, "resident": 3}),),  # named, not counted
)

TIANYE = Folk(
    deepest="grid",
    reports=(  # four layers of tasks, none counted
        Reports(160, {"hazard": 1}, open_n=5, reporters={"camera": 5, "officer": 4}, inside_share=0.3),
        Reports(420, {"fee": 1}, open_n=3, reporters={"resident": 1}, inside_share=1),
        Reports(240, {"elderly_care": 1}, open_n=4, reporters={"resident": 3, "officer": 2}, inside_share=1),
        Reports(36, {"emergency_call": 1}, open_n=1, reporters={"resident": 1}, inside_share=1),
    ),
)

LANSHAN = Folk(deepest="street", bodies=(Bodies("branch", "新业态党支部{i:02d}", DISTRICT, 43),))  # no territory is said

JIXIAN = Folk(
    deepest="grid",
    bodies=(Bodies("committee", "{place}党组织", "community"),),
    people=(
        People(("social_worker",), "社区工作者", "community", 55),
        People(("full_time",), "网格员", "grid", 187),
    ),
)

QINGSHAN = Folk(
    deepest="community",
    bodies=(
        Bodies("branch", "第{i}党支部", "community"),
        Bodies("team", "石家庄高新区志愿服务团队{i:03d}", DISTRICT, 163),  # of another place, which has no map
    ),
)

FOLK: Mapping[str, Folk] = {
    "lubei": LUBEI,
    "fengrun": FENGRUN,
    "taocheng": TAOCHENG,
    "huagong": HUAGONG,
    "shuangluan": SHUANGLUAN,
    "zhaoxian": ZHAOXIAN,
    "kaiping": KAIPING,
    "baoding": BAODING,
    "tianye": TIANYE,
    "lanshan": LANSHAN,
    "jixian": JIXIAN,
    "qingshan": QINGSHAN,
}
"""By system."""
LINKED: Mapping[str, tuple[str, Folk]] = {"lubei": ("lubei-linked", LUBEI_LINKED)}
"""By system: the scheme that links households round a centre, and the people of it."""
