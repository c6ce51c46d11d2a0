"""netc's side of the bench: building trainers, and measuring what they do.

Trainings are started once and stopped (SIGSTOP) while others are measured, so that every figure is of a warm run whose
pictures are drawn and whose memory is touched."""
import functools
import os
import random
import re
import select
import signal
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import NETC, done, netc  # noqa: E402

INTERVAL = 0.02  # seconds of training between two lines that are read: the reader must not disturb
ROUGH_SPEED = 1.5e11  # FLOP a second, to guess how many steps that is


def model(name):
    return os.path.join(HERE, "models", name + ".net")


@functools.lru_cache(maxsize=None)
def flop(name, *words):
    """Multiplications and additions of the definition, for a sample's training step: the schedule's column."""
    text = done(netc("check", model(name), *words, "--dump=schedule")).out
    rows = re.findall(r"^\S+ +\S+ +(?:sample|microbatch|batch|update) +([\d.]+)", text, flags=re.M)
    return 1e6 * sum(map(float, rows))


def lacks(name):
    """What netc says of a model that it does not know yet; None when it is fine."""
    result = netc("check", model(name))
    match = re.search(r"error: (.*)", result.err)
    return None if result.code == 0 else match[1] if match else result.err.strip()


def draw_tokens(path):
    """The table of models/tokens.net: 1024 rows of 64 words, each with one of ten classes."""
    numbers = random.Random(0)
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(["word%d" % i for i in range(64)] + ["class"]) + "\n")
        for row in range(1024):
            file.write(",".join([str(numbers.randrange(20000)) for _ in range(64)] + ["class%d" % (row % 10)]) + "\n")


class Programs:
    """Trainers built so far, each once, in a folder that is taken away at the end."""

    def __init__(self, folder):
        self.folder, self.built = folder, {}
        draw_tokens(os.path.join(folder, "tokens.csv"))

    def path(self, name, batch, exact=False, test_batch=None):
        key = (name, batch, exact, test_batch)
        if key not in self.built:
            out = os.path.join(self.folder, "-".join(map(str, key)).replace("/", "-"))
            done(netc("build", self.source(name, exact, test_batch), "--batch-size", batch, "-o", out))
            self.built[key] = out
        return self.built[key]

    def source(self, name, exact=False, test_batch=None):
        """The .net file; with other settings a copy."""
        if not exact and not test_batch:
            return model(name)
        with open(model(name), encoding="utf-8") as file:
            text = file.read()
        if exact:
            text = text.replace("    epochs ", "    precision  exact\n    epochs ")
        if test_batch:
            text, count = re.subn(r"( +test +\w+, +batch_size=)\d+", r"\g<1>%d" % test_batch, text)
            assert count == 1
        path = os.path.join(self.folder, "%s-%s-%s.net" % (name, exact, test_batch))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Training:
    """A training run that goes on whenever it is measured."""

    def __init__(self, command, flop_of_step, cwd):
        self.every = max(1, round(INTERVAL * ROUGH_SPEED / flop_of_step))
        self.process = subprocess.Popen([*command, "--epochs", "1000000", "--log-every", str(self.every)], cwd=cwd,
                                        stdout=subprocess.PIPE)
        self.file, self.rest = self.process.stdout.fileno(), b""
        while not self.line().startswith(b"epoch 1 "):
            pass
        self.pause()

    def line(self):
        while b"\n" not in self.rest:
            more = os.read(self.file, 65536)
            assert more, "a trainer ended early"
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)
        while select.select([self.file], [], [], 0.01)[0]:
            os.read(self.file, 65536)
        self.rest = b""

    def step(self, seconds):
        """Milliseconds a step: the median over the intervals between lines, for about so many seconds."""
        times = []
        os.kill(self.process.pid, signal.SIGCONT)
        while len(times) < 4 or times[-1] - times[1] < seconds:
            if self.line().startswith(b"step "):
                times.append(time.perf_counter())
        self.pause()
        return 1e3 * statistics.median(b - a for a, b in zip(times[1:], times[2:])) / self.every

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def forward(command, batch, threads, data, parameters, cwd):
    """Milliseconds that a batch's forward pass takes, by `test` over CIFAR-10's 10000 pictures."""
    words = [*command, "test", "--load", parameters, "--threads", str(threads), "--data", data]
    out = subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True).stdout
    return 1e3 * batch / float(re.search(r"samples/s (\d+)", out)[1])


def peak_memory(command, cwd=None):
    """Bytes that a command had resident at most, and what it printed."""
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    assert process.returncode == 0, "%s: exit code %d" % (command[0], process.returncode)
    return usage.ru_maxrss * 1024, out.decode()


def first_step(command, cwd=None):
    """Seconds from the command to the line of its first step."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    took = None
    for line in process.stdout:
        if line.startswith("step "):
            took = time.perf_counter() - began
            break
    process.kill()
    process.wait()
    process.stdout.close()
    assert took, "%s made no step" % command[0]
    return took


def in_process(name, batch):
    return [NETC, "run", model(name), "--batch-size", str(batch)]
