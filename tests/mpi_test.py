#!/usr/bin/env python3
"""Several processes share a run, by MPICH and by Open MPI, and save the bits of one process: of netc in process, whose
bits are those of a trainer (same_bits_test.py)."""
import atexit
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time

from support import NETC, Skip, done, folder, main, netc, run, sample, tensors, write

# Open MPI refuses to work for root, and to start more processes than there are cores, unless it is told.
TOLD = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_btl_base_warn_component_unused": "0"}
LIBRARIES = os.environ.get("NETC_MPI", "mpich openmpi").split()

SHAPES = """
data train_data = Shapes(train=True)  { ToTensor() }
data unseen     = Shapes(train=False) { ToTensor() }
data test_data  = Subset(unseen, range(330))
"""
TRAIN = """
train %s {
    seed       3
    data       train_data, batch_size=%d, shuffle=True
    test       test_data,  batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    epochs     1
    %s
    save       "saved_{epoch}.pth"
}
"""
ALONE = TRAIN.replace("    test       test_data,  batch_size=100\n", "").replace("epochs     1", "epochs     9")
NORMS = """
block down(channels) {
    Conv2d(_, channels, 3, stride=2, padding=1, bias=False), BatchNorm2d(_), ReLU()
    residual { Conv2d(_, channels, 3, padding=1, bias=False), BatchNorm2d(_), ReLU() }
}
model Norms(3, 32, 32) {
    down(16), down(32), Dropout(0.2), AdaptiveAvgPool2d(1), Flatten(), Linear(_, 10)
}
""" + SHAPES + ALONE % ("Norms", 40, "clip grad_norm=0.5\n    accumulate 2")
# Layers whose weights are many go over the whole batch, in parts.
LARGE = """
model Large(3, 32, 32) {
    Conv2d(3, 8, 3, stride=2, padding=1), MaxPool2d(2), Flatten()
    Linear(_, 300), ReLU(), Dropout(0.3), Linear(_, 512), LeakyReLU(0.1), Linear(_, 400), ReLU(), Linear(_, 10)
}
""" + SHAPES + ALONE % ("Large", 96, "")
# Convolutions with many weights go over the batch too: their outputs in parts of some samples, which are not those of
# the shards, and the gradients of their weights in parts that the ranks share out, which read some channels each.
PARTS = """
model Parts(3, 32, 32) {
    Conv2d(3, 16, 3, stride=4, padding=1), ReLU()
    Conv2d(_, 160, 3, padding=1), ReLU(), Conv2d(_, 160, 3, padding=1), ReLU()
    Conv2d(_, 96, 3, padding=2, dilation=2), ReLU(), Conv2d(_, 96, 3, padding=1), ReLU()
    AdaptiveAvgPool2d(1), Flatten(), Linear(_, 10)
}
""" + SHAPES + ALONE % ("Parts", 40, "%s")
QUICK = """
model Quick(3, 32, 32) {
    Conv2d(3, 32, 5, padding=2), MaxPool2d(2)
    Conv2d(32, 32, 5, padding=2), MaxPool2d(2)
    Flatten(), Dropout(0.3), Linear(_, 64), Linear(64, 10)
}
""" + SHAPES.replace("True)  {", "True)  { RandomHorizontalFlip(),") + TRAIN % ("Quick", 64, "")


def launched(library):
    """The library's own commands: its compiler, and what starts the processes."""
    compiler, starter = shutil.which("mpicc." + library), shutil.which("mpirun." + library)
    if not compiler or not starter:
        raise Skip("there is no mpicc.%s with mpirun.%s" % (library, library))
    return compiler, starter


def libraries():
    found = [library for library in LIBRARIES if shutil.which("mpicc." + library) and shutil.which("mpirun." + library)]
    if not found:
        raise Skip("there is neither MPICH nor Open MPI")
    return found


# A compiler that takes the object of a text that was compiled before: the trainers for the two libraries differ in what
# they are linked with alone, and several tests have the same model. It optimizes less than netc asks for.
MADE = tempfile.mkdtemp(prefix="netc-mpi-")
atexit.register(shutil.rmtree, MADE, ignore_errors=True)
ONCE = """#!/bin/sh
case " $* " in
*" -march="*) ;;
*) exec %s "$@" ;;
esac
for word; do last=$word; [ "$before" = -o ] && object=$word; before=$word; done
made=%s/$(cksum < "$last" | tr " " -).o
[ -f "$made" ] || { %s "$@" -O1 && cp "$object" "$made"; } && cp "$made" "$object"
"""


def compiler_of(path, library, name=None):
    """Writes a library's compiler, which compiles a text once, into a folder; its path."""
    compiler, _ = launched(library)
    wrapper = write(path, name or "mpicc." + library, ONCE % (compiler, MADE, compiler))
    os.chmod(wrapper, 0o755)
    return wrapper


def build(path, text, library):
    """A trainer of the text."""
    write(path, "trainer.net", text)
    wrapper = compiler_of(path, library)
    done(netc("build", os.path.join(path, "trainer.net"), "-o", os.path.join(path, library), "--mpi", "--cc", wrapper))


def alone(path, text, *options):
    """The result of a run of one process."""
    return done(netc("run", write(path, "trainer.net", text), *options, cwd=path))


def start(path, library, ranks, *options, **more):
    """The result of a run of so many ranks in a folder that has the trainer."""
    return run(launched(library)[1], "-np", ranks, os.path.join(path, library), *options, cwd=path, env=TOLD, **more)


def saved(path, name="saved_0.pth"):
    """The tensors of a file, which goes."""
    whole = os.path.join(path, name)
    found = tensors(whole)
    os.remove(whole)
    return found


def same(text, *options, ranks=(2, 4), found=None, each=False, name="saved_0.pth"):
    """One process with two threads saves what several processes do: with `each` so many by each library, otherwise the
    libraries take turns. The bits of any number of threads are the same (same_bits_test.py)."""
    found = found or libraries()
    with folder() as path:
        alone(path, text, "--max-steps", "3", "--threads", "2", *options)
        wanted = saved(path, name)
        for turn, library in enumerate(found):
            counts = ranks if each else ranks[turn::len(found)]
            if counts:
                build(path, text, library)
            for count in counts:
                done(start(path, library, count, "--max-steps", "3", "--threads", "1", *options))
                assert saved(path, name) == wanted, "%d ranks by %s save other bits" % (count, library)


def test_shards_are_added_up_in_one_order():
    same(QUICK, ranks=(1, 2, 3, 4))


def test_norms_dropout_clipping_and_accumulation_see_the_whole_batch():
    same(NORMS, each=True)


def test_kernels_over_the_batch_read_what_others_made():
    same(LARGE)


def test_parts_are_done_where_their_samples_are():
    same(PARTS % "")


def test_parts_of_gradients_are_kept_until_all_are_there():
    same(PARTS % "clip grad_norm=0.5\n    accumulate 2", ranks=(3,), found=libraries()[:1])


def of_shapes(name):
    """A sample whose data are drawn; it is tested with a few."""
    with open(sample(name), encoding="utf-8") as file:
        text = file.read().replace('CIFAR10("data", ', "Shapes(").replace("data test_data", "data unseen")
    return text.replace("\ntrain ", "\ndata test_data = Subset(unseen, range(90))\n\ntrain ")


def test_the_quick_model():
    same(of_shapes("cifar10"), name="tudui_0.pth")


def test_a_residual_network():
    fewer = of_shapes("resnet").replace("repeat 2 {", "repeat 1 {").replace("repeat 3 {", "repeat 2 {")
    same(fewer.replace("batch_size=128", "batch_size=32"), name="resnet_0.pth")


MEASURED = """
    metrics    Accuracy(average="macro"), Accuracy(average="none"), ConfusionMatrix()
    log        "logs"
"""


def told(result):
    """What a run has printed of its numbers, without its speed and its files."""
    lines = [line.split("  samples/s")[0] for line in done(result).out.splitlines()]
    return [line for line in lines if line.startswith(("epoch", "metrics", "test", "accuracy", "confusion", "  "))]


def test_evaluation_is_shared_with_all_that_is_measured():
    library, text = libraries()[0], QUICK.replace("    epochs     1", "    epochs     1" + MEASURED)
    with folder() as path:
        build(path, text, library)
        for options in (["--max-steps", "3", "--threads", "1"], ["test", "--load", "saved_0.pth", "--threads", "1"]):
            wanted, found = told(alone(path, text, *options)), told(start(path, library, 3, *options))
            assert any("confusion matrix" in line for line in wanted), wanted
            assert found == wanted, "one process:\n%s\nthree:\n%s" % ("\n".join(wanted), "\n".join(found))
        diverges = ["--max-steps", "9", "--threads", "1", "--lr", "1e3"]
        ended = [netc("run", "trainer.net", *diverges, cwd=path), start(path, library, 3, *diverges)]
        layers = [re.findall(r"the loss at step \d+ is .* the first layer .*(?=:\d+\))", one.err) for one in ended]
        assert layers[0] and layers[0] == layers[1], [one.err for one in ended]


# One picture is too bright for its deviation, and any rank may have it.
BRIGHT = """
model Bright(1, 28, 28) { Flatten(), Linear(784, 8), ReLU(), Linear(8, 10) }
data train_data = MNIST("data") { RandomHorizontalFlip(), ToTensor(), Normalize((0,), (1e-38,)) }
""" + ALONE.replace("shuffle=True", "shuffle=False") % ("Bright", 12, "")


def test_a_picture_that_diverges_is_found_on_every_rank():
    library = libraries()[0]
    with folder() as path:
        build(path, BRIGHT, library)
        os.makedirs(os.path.join(path, "data", "MNIST", "raw"))
        for bright in (0, 11):
            files = {"images-idx3": (3, (12, 28, 28), [255 * (i // 784 == bright) for i in range(12 * 784)]),
                     "labels-idx1": (1, (12,), [0] * 12)}
            for name, (axes, sizes, content) in files.items():
                write(os.path.join(path, "data", "MNIST", "raw"), "train-%s-ubyte" % name,
                      struct.pack(">BBBB%dI" % axes, 0, 0, 8, axes, *sizes) + bytes(content))
            wanted = netc("run", "trainer.net", "--threads", "1", cwd=path).err
            found = start(path, library, 3, "--threads", "1").err
            line = "the first layer whose output is"
            assert line in wanted and found.count(wanted[wanted.index("the loss"):].split("(")[0]) == 1, (wanted, found)


def test_a_table_of_words_learns_from_all_ranks():
    with open(sample("books"), encoding="utf-8") as file:
        text = file.read().replace("batch_size=16", "batch_size=64").replace("books.pth", "saved_0.pth")
    same(text, "--data", os.path.dirname(sample("books")))


def test_threads_of_ranks_change_nothing():
    same(NORMS, "--threads", "2", ranks=(2,), found=libraries()[:1])


def test_a_run_goes_on_with_another_number_of_ranks():
    library = libraries()[0]
    with folder() as path:
        build(path, NORMS, library)
        alone(path, NORMS, "--max-steps", "7")
        wanted = saved(path)
        done(start(path, library, 2, "--max-steps", "3"))
        done(start(path, library, 4, "--max-steps", "5", "--resume"))
        alone(path, NORMS, "--max-steps", "7", "--resume")
        assert saved(path) == wanted


KILLS = int(os.environ.get("NETC_KILLS", "3")) # ranks that are killed


def kill(path, library, draw):
    """Starts a run, kills one of its ranks some time later, and gives the run's exit code and what it has said."""
    program, until = os.path.join(path, library), time.monotonic() + 120
    words = [launched(library)[1], "-np", "3", program, "--threads", "1", "--resume"]
    with subprocess.Popen(words, cwd=path, env=dict(os.environ, **TOLD), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as started:
        ranks = []
        while len(ranks) < 3 and time.monotonic() < until:
            time.sleep(0.05)
            ranks = [int(name) for name in os.listdir("/proc") if name.isdigit() and own(name, program)]
        time.sleep(2 * draw.random())
        try:
            os.kill(draw.choice(ranks), signal.SIGKILL)
            said = end(started, program, ranks)
        finally:
            started.kill()
        return started.returncode, said


def end(started, program, ranks):
    """What a run that ends has said. mpirun of Open MPI 4.1.4 with PMIx 4.2.2 now and then waits for a lock of
    its own for ever, when all ranks have ended and it has said so: it is not waited for."""
    until, gone = time.monotonic() + 300, 0
    while gone < 10:
        try:
            return started.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            gone = 0 if any(own(str(rank), program) for rank in ranks) else gone + 1
            assert time.monotonic() < until, "a rank was killed, and the others went on"
    started.kill()
    return started.communicate()[0]


def own(process, program):
    """Whether a process is of this program, which lies in the test's own folder."""
    try:
        return os.readlink("/proc/%s/exe" % process) == program
    except OSError:
        return False


def test_a_killed_rank_ends_the_run_and_leaves_whole_files():
    library, draw = libraries()[-1], random.Random(1)
    text = NORMS.replace('save       "saved_{epoch}.pth"', 'save       "saved_{step}.pth", every=1, keep=2')
    with folder() as path:
        build(path, text, library)
        done(start(path, library, 3, "--threads", "1", "--max-steps", "1"))
        for number in range(KILLS):
            code, said = kill(path, library, draw)
            assert code != 0 and "signal 9" in said, "run %d ended with code %d: %s" % (number, code, said)
            files = [name for name in os.listdir(path) if name.endswith(".pth")]
            assert files and all(tensors(os.path.join(path, name)) for name in files)


def test_the_page_about_many_machines_is_followed():
    with open(os.path.join(os.path.dirname(__file__), "..", "docs", "cluster.md"), encoding="utf-8") as file:
        commands = [line.strip() for line in file if line.startswith(("    netc ", "    mpirun "))]
    assert len(commands) == 5, commands
    narrow = of_shapes("shapes").replace("32, 5, 1, 2", "8, 5, 1, 2").replace("(32, 64,", "(8, 64,").replace(
        "(32, 8,", "(8, 8,")
    for library, name in (("mpich", "MPICH"), ("openmpi", "Open MPI")):
        if library not in libraries():
            continue
        with folder() as path:
            os.makedirs(os.path.join(path, "samples"))
            write(path, "samples/shapes.net", narrow)
            os.makedirs(os.path.join(path, "bin"))
            compiler_of(path, library, "bin/mpicc")
            for word, found in (("mpirun", launched(library)[1]), ("netc", os.path.abspath(NETC))):
                write(path, "bin/" + word, '#!/bin/sh\nexec "%s" "$@"\n' % found) # they look beside themselves
                os.chmod(os.path.join(path, "bin", word), 0o755)
            write(path, "machines", "localhost\n")
            env = dict(TOLD, PATH=os.path.join(path, "bin") + ":" + os.environ["PATH"])
            for command in commands:
                if "# " not in command or command.endswith("# " + name):
                    done(run("sh", "-c", command, cwd=path, env=env))


def test_cores_are_shared_and_what_cannot_be_is_refused():
    library = libraries()[0]
    with folder() as path:
        build(path, QUICK, library)
        cores = str(max(1, len(os.sched_getaffinity(0)) // 2)) # which two ranks share, where they are bound to none
        for bound, threads in (("none", cores), ("core", "1")):
            told_of = run(launched(library)[1], "-np", 2, "--bind-to", bound, os.path.join(path, library),
                          "--max-steps", "1", cwd=path, env=TOLD)
            assert re.search("batch 64, %s threads?," % threads, done(told_of).out), (bound, told_of.out)
        many = start(path, library, 17)
        assert many.code != 0 and "cut into 16 shards, so no more than 16 processes" in many.err, many.err
        assert many.err.count("cut into 16 shards") == 1, "each rank says the same: " + many.err
        data = start(path, library, 2, "data")
        assert data.code != 0 and "only training and 'test' are shared by several processes" in data.err, data.err
        inside = run(launched(library)[1], "-np", 2, NETC, "run", os.path.join(path, "trainer.net"), cwd=path,
                     env=TOLD)
        assert inside.code != 0 and "make a trainer with 'netc build FILE.net --mpi'" in inside.err, inside.err
    static = netc("build", sample("cifar10"), "--mpi", "--static")
    assert static.code == 2 and "--mpi and --static exclude each other" in static.err


def test_ranks_with_different_data_are_told():
    library = libraries()[0]
    with folder() as path:
        text = open(sample("books"), encoding="utf-8").read().replace("batch_size=16", "batch_size=64")
        build(path, text, library)
        tables = [open(os.path.join(os.path.dirname(sample("books")), "data", name), encoding="utf-8").read()
                  for name in ("books.csv", "books_test.csv")]
        for rank in "01":
            os.makedirs(os.path.join(path, rank, "data"))
            write(path, rank + "/data/books.csv", tables[0] if rank == "0" else tables[0].rstrip().rsplit("\n", 1)[0])
            write(path, rank + "/data/books_test.csv", tables[1])
        words = [os.path.join(path, library), "--data"]
        different = run(launched(library)[1], "-np", 1, *words, os.path.join(path, "0"), ":", "-np", 1, *words,
                        os.path.join(path, "1"), cwd=path, env=TOLD)
        assert different.code != 0 and "have different numbers of training samples" in different.err, different


main(globals())
