"""Makes the table and the JSON file of deploy/benchmark from the figures of its turns.

    benchmark.py FIGURES OUTPUT.json      a line of FIGURES is a side's name, a tab, and what its turn printed as JSON
"""
import json
import statistics
import sys


def main(figures, output):
    turns = {}
    with open(figures, encoding="utf-8") as lines:
        for line in lines:
            side, text = line.split("\t", 1)
            turns.setdefault(side, []).append(json.loads(text))
    # A ratio is taken within a round, whose turns have seen the same machine, and the median over the rounds.
    own = [turn["hops_per_second"] for turn in turns["gridwork"]]
    sides = {}
    for side, results in turns.items():
        rates = [turn["hops_per_second"] for turn in results]
        sides[side] = {
            "hops_per_second": statistics.median(rates),
            "lowest": min(rates),
            "highest": max(rates),
            "gridwork_to_it": round(statistics.median(a / b if b else 0 for a, b in zip(own, rates)), 3),
            "turns": results,
        }
    with open(output, "w", encoding="utf-8") as file:
        json.dump({"rounds": len(own), "sides": sides}, file, ensure_ascii=False, indent=2)
        file.write("\n")
    print(f"{'side':<12}{'hops/s':>10}{'lowest':>10}{'highest':>10}{'gridwork : it':>16}")
    for side, result in sides.items():
        print(f"{side:<12}{result['hops_per_second']:>10.0f}{result['lowest']:>10.0f}{result['highest']:>10.0f}"
              f"{result['gridwork_to_it']:>16.2f}")


main(*sys.argv[1:])
