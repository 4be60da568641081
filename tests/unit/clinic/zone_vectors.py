#!/usr/bin/env python3
"""zone_vectors.py ZONEINFO OUT.h - what Python's zoneinfo says of the same files, as C tables for test_zone.c."""
import datetime
import random
import sys
import zoneinfo

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns",
         "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/Nuuk")
EPOCH = datetime.datetime(1970, 1, 1)
DAY = 86400


def seconds(year):
    return int((datetime.datetime(year, 1, 1) - EPOCH).total_seconds())


def offset(tz, utc):
    aware = datetime.datetime.fromtimestamp(utc, tz)
    return int(aware.utcoffset().total_seconds())


def between(low, high, changed):
    """The first n in (low, high] that `changed` is true of."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if changed(middle) else (middle, high)
    return high


def transitions(tz):
    for at in range(seconds(1880), seconds(2120), DAY):
        before = offset(tz, at)
        if before != offset(tz, at + DAY):
            yield between(at, at + DAY, lambda utc: offset(tz, utc) != before)


def instants(tz, wall):
    """How often the clock shows `wall`, the first and the last instant; of a gap its end."""
    naive = EPOCH + datetime.timedelta(seconds=wall)
    asked = [wall - int(naive.replace(tzinfo=tz, fold=fold).utcoffset().total_seconds()) for fold in (0, 1)]
    shown = sorted({utc for utc in asked if utc + offset(tz, utc) == wall})
    if shown:
        return len(shown), shown[0], shown[-1]
    before = offset(tz, min(asked))
    end = between(min(asked), max(asked), lambda utc: offset(tz, utc) != before)
    return 0, end, end


def of_zone(folder, name):
    with open(f"{folder}/{name}", "rb") as file:
        tz = zoneinfo.ZoneInfo.from_file(file, key=name)
    chance = random.Random(name)
    utcs = [chance.randrange(seconds(1850), seconds(2500)) for _ in range(500)]
    walls = [chance.randrange(seconds(1850), seconds(2500)) for _ in range(500)]
    for at in transitions(tz):
        utcs += [at - 1, at, at + 1]
        edges = sorted((at + offset(tz, at - 1), at + offset(tz, at)))
        walls += [edges[0] - 1, edges[0], sum(edges) // 2, edges[1] - 1, edges[1], edges[1] + 1]
    return ([(utc, offset(tz, utc)) for utc in utcs], [(wall, *instants(tz, wall)) for wall in walls])


def table(kind, name, rows):
    body = "".join("    { " + ", ".join(f"INT64_C({n})" for n in row) + " },\n" for row in rows)
    return f"static const struct {kind} {name}[] = {{\n{body}}};\n"


def main(folder, out):
    text, zones = "/* Made by zone_vectors.py. */\n", ""
    for number, name in enumerate(ZONES):
        utcs, walls = of_zone(folder, name)
        text += table("instant", f"instants_{number}", utcs) + table("wall", f"walls_{number}", walls)
        zones += f'    {{ "{name}", instants_{number}, {len(utcs)}, walls_{number}, {len(walls)} }},\n'
    with open(out, "w", encoding="utf-8") as file:
        file.write(text + "static const struct twin twins[] = {\n" + zones + "};\n")


main(*sys.argv[1:])
