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


NETWORKS = """
model Small(3, 16, 16) {
    %s
}
data shapes = Shapes(size=16, train=True) { ToTensor(), Normalize((0.5, 0.4, 0.3), (0.5, 0.6, 0.7)) }
train Small {
    seed       3
    data       shapes, batch_size=20
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    log        "logs", every=1, images=%d, layers=%s
    save       "small.pth", whole=%s
}
"""
CHAIN = """Conv2d(3, 6, 3, padding=1), BatchNorm2d(_), ReLU(), MaxPool2d(2)
    Conv2d(6, 8, 3), LeakyReLU(0.1), Dropout(0.5), AvgPool2d(2)
    Flatten(), Linear(_, 10)"""


def shown(path, network, layers, images=10, *options):
    """The largest difference of a byte, by tag, between the log's pictures and those that torch's add_images makes."""
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(NETWORKS % (network, images, json.dumps(layers), True))
    done(netc("run", name, "--max-steps", "1", *options, cwd=path))
    done(netc("data", name, "--raw", "r", cwd=path))
    return tensorboard("images", os.path.join(path, "logs"), os.path.join(path, "small.pth"),
                       os.path.join(path, "r.train.raw"), images)


def test_pictures_are_those_of_add_images():
    layers = [0, 1, 2, 3, "4", 5, 6, 7]
    for threads in "1", "3":
        with folder() as path:
            apart = shown(path, CHAIN, layers, 10, "--threads", threads)
            assert sorted(apart) == ["0: Conv2d", "1: BatchNorm2d", "2: ReLU", "3: MaxPool2d", "4: Conv2d",
                                     "5: LeakyReLU", "6: Dropout", "7: AvgPool2d", "filters", "input"], apart
            assert apart["input"] == 0 and max(apart.values()) <= 1, apart


def test_layers_that_need_the_whole_batch_are_shown():
    """A linear layer with many weights goes over all samples at once, and so stands in the memory of the batch; a norm
    without running statistics makes the samples wait for each other."""
    network = """Conv2d(3, 5, 3, padding=1), BatchNorm2d(_, track_running_stats=False), ReLU(), Flatten()
    Linear(_, 1200), Unflatten(1, (3, 20, 20)), Conv2d(3, 4, 3), Flatten(), Linear(_, 10)"""
    with folder() as path:
        apart = shown(path, network, [0, 1, 2, 5, 6], 20)
        assert len(apart) == 7 and apart["input"] == 0 and max(apart.values()) <= 1, apart


def test_wrong_answers_are_shown_of_each_test():
    """Three rows of them at most, each with its words below; an epoch that tests nothing shows none."""
    with folder() as path:
        log = 'log "logs", images=4'
        run(path, log, "--set", "train.test.every=2", "--epochs", "3")
        sizes = tensorboard("sizes", os.path.join(path, "logs"))
        assert sorted(sizes) == ["filters", "input", "wrong"], sizes
        assert [step for step, _, _ in sizes["filters"]] == [0, 1, 2], sizes
        assert [step for step, _, _ in sizes["wrong"]] == [1, 2], sizes
        assert sizes["wrong"][0][1:] == [8 * (96 + 4) + 4, 3 * (96 + 2 * 14 + 4) + 4], sizes


GRAPH = """
model Small(3, 16, 16) {
    features: { Conv2d(3, 6, 3, padding=1, bias=False), Residual { Conv2d(6, 6, 1) }, ReLU(), MaxPool2d(4), Flatten() }
    head: Linear(_, 10)
}
data shapes = Shapes(size=16, train=True) { ToTensor() }
train Small {
    seed       3
    data       shapes, batch_size=20
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    log        "logs", graph=True, histograms=True
    save       "small.pth"
}
"""


def logged_model(path):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(GRAPH)
    done(netc("run", name, "--max-steps", "3", cwd=path))
    return os.path.join(path, "logs")


def test_the_graph_is_read():
    with folder() as path:
        nodes = {node["name"]: node for node in tensorboard("graph", logged_model(path))}
        conv = nodes["Small/Sequential[features]/Conv2d[0]/forward"]
        assert conv["op"] == "Conv2d" and conv["shape"] == [20, 6, 16, 16], conv
        assert conv["inputs"] == ["input/input", "Small/Sequential[features]/Conv2d[0]/weight"], conv
        assert nodes[conv["inputs"][1]]["shape"] == [6, 3, 3, 3] and nodes["input/input"]["shape"] == [20, 3, 16, 16]
        assert nodes["output/output"]["inputs"] == ["Small/Linear[head]/forward"]
        assert all(name in nodes for node in nodes.values() for name in node["inputs"])
        joined = [node for node in nodes.values() if node["op"] == "Residual"]
        assert len(joined) == 1 and len(joined[0]["inputs"]) == 2, joined


def test_the_file_is_a_text():
    with folder() as path:
        texts = tensorboard("texts", logged_model(path))
        assert texts == {"small.net/text_summary": "".join("    " + line + "\n" for line in GRAPH.splitlines())}, texts


def test_histograms_are_those_of_add_histogram():
    with folder() as path:
        apart = tensorboard("histograms", logged_model(path), os.path.join(path, "small.pth"))
        assert sorted(apart) == ["features.0.weight", "features.1.0.bias", "features.1.0.weight", "head.bias",
                                 "head.weight"], apart
        assert max(apart.values()) < 1e-12, apart


def test_runs_compare_by_what_they_were_made_with():
    with folder() as path:
        for name, lr in ("one", "0.01"), ("two", "0.5"):
            run(path, 'log "logs/%s"' % name, "--max-steps", "2", "--set", "train.optimizer.lr=" + lr)
        runs = tensorboard("hparams", os.path.join(path, "logs"))
        assert sorted(runs) == ["one", "two"] and all(ended for _, ended in runs.values()), runs
        made = runs["two"][0]
        assert made["model"] == "Small" and made["optimizer"] == "SGD" and made["optimizer.lr"] == 0.5, made
        assert made["optimizer.nesterov"] is False and made["batch_size"] == 64 and made["seed"] == 3, made
        assert made["scheduler"] == "StepLR" and made["scheduler.gamma"] == 0.5, made
        assert {key for key in made if made[key] != runs["one"][0][key]} == {"optimizer.lr"}, runs


def test_gradients_are_those_that_torch_keeps():
    """Plain SGD tells them: they are what the weights have changed by, divided by the rate. A step over all of an
    epoch, gradients that are clipped, and those of several batches."""
    data = "data shapes = Subset(all, range(0, 40)) { ToTensor() }"
    for setting, size in ("", 40), ("clip grad_norm=0.01", 40), ("accumulate 2", 20):
        with folder() as path:
            name = os.path.join(path, "small.net")
            text = GRAPH.replace("data shapes = Shapes(size=16, train=True) { ToTensor() }",
                                 "data all = Shapes(size=16, train=True)\n" + data)
            with open(name, "w", encoding="utf-8") as file:
                text = text.replace("batch_size=20", "batch_size=%d" % size)
                file.write(text.replace("    save", setting + "\n    save"))
            done(netc("run", name, "--max-steps", "0", "--set", "train.save=before.pth", "--set", "train.log=other",
                      cwd=path))
            done(netc("run", name, cwd=path))
            apart = tensorboard("gradients", os.path.join(path, "logs"), os.path.join(path, "before.pth"),
                                os.path.join(path, "small.pth"), 0.1)
            assert len(apart) == 5 and max(apart.values()) < 0.01, (setting, apart)


main(globals())
