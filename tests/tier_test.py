#!/usr/bin/env python3
"""netc run in two tiers: libtcc's code at first, then the C compiler's, kept for the runs to come."""
import os
import re
import shutil
import signal
import stat
import time

import support
from support import NETC, Skip, done, folder, netc, write

NET = """
model Small(1, 16, 16) { Conv2d(1, %d, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(_, 10) }
data pictures = Shapes(train=False, size=16, channels=1) { ToTensor() }
train Small {
    seed       0
    data       pictures, batch_size=64, shuffle=True
    test       pictures, batch_size=64
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=1e-2, momentum=0.9)
    epochs     1
    save       "small.pth"
}
"""

# May be of several words; one that keeps what it makes looks for its folder at home, wherever netc's is.
REAL = os.environ.get("CC", "cc")
HOME = os.environ.get("HOME", "/")
CHANGED = re.compile(rb"behind step (\d+) the kernels are")


class Place:
    """A folder with a model, a cache of its own, and a compiler that notes each of its calls in the file `calls`."""

    def __init__(self, path, compiler=None, channels=8):
        if not shutil.which(REAL.split()[0]):
            raise Skip("there is no C compiler")
        self.path = path
        self.net = write(path, "small.net", NET % channels)
        self.cc = write(path, "compiler", "#!/bin/sh\necho call >> '%s/calls'\n%s\n"
                        % (path, compiler or "unset XDG_CACHE_HOME; HOME='%s' exec %s \"$@\"" % (HOME, REAL)))
        os.chmod(self.cc, 0o755)
        self.temporary = os.path.join(path, "tmp")
        os.makedirs(self.temporary, exist_ok=True)
        self.env = {"XDG_CACHE_HOME": os.path.join(path, "cache"), "TMPDIR": self.temporary}

    def words(self, *more):
        return [NETC, "run", self.net, "--cc", self.cc, "--threads", "2", *more]

    def run(self, *more, **env):
        return done(support.run(*self.words(*more), cwd=self.path, env=dict(self.env, **env)))

    def start(self, *more):
        """A run that would take for ever."""
        return support.start(*self.words("--epochs", "1000000", "--log-every", "1000000", *more), cwd=self.path,
                             env=dict(os.environ, **self.env))

    def calls(self):
        path = os.path.join(self.path, "calls")
        return len(open(path, encoding="utf-8").readlines()) if os.path.exists(path) else 0

    def kept(self):
        path = os.path.join(self.path, "cache", "netc")
        return [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else []

    def tensors(self):
        return support.tensors(os.path.join(self.path, "small.pth"))


def wait(what, seconds=120):
    until = time.time() + seconds
    while time.time() < until:
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("it has not come about in %d s" % seconds)


def is_alive(pid):
    """Whether a process runs still: one that has ended and is not waited for does not."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_run_changes_over_and_the_bits_are_the_same():
    with folder() as path:
        place = Place(path)
        process = place.start("-v")
        changed = None
        while not changed:
            line = process.stderr.readline()
            assert line, "the run has ended: %d" % process.wait()
            assert b"warning" not in line, line
            changed = CHANGED.search(line)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        steps = int(re.search(rb"interrupted after step (\d+)", process.communicate()[0])[1])
        step, before = place.tensors(), int(changed[1])
        assert steps > before > 0, "changed behind step %d of %d" % (before, steps)
        place.run("--epochs", "1000000", "--max-steps", str(steps), "--tier", "jit")
        assert place.tensors() == step
        place.run("--epochs", "1000000", "--max-steps", str(steps), "--tier", "cc", "--threads", "1")
        assert place.tensors() == step


def test_the_second_run_begins_with_what_the_first_one_made():
    with folder() as path:
        place = Place(path)
        first = place.run("--tier", "cc", "-v")
        assert place.calls() == 2 and len(place.kept()) == 1, (place.calls(), place.kept())
        assert "behind step 0 the kernels are" in first.err
        bits = place.tensors()
        for more in ([], ["--tier", "cc"], ["--lr", "0.5"], ["--set", "train.optimizer.momentum=0.5"]):
            assert "behind step 0 the kernels are" in place.run("-v", *more).err, more
        assert place.calls() == 2
        place.run()
        assert place.tensors() == bits
        assert "test_loss" in place.run("test", "--load", "small.pth").out
        assert place.calls() == 2
        Place(path, channels=12).run("--tier", "cc")
        assert place.calls() == 4 and len(place.kept()) == 2
        assert stat.S_IMODE(os.stat(place.kept()[0]).st_mode) == 0o600


def test_predict_takes_what_training_made():
    with folder() as path:
        place = Place(path)
        table = write(path, "houses.csv", "area,rooms,price\n" + "".join("%d,%d,%d\n" % (i * 7 % 90, i % 5, i)
                                                                         for i in range(40)))
        write(path, "small.net", """
            model Houses(2) { Linear(_, 8), ReLU(), Linear(8, 1) }
            data houses = CSV("houses.csv", target="price") { Standardize() }
            train Houses { data houses, batch_size=8
                           loss MSELoss()
                           optimizer SGD(lr=0.01)
                           save "small.pth" }""")
        place.run("--tier", "cc")
        assert place.calls() == 2
        answers = [done(support.run(NETC, "predict", place.net, "--cc", place.cc, "-v", *more, table, cwd=path,
                                    env=place.env)) for more in ([], ["--tier", "jit"])]
        assert "the kernels are the C compiler's" in answers[0].err and answers[0].out == answers[1].out
        assert place.calls() == 2


def test_jit_starts_no_compiler_and_keeps_nothing():
    with folder() as path:
        place = Place(path)
        assert place.run("--tier", "jit").err == ""
        assert place.calls() == 0 and not place.kept()


def test_a_short_run_starts_no_compiler():
    with folder() as path:
        place = Place(path)
        assert place.run("--max-steps", "3").err == ""
        assert place.calls() == 0 and not place.kept() and not os.listdir(place.temporary)


def test_without_a_compiler_nothing_changes():
    with folder() as path:
        place = Place(path)
        place.cc = os.path.join(path, "none")
        assert place.run("--max-steps", "3").err == ""
        err = place.run("--max-steps", "3", "--tier", "cc").err
        assert err.startswith("netc: warning: --tier cc") and "there is no '%s'" % place.cc in err, err


def test_a_compiler_that_fails_is_told_and_the_run_goes_on():
    with folder() as path:
        place = Place(path, "echo 'no room for it' >&2; exit 3")
        err = place.run("--max-steps", "3", "--tier", "cc").err
        assert "no room for it" in err and err.count("\n") == 1, err
        process = place.start()
        line = process.stderr.readline()
        assert b"warning" in line and b"no room for it" in line, line
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130 and not place.kept() and not os.listdir(place.temporary)


def hanging(path):
    """A compiler that never ends, has started another program, and left a file."""
    return Place(path, "touch \"$TMPDIR/left\"; sleep 1000 & echo $! > '%s/child'; wait" % path)


def test_a_compiler_that_hangs_ends_with_the_run():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with folder() as path:
            place = hanging(path)
            process = place.start()
            child = os.path.join(path, "child")
            wait(lambda: os.path.exists(child) and os.path.getsize(child))
            pid = int(open(child, encoding="utf-8").read())
            assert is_alive(pid)
            process.send_signal(number)
            process.communicate()
            wait(lambda: not is_alive(pid), 20)
            wait(lambda: not os.listdir(place.temporary), 20)


def test_what_is_damaged_or_not_ones_own_is_made_again():
    def shorten(name):
        os.truncate(name, os.path.getsize(name) // 2)

    def change(name):
        with open(name, "r+b") as file:
            file.seek(5000)
            file.write(b"\0\xff\0\xff")

    def open_up(name):
        os.chmod(name, 0o666)

    def link(name):
        os.rename(name, name + ".moved")
        os.symlink(name + ".moved", name)

    with folder() as path:
        place = Place(path)
        place.run("--tier", "cc")
        for number, harm in enumerate((shorten, change, open_up, link)):
            harm(place.kept()[0])
            assert "behind step 0 the kernels are" in place.run("--tier", "cc", "-v").err
            assert place.calls() == 2 * (number + 2), harm.__name__
        os.chmod(os.path.join(path, "cache", "netc"), 0o777)
        calls = place.calls()
        place.run("--tier", "cc")
        assert place.calls() == calls + 2, "it took a file from a folder that all may write in"


def test_no_place_for_the_cache_is_no_matter():
    with folder() as path:
        place = Place(path)
        for home in ("/dev/null/x", "relative", ""):
            env = {"XDG_CACHE_HOME": home, "HOME": "/dev/null"}
            assert "behind step 0 the kernels are" in place.run("--tier", "cc", "-v", **env).err
        assert not place.kept()


def test_two_runs_at_once():
    with folder() as path:
        place = Place(path)
        runs = [support.start(*place.words("--tier", "cc", "--max-steps", "3", "--set", 'train.save="%d.pth"' % i),
                              cwd=path, env=dict(os.environ, **place.env)) for i in range(2)]
        for process in runs:
            _, err = process.communicate()
            assert process.returncode == 0 and not err, err
        assert len(place.kept()) == 1 and not os.listdir(place.temporary)


def test_a_tier_that_is_none():
    with folder() as path:
        result = netc("run", write(path, "small.net", NET % 8), "--tier", "gcc")
        assert result.code == 2 and "auto, jit, cc" in result.err


support.main(globals())
