"""The figures of people and organisations that each system declares. Where its reports give no count, a comment says so: that number is assumed."""

from __future__ import annotations

from collections.abc import Mapping

from geogrid.simulate.folk_figures import WORKPLACE, Bodies, Folk, People, Reports, Sent, Workplaces

PATROL = ("巡查走访", "信息采集", "矛盾调解", "隐患上报")

LUBEI = Folk(
    deepest="grid",
    bodies=(
        Bodies("committee", "{place}党总支", "community"),
        Bodies("branch", "{place}网格党支部", "compound", 915, under="committee"),
        Bodies("group", "{place}党小组", "building", 1241, under="branch"),
        Bodies("centre", "党员中心户{i:04d}", "entrance", 9700, under="group"),
        Bodies("team", "志愿服务队{i:03d}", "community", 513, spans=12),
    ),
    people=(
        # one officer a grid: the reports speak of full-time officers and give no number
        People(("full_time",), "网格员", "grid", post="网格长", duties=PATROL),
        People(("sent_member",), "下沉党员", WORKPLACE, 7000, covers=False),
    ),
    workplaces=Workplaces(140, "community", paired=False),  # members of workplaces "of city and district": how many workplaces is not said
    sent=(Sent("LB-2025-1", "real", "community", ("2025-11-03", "2025-11-16"), "下沉值守", ("sent_member",), workplaces=True),),
    reports=(
        Reports(1987, {"help": 1}, open_n=9, inside_share=0.8),  # of all those that the year 2022 counts; how many are open is not said
        Reports(
            2400,  # what cameras find is not counted in the reports
            {"street_trading": 5, "unlicensed_stall": 3, "exposed_litter": 5, "disorderly_parking": 6},
            open_n=24,
            reporters={"camera": 8, "officer": 4, "resident": 2},
            inside_share=0,
        ),
    ),
)

FOLK: Mapping[str, Folk] = {"lubei": LUBEI}
"""By system."""
