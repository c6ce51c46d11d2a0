#!/usr/bin/env python3
"""What a step takes on several ranks, beside threads and PyTorch: ranks.py [FILE.net] [--ranks N] [--link GBIT,US]...

A trainer that was built with --mpi runs as one process with 1, 2 and N threads, then as N ranks with a thread each: by
shared memory, and over links of each rate, in Gbit/s, and delay, in microseconds. For these each rank is in a network
namespace of its own (so root is needed), and link.c carries the packets. Where NETC_ORACLE is a Python that has torch,
DistributedDataParallel runs over the same links, of a model of torch_side.py (--torch).

A time is a step's mean over --steps of them, from the speed that the trainer prints. Bytes are those that left a rank's
interface, the most of all ranks', as the difference of two runs."""
import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import done, folder, netc, sample, write  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
# MPICH speaks TCP even between ranks of one machine.
OVER_LINKS = {"MPIR_CVAR_NOLOCAL": "1", "UCX_TLS": "tcp,self", "UCX_NET_DEVICES": "wire", "FI_PROVIDER": "tcp"}
SHORT = 5 # steps of the run whose bytes are taken off


@contextlib.contextmanager
def links(path, ranks, link):
    """Namespaces nr0, nr1, ..., whose interface `wire` has the address 10.77.0.(1 + rank)."""
    names, rate_and_delay = ["nr%d" % rank for rank in range(ranks)], link.split(",")
    program = os.path.join(path, "link")
    subprocess.run(["cc", "-O2", os.path.join(HERE, "link.c"), "-o", program], check=True)
    try:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)  # of a run that was killed
            subprocess.run(["ip", "netns", "add", name], check=True)
        with subprocess.Popen([program, *rate_and_delay, *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
            if not one.stdout.readline():
                sys.exit("there are no links")
            yield
            one.stdin.close()
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)


def sent(ranks):
    """The bytes that have left each rank's interface."""
    return [int(subprocess.run(["ip", "netns", "exec", "nr%d" % rank, "cat", "/sys/class/net/wire/statistics/tx_bytes"],
                               check=True, capture_output=True, text=True).stdout) for rank in range(ranks)]


def printed(words, path):
    result = subprocess.run([str(word) for word in words], cwd=path, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    if result.returncode:
        sys.exit("%s\nended with code %d:\n%s" % (" ".join(map(str, words)), result.returncode, result.stdout))
    return result.stdout


def over_links(words, path):
    """The same over links. MPICH 4.0.2 may wait for ever in MPI_Finalize, by UCX's TCP and with more than two ranks; a
    program that calls MPI_Alltoall and MPI_Barrier once does too. It is not waited for when the trainer has said that
    it is done."""
    with subprocess.Popen([str(word) for word in words], cwd=path, env=dict(os.environ, **OVER_LINKS), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as started:
        text = ""
        for line in started.stdout:
            text += line
            if line.startswith("time taken"):
                break
        try:
            started.wait(timeout=1)
        except subprocess.TimeoutExpired:
            started.terminate()
        if "time taken" not in text:
            sys.exit("%s\nhas failed:\n%s" % (" ".join(map(str, words)), text))
        return text


def time_of(text, batch):
    """Milliseconds of a step, of what a trainer printed."""
    return 1e3 * batch / float(re.findall(r"samples/s ([\d.]+)", text)[-1])


def row(name, ms, bytes_of_step=None):
    print("| %s | %.1f | %s |" % (name, ms, "" if bytes_of_step is None else "{:,}".format(round(bytes_of_step))),
          flush=True)


def spread(ranks, command):
    """mpirun's words for a rank in each namespace."""
    words = []
    for rank in range(ranks):
        words += [":"] * (rank > 0) + ["-np", 1, "ip", "netns", "exec", "nr%d" % rank, *command]
    return words


def torch_ranks(python, model, batch, ranks, steps):
    """Milliseconds of a step of DistributedDataParallel, a process in each namespace."""
    env = dict(os.environ, WORLD_SIZE=str(ranks), MASTER_ADDR="10.77.0.1", MASTER_PORT="29500",
               GLOO_SOCKET_IFNAME="wire", OMP_NUM_THREADS="1")
    started = [subprocess.Popen(["ip", "netns", "exec", "nr%d" % rank, python, os.path.join(HERE, "torch_ranks.py"),
                                 model, str(batch), str(steps)], env=dict(env, RANK=str(rank)), text=True,
                                stdout=subprocess.PIPE) for rank in range(ranks)]
    return float([process.communicate()[0] for process in started][0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=sample("cifar10"))
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--link", action="append", default=[], help="its rate and delay: 1,100; 0: none")
    parser.add_argument("--only-links", action="store_true", help="leave out threads and shared memory")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--torch", help="a model of torch_side.py")
    options = parser.parse_args()
    ranks, steps, python = options.ranks, options.steps, os.environ.get("NETC_ORACLE")
    with open(options.file, encoding="utf-8") as file:
        text = file.read().replace('CIFAR10("data", ', "Shapes(")
    text = re.sub(r"^ *(test|log|save) .*$", "", text, flags=re.M)
    batch = int(re.search(r"batch_size=(\d+)", text)[1])
    with folder() as path:
        write(path, "t.net", text)
        done(netc("build", "t.net", "--mpi", "--cc", shutil.which("mpicc.mpich") or "mpicc", "-o", "t", cwd=path))
        mpirun = shutil.which("mpirun.mpich") or "mpirun"

        def command(count):
            return ["./t", "--threads", 1, "--max-steps", count]
        print("| | ms a step | bytes that a rank sends a step |\n|---|---|---|")
        for threads in [] if options.only_links else sorted({1, 2, ranks}):
            row("1 process, %d thread%s" % (threads, "s" * (threads > 1)),
                time_of(printed(["./t", "--threads", threads, "--max-steps", steps], path), batch))
        if not options.only_links:
            row("%d ranks, shared memory" % ranks,
                time_of(printed([mpirun, "-np", ranks, *command(steps)], path), batch))
        for link in options.link:
            name = "%d ranks, %s Gbit/s, %s us" % (ranks, *link.split(","))
            with links(path, ranks, link):
                counts = [sent(ranks)]
                for count in (SHORT, steps):
                    out = over_links([mpirun, *spread(ranks, command(count))], path)
                    counts.append(sent(ranks))
                short, long = ([b - a for a, b in zip(*counts[i:i + 2])] for i in (0, 1))
                row(name, time_of(out, batch),
                    max((b - a) / (steps - SHORT) for a, b in zip(short, long)))
                if options.torch and python:
                    before = sent(ranks)
                    ms = torch_ranks(python, options.torch, batch, ranks, steps)
                    row("PyTorch, " + name, ms,
                        max(b - a for a, b in zip(before, sent(ranks))) / steps)


main()
