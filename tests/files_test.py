#!/usr/bin/env python3
"""Files, streams and signals: where outputs go, what is left behind, what a name may hold, and how a run is gone on
with. tests/faults takes TINY and the helpers from here."""
import os
import pickle
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
import zipfile

from support import NETC, Skip, done, folder, main, netc, read, run, start, wait_for, write

# A model that trains in no time, 500 steps an epoch, of some pictures that are drawn when they are wanted.
TINY = """
model M(1, 16, 16) { Flatten(), Linear(_, 10) }
data shapes = Shapes(size=16, channels=1) { ToTensor() }
data d = Subset(shapes, range(2000))
train M {
    seed      1
    data      d, batch_size=4, shuffle=True
    test      d, batch_size=100
    loss      CrossEntropyLoss()
    optimizer Adam()
    epochs    2
    save      "m_{epoch}.pth"
}
"""
ENDING = ".netc-partial"


def leftovers(path):
    return [name for name in os.listdir(path) if name.endswith(ENDING)]


def test_outputs_go_through_fifos():
    with folder() as path:
        name = write(path, "m.net", TINY)
        text = done(netc("emit", name)).out.encode()
        fifo = os.path.join(path, "fifo")
        os.mkfifo(fifo)
        got = []
        reader = threading.Thread(target=lambda: got.append(read(path, "fifo")))
        reader.start()
        done(netc("emit", name, "-o", fifo))
        reader.join(60)
        assert got == [text] and stat.S_ISFIFO(os.stat(fifo).st_mode)
        assert done(netc("emit", name, "-o", "/dev/stdout")).out.encode() == text
        assert sorted(os.listdir(path)) == ["fifo", "m.net"]


def test_outputs_go_through_devices():
    """To one of the test's own: a netc that replaces it, run as root, must not take the machine's /dev/null."""
    with folder() as path:
        name, device = write(path, "m.net", TINY), os.path.join(path, "null")
        try:
            os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
            with open(device, "wb") as file:
                file.write(b"x")
        except OSError as error:
            raise Skip("no device can be made here: %s" % error)
        for command in (("emit", name, "-o"), ("build", name, "-o"), ("data", name, "--max-steps", "1", "--sheet")):
            done(netc(*command, device))
            assert stat.S_ISCHR(os.stat(device).st_mode), command
        assert sorted(os.listdir(path)) == ["m.net", "null"]


def test_outputs_follow_links():
    with folder() as path:
        name = write(path, "m.net", TINY.replace("epochs    2", "epochs 1"))
        os.mkdir(os.path.join(path, "far"))
        for link, file in (("c", "far/c"), ("t", "far/t"), ("m_0.pth", "far/m"), ("s.png", "far/s")):
            os.symlink(file, os.path.join(path, link))
        write(path, "far/c", "old")
        os.chmod(os.path.join(path, "far/c"), 0o600)
        done(netc("emit", name, "-o", "c", cwd=path))
        done(netc("build", name, "-o", "t", cwd=path))
        done(netc("run", name, "--max-steps", "1", cwd=path))
        done(netc("data", name, "--max-steps", "1", "--sheet", "s.png", cwd=path))
        assert sorted(os.listdir(os.path.join(path, "far"))) == ["c", "m", "s", "t"]
        assert all(os.path.islink(os.path.join(path, link)) for link in ("c", "t", "m_0.pth", "s.png"))
        assert read(path, "far/c").startswith(b"/*")
        assert stat.S_IMODE(os.stat(os.path.join(path, "far/c")).st_mode) == 0o600
        assert done(run("./t", "--version", cwd=path)).out


def test_names_that_look_like_options_reach_no_compiler():
    with folder() as path:
        name = write(path, "m.net", TINY)
        for out in ("--", "-x"):
            done(netc("build", name, "-o", out, "--keep-c", cwd=path))
            assert done(run("./" + out, "--version", cwd=path)).out
            assert read(path, out + ".c")
        assert sorted(os.listdir(path)) == ["--", "--.c", "-x", "-x.c", "m.net"]


# A compiler that works for long. No shell: one that waits for a command of its own may pass a signal over.
SLOW = """#!%s
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
with open("new", "w") as file:
    file.write(str(os.getpid()))
os.rename("new", "up")
time.sleep(60)
"""


def test_a_build_that_ends_early_leaves_nothing():
    with folder() as path, folder() as temporary:
        name = write(path, "m.net", TINY)
        slow = write(path, "slow.py", SLOW % sys.executable)
        os.chmod(slow, 0o700)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGKILL):
            child = start(NETC, "build", name, "-o", "t", "--cc", slow, cwd=path,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, TMPDIR=temporary))
            wait_for(path, "up")
            compiler = int(read(path, "up"))
            os.remove(os.path.join(path, "up"))
            child.send_signal(number)
            assert child.wait(60) == -number, child.returncode
            if number in (signal.SIGPIPE, signal.SIGKILL):
                os.kill(compiler, signal.SIGKILL)
            if number != signal.SIGKILL:
                assert sorted(os.listdir(path)) == ["m.net", "slow.py"] and not os.listdir(temporary), number
        assert leftovers(path) and os.listdir(temporary)
        done(netc("build", name, "-o", "t", cwd=path, env={"TMPDIR": temporary}))
        assert sorted(os.listdir(path)) == ["m.net", "slow.py", "t"] and not os.listdir(temporary)


def test_a_closed_pipe_leaves_nothing():
    with folder() as path, folder() as temporary:
        name = write(path, "m.net", TINY)
        reader, writer = os.pipe()
        os.close(reader)
        child = start(NETC, "build", name, "-o", "t", "-v", cwd=path, stdout=writer, stderr=writer,
                      env=dict(os.environ, TMPDIR=temporary))
        os.close(writer)
        assert child.wait(60) == -signal.SIGPIPE
        assert os.listdir(path) == ["m.net"] and not os.listdir(temporary)


def test_closed_streams_are_no_files():
    """Whatever is opened next would get the program's text."""
    with folder() as path:
        name = write(path, "m.net", TINY.replace("save", 'log "logs"\n    save'))
        done(netc("build", name, "-o", "t", cwd=path))
        for words in ((NETC, "run", name), ("./t",)):
            shutil.rmtree(os.path.join(path, "logs"), ignore_errors=True)
            code = subprocess.run(["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh", *words, "--max-steps", "3",
                                   "--log-every", "1"], cwd=path, timeout=60, check=False).returncode
            assert code == 0, code
            logs = [name for name in os.listdir(os.path.join(path, "logs")) if "tfevents" in name]
            events = read(path, os.path.join("logs", logs[0]))
            at, tags = 0, 0
            while at < len(events):
                length = struct.unpack("<Q", events[at:at + 8])[0]
                tags += b"train_loss\x15" in events[at:at + length + 16]
                at += length + 16
            assert at == len(events) and tags == 3 and b"epoch 1" not in events
            with zipfile.ZipFile(os.path.join(path, "m_0.pth")) as file:
                assert file.testzip() is None


def test_two_runs_in_one_folder():
    with folder() as path:
        name = write(path, "m.net", TINY)
        done(netc("run", name, cwd=path))
        alone = read(path, "m_1.pth")
        runs = [start(NETC, "run", name, "--threads", "1", cwd=path) for _ in range(4)]
        for child in runs:
            _, errors = child.communicate(timeout=120)
            assert child.returncode == 0 and not errors, errors
        assert read(path, "m_1.pth") == alone
        assert sorted(os.listdir(path)) == ["m.net", "m_0.pth", "m_1.pth"]


def test_a_stopped_run_goes_on_to_the_same_bits():
    with folder() as path:
        name = write(path, "m.net", TINY.replace("epochs    2", "epochs 20"))
        os.mkdir(os.path.join(path, "alone"))
        done(netc("run", name, cwd=os.path.join(path, "alone")))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for old in [old for old in os.listdir(path) if old.endswith(".pth")]:
                os.remove(os.path.join(path, old))
            child = start(NETC, "run", name, "--threads", "1", cwd=path)
            wait_for(path, "m_1.pth")
            child.send_signal(number)
            out, errors = child.communicate(timeout=60)
            assert child.returncode == 128 + number and not errors, (child.returncode, errors)
            assert b"go on with --resume" in out, out
            said = done(netc("run", name, "--resume", "--threads", "2", cwd=path)).out
            assert "resumed from m_" in said and not leftovers(path), said
            assert read(path, "m_19.pth") == read(path, "alone/m_19.pth")


def test_nohup_is_heeded():
    with folder() as path:
        name = write(path, "m.net", TINY)
        child = subprocess.Popen([NETC, "run", name, "--epochs", "8"], cwd=path, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGHUP,
                                                                                             signal.SIG_IGN))
        wait_for(path, "m_0.pth")
        child.send_signal(signal.SIGHUP)
        assert child.wait(60) == 0
        assert os.path.exists(os.path.join(path, "m_7.pth"))


def test_names_are_printed_escaped():
    evil = b"a\x1b[2K\rb\nerror: forged\xc2\x9b1m\xe2\x80\xaex\xff.net"
    shown = "a\\x1b[2K\\rb\\nerror: forged\\u009b1m\\u202ex\\xff.net"
    with folder() as path:
        path = path.encode()
        for text in (b"model M(3) { Linear(3, 4, 5, 6, 7) }", None):
            name = os.path.join(path, evil)
            if text:
                write(path, evil, text)
            else:
                os.remove(name)
            for command in ("check", "run", "emit", "build", "summary"):
                result = subprocess.run([NETC, command, name], capture_output=True, timeout=60, check=False)
                assert result.returncode == 1 and shown.encode() in result.stderr, result
                assert len(result.stderr.splitlines()) <= (9 if text else 1), result
        name = write(path, b"m.net", TINY)
        bad = os.path.join(path, evil)
        for words in (["--load=" + "x"], ["test"], []):
            words = [word.encode() for word in words]
            for more in ([b"--load=" + bad], [b"--resume=" + bad], [b"--data=" + bad, b"--set=" + bad],
                         [b"--" + evil], [b"--epochs=" + evil], [b"--set=train.save=" + bad + b"/x"],
                         [b"--set=train.log=/dev/null/" + evil]):
                result = subprocess.run([NETC, b"run", name, *words, *more], capture_output=True, timeout=60,
                                        check=False, cwd=path)
                everything = result.stdout + result.stderr
                assert result.returncode != 0 and not re.search(rb"[\x00-\x08\x0b-\x1f\x7f\xff]|\xc2\x9b|\xe2\x80\xae",
                                                                everything), everything
                assert b"\nerror: forged" not in everything, everything


def test_resume_goes_by_what_the_files_say():
    with folder() as path:
        name = write(path, "m.net", TINY)
        done(netc("run", name, cwd=path))
        whole = {epoch: read(path, "m_%d.pth" % epoch) for epoch in (0, 1)}
        os.utime(os.path.join(path, "m_1.pth"), (1, 1))
        assert "resumed from m_1.pth" in done(netc("run", name, "--resume", cwd=path)).out
        middle = len(whole[1]) // 2
        for wrong in (whole[1][:middle], whole[1][:middle] + b"~~~~" + whole[1][middle + 4:], b""):
            write(path, "m_1.pth", wrong)
            result = done(netc("run", name, "--resume", cwd=path))
            assert result.err.count("warning: m_1.pth is ") == 1, result.err
            assert "resumed from m_0.pth: 1 epoch done" in result.out and read(path, "m_1.pth") == whole[1]
        write(path, "m_0.pth", b"PK")
        write(path, "m_1.pth", b"PK")
        result = netc("run", name, "--resume", cwd=path)
        assert result.code == 1 and "there is no checkpoint m_{epoch}.pth yet" in result.err, result.err


class Call:
    """Pickled, it is a call that whoever loads it as Python does would make."""

    def __reduce__(self):
        return os.system, ("touch called",)


def test_a_pickle_calls_nothing():
    """What a file would call is refused by its name, and not done."""
    module = {"_parameters": {}, "_buffers": {}, "_modules": {"0": Call()}}
    whole = b"\x80\x02cmodel\nNet\n)\x81" + pickle.dumps(module, 2)[2:-1] + b"b."
    with folder() as path:
        name = write(path, "m.net", TINY)
        for content, told in ((pickle.dumps({"1.weight": Call()}, 2), "1.weight cannot be read: it is what posix."),
                              (pickle.dumps({"1.weight": os.system}, 2), "it is what posix.system would make"),
                              (whole, "0 is no module, but what posix.system would make"),
                              (pickle.dumps(Call(), 2), "nor a model, but what posix.system would make")):
            with zipfile.ZipFile(os.path.join(path, "x.pth"), "w") as file:
                file.writestr("archive/data.pkl", content)
                file.writestr("archive/version", "3\n")
            result = netc("run", name, "--load=x.pth", cwd=path)
            assert result.code == 1 and told in result.err and "netc calls nothing" in result.err, result.err
            assert not os.path.exists(os.path.join(path, "called"))
        with zipfile.ZipFile(os.path.join(path, "x.pth"), "w") as file:
            file.writestr("archive/data.pkl", whole)
        told = netc("import", "x.pth", cwd=path)
        assert told.code == 1 and "0 is no module, but what posix.system would make" in told.err, told.err


TOKENS = """
model M(8) { Embedding(50, 4), Flatten(), Linear(_, 2) }
data d = NPY("x.npy", target="y.npy")
train M {
    seed      1
    data      d, batch_size=10
    loss      CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    epochs    100000
    save      "m.pth"
}
"""


def array(kind, shape, content):
    """An array as numpy saves it."""
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (kind, shape)
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head.encode() + content


def test_a_data_file_that_changes_ends_the_run():
    """By a sentence, and never by a signal, whatever its new numbers are."""
    floats = TOKENS.replace("Embedding(50, 4), Flatten(), ", "")
    rows = 4000
    with folder() as path:
        write(path, "y.npy", array("<i4", (rows,), struct.pack("<i", 1) * rows))
        for text, kind, new in ((TOKENS, "<i4", b"\x7f" * 4), (floats, "<f4", b"\0\0\x20\x41"), (floats, "<f4", None)):
            whole = array(kind, (rows, 8), b"\0\0\0\0" * 8 * rows)
            write(path, "x.npy", whole)
            name = write(path, "m.net", text)
            if os.path.exists(os.path.join(path, "m.pth")):
                os.remove(os.path.join(path, "m.pth"))
            child = start(NETC, "run", name, cwd=path, stdout=subprocess.DEVNULL)
            wait_for(path, "m.pth")
            with open(os.path.join(path, "x.npy"), "r+b") as file:
                if new is None:
                    file.truncate(200)
                else:
                    file.seek(len(whole) - 4 * 8 * rows)
                    file.write(new * 8 * rows)
            _, errors = child.communicate(timeout=60)
            assert child.returncode == 1 and re.search(rb"error: d: .*x.npy (was written to|became shorter)", errors), \
                (child.returncode, errors)
            assert not leftovers(path)


def test_any_trainer_reads_checkpoints():
    with folder() as path:
        write(path, "m.net", TINY)
        done(netc("run", "m.net", "--max-steps", "5", cwd=path))
        name = write(path, "n.net", re.sub(r"    save.*\n", "", TINY))
        done(netc("build", name, "-o", "t", cwd=path))
        for words in ((NETC, "run", name, "test"), ("./t", "test")):
            assert "test_loss" in done(run(*words, "--load=m_0.pth", cwd=path)).out
        done(netc("run", name, "--max-steps", "1", "--set", "train.save=s.pth", cwd=path))
        assert read(path, "s.pth")


def test_a_remark_is_told_once():
    split = """data all = Shapes(size=32, channels=1) { Resize(16), RandomHorizontalFlip(), ToTensor() }
data d, t = random_split(all, [0.5, 0.5], seed=1)"""
    with folder() as path:
        text = re.sub(r"data d = .*", split, TINY).replace("test      d", "test      t")
        name = write(path, "m.net", text)
        out = done(netc("run", name, "--max-steps", "1", cwd=path)).out
        assert out.count("kept in memory") == 1, out


def test_quiet_prints_the_results():
    with folder() as path:
        name = write(path, "m.net", TINY)
        loud = done(netc("run", name, cwd=path)).out
        quiet = done(netc("run", name, "--quiet", cwd=path)).out
        cut = r"  samples/s.*"
        last = [line for line in loud.splitlines() if line.startswith("epoch 2")]
        assert [re.sub(cut, "", line) for line in quiet.splitlines()] == [re.sub(cut, "", line) for line in last], quiet


def test_data_counts_batches_in_both_sets():
    with folder() as path:
        name = write(path, "m.net", TINY)
        out = done(netc("data", name, "--max-steps", "2", "--sheet=", cwd=path)).out
        assert re.findall(r"the model sees (\d+) samples", out) == ["8"], out
        two = TINY.replace("train M {", "data t = Shapes(size=16, channels=1, train=False) { ToTensor() }\ntrain M {")
        write(path, "m.net", two.replace("test      d", "test      t"))
        out = done(netc("data", name, "--max-steps", "2", "--sheet=", cwd=path)).out
        assert re.findall(r"the model sees (\d+) samples", out) == ["8", "200"], out


def test_a_resumed_run_says_why_it_does_nothing():
    with folder() as path:
        name = write(path, "m.net", TINY)
        done(netc("run", name, "--max-steps", "30", cwd=path))
        out = done(netc("run", name, "--resume", "--max-steps", "1", cwd=path)).out
        assert "and 30 are done; --max-steps 31 makes one more" in out, out
        out = done(netc("run", name, "--epochs", "1", cwd=path)).out
        out = done(netc("run", name, "--resume=m_0.pth", "--max-steps", "501", cwd=path)).out
        assert "1 epoch done, 500 steps" in out, out


def test_a_log_is_set_by_the_command_line():
    def events(folder):
        name, = (name for name in os.listdir(os.path.join(path, folder)) if "tfevents" in name)
        return read(path, os.path.join(folder, name))
    with folder() as path:
        name = write(path, "m.net", TINY.replace("    save ", '    log "logs"\n    save '))
        words = "--max-steps", "1", "--set"
        done(netc("run", name, *words, "train.log.folder=a", "--set", "train.log.images=3", cwd=path))
        assert b"\x89PNG" in events("a") and not os.path.exists(os.path.join(path, "logs"))
        done(netc("build", name, "-o", "plain", cwd=path))
        done(run("./plain", *words, "train.log.folder=b", cwd=path))
        assert b"\x89PNG" not in events("b")
        refused = run("./plain", *words, "train.log.images=3", cwd=path)
        assert refused.code == 1 and "compiled without pictures in the log" in refused.err, refused.err
        write(path, "m.net", TINY.replace("    save ", '    log "logs", images=4\n    save '))
        done(netc("build", name, "-o", "shown", cwd=path))
        done(run("./shown", *words, "train.log.images=0", "--set", "train.log=c", cwd=path))
        assert b"\x89PNG" not in events("c")
        done(run("./shown", *words, "train.log.images=2", "--set", "train.log=d", cwd=path))
        assert b"\x89PNG" in events("d")


main(globals())
