#!/usr/bin/python3
"""Writes jiangsu-road.organization.json: a street with real communities, and made-up cells, groups, points and people.

Usage: make-organization.py [--check]

The street and its communities come from divisions-310105002.json. Everything below them is invented, always the same way:
50 cells, five lane groups a cell, four liaison points a group. With --check nothing is written; the exit code tells whether
the file is what this program would write.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "divisions-310105002.json"
TARGET = HERE / "jiangsu-road.organization.json"

CELLS = 50
GROUPS_PER_CELL = 5
POINTS_PER_GROUP = 4

LEVELS = [
    {"name": "street", "title": "街道", "codeLength": 9, "role": "office", "roleTitle": "街道办事处",
     "mailbox": "street", "receivesWork": True},
    {"name": "community", "title": "社区", "codeLength": 12, "role": "office", "roleTitle": "社区居委会",
     "mailbox": "community", "receivesWork": False},
    {"name": "cell", "title": "网格", "codeLength": 15, "role": "cell-leader", "roleTitle": "片长",
     "mailbox": "cell", "receivesWork": True},
    {"name": "lane-group", "title": "居民小组", "codeLength": 17, "role": "group-leader", "roleTitle": "小组长",
     "mailbox": "cell", "receivesWork": True},
    {"name": "liaison-point", "title": "联络点", "codeLength": 20, "role": "liaison", "roleTitle": "联络员",
     "mailbox": "cell", "receivesWork": True},
]

# Family names, and given names taken from the solar terms, plants, weather and stones, so that nobody takes a holder for a
# neighbour. The two counts have no common divisor: walking both lists in step repeats a name only after all 1,886 pairs.
FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云"
GIVEN_NAMES = (
    "立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 小寒 大寒 "
    "半夏 青黛 白芷 紫苏 连翘 忍冬 杜若 泽兰 当归 远志 茯苓 苍术 松针 竹叶 梅枝 兰草 "
    "朝霞 晚霞 晨雾 星河 微风 细雨"
).split()

DIGITS = "零一二三四五六七八九"


class Holders:
    """Hands out made-up names, none twice."""

    def __init__(self):
        self.count = 0

    def next(self):
        index = self.count
        self.count += 1
        return FAMILY_NAMES[index % len(FAMILY_NAMES)] + GIVEN_NAMES[index % len(GIVEN_NAMES)]


def units(divisions):
    holders = Holders()

    def unit(code, name):
        return {"code": code, "name": name, "holder": holders.next()}

    communities = divisions["communities"]
    fewest, extra = divmod(CELLS, len(communities))
    yield unit(divisions["code"], divisions["name"])
    for index, community in enumerate(communities):
        yield unit(community["code"], community["name"])
        place = community["name"].removesuffix("居委会")
        for cell in range(1, fewest + (index < extra) + 1):
            cell_code = f"{community['code']}{cell:03}"
            yield unit(cell_code, f"{place}第{DIGITS[cell]}网格")
            for group in range(1, GROUPS_PER_CELL + 1):
                group_code = f"{cell_code}{group:02}"
                yield unit(group_code, f"第{DIGITS[group]}小组")
                for point in range(1, POINTS_PER_GROUP + 1):
                    yield unit(f"{group_code}{point:03}", f"{point}号联络点")


def organization():
    """Renders the file, one level and one unit a line: a difference or an error then points at one of them."""
    divisions = json.loads(SOURCE.read_text(encoding="utf-8"))

    def lines(values):
        return ",\n".join("    " + json.dumps(value, ensure_ascii=False) for value in values)

    return (
        "{\n"
        f'  "name": {json.dumps(divisions["name"], ensure_ascii=False)},\n'
        f'  "levels": [\n{lines(LEVELS)}\n  ],\n'
        f'  "units": [\n{lines(units(divisions))}\n  ]\n'
        "}\n"
    )


def main():
    text = organization()
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is not what {pathlib.Path(__file__).name} writes; run it without --check")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
