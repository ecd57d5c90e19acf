"""What Chinese offices (and English files) write over the columns that we know, by role: data for `geogrid.reading.headings`.

Each column has ranks: sets of headings, the surest first. Words are written as `fold` makes them: narrow, lower case, without blanks,
underlines and units, so 社区编码 stands for `社区 编码` and `communitycode` for `Community_Code`. Pinyin initials are those of Chinese
surveying practice: SQDM 社区代码, SQMC 社区名称, WGBM 网格编码, XZQDM 行政区代码, FWYT 房屋用途, DSCS 地上层数. What means one thing in one
office and another in the next (BSM, JD for a longitude, LDH, units) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

Ranks = tuple[frozenset[str], ...]

LEVEL_HEADS: dict[str, tuple[str, ...]] = {
    "district": ("区县", "县区", "市区", "行政区", "行政区划", "区", "县", "qx", "xzq", "xzqh", "district", "county"),
    "streets": (
        *("街道", "乡镇", "镇街", "街镇", "乡镇街道", "街道乡镇", "街道办", "街道办事处", "街办", "乡", "镇"),
        *("jd", "xz", "xzjd", "jdxz", "zj", "jz", "street", "town", "township", "subdistrict"),
    ),
    "communities": (
        *("社区", "村居", "村", "村社区", "社区村", "居委会", "社区居委会", "村居委会", "居村委会"),
        *("sq", "cj", "jcwh", "cun", "community", "village", "neighborhood", "neighbourhood"),
    ),
    "grids": ("网格", "基础网格", "单元网格", "责任网格", "wg", "jcwg", "dywg", "grid"),
    "microgrids": ("微网格", "微格", "微网", "wwg", "microgrid"),
    "compounds": ("小区", "住宅小区", "居民小区", "院落", "xq", "compound", "estate"),
}
"""What each level is called at the beginning of a heading, highest level first."""

_BUILDING = ("楼栋", "楼宇", "楼", "栋", "幢", "自然幢", "建筑", "建筑物", "房屋", "ld", "ly", "jzw", "fw", "zrz", "building", "bldg", "build")
_ENTRANCE = ("单元门", "单元", "楼门", "门洞", "出入口", "入口", "dym", "dy", "entrance", "doorway")
_STATION = ("站点", "站", "驿站", "设施", "机构", "点位", "服务点", "服务站", "zd", "ss", "jg", "station", "facility", "site")
_CAMERA = ("摄像机", "摄像头", "探头", "监控", "监控点", "监控点位", "设备", "点位", "sxj", "sxt", "jk", "sb", "dw", "camera", "device")
_PERSON = ("人员", "网格员", "员工", "ry", "wgy", "staff", "person", "officer")
_ORGANISATION = (
    *("机构", "组织", "党组织", "党支部", "支部", "党小组", "队伍", "团队", "单位", "部门", "jg", "zz", "dw", "bm"),
    *("organisation", "organization", "org"),
)
_EVENT = ("事件", "案件", "工单", "sj", "aj", "gd", "event", "case")
_ROAD = ("道路", "路", "线路", "河流", "河道", "水系", "铁路", "围墙", "绿地", "公园", "dl", "hl", "road", "street", "river", "rail")

_CODE_ENDS = ("编码", "代码", "编号", "码", "id", "dm", "bm", "bh", "code", "no", "num", "number")
_NAME_ENDS = ("名称", "名字", "名", "mc", "name")
_KIND_ENDS = ("类型", "类别", "种类", "分类", "lx", "lb", "fl", "type", "kind", "category", "class")


def _ends(heads: Iterable[str], ends: Iterable[str], before: Iterable[str] = ("",)) -> frozenset[str]:
    """Every head with every ending: 社区 + 编码; `before` puts 所属 in front."""
    return frozenset(f"{first}{head}{end}" for first in before for head in heads for end in ends)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CODES = _set("编码 代码 编号 统一编码 唯一编码 code bm dm bh")
_NAMES = _set("名称 名字 mc title")
_KINDS = _set("类型 类别 种类 分类 lx lb type category")
_AREA_CODES = _set("区划代码 区划编码 行政区代码 行政区编码 行政区划代码 行政区划编码 统计用区划代码 统计区划代码 xzqdm xzqhdm qhdm adcode")
_AREA_NAMES = _set("区划名称 行政区名称 行政区划名称 xzqmc xzqhmc qhmc")
_PARENTS = _set("上级编码 上级代码 上级编号 父级编码 父级代码 父编码 父代码 父id sjbm sjdm fjbm fjdm pid parentcode parentid")
_OF = ("", "所属", "所在")

PLACES: dict[str, Ranks] = {
    "lon": (_set("经度 东经 经度坐标 lng long longitude wgs84经度 经度wgs84 wgs84lon wgs84lng lonwgs84 lngwgs84"),),
    "lat": (_set("纬度 北纬 纬度坐标 latitude wgs84纬度 纬度wgs84 wgs84lat latwgs84"),),
    "x": (_set("x坐标 坐标x xzb zbx xcoord coordx pointx easting 东坐标"),),
    "y": (_set("y坐标 坐标y yzb zby ycoord coordy pointy northing 北坐标"),),
}


def _area(role: str) -> dict[str, Ranks]:
    heads, levels = LEVEL_HEADS[role], list(LEVEL_HEADS)
    above = ["communities", "streets"] if role == "compounds" else levels[: levels.index(role)][::-1]
    alone = frozenset(head for head in heads if len(head) > 3 or (len(head) > 1 and not head.isascii()))
    return {
        "code": (_ends(heads, _CODE_ENDS), _CODES, _AREA_CODES),
        "name": (_ends(heads, _NAME_ENDS), _NAMES, alone, _AREA_NAMES),
        # XZQDM is the area's own code where there is no other, so it never stands for the parent's
        "parent": (_PARENTS, *(_ends(LEVEL_HEADS[level], _CODE_ENDS, _OF) - _AREA_CODES for level in above)),
        "kind": (_ends(heads, _KIND_ENDS),),
    }


_ADDRESS: Ranks = (
    _set("标准地址 标准地名地址"),
    _set("地址 详细地址 楼栋地址 建筑地址 房屋地址 单元地址 住址 dz xxdz bzdz addr"),
    _set("坐落 房屋坐落 门牌 门牌号 门牌地址 zl fwzl mp mph mpdz"),
)
_FLOORS: Ranks = (
    _set("地上层数 地上楼层数 地上楼层 地上总层数 dscs dslc"),
    _set(
        "层数 总层数 楼层数 总楼层 总楼层数 建筑层数 房屋层数 楼栋层数 cs zcs lcs fwcs jzcs "
        "layernum floornum numfloors floorcount nfloors storeys stories storey levels numlevels buildinglevels"
    ),
    _set("楼层 floor"),
)
_HOUSEHOLDS: Ranks = (
    _set("户数 总户数 住户数 居民户数 家庭户数 常住户数 入住户数 实住户数 hs zhs jmhs czhs household householdcount numhouseholds nhouseholds"),
)
_PERSONS: Ranks = (_set("人口 人数 总人口 总人数 人口数 常住人口 居民人数 居住人数 家庭人数 rk rs rks zrk czrk population pop totalpop"),)
_HEIGHT: Ranks = (_set("高度 建筑高度 房屋高度 楼高 楼栋高度 安装高度 架设高度 杆高 jzgd azgd"),)
_COMMUNITY: Ranks = (
    _ends(LEVEL_HEADS["communities"], _CODE_ENDS, _OF),
    _ends(LEVEL_HEADS["communities"], _NAME_ENDS, _OF) | _set("社区 所属社区 所在社区"),
)
_USE: Ranks = (
    _set("用途 建筑用途 房屋用途 规划用途 使用性质 房屋性质 建筑性质 用房性质 楼栋性质 yt jzyt fwyt ghyt syxz usage"),
    _ends(_BUILDING, _KIND_ENDS),
)
_OF_BUILDING: Ranks = (_ends(_BUILDING, ("id",), _OF), _ends(_BUILDING, [end for end in _CODE_ENDS if end != "id"], _OF))
_UNIT: Ranks = (
    *(_ends(LEVEL_HEADS[level], _CODE_ENDS, _OF) for level in ("microgrids", "grids", "communities", "streets")),
    _set("所属微网格 所在微网格 责任微网格 包联微网格"),
    _set("所属网格 所在网格 责任网格 包联网格 包保网格 负责网格 服务网格"),
    _set("所属社区 所在社区 服务社区"),
)
"""The unit that one works for or sits in: the lowest level that the file names, first by its code."""
_PERIOD: dict[str, Ranks] = {
    "valid_from": (
        _set("生效日期 生效时间 启用日期 开始日期 起始日期 起始时间 开始时间 任职日期 任职时间 到岗日期 成立日期 成立时间 startdate begindate"),
    ),
    "valid_to": (
        _set("失效日期 失效时间 停用日期 结束日期 结束时间 终止日期 截止日期 截止时间 离任日期 离岗日期 届满日期 撤销日期 撤销时间 enddate"),
    ),
}
_MEMBER: dict[str, Ranks] = {
    "member": (_set("成员编码 成员编号 成员 人员编号 人员编码 工号 memberid staffid"),),
    "target_kind": (_set("对象类型 对象类别 targettype"),),
    "target": (_set("对象编码 对象编号 对象 targetid targetcode"),),
    "post": (_set("职务 岗位 职位 position"),),
}


def _own(heads: tuple[str, ...], *, name: bool = True, kind: bool = True) -> dict[str, Ranks]:
    """The id, name and kind of a thing with these heads: 站点编码 before 编码, 站点名称 before 名称."""
    made: dict[str, Ranks] = {"id": (_ends(heads, _CODE_ENDS), _CODES, _set("osmid"))}
    made |= {"name": (_ends(heads, _NAME_ENDS), _NAMES)} if name else {}
    return made | ({"kind": (_ends(heads, _KIND_ENDS), _KINDS)} if kind else {})


def _barrier(osm: str) -> dict[str, Ranks]:
    """A barrier; `osm` is the key that OpenStreetMap has for its class."""
    classes = "等级 道路等级 道路级别 级别 dldj 道路类型 道路类别 河流等级 roadclass fclass"
    return {
        "class": (_set(f"{classes} {osm}"), _KINDS),
        "name": (_ends(_ROAD, _NAME_ENDS), _NAMES),
        "main": (_set("主干路 是否主干路 主干道 是否主干道 ismain"),),
        "bridge": (_set("桥梁 桥 是否桥梁 isbridge"),),
        "tunnel": (_set("隧道 是否隧道 istunnel"),),
    }


HEADINGS: dict[str, dict[str, Ranks]] = {
    **{role: _area(role) for role in LEVEL_HEADS},
    "buildings": {
        "id": (_OF_BUILDING[0] | _set("bid"), _OF_BUILDING[1], _CODES | _set("zrzh 自然幢号"), _set("osmid")),
        "address": _ADDRESS,
        "floors": _FLOORS,
        "households": _HOUSEHOLDS,
        "persons": _PERSONS,
        "use": _USE,
        "height_m": _HEIGHT,
        "community": _COMMUNITY,
    },
    "entrances": {
        "id": (_ends(_ENTRANCE, _CODE_ENDS), _CODES, _set("osmid")),
        "building": _OF_BUILDING,
        "address": _ADDRESS,
        "floors": _FLOORS,
        "households": _HOUSEHOLDS,
        **PLACES,
    },
    "households": {
        "id": (_ends(("户", "住户", "家庭", "hu", "household"), _CODE_ENDS), _set("户号 hh"), _CODES),
        "building": _OF_BUILDING,
        "entrance": (_ends(_ENTRANCE, _CODE_ENDS, _OF),),
        "floor": (_set("楼层 所在层 所在楼层 层 层号 lc szc szlc storey floorno"),),
        "door": (_set("房号 室号 门号 房间号 户室号 门牌号 fh sh fjh room roomno doorno"),),
        "persons": _PERSONS,
        "centre": (_set("中心户 是否中心户 zxh sfzxh center iscentre iscenter"),),
    },
    "roads": _barrier("highway"),
    "railways": _barrier("railway"),
    "water": _barrier("waterway"),
    "walls": _barrier("barrier"),
    "green": _barrier("leisure"),
    "stations": {
        **_own(_STATION),
        "kind": (_ends(_STATION, _KIND_ENDS), _KINDS, _set("amenity")),
        "capacity": (_set("容量 床位 床位数 座位数 核定人数 服务能力 cw cws beds seats"),),
        "host": (_set("依托单位 承办单位 主办单位 运营单位 管理单位 主管单位"),),
        "area_m2": (_set("建筑面积 站点面积 jzmj"), _set("面积 使用面积 mj symj area")),
        "equipment": (_set("设备 设备配置 设施设备 配置"),),
        "hub": (_set("枢纽 是否枢纽 中心站 是否中心站 ishub"),),
        **PLACES,
    },
    "cameras": {
        **_own(_CAMERA),
        "gb_code": (_set("国标编码 国标编号 国标代码 国标码 国标id gbcode gbid gbbm gb28181 gb28181编码 gbt28181编码"),),
        "direction_deg": (_set("方位角 朝向角 朝向角度 方位角度 方向角 fwj azimuth bearing heading"),),
        "direction": (_set("方向 朝向 方位 监视方位 监控方位 监控方向 监视方向 jsfw jkfw fx"),),
        "range_m": (_set("监控距离 可视距离 有效距离 覆盖半径 监控半径 可视半径 range radius"),),
        "angle_deg": (_set("视场角 水平视场角 视角 监控角度 fov fieldofview"),),
        "height_m": _HEIGHT,
        "ptz": (_set("云台类型 ptz类型 ptztype"),),
        "sign_installed": (_set("标识牌 是否有标识牌 是否设标识牌 提示标识 是否设置提示标识 是否设提示标识"),),
        "secret": (_set("涉密 是否涉密 保密 是否保密 sfsm"),),
        **PLACES,
    },
    "prohibited": {"kind": (_ends(("场所", "区域", "禁设点"), _KIND_ENDS), _KINDS)},
    "staff": {
        "id": (_set("工号 警号 gh") | _ends(_PERSON, _CODE_ENDS), _CODES),
        "name": (_set("姓名 xm") | _ends(_PERSON, ("姓名", "名称", "name")), _NAMES),
        "kind": (_ends(_PERSON, _KIND_ENDS), _KINDS),
        "phone": (_set("电话 手机 手机号 手机号码 联系电话 联系方式 电话号码 sj sjh lxdh dh mobile tel telephone phonenumber"),),
        "duties": (_set("职责 工作职责 职责分工 岗位职责 duty"),),
        "unit": _UNIT,
    },
    "organisations": {
        **_own(_ORGANISATION),
        "parent": (_PARENTS | _ends(_ORGANISATION, _CODE_ENDS, ("上级",)), _set("上级组织 上级党组织 上级机构 隶属组织 隶属党组织")),
        "unit": _UNIT,
        **_PERIOD,
        **PLACES,
    },
    "memberships": {**_MEMBER, **_PERIOD},
    "workplaces": _own(("单位", "企业", "场所", "dw", "qy", "company", "workplace"), kind=False),
    "overlays": {
        "id": (_CODES,),
        "name": (_set("方案名称 预案名称 演练名称 overlayname"), _NAMES),
        "kind": (_KINDS,),
        "action": (_set("动作 操作 增减"),),
        **_MEMBER,
        **_PERIOD,
    },
    "events": {
        "id": (_ends(_EVENT, (*_CODE_ENDS, "号")), _CODES),
        "kind": (_ends(_EVENT, _KIND_ENDS), _KINDS),
        "time": (_set("发生时间 事发时间 fssj"), _set("时间 上报时间 事件时间 日期 sbsj eventtime timestamp")),
        "state": (_set("状态 办理状态 处理状态 办结状态 status zt"),),
        "closed_at": (_set("办结时间 结案时间 完成时间 bjsj jasj closed closedtime"),),
        "address": _ADDRESS,
        "reporter_kind": (_set("上报人类型 来源 事件来源 上报来源 上报渠道"),),
        **PLACES,
    },
    "patrols": {
        "officer": (_set("工号 警号") | _ends(_PERSON, _CODE_ENDS), _set("姓名 网格员 巡查员 民警 人员")),
        "time": (_set("时间 定位时间 巡查时间 采集时间 dwsj timestamp"),),
        "accuracy_m": (_set("精度 定位精度 水平精度 accuracy"),),
        "track": (_set("轨迹号 轨迹编号 轨迹id trackid trackfid"),),
        **PLACES,
    },
    "declared": {
        "item": (_set("项目 指标 指标名称 名称 事项"),),
        "level": (_set("层级 级别"),),
        "value": (_set("数值 数量 值 数 个数 合计 count"),),
        "kind": (_KINDS | _set("点位类型 站点类型"),),
        "unit": (_set("单位 计量单位"),),
        "note": (_set("备注 说明 remark comment"),),
        "source": (_set("来源 出处 依据 文号 数据来源"),),
    },
}
"""Role → our column → ranks of headings. The canonical name itself is not among them: `recognise` puts it first."""
