"""What the test scripts share: running netc, reading .pth files, and TAP.

A script is a file of functions named test_*; `support.main(globals())` runs them and prints TAP. Arguments that do not
begin with '-' choose the functions whose names contain one of them. A function fails by an exception, and skips by
`raise Skip(reason)`. Environment: NETC is the netc to test (default: build/compiler/netc); CC the C compiler of
`netc build`.
"""
import atexit
import fcntl
import functools
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NETC = os.path.abspath(os.environ.get("NETC", os.path.join(ROOT, "build", "compiler", "netc")))


# A run in process keeps what the C compiler makes for it: not among what the user's own runs keep.
CACHE = tempfile.mkdtemp(prefix="netc-test-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
os.environ["XDG_CACHE_HOME"] = CACHE

# Where many small files are written and saved, it takes a third of the system's time. None: there is no such place.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Skip(Exception):
    """The machine has not what the test needs."""


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr


def run(*words, cwd=None, timeout=300, env=None, stdin=None):
    """Runs a command; its exit code, output and errors."""
    whole = dict(os.environ, **(env or {}))
    return Result(subprocess.run([str(word) for word in words], cwd=cwd, env=whole, timeout=timeout, input=stdin,
                                 stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True, text=True))


def netc(*words, **options):
    return run(NETC, *words, **options)


def done(result):
    """The result of a command that must have succeeded."""
    assert result.code == 0, "exit code %d\n%s%s" % (result.code, result.out[-4000:], result.err[-4000:])
    return result


@functools.lru_cache(None)
def sanitized(program=NETC):
    """Whether a netc is built with sanitizers: it is slow then, and has memory and libraries of its own."""
    return "libasan" in run("ldd", program).out


def compilers():
    """The C compilers of this machine that emitted code must pass: [(name, path)]."""
    found = []
    for names in (("gcc",), ("clang", "clang-14", "clang-15", "clang-16", "clang-18", "clang-19")):
        paths = [shutil.which(name) for name in names if shutil.which(name)]
        if paths:
            found.append((names[0], paths[0]))
    return found


def samples():
    """Names of samples/NAME.net that have a train block."""
    folder = os.path.join(ROOT, "samples")
    names = sorted(name[:-4] for name in os.listdir(folder) if name.endswith(".net")) if os.path.isdir(folder) else []
    return [name for name in names if "\ntrain " in open(sample(name), encoding="utf-8").read()]


def sample(name):
    return os.path.join(ROOT, "samples", name + ".net")


def tensors(path):
    """The raw bytes of every tensor in a .pth file, by record: {"data/0": b"..."}."""
    with zipfile.ZipFile(path) as file:
        records = {name.split("/", 1)[1]: file.read(name) for name in file.namelist() if "/data/" in name}
    assert records, path + " has no tensors"
    return records


def losses(output):
    """(step, loss) of every `step N  loss X` line."""
    lines = [line.split() for line in output.splitlines() if line.startswith("step ")]
    return [(int(words[1]), float(words[words.index("loss") + 1])) for words in lines]


def folder(where=None):
    """A temporary folder: with folder() as path."""
    return tempfile.TemporaryDirectory(prefix="netc-test-", dir=where)


def write(path, name, text):
    """Writes a file of the test's folder, bytes or text; its path."""
    whole = os.path.join(path, name)
    with open(whole, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return whole


def read(path, name):
    with open(os.path.join(path, name), "rb") as file:
        return file.read()


def start(*words, cwd=None, **more):
    """A command that goes on while the test does something to it, with signals as a shell starts programs."""
    def fresh():
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([str(word) for word in words], cwd=cwd, stdin=subprocess.DEVNULL, preexec_fn=fresh, **more)


def in_terminal(columns, *words, cwd=None, **env):
    """What a command sends to a terminal of so many columns; it must succeed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    whole = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    whole.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", **env})
    command = start(*words, cwd=cwd, stdout=theirs, stderr=theirs, env=whole)
    os.close(theirs)
    data = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # Linux says so where the other side is closed
            break
        if not some:
            break
        data += some
    os.close(ours)
    assert command.wait() == 0, data[-2000:]
    return data.decode()


def wait_for(path, name):
    """Until a file is there, which takes no minute."""
    end = time.monotonic() + 60
    while not os.path.exists(os.path.join(path, name)):
        assert time.monotonic() < end, name + " does not come"
        time.sleep(0.002)


def oracle_main(modules, compare):
    """A script that compares with PyTorch and others, row by row: `compare` gets the words and a folder, and gives the
    exit code. It is skipped where NETC_ORACLE names no Python with these modules."""
    oracle = os.environ.get("NETC_ORACLE")
    if not oracle or run(oracle, "-c", "import " + modules).code:
        print("1..0 # SKIP NETC_ORACLE names no Python with " + modules)
        sys.exit(0)
    with folder() as path:
        sys.exit(compare(sys.argv[1:], path))


def main(names):
    chosen = [word for word in sys.argv[1:] if not word.startswith("-")]
    tests = [(name, test) for name, test in names.items() if name.startswith("test_") and
             (not chosen or any(word in name for word in chosen))]
    if not os.access(NETC, os.X_OK):
        sys.exit("there is no netc at %s: build it, or set NETC" % NETC)
    print("1..%d" % len(tests))
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        title = name[5:].replace("_", " ")
        try:
            test()
            print("ok %d - %s" % (number, title))
        except Skip as reason:
            print("ok %d - %s # SKIP %s" % (number, title, reason))
        except Exception as error:
            failed += 1
            print("not ok %d - %s" % (number, title))
            said = isinstance(error, AssertionError) and str(error)
            text = str(error) if said else traceback.format_exc()
            print("\n".join("# " + line for line in text.splitlines()))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
