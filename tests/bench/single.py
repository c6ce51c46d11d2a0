"""What the bench measures a few times and not in rounds: memory, start-up, compile time, an epoch. Each gives rows
(what, value, remark) and, by name, the numbers that the table of goals wants."""
import os
import re
import subprocess
import time

from netc_side import HERE, first_step, in_process, model, peak_memory
from peers import ORACLE
from support import done, netc, run

MB = 1e6
PICTURES, PICTURE_BYTES = 2000, 3 * 32 * 32  # of models/cifar10.net
TORCH_FIRST = [ORACLE, os.path.join(HERE, "torch_side.py"), "first", "cifar10", "64"]


def fastest_of(times, function):
    return min(function() for _ in range(times))


def memory(bench):
    """The most that was resident in an epoch, less the pictures (a byte a number, and a label each)."""
    data = PICTURES * (PICTURE_BYTES + 4)
    words = ["--threads", "2", "--quiet"]
    alone = peak_memory([bench.programs.path("cifar10", 64), *words])[0] - data
    inside = peak_memory([*in_process("cifar10", 64), *words])[0] - data
    rows = [("netc", "%.1f MB" % (alone / MB), "main job, batch 64, 2 threads; less %.1f MB of pictures" % (data / MB)),
            ("netc in process", "%.1f MB" % (inside / MB), "compiler and libtcc with it")]
    if ORACLE:
        torch = peak_memory(TORCH_FIRST)[0]
        rows.append(("PyTorch", "%.1f MB" % (torch / MB), "20 steps of one batch; no data set"))
    return rows, {"memory": alone / MB}


def start(bench):
    """From the command to the line of the first finished step."""
    data = os.environ.get("NETC_DATA")
    name, words = ("cifar10_test", ["--data", data]) if data else ("cifar10", [])
    words = [*words, "--log-every", "1", "--threads", "2"]
    remark = "main job, batch 64, 2 threads, on %s" % ("CIFAR-10 from its files" if data else "Shapes")
    folder = bench.programs.folder
    alone = fastest_of(7, lambda: first_step([bench.programs.path(name, 64), *words], folder))
    inside = fastest_of(7, lambda: first_step([*in_process(name, 64), *words], folder))
    rows = [("netc", "%.0f ms" % (1e3 * alone), remark),
            ("netc run", "%.0f ms" % (1e3 * inside), "with compiling the file")]
    if ORACLE:
        torch = fastest_of(3, lambda: first_step(TORCH_FIRST))
        rows.append(("PyTorch", "%.0f ms" % (1e3 * torch), "import and the first step; no data set"))
    return rows, {"first step": 1e3 * inside}


def compile_time(bench):
    """`netc emit` is netc's own part of `netc build`."""
    rows, numbers = [], {}
    for name, label in (("cifar10", "main job"), ("stack128_3", "four 3x3 convolutions")):
        out = os.path.join(bench.programs.folder, "timed")

        def timed(*words):
            began = time.perf_counter()
            done(netc(*words))
            return time.perf_counter() - began
        own = fastest_of(7, lambda: timed("emit", model(name), "-o", out + ".c"))
        whole = fastest_of(3, lambda: timed("build", model(name), "-o", out))
        rows.append((label, "%.2f s" % whole, "netc's own part %.0f ms, the C compiler's %.2f s" %
                     (1e3 * own, whole - own)))
        if name == "cifar10":
            numbers = {"build": whole, "own": 1e3 * own}
    return rows, numbers


def epoch(bench):
    """netc's time is the whole process's; PyTorch's is without importing it."""
    data = os.environ.get("NETC_DATA")
    if not data:
        return [("-", "-", "set NETC_DATA")], {}
    folder, rows, numbers = bench.programs.folder, [], {}
    words = ["--data", data, "--threads", "2", "--quiet"]

    def timed(command):
        began = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began
    own = fastest_of(2, lambda: timed([bench.programs.path("cifar10_test", 64), *words]))
    rows.append(("netc", "%.2f s" % own, "the whole process: loading, 782 steps, the test, checkpoint, event file"))
    if ORACLE and not bench.options.quick:
        script = [ORACLE, os.path.join(HERE, "torch_epoch.py"), data, "2", "50000"]
        parts = list(map(float, subprocess.run(script, check=True, capture_output=True, text=True).stdout.split()))
        rows.append(("PyTorch", "%.2f s" % sum(parts), "the tutorials' script (torch_epoch.py), 2 threads: reading "
                     "%.2f s, training %.2f s, test %.2f s" % tuple(parts)))
        numbers["epoch"] = sum(parts) / own
    return rows, numbers


def plan(bench):
    """What the plan's cost estimates make of the step's phases on many threads, which this machine need not have."""
    rows, numbers = [], {}
    for name, batch, label in (("resnet50_224", 8, "ResNet-50 at 224x224, batch 8"),
                               ("vgg16_224", 1, "VGG16 at 224x224, one picture"), ("cifar10", 64, "main job, batch 64"),
                               ("cifar10", 1, "main job, batch 1")):
        text = done(netc("check", model(name), "--batch-size", batch, "--dump=schedule")).out
        line = re.search(r"^ideal speed-up of a step: (.*)", text, flags=re.M)[1]
        ideal = {int(threads): float(times) for times, threads in re.findall(r"([\d.]+) on (\d+)", line)}
        rows.append((label, "%.1f" % ideal[16], "on 64 threads %.1f" % ideal[64]))
        numbers["plan %s %d" % (name, batch)] = ideal[16]
    return rows, numbers


def rate_of(text):
    """Pictures a second, the fastest of the epochs after the first one."""
    return max([float(rate) for rate in re.findall(r"samples/s (\d+)", text)][1:])


def loading(bench):
    """netc's figures have a model behind them, of a layer or two; torchvision's have none. All in turn, three times."""
    data = os.environ.get("NETC_DATA")
    if not data:
        return [("-", "-", "set NETC_DATA")], {}
    folder = bench.programs.folder
    lines = [("ants and bees, JPEG of 500x375 to 3x224x224", "folder", "hymenoptera_data"),
             ("CIFAR-10, RandomCrop and flip", "cifar10", "")]
    rows = []
    for title, name, needs in lines:
        if not os.path.isdir(os.path.join(data, needs)):
            rows.append((title, "-", "NETC_DATA has no " + needs))
            continue
        trainer = bench.programs.path("loading_" + name, 32 if name == "folder" else 64)

        def own(threads, workers, trainer=trainer):
            words = [trainer, "--data", data, "--threads", threads, "--set", "train.data.num_workers=%d" % workers]
            return rate_of(done(run(*words, cwd=folder)).out)

        def torch(workers, name=name):
            words = [ORACLE, os.path.join(HERE, "torch_loading.py"), name, data, workers]
            result = run(*words)
            return float(result.out) if result.code == 0 else None
        measures = {"netc, 1 thread": lambda own=own: own(1, 0), "netc, 2 threads": lambda own=own: own(2, 0),
                    "netc, 1 thread and 1 worker": lambda own=own: own(1, 1)}
        if ORACLE:
            measures["torchvision, num_workers=0"] = lambda torch=torch: torch(0)
            measures["torchvision, num_workers=2"] = lambda torch=torch: torch(2)
        found = {who: [] for who in measures}
        for _ in range(1 if bench.options.quick else 3):
            for who, measure in measures.items():
                found[who].append(measure())
        for who, rates in found.items():
            known = [rate for rate in rates if rate]
            rows.append((title, "%.0f pictures/s" % max(known) if known else "-", who))
    return rows, {}


SINGLE = {"memory": ("Peak memory beside the data", memory), "start": ("From the command to the first step", start),
          "build": ("Compile time of `netc build`", compile_time),
          "plan": ("The plan's ideal speed-up of a step on 16 threads", plan),
          "epoch": ("An epoch of CIFAR-10 with loading and testing", epoch),
          "loading": ("Loading: decoding and transforms", loading)}
