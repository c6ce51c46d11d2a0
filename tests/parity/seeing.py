#!/usr/bin/env python3
"""What the statement `log` writes, read by TensorBoard's own reader, as its page does.

NETC_ORACLE is a Python that has torch and tensorboard; skips, saying so, without."""
import csv
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, main, netc  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")

PROGRAM = """
model Small(3, 16, 16) {
    Conv2d(3, 6, 3, padding=1), ReLU(), MaxPool2d(2), Flatten()
    Linear(_, 10)
}
data shapes = Shapes(size=16, train=True) { ToTensor() }
data unseen = Subset(shapes, range(0, 200))
train Small {
    seed       3
    data       shapes, batch_size=64
    test       unseen, batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01)
    scheduler  StepLR(step_size=1, gamma=0.5)
    metrics    Accuracy(top_k=3)
    epochs     2
    %s
    save       "small_{epoch}_{step}.pth", every=5
}
"""


def tensorboard(*words):
    """What TensorBoard's side says."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch and tensorboard")
    words = [ORACLE, os.path.join(HERE, "seeing_torch.py"), *map(str, words)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout)


def program(path, log, text=PROGRAM):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text % log)
    return name


def run(path, log, *options):
    return done(netc("run", program(path, log), *options, cwd=path)).out


def only_run(path):
    """The folder that the date names."""
    runs = os.listdir(os.path.join(path, "runs"))
    assert len(runs) == 1 and re.fullmatch(r"[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d_.+", runs[0]), runs
    return os.path.join(path, "runs", runs[0])


def table(name):
    with open(name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_scalars_are_read():
    with folder() as path:
        out = run(path, "log every=10", "--max-steps", "40")
        runs = tensorboard("scalars", only_run(path))
        assert sorted(runs) == [".", "accuracy_test", "accuracy_train", "loss_test", "loss_train"], sorted(runs)
        main_run = runs["."]
        steps = [step for step, _ in main_run["train_loss"]]
        assert steps == [10, 20, 30, 40] and [step for step, _ in main_run["lr"]] == steps, main_run
        for tag in ("train_accuracy", "test_loss", "test_loss_sum", "test_accuracy", "test_accuracy_top3",
                    "samples_per_second", "train_loss_sum"):
            assert main_run[tag], tag
        for chart in ("loss", "accuracy"):
            for curve in ("train", "test"):
                assert list(runs[chart + "_" + curve]) == [chart], runs
        printed = re.findall(r"test_loss (\S+)", out)
        assert ["%.6f" % value for _, value in main_run["test_loss"]] == printed, (main_run["test_loss"], printed)
        assert runs["loss_test"]["loss"] == main_run["test_loss"]


def test_the_table_has_what_the_events_have():
    with folder() as path:
        run(path, 'log "logs", every=10', "--max-steps", "40")
        runs = tensorboard("scalars", os.path.join(path, "logs"))
        rows = table(os.path.join(path, "logs", "scalars.csv"))
        scalars = {name: values for name, values in runs["."].items()}
        for name, tags in runs.items():
            if name != ".":
                scalars[name] = list(tags.values())[0]
        assert set(rows[0]) == {"epoch", "step", *scalars}, set(rows[0]) ^ {"epoch", "step", *scalars}
        for name, values in scalars.items():
            found = [float(row[name]) for row in rows if row[name]]
            assert len(found) == len(values), name
            assert all(abs(a - b) <= 1e-6 * abs(b) for a, (_, b) in zip(found, values)), (name, found, values)


def test_a_resumed_run_goes_on_in_its_folder():
    with folder() as path:
        run(path, "log every=1", "--max-steps", "10")
        where = only_run(path)
        newest = sorted(os.listdir(path))
        run(path, "log every=1", "--max-steps", "8", "--resume", "small_0_5.pth")
        assert only_run(path) == where
        losses = tensorboard("scalars", where)["."]["train_loss"]
        assert [step for step, _ in losses] == list(range(1, 9)), (losses, newest)
        steps = [int(row["step"]) for row in table(os.path.join(where, "scalars.csv")) if row["train_loss"]]
        assert steps == list(range(1, 9)), steps
        assert [name for name in os.listdir(where) if name.endswith(".csv")] == ["scalars.csv"]


main(globals())
