#!/usr/bin/env python3
"""The bench's tables, of figures that nobody measured: every row of the goals and every section is there."""
import argparse
import os
import re
import sys
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "bench"))
import race  # noqa: E402
import sweep  # noqa: E402
from goals import OF_LINES, goals  # noqa: E402
from race_models import MODELS, parameters  # noqa: E402
from netc_side import flop  # noqa: E402
from sections import (DEEP, MODES, NETC_ALONE, NETC_INSIDE, OTHERS, SECTIONS, Bench, Line,  # noqa: E402
                      Section)
from support import done, folder, main, netc, write  # noqa: E402
from tables import section_table  # noqa: E402

LABELS = {"main": ["batch 64", "batch 64, precision exact"], "lenet": ["batch 16"], "mlp": ["batch 16"],
          "stacks": ["64 to 64"], "norms": ["64 to 64"], "inference": ["batch 1"],
          "deep": ["ResNet-50 at 224x224, batch 8"]}


def section(name):
    """netc took 2 and 3 ms in two rounds, every other contender 8 and 9."""
    lines = [Line(label, threads, 1e6, {who: None for who in (NETC_ALONE, NETC_INSIDE, *MODES)})
             for label in LABELS[name] for threads in (1, 2)]
    for line in lines:
        for who, found in line.found.items():
            found += [3.0, 2.0] if who == NETC_ALONE else [8.0, 9.0]
    made = Section(name, name, lines)
    made.peaks = {1: [1.0, 4.0], 2: [2.0]}
    return made


def test_the_fastest_round_counts_for_everybody():
    sections = {name: section(name) for name in LABELS}
    text = goals(sections, {"epoch": 5.5, "memory": 14.25, "build": 1.25, "own": 7.0, "first step": 42.0})
    assert len(text.splitlines()) == 30, text
    for row in ("| main job, batch 64, 2 threads, x its best | >= 3 | 4.00 | yes |",
                "| main job, batch 64, 2 threads, x one thread | >= 1.9 | 1.00 | no |",
                "| main job, batch 64, 2 threads, in process : standalone | <= 1.05 | 4.00 | no |",
                "| inference of the main job, batch 1, 1 thread, us | <= 50 | 2000 | no |",
                "| ResNet-50 at 224x224, batch 8, 2 threads, x its best | >= 2.5 | 4.00 | yes |",
                "| `netc run`: the first step, ms after the command | <= 20 | 42 | no |"):
        assert row in text, text


def test_every_goal_is_of_a_line_that_is_there():
    class Nothing:  # stands for programs and for PyTorch: sections are made, and nothing is measured
        def __getattr__(self, name):
            return lambda *words, **settings: ""
    options = argparse.Namespace(quick=False, seconds=0)
    sections = {name: make(Bench(Nothing(), Nothing(), options)) for name, make in SECTIONS.items()}
    for name, labels, counts, *_ in OF_LINES:
        for label in labels or []:
            for threads in counts:
                assert sections[name].missing or sections[name].line(label, threads), (name, label, threads)


def test_sections_show_the_slowest_round_too():
    for name in LABELS:
        text = section_table(section(name))
        assert "2.00 (to 3.00) | 8.00 (to 9.00)" in text and "| 4.00 | 4.00 |" in text, text


def test_nothing_measured_is_nothing_shown():
    assert not goals({}, {})
    assert "Not measured: no data." in section_table(Section("x", "X", [], "no data."))


def test_the_race_has_netcs_models():
    assert set(MODELS) == set(race.RACES)
    for name in MODELS:
        text = done(netc("summary", os.path.join(HERE, "bench", "models", name + ".net"))).out
        total = re.search(r"^ +total +([\d,]+)", text, flags=re.M)
        assert int(total[1].replace(",", "")) == parameters(name), name


def test_the_races_page_has_a_bar_for_everybody_who_is_there():
    line = section("lenet").lines[0]
    line.found[race.JAX] = [4.0]
    line.found[race.TINYGRAD] = []
    options = argparse.Namespace(rounds=2, threads=1)
    for who in (NETC_INSIDE, "torch.jit.freeze"):  # which do not race
        line.found.pop(who)
    text = race.page({"lenet": line}, {("lenet", race.TINYGRAD): "no module <tinygrad>"}, options)
    picture = xml.etree.ElementTree.fromstring(re.search(r"<svg.*?</svg>", text, flags=re.S)[0])
    widths = [float(bar.get("width")) for bar in picture.findall("rect")]
    assert len(widths) == sum(bool(found) for found in line.found.values())
    assert widths == sorted(widths) and abs(widths[0] * 4 - widths[-1]) < 0.5, widths
    assert "4 ms, 2.00 x netc" in text and "no module &lt;tinygrad&gt;" in text and "<script" not in text


def test_the_sweep_knows_the_layers_of_its_networks():
    for name, text in sweep.NETWORKS.items():
        with folder() as path:
            write(path, "net.net", text(path, 4) + sweep.TRAIN_BLOCK % (4, 4))
            layers = sweep.operations(done(netc("check", "--dump=graph", "net.net", cwd=path)).out)
        ops = [op for of_layer in layers.values() for op in of_layer if op and op["kind"] in sweep.PRODUCTS]
        assert len(ops) >= 4 and sum(op["first"] for op in ops) == (name != "textcnn"), (name, ops)
        for op in ops:
            ins = op["weight"][0 if op["kind"] == "conv_transpose2d" else 1]
            assert op["shape"][0] == ins * (1 if op["kind"] == "conv_transpose2d" else op["groups"]), (name, op)


def test_the_slow_networks_have_programs_and_sides_in_pytorch():
    with open(os.path.join(HERE, "bench", "torch_side.py"), encoding="utf-8") as file:
        side = file.read()
    for name, *_ in DEEP + OTHERS:
        assert '    "%s": (' % name in side, name
        assert flop(name) > 1e4, name


def test_a_unit_of_the_sweep_is_all_that_is_computed_together():
    rows = [(("conv", "relu"), 1.0), (("conv",), 2.0), (("relu",), 4.0), (("other",), 8.0)]
    assert dict(sweep.units(rows)) == {frozenset(("conv", "relu")): 7.0, frozenset(("other",)): 8.0}


main(globals())
