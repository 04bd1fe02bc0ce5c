"""Makes the table and the JSON file of deploy/benchmark from the figures of its turns.

    benchmark.py FIGURES OUTPUT.json      a line of FIGURES is a side's name, a tab, and what its turn printed as JSON
"""
import json
import statistics
import sys


def read(figures):
    turns = {}
    with open(figures, encoding="utf-8") as lines:
        for line in lines:
            side, text = line.split("\t", 1)
            turns.setdefault(side, []).append(json.loads(text))
    return turns


def rates(turns, side):
    return [turn["hops_per_second"] for turn in turns.get(side, [])]


def ratio(own, other):
    """The median over the rounds: a ratio is taken within a round, whose turns have seen the same machine."""
    pairs = list(zip(own, other))
    return round(statistics.median(a / b if b else 0 for a, b in pairs), 3) if pairs else None


def ratios(turns):
    """What is measured against what, and the target."""
    hop = rates(turns, "gridwork")
    found = [(f"hop : {side}", ratio(hop, rates(turns, side)), target)
             for side, target in (("reference", ">= 0.90"), ("same messages", ""), ("celery", ">= 20"), ("dramatiq", ">= 20"))]
    found.append(("chain : hop", ratio(rates(turns, "chain"), hop), ">= 0.60"))
    first_orders = [turn["first_hops_per_second"] for turn in turns.get("chain", [])]
    found.append(("chain : hop, the first order", ratio(first_orders, hop), ""))
    for cells in ("500", "1500"):
        own, other = rates(turns, f"gridwork {cells}"), rates(turns, f"reference {cells}")
        found.append((f"hop : reference, {cells} cells", ratio(own, other), ">= 0.80" if cells == "1500" else ""))
        found.append((f"hop : same messages, {cells} cells", ratio(own, rates(turns, f"same messages {cells}")), ""))
    first = rates(turns, "past 10000")
    for past in ("100000", "1000000"):
        # How much dearer a hop is, so the rate of the small file by that of the large one.
        found.append((f"cost of a hop, {past} : 10000", ratio(first, rates(turns, f"past {past}")), "<= 1.25"))
    for rate in ("200", "1000"):
        own = turns.get(f"latency {rate}", [])
        same = [turn["p99_ms"] for turn in turns.get(f"same messages latency {rate}", [])]
        bare = [turn["bare"]["p99_ms"] for turn in own]
        p99 = [turn["gridwork"]["p99_ms"] for turn in own]
        found.append((f"p99 : bare, {rate} a second", ratio(p99, bare), "<= 2"))
        found.append((f"p99 : same messages, {rate} a second", ratio(p99, same), ""))
        found.append((f"p99 of same messages : bare, {rate}", ratio(same, bare), ""))
    for cells in ("50", "1500"):
        for turn in turns.get(f"start {cells}", []):
            found.append((f"first start : bare, {cells} cells", round(turn["first_start_to_bare"], 2), "<= 1.3"))
            one = turn["first_start_seconds"] / turn["bare_one_channel_seconds"]
            found.append((f"first start : bare over one channel, {cells}", round(one, 2), ""))
    return [entry for entry in found if entry[1] is not None]


def absolutes(turns):
    """Figures that stand for themselves, and the target."""
    found = []
    for name in ("calm neighbours", "flooded neighbours"):
        for turn in turns.get(name, []):
            figures = turn["gridwork"]
            found.append((f"{name}, p50 / p99 in ms", f"{figures['p50_ms']:.0f} / {figures['p99_ms']:.0f}", ""))
    for turn in turns.get("idle", []):
        found += [("start of the sample street, s", turn["start_seconds"], "< 1"),
                  ("idle, % of a core", turn["idle_percent_of_a_core"], "< 1"),
                  ("idle, wakeups a second", turn["wakeups_per_second"], "")]
    for turn in turns.get("memory", []):
        found.append(("memory under orders, MiB", round(turn["node"]["medianKiB"] / 1024, 1), "<= 64"))
    return found


def main(figures, output):
    turns = read(figures)
    sides = {}
    for side in turns:
        found = rates(turns, side) if "hops_per_second" in turns[side][0] else None
        sides[side] = {"turns": turns[side]}
        if found:
            sides[side].update(hops_per_second=statistics.median(found), lowest=min(found), highest=max(found))
    result = {"ratios": [{"what": what, "ratio": value, "target": target} for what, value, target in ratios(turns)],
              "figures": [{"what": what, "value": value, "target": target} for what, value, target in absolutes(turns)],
              "sides": sides}
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False, indent=2)
        file.write("\n")
    print(f"{'side':<34}{'hops/s':>10}{'lowest':>10}{'highest':>10}")
    for side, figure in sides.items():
        if "hops_per_second" in figure:
            print(f"{side:<34}{figure['hops_per_second']:>10.0f}{figure['lowest']:>10.0f}{figure['highest']:>10.0f}")
    print(f"\n{'what':<34}{'measured':>14}{'target':>10}")
    for what, value, target in ratios(turns) + absolutes(turns):
        print(f"{what:<34}{value!s:>14}{target:>10}")


main(*sys.argv[1:])
