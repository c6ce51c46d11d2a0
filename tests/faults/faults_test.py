#!/usr/bin/env python3
"""Faults: what netc and its trainers do when the system refuses them something, or ends them.

    faults_test.py [NAME...]           a sample of each, chosen by a fixed seed: seconds
    faults_test.py --all [NAME...]     every allocation and every system call, one at a time; 1,000 kills
    faults_test.py --every=N           each N-th of them; --kills=N; --jobs=N

Every command runs undisturbed first, with fault.c counting its calls; then again and again, each time in a folder made
anew, with one call failing. What must hold of each such run is in `judge`. README.md has the figures of whole runs.
"""
import concurrent.futures
import errno
import functools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import programs  # noqa: E402
import support  # noqa: E402

SHIM = os.environ.get("FAULT", os.path.join(support.ROOT, "build", "tests", "faults", "libfault.so"))
SAMPLE = 4           # calls of a kind and a command that fail in a sample
SECONDS = 120        # a command that takes longer hangs

CALLS = [  # kind, error, cut short
    ("malloc", errno.ENOMEM, False),
    ("read", errno.EIO, False),
    ("read", 0, True),
    ("write", errno.ENOSPC, False),
    ("write", 0, True),
    ("open", errno.EMFILE, False),
    ("rename", errno.EIO, False),
    ("fsync", errno.EIO, False),
    ("close", errno.EIO, False),
    ("stat", errno.EIO, False),
    ("access", errno.EIO, False),
    ("mmap", errno.ENOMEM, False),
    ("mkdir", errno.ENOSPC, False),
    ("getdents", errno.EIO, False),
    ("lseek", errno.EIO, False),
    ("start", errno.EAGAIN, False),
]


def option(name, default):
    for word in sys.argv[1:]:
        if word == "--" + name:
            return True
        if word.startswith("--%s=" % name):
            return type(default)(word.split("=", 1)[1])
    return default


ALL = option("all", False)
EVERY = option("every", 1)
KILLS = option("kills", 1000 if ALL else 6)
JOBS = option("jobs", 2)

# ---- The commands ----------------------------------------------------------------------------------------------------

class Command:
    """A command, the folder it runs in, and what it makes undisturbed."""

    def __init__(self, name, words, home, code=0, makes=()):
        self.name, self.words, self.home, self.code, self.makes = name, words, home, code, makes
        self.before = {path: contents(os.path.join(home, path)) for path in files(home)}
        with support.folder(support.MEMORY) as folder:
            self.out = self.undisturbed(folder)

    def undisturbed(self, folder):
        done = self.run(folder, {})
        assert done.code == self.code, "%s: exit code %d\n%s" % (self.name, done.code, done.err)
        self.after = {path: contents(os.path.join(folder, path)) for path in files(folder)}
        for path in self.makes:
            assert path in self.after, "%s does not make %s" % (self.name, path)
        return plain(done.out)

    def run(self, folder, env):
        shutil.copytree(self.home, folder, symlinks=True, dirs_exist_ok=True)
        words = [word.replace("{folder}", folder).replace("{home}", self.home) for word in self.words]
        try:
            done = subprocess.run(words, cwd=folder, env=dict(os.environ, **env), timeout=SECONDS,
                                  stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            return None
        return support.Result(subprocess.CompletedProcess(words, done.returncode,
                                                          done.stdout.decode("utf-8", "replace"),
                                                          done.stderr.decode("utf-8", "replace")))


def files(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)


def contents(path):
    """What a file holds, without what differs from run to run: the times in event files, and of a zip; of a record that
    it is one, since it is written anew until the log is given up; in a checkpoint the log's files, since a run that was
    ended before it saved leaves a table, and the next one begins another."""
    if path.endswith(".pth"):
        try:
            with zipfile.ZipFile(path) as file:
                return {name.split("/", 1)[-1]: file.read(name) for name in file.namelist()
                        if not name.endswith("/netc/log")}
        except Exception as wrong:  # whatever is wrong with it: it is not whole
            return "no checkpoint: %s" % wrong
    if "tfevents" in path:
        return os.path.getsize(path)
    with open(path, "rb") as file:
        text = file.read()
    if path.endswith("run.json"):
        return json.loads(text)["netc"] and "a record"
    if path.endswith("scalars.csv"):
        return drop_column(text, b"samples_per_second")
    return text


def drop_column(table, name):
    rows = [line.split(b",") for line in table.splitlines()]
    where = rows[0].index(name) if rows and name in rows[0] else None
    return [row[:where] + row[where + 1:] for row in rows] if where is not None else rows


def is_part(rows, of):
    """Whether a table ends early: a resumed run cuts it, and goes on row by row until the log is given up."""
    return rows == of[:len(rows)]


def plain(output):
    """The output without what is measured."""
    output = re.sub(r"(images|samples|rows)/s \S+", r"\1/s", output)
    output = re.sub(r"seconds \S+|time taken: \S+ s|\d+(\.\d+)? s$", "", output)
    output = re.sub(r"(?m)^( +\d+ .*) \d+\.\d\d$", r"\1", output)  # a row of the table of epochs ends in seconds
    output = re.sub(r".* is there from another run, .*\n", "", output)  # of a file that can be read
    return re.sub(r"[ \t]+", " ", output)


def known(path):
    """Event files have the time and the process in their names."""
    return re.sub(r"events\.out\.tfevents\S*", "events", path)


def judge(command, kind, done, folder):
    """What is wrong with a run in which one call failed; None: nothing."""
    if done is None:
        return "hangs"
    if command.name == "libraries" and done.code == 127 and "memory" in done.err:
        return None  # the C library's loader ends the program by itself, where a library has memory of each thread
    if done.code < 0 or done.code > 2:
        return "ends with %d: %s" % (done.code, done.err[-300:])
    if "mistake in netc" in done.err or "bug at" in done.err:
        return "is called a mistake in netc: %s" % done.err[-300:]
    if "damaged" in done.err and kind == "malloc":
        return "is called a damaged file: %s" % done.err[-300:]
    if command.code and done.code == 0:
        return "succeeds, where it must fail with %d" % command.code
    if done.code and not done.err.strip() and kind != "write":
        return "fails without a word"
    if kind == "malloc" and done.code and not command.code and not re.search(
            "memory|threads|workers|cannot be loaded", done.err):
        return "does not say that memory is short: %s" % done.err[-300:]
    now = {path: contents(os.path.join(folder, path)) for path in files(folder)}
    for path, held in command.before.items():
        if path not in now:
            return "%s is gone: %s" % (path, done.err[-300:])
        after = command.after.get(path)
        if now[path] != held and now[path] != after and not (path.endswith(".csv") and is_part(now[path], after)):
            return "%s is not whole any more: %s" % (path, done.err[-300:])
    if done.code == 0 and command.code == 0:
        if plain(done.out) != command.out:
            return "succeeds with another output:\n%s\nfor\n%s%s" % (plain(done.out), command.out, done.err)
        for path in command.makes:
            if now.get(path) != command.after[path]:
                return "succeeds with another %s: %s" % (path, done.err)
    allowed = {known(path) for path in command.after} | {known(path) for path in command.before}
    left = sorted(path for path in now if known(path) not in allowed)
    if left:
        return "leaves %s: exit %d, %s" % (", ".join(left), done.code, done.err[-300:])
    for path in now:  # what has its final name is whole
        if path.endswith(".pth") and isinstance(now[path], str):
            return "%s: %s" % (path, now[path])
    return None


# ---- One call fails --------------------------------------------------------------------------------------------------

def environment(kind, error, cut, number, count):
    env = {"LD_PRELOAD": SHIM, "FAULT_CALL": kind, "FAULT_AT": str(number), "FAULT_ERRNO": str(error),
           "FAULT_COUNT": count}
    return dict(env, FAULT_SHORT="1") if cut else env


def count_calls(command, kind):
    with support.folder(support.MEMORY) as folder:
        count = os.path.join(folder, "count")
        done = command.run(os.path.join(folder, "run"), environment(kind, 0, False, 0, count))
        if done.code == 99:
            raise support.Skip("no system call can be caught here: %s" % done.err.strip())
        assert done.code == command.code and plain(done.out) == command.out, "%s, %s: fault.c disturbs it: %s %s" % (
            command.name, kind, done.code, done.err)
        with open(count, encoding="ascii") as file:
            return int(file.read().split()[0])


def fail_once(command, kind, error, cut, number):
    with support.folder(support.MEMORY) as folder:
        run = os.path.join(folder, "run")
        done = command.run(run, environment(kind, error, cut, number, os.path.join(folder, "count")))
        return judge(command, kind, done, run)


def chosen(command, kind, total):
    if ALL or EVERY > 1:
        return list(range(1, total + 1, EVERY))
    draw = random.Random("%s %s" % (command.name, kind))
    return sorted(draw.sample(range(1, total + 1), min(SAMPLE, total)))


def need_own_memory():
    """Sanitizers have their own malloc, and more of it."""
    if not os.path.exists(SHIM):
        raise support.Skip("fault.c is for x86-64, and for what is built without sanitizers")


def fail_each(make, kinds):
    """Every call of these kinds fails once, or a sample of them; asserts that nothing was found."""
    need_own_memory()
    command, runs, found = make(), 0, []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for kind, error, cut in kinds:
            total = count_calls(command, kind)
            numbers = chosen(command, kind, total)
            answers = pool.map(lambda number: fail_once(command, kind, error, cut, number), numbers)
            wrong = [(number, answer) for number, answer in zip(numbers, answers) if answer]
            runs += len(numbers)
            what = "%s, %s%s" % (command.name, kind, " cut short" if cut else "")
            found += ["%s %d of %d: it %s" % (what, number, total, answer) for number, answer in wrong]
            if ALL or EVERY > 1:
                print("# %s: %d calls, %d runs, %d findings" % (what, total, len(numbers), len(wrong)), flush=True)
    assert runs, "%s: no call to fail" % command.name
    assert not found, "%d of %d runs:\n%s" % (len(found), runs, "\n".join(found[:40]))


# ---- Commands --------------------------------------------------------------------------------------------------------

@functools.lru_cache(None)
def homes():
    return support.folder(support.MEMORY)


@functools.lru_cache(None)
def home(name):
    """The folder that programs.NAME makes, made once."""
    path = os.path.join(homes().name, name)
    os.mkdir(path)
    getattr(programs, name)(path)
    return path


N = support.NETC


def commands():
    """Each command by its name, made when it is wanted."""
    return {
        "check": lambda: Command("check", [N, "check", "tiny.net"], home("tiny")),
        "check_wrong": lambda: Command("check_wrong", [N, "check", "wrong.net"], home("tiny"), code=1),
        "deep": lambda: Command("deep", [N, "emit", "deep.net", "-o", "deep.c"], home("deep"), makes=["deep.c"]),
        "emit": lambda: Command("emit", [N, "emit", "tiny.net", "-o", "tiny.c"], home("outputs"),
                                makes=["tiny.c"]),
        "build": lambda: Command("build", [N, "build", "tiny.net", "-o", "tiny", "--cc={folder}/cc"],
                                 home("outputs"), makes=["tiny"]),
        "run": lambda: Command("run", [N, "run", "tiny.net", "--threads=1"], home("tiny"),
                               makes=["tiny_0.pth", "tiny_1.pth"]),
        "trainer": lambda: Command("trainer", ["{home}/tiny", "--threads=1"], home("built"),
                                   makes=["tiny_0.pth", "tiny_1.pth"]),
        "resume": lambda: Command("resume", ["{home}/tiny", "--threads=1", "--resume"], home("built"),
                                  makes=["tiny_1.pth"]),
        "test": lambda: Command("test", ["{home}/tiny", "test", "--load=tiny_0.pth", "--threads=1"],
                                home("built")),
        "pictures": lambda: Command("pictures", [N, "run", "eyes.net", "--threads=1"], home("pictures"),
                                    makes=["eyes.pth"]),
        "libraries": lambda: Command("libraries", [N, "run", "eyes.net", "--threads=1"],
                                     home("libraries")),
        "words": lambda: Command("words", [N, "run", "words.net", "--threads=1"], home("words"),
                                 makes=["kinds.pth"]),
        "digits": lambda: Command("digits", [N, "run", "digits.net", "--threads=1"], home("digits")),
        "threads": lambda: Command("threads", [N, "run", "tiny.net", "--threads=3"], home("tiny"),
                                   makes=["tiny_0.pth", "tiny_1.pth"]),
        "gradients": lambda: Command("gradients", [N, "run", "tiny.net", "gradients", "--threads=1"], home("tiny")),
        "arrays": lambda: Command("arrays", [N, "run", "numbers.net", "--threads=1"], home("arrays"),
                                  makes=["numbers.safetensors"]),
        "cifar": lambda: Command("cifar", [N, "run", "colours.net", "--data={home}-data", "--max-steps=2",
                                           "--threads=1"], home("cifar"), makes=["colours.pth"]),
        "predict": lambda: Command("predict", [N, "predict", "eyes.net", "photos/cats", "--load=eyes.pth", "--json",
                                               "--threads=1"], home("watched")),
        "predict_rows": lambda: Command("predict_rows", [N, "predict", "tiny.net", "points.csv", "--csv",
                                                         "--threads=1"], home("trained")),
        "summary": lambda: Command("summary", [N, "summary", "tiny.net"], home("tiny")),
        "data": lambda: Command("data", [N, "data", "eyes.net", "--sheet=sheet.png"],
                                home("pictures"), makes=["sheet.png"]),
    }


def add_tests():
    for name, make in commands().items():
        globals()["test_memory_" + name] = lambda make=make: fail_each(make, CALLS[:1])
        if name != "libraries":  # a file that cannot be read is left out there, and the run says so
            globals()["test_calls_" + name] = lambda make=make: fail_each(make, CALLS[1:])


add_tests()


# ---- Ended at any moment ---------------------------------------------------------------------------------------------

def checkpoints(folder):
    return [name for name in os.listdir(folder) if name.endswith(".pth")]


def kill_chain(command, draw, seconds):
    """Ends runs with SIGKILL, each going on where the one before was ended, with another number of threads; then one
    goes to its end. How many were ended."""
    with support.folder(support.MEMORY) as folder:
        shutil.copytree(command.home, folder, dirs_exist_ok=True)
        kills = 0
        for last in [False] * 6 + [True]:
            words = [os.path.join(command.home, "tiny"), "--quiet", "--threads=%d" % draw.randint(1, 4)]
            if checkpoints(folder):
                words.append("--resume")
            child = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
            try:
                error = child.communicate(timeout=SECONDS if last else draw.uniform(0, seconds))[1]
                assert child.returncode == 0, "after %d kills: exit code %d: %s" % (kills, child.returncode, error)
                break
            except subprocess.TimeoutExpired:
                assert not last, "hangs after %d kills" % kills
                child.kill()
                child.communicate()
                kills += 1
            for name in checkpoints(folder):
                held = contents(os.path.join(folder, name))
                assert held == command.after[name], "%s is not whole after %d kills" % (name, kills)
        for path in command.makes:
            held = contents(os.path.join(folder, path))
            assert held == command.after[path], "%s differs after %d kills" % (path, kills)
        # A run that was ended before it saved leaves its table and its record, and the next one numbers others.
        left = sorted(path for path in files(folder) if known(re.sub(r"_\d+(\.csv|\.json)$", r"\1", path))
                      not in {known(path) for path in command.after})
        assert not left, "%s stays after %d kills" % (", ".join(left), kills)
    return kills


def test_kills():
    if support.sanitized():
        raise support.Skip("random moments show nothing of memory: tests/keep_test.py resumes with sanitizers too")
    command = Command("kills", ["{home}/tiny", "--threads=1", "--quiet"], home("long_trainer"),
                      makes=["tiny_%d.pth" % (programs.EPOCHS - 1)])
    begun = time.monotonic()
    with support.folder(support.MEMORY) as folder:
        command.run(folder, {})
    seconds = time.monotonic() - begun
    draw, kills = random.Random("kills"), 0
    while kills < KILLS:
        kills += kill_chain(command, draw, seconds)
    if KILLS > 100:
        print("# %d runs were ended" % kills, flush=True)


# ---- File systems that are full, or read only ------------------------------------------------------------------------

MOUNT = """mount -t tmpfs -o size="$2" netc "$1/room" || exit 77
cp -a "$1/home/." "$1/room" || exit 78
[ "$3" = rw ] || mount -o remount,ro "$1/room" || exit 77
cd "$1/room" && shift 3
"$@"
code=$?
cp -a . ../left
exit $code"""


def on_disk(command, kilobytes, mode, folder):
    """Runs a command on a file system of its own of so many kilobytes; what it leaves is then in folder/left."""
    shutil.copytree(command.home, os.path.join(folder, "home"))
    os.mkdir(os.path.join(folder, "room"))
    done = support.run("unshare", "-m", "--propagation", "private", "sh", "-c", MOUNT, "sh", folder, "%dk" % kilobytes,
                       mode, *[word.replace("{folder}", ".").replace("{home}", command.home) for word in command.words])
    if done.code == 77 or not os.path.isdir(os.path.join(folder, "left")) and done.code == 1:
        raise support.Skip("no file system can be mounted here: %s" % done.err.strip())
    return done


def page_sizes(command):
    """From what holds the files that are there to what holds all that are made, a page at a time."""
    def pages(sizes):
        return sum((size + 4095) // 4096 for size in sizes)
    here = pages(os.path.getsize(os.path.join(command.home, path)) for path in files(command.home))
    sizes = list(range(here + 2, here + 16))
    return sizes if ALL or command.name == "emit" else random.Random(command.name).sample(sizes, 3)


def test_full_disk():
    for name in ("resume", "emit", "build"):
        command = commands()[name]()
        for pages in page_sizes(command):
            with support.folder(support.MEMORY) as folder:
                done = on_disk(command, 4 * pages, "rw", folder)
                wrong = judge(command, "write", done, os.path.join(folder, "left"))
                assert not wrong, "%s on %d pages: it %s" % (name, pages, wrong)
                assert done.code == 0 or "No space left" in done.err, "%s on %d pages: %s" % (name, pages, done.err)


def test_read_only_disk():
    for name in ("check", "emit", "build", "run", "trainer", "resume", "test", "data"):
        command = commands()[name]()
        with support.folder(support.MEMORY) as folder:
            done = on_disk(command, 1 << 14, "ro", folder)
            wrong = judge(command, "write", done, os.path.join(folder, "left"))
            assert not wrong, "%s: it %s" % (name, wrong)
            assert done.code == (1 if command.makes else 0), "%s: exit code %d: %s" % (name, done.code, done.err)
            assert not command.makes or "Read-only file system" in done.err, "%s: %s" % (name, done.err)


# ---- Memory ----------------------------------------------------------------------------------------------------------

def peak(*words):
    """Kilobytes that a command has in memory at most."""
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, status
    child.returncode = 0
    return usage.ru_maxrss


def test_memory_grows_with_the_depth():
    need_own_memory()
    with support.folder(support.MEMORY) as folder:
        peaks = []
        for layers in (800, 1600):
            deep = "    Linear(2, 4)\n    repeat %d { Linear(4, 4), Tanh() }\n" % (layers // 2)
            text = (programs.TINY % 1).replace("    Linear(2, 4)\n", deep)
            programs.write(os.path.join(folder, "deep.net"), text)
            peaks.append(peak(N, "emit", os.path.join(folder, "deep.net")))
    assert peaks[0] < 100000, "%d KB for 800 layers" % peaks[0]
    assert peaks[1] < 2.5 * peaks[0], "%d KB for 800 layers, %d for 1600" % tuple(peaks)


def test_memory_limits():
    """With less and less memory a run ends in one sentence, or does what it does with all of it."""
    need_own_memory()
    command = commands()["run"]()
    limits = range(8, 200, 1) if ALL else (40, 70, 90, 110)
    for megabytes in limits:
        with support.folder(support.MEMORY) as folder:
            shutil.copytree(command.home, folder, dirs_exist_ok=True)
            done = support.run("sh", "-c", 'ulimit -v %d && exec "$@"' % (1024 * megabytes), "sh", *command.words,
                               cwd=folder)
            if done.code == 127: # the loader has not enough for netc's own libraries
                continue
            wrong = judge(command, "malloc", done, folder)
            assert not wrong, "%d MB: it %s" % (megabytes, wrong)


if __name__ == "__main__":
    support.main(globals())
