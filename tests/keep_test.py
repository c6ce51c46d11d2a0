#!/usr/bin/env python3
"""Which checkpoints are written and stay, the best one, early stopping, and how all of it goes on after a kill."""
import os
import random
import re
import shutil
import signal
import time
import zipfile

from support import NETC, Skip, done, folder, main, netc, read, sanitized, start, tensors, write

# Fifty steps an epoch; {} is what is kept.
PROGRAM = """
model M(1, 16, 16) { Flatten(), Linear(_, 16), BatchNorm1d(16), ReLU(), Dropout(0.1), Linear(_, 10) }
data shapes = Shapes(size=16, channels=1) { ToTensor() }
data d = Subset(shapes, range(1000))
data unseen = Shapes(size=16, channels=1, train=False) { ToTensor() }
data t = Subset(unseen, range(600))
train M {
    seed      1
    data      d, batch_size=20, shuffle=True
    test      t, batch_size=150
    loss      CrossEntropyLoss()
    optimizer Adam(lr=0.05)
    scheduler StepLR(step_size=4, gamma=0.5)
    metrics   Accuracy(top_k=2), Accuracy(average="macro")
    epochs    %d
    %s
}
"""


def program(path, *lines, epochs=8):
    return write(path, "m.net", PROGRAM % (epochs, "\n    ".join(lines)))


def checkpoints(path):
    return sorted(name for name in os.listdir(path) if name.endswith(".pth"))


def contents(path):
    return {name: read(path, name) for name in checkpoints(path)}


def values(out, name):
    """What the epochs gave for a metric, as it is printed."""
    lines = [line for line in out.splitlines() if line.startswith(("epoch ", "metrics ", "test_loss "))]
    return [float(value) for line in lines for value in re.findall(r"\b%s (\S+)" % name, line)]


def test_the_last_files_and_the_best_stay():
    with folder() as path:
        name = program(path, 'save "small_{epoch}.pth", keep=3, best=accuracy')
        write(path, "small_90.pth", "not the run's")
        out = done(netc("run", name, cwd=path)).out
        assert checkpoints(path) == ["small_%s.pth" % part for part in (5, 6, 7, 90, "best")], os.listdir(path)
        assert re.findall(r"removed (\S+)", out) == ["small_%d.pth" % epoch for epoch in range(5)]
        accuracies = values(out, "test_accuracy")
        best = accuracies.index(max(accuracies))
        assert out.count("saved small_best.pth") == sum(value > max(accuracies[:i], default=0)
                                                        for i, value in enumerate(accuracies)), out
        told = done(netc("run", name, "test", "--load=small_best.pth", cwd=path)).out
        assert values(told, "test_accuracy") == [accuracies[best]]
        again = done(netc("run", name, "--resume=small_best.pth", "--max-steps", "1", cwd=path)).out
        assert "resumed from small_best.pth: %d epoch" % (best + 1) in again, again


def test_files_of_others_are_not_removed():
    """What stands under the name of a file that is to go is another run's by now, or a link."""
    with folder() as path:
        save = 'save "%s_{epoch}.pth", keep=1'
        name = program(path, save % "m")
        done(netc("run", program(path, save % "other"), "--epochs", "1", "--lr", "0.01", cwd=path))
        program(path, save % "m")
        done(netc("run", name, "--epochs", "1", cwd=path))
        shutil.move(os.path.join(path, "m_0.pth"), os.path.join(path, "first"))
        shutil.copy(os.path.join(path, "other_0.pth"), os.path.join(path, "m_0.pth"))
        done(netc("run", name, "--resume=first", "--epochs", "2", cwd=path))
        assert checkpoints(path) == ["m_0.pth", "m_1.pth", "other_0.pth"]
        assert read(path, "m_0.pth") == read(path, "other_0.pth")
        os.remove(os.path.join(path, "m_0.pth"))
        os.symlink("first", os.path.join(path, "m_0.pth"))
        done(netc("run", name, "--resume=first", "--epochs", "2", cwd=path))
        assert checkpoints(path) == ["m_0.pth", "m_1.pth", "other_0.pth"]
        done(netc("run", name, "--resume=m_1.pth", "--epochs", "3", "--set", "train.save=n_{epoch}.pth", cwd=path))
        assert checkpoints(path) == ["m_0.pth", "m_1.pth", "n_2.pth", "other_0.pth"]
        done(netc("run", name, "--resume=m_1.pth", "--epochs", "3", cwd=path))
        assert checkpoints(path) == ["m_0.pth", "m_2.pth", "n_2.pth", "other_0.pth"]


def test_every_so_many_steps_or_epochs():
    with folder() as path:
        name = program(path, 'save "m_{epoch}_{step}.pth", every=30', epochs=3)
        done(netc("run", name, cwd=path))
        assert checkpoints(path) == ["m_%s.pth" % part for part in ("0_30", "1_60", "1_90", "2_120", "2_150")]
        last = read(path, "m_2_150.pth")
        for one in checkpoints(path)[:-1]:
            os.remove(os.path.join(path, "m_2_150.pth"))
            done(netc("run", name, "--resume=" + one, "--threads", "1", cwd=path))
            assert read(path, "m_2_150.pth") == last, one
        name = program(path, 'save "n_{epoch}.pth", every=2, unit=epoch', epochs=5)
        done(netc("run", name, cwd=path))
        assert [one for one in checkpoints(path) if one[0] == "n"] == ["n_1.pth", "n_3.pth", "n_4.pth"]
        name = program(path, 'save "one.pth", every=40, best=train_loss', epochs=2)
        done(netc("run", name, cwd=path))
        assert {"one.pth", "one_best.pth"} < set(checkpoints(path))


def keras(metrics, patience, min_delta, better):
    """When keras.callbacks.EarlyStopping (3.x) stops, and the epoch whose weights it restores: on_epoch_end."""
    best, wait, best_epoch = None, 0, 0
    for epoch, current in enumerate(metrics):
        wait += 1
        if best is None or (current - min_delta > best if better == "max" else current + min_delta < best):
            best, best_epoch, wait = current, epoch, 0
            continue
        if wait >= patience and epoch > 0:
            return epoch, best_epoch
    return None, best_epoch


def test_early_stopping_is_that_of_keras():
    with folder() as path:
        free = done(netc("run", program(path, epochs=25), cwd=path)).out
        for metric, printed, mode, patience, delta in (
                ("test_loss", "test_loss", "min", 2, 0), ("accuracy", "test_accuracy", "max", 2, 0.01),
                ("test_accuracy_top2", "test_accuracy_top2", "max", 1, 0), ("train_loss", "train_loss", "min", 0, 0.05),
                ("test_accuracy_macro", "test_accuracy_macro", "min", 3, 0)):
            word = "mode=%s, " % mode if metric.endswith("macro") else ""
            line = "stop patience=%d, metric=%s, %smin_delta=%g, restore_best=True" % (patience, metric, word, delta)
            name = program(path, 'save "m_{epoch}.pth"', line, epochs=25)
            out = done(netc("run", name, cwd=path)).out
            stop, best = keras(values(free, printed), patience, delta, mode)
            said = re.findall(r"stopped early, after epoch (\d+): .* %s .* which epoch (\d+) had" % printed, out)
            assert stop is not None and said == [(str(stop + 1), str(best + 1))], (metric, stop, best, out)
            told = [line for line in out.splitlines() if line.startswith("restored the parameters of epoch ")]
            assert len(told) == 1 and told[0].split()[5] == str(best + 1), out
            test = done(netc("run", name, "test", "--load=m_%d.pth" % stop, cwd=path)).out
            assert values(test, "test_loss") == [values(free, "test_loss")[best]]
            assert "nothing to train: the run stopped early" in done(netc("run", name, "--resume", cwd=path)).out
            for one in checkpoints(path):
                os.remove(os.path.join(path, one))


def test_a_run_that_was_stopped_or_restored_goes_on():
    """With more patience, or for more epochs, as if it had had them from the beginning."""
    with folder() as path, folder() as alone:
        line = "stop patience=%d, metric=test_loss, restore_best=True"
        save = 'save "m_{epoch}.pth", keep=2, best=test_accuracy_macro'
        done(netc("run", program(alone, save, line % 4, epochs=20), cwd=alone))
        done(netc("run", program(path, save, line % 1, epochs=20), cwd=path))
        name = program(path, save, line % 4, epochs=20)
        assert contents(path) != contents(alone)
        done(netc("run", name, "--resume", cwd=path))
        assert contents(path) == contents(alone)
        program(path, save, line % 99)
        program(alone, save, line % 99)
        for one in checkpoints(path):
            os.remove(os.path.join(path, one))
            os.remove(os.path.join(alone, one))
        done(netc("run", name, "--epochs", "5", cwd=path))
        done(netc("run", name, "--epochs", "9", "--resume", cwd=path))
        done(netc("run", name, "--epochs", "9", cwd=alone))
        assert contents(path) == contents(alone)


def test_tests_between_which_there_are_epochs():
    """What a run tests where it is stopped or ends changes nothing of how it goes on."""
    with folder() as path, folder() as alone:
        names = [program(where, "save \"m_{epoch}.pth\"", "lookahead k=7, alpha=0.6") for where in (path, alone)]
        for name in names:
            with open(name, encoding="utf-8") as file:
                text = file.read().replace("batch_size=150", "batch_size=150, every=3, views=mirror")
            write(os.path.dirname(name), "m.net", text)
        whole = done(netc("run", names[1], cwd=alone)).out
        assert len(values(whole, "test_loss")) == 3, whole
        for words in (["--max-steps", 100], ["--resume", "--max-steps", 120], ["--resume", "--max-steps", 200],
                      ["--resume"]):
            part = done(netc("run", names[0], *words, cwd=path)).out
            assert values(part, "test_loss"), part
        assert contents(path) == contents(alone)


def test_quiet_prints_where_it_stopped():
    with folder() as path:
        name = program(path, "stop patience=1", epochs=25)
        loud = done(netc("run", name, cwd=path)).out
        quiet = done(netc("run", name, "--quiet", cwd=path)).out
        last = [line for line in loud.splitlines() if line.startswith(("epoch", "metrics"))][-2:]
        assert [re.sub("  samples/s.*", "", line) for line in quiet.splitlines()] == \
            [re.sub("  samples/s.*", "", line) for line in last], quiet


def test_damaged_files_are_passed_over():
    with folder() as path:
        name = program(path, 'save "m_{epoch}_{step}.pth", every=20, keep=4, best=accuracy', epochs=2)
        done(netc("run", name, cwd=path))
        whole = contents(path)
        names = [one for one in checkpoints(path) if "best" not in one]
        assert names == ["m_0_40.pth", "m_1_100.pth", "m_1_60.pth", "m_1_80.pth"], names
        for broken in (["m_1_100.pth"], ["m_1_100.pth", "m_best.pth", "m_1_80.pth"],
                       ["m_1_100.pth", "m_best.pth", "m_1_80.pth", "m_1_60.pth"]):
            for one in broken:
                write(path, one, whole[one][:len(whole[one]) // 2] + b"~~~~" + whole[one][len(whole[one]) // 2 + 4:])
            result = done(netc("run", name, "--resume", cwd=path))
            for one in broken:
                assert "warning: %s is damaged" % one in result.err or one == "m_best.pth", result.err
            assert contents(path)["m_1_100.pth"] == whole["m_1_100.pth"]


def run_numbers(path):
    """Of each .pth file, the number of its run."""
    return {name: int.from_bytes(zipfile.ZipFile(os.path.join(path, name)).read("archive/netc/run")[:8], "little")
            for name in checkpoints(path)}


PICTURE = b"P6 16 16 255\n" + bytes(range(256)) * 3


def test_resume_takes_the_newest_run():
    """Not the longest one that ever saved there; and what it makes is what it makes in a folder of its own."""
    with folder() as path, folder() as alone:
        save = 'save "m_{epoch}.pth", best=accuracy'
        name = program(path, save, epochs=4)
        first = done(netc("run", name, cwd=path)).out
        assert "another run" not in first and set(run_numbers(path).values()) == {1}
        whole = contents(path)
        again = done(netc("run", name, cwd=path)).out
        assert re.search(r"^m_3.pth is there from another run, of 200 steps: ", again, re.M), again
        assert contents(path) == whole, "the same run again makes the same files"

        words = ("--lr", "0.3")
        done(netc("run", name, "--epochs", "1", *words, cwd=path))
        assert run_numbers(path) == {"m_0.pth": 2, "m_1.pth": 1, "m_2.pth": 1, "m_3.pth": 1, "m_best.pth": 2}
        resumed = done(netc("run", name, "--epochs", "2", "--resume", *words, cwd=path)).out
        assert "resumed from m_0.pth: 1 epoch done" in resumed and "another run" not in resumed, resumed
        done(netc("run", program(alone, save, epochs=4), "--epochs", "2", *words, cwd=alone))
        for one in checkpoints(alone):
            here, there = (os.path.join(folder, one) for folder in (path, alone))
            assert tensors(here) == tensors(there)
            state = [zipfile.ZipFile(file).read("archive/netc/state") for file in (here, there)]
            assert state[0] == state[1], one

        out = done(netc("run", name, "--resume=m_3.pth", "--epochs", "5", cwd=path)).out
        assert "resumed from m_3.pth: 4 epochs done" in out and run_numbers(path)["m_4.pth"] == 3
        assert "resumed from m_4.pth" in done(netc("run", name, "--resume", "--epochs", "6", cwd=path)).out
        assert run_numbers(path)["m_5.pth"] == 3


def test_the_same_run_again_keeps_its_bytes():
    """Where `keep` has removed the first files, and whatever the threads; any other seed is another run."""
    with folder() as path:
        name = program(path, 'save "m_{epoch}.pth", keep=2', epochs=3)
        done(netc("run", name, "--threads", "2", cwd=path))
        whole = contents(path)
        done(netc("run", name, "--threads", "1", cwd=path))
        assert contents(path) == whole and list(whole) == ["m_1.pth", "m_2.pth"]
        for number, words in enumerate((["--seed", "2"], ["--set", "train.scheduler.gamma=0.9"], []), 2):
            done(netc("run", name, *words, cwd=path))
            assert set(run_numbers(path).values()) == {number}, (run_numbers(path), words)


def test_predict_takes_no_older_best():
    for ending in ("pth", "safetensors"):
        with folder() as path:
            name = program(path, 'save "m_{epoch}.%s", best=accuracy' % ending, epochs=3)
            write(path, "one.ppm", PICTURE)
            done(netc("run", name, cwd=path))
            assert "m_best.%s, the best epoch's file" % ending in done(netc("predict", name, "one.ppm", cwd=path)).err
            done(netc("run", name, "--max-steps", "10", "--lr", "0.3", cwd=path))  # ends before an epoch is the best
            told = done(netc("predict", name, "one.ppm", cwd=path)).err
            warning = "warning: m_best.%s is of an older run than m_0.%s, and is not taken"
            assert warning % (ending, ending) in told, told
            assert "the parameters are those of m_0.%s, the newest file" % ending in told, told
            done(netc("run", name, "--epochs", "1", "--lr", "0.3", cwd=path))
            told = done(netc("predict", name, "one.ppm", cwd=path)).err
            assert "m_best.%s, the best epoch's file" % ending in told and "older run" not in told, told


def kill_loop(save, stop, seed, kills):
    """Kills runs by SIGKILL at random moments, and goes on with other numbers of threads: what is left, in the end, is
    byte for byte what a run leaves that nothing stopped."""
    draw = random.Random(seed)
    with folder() as path, folder() as alone:
        program(alone, save, stop, epochs=12)
        began = time.monotonic()
        done(netc("run", os.path.join(alone, "m.net"), "--threads", "1", cwd=alone))
        seconds = time.monotonic() - began
        name = program(path, save, stop, epochs=12)
        command = [NETC, "run", name]
        killed = 0
        while killed < kills:
            more = ["--resume"] if checkpoints(path) else []
            child = start(*command, *more, "--threads", str(draw.randint(1, 4)), cwd=path)
            number = signal.SIGKILL if draw.random() < 0.75 else draw.choice((signal.SIGINT, signal.SIGTERM))
            time.sleep(draw.uniform(0, seconds))
            child.send_signal(number)
            child.communicate(timeout=60)
            killed += 1
        done(netc("run", name, *(["--resume"] if checkpoints(path) else []), cwd=path))
        if contents(path) != contents(alone):
            raise AssertionError("seed %d: %s, expected %s; not the same: %s" % (
                seed, checkpoints(path), checkpoints(alone),
                [one for one in checkpoints(path) if contents(alone).get(one) != contents(path)[one]]))
        assert sorted(os.listdir(path)) == sorted(os.listdir(alone))


def test_killed_runs_go_on_to_the_same_files():
    if sanitized():
        raise Skip("random moments show nothing of memory: the tests above resume with sanitizers too")
    most = int(os.environ.get("NETC_KILLS", "3"))
    for seed, (save, stop) in enumerate((
            ('save "m_{epoch}_{step}.pth", every=13, keep=3, best=accuracy', "accumulate 3"),
            ('save "m_{epoch}.pth", keep=2, best=test_loss', "stop patience=4, metric=accuracy, restore_best=True"))):
        kill_loop(save, stop, seed + int(os.environ.get("NETC_SEED", "1")), most)


main(globals())
