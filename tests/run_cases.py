#!/usr/bin/env python3
"""The case runner: every tests/cases/**/*.net is a test, its expectation in comments behind the program.

    run_cases.py [--netc NETC] [--bless] [--gcc | --plain] [PREFIX...]

PREFIX chooses cases by the beginning of their path below tests/cases. --bless writes what netc gives into the blocks:
read the diff before you commit it. --gcc runs `run` and `losses` blocks through `netc build` and the C compiler.
--plain runs the `losses` blocks alone, through `netc emit --target plain` and gcc.

A block begins with a line `#> ...` and goes on to the next one; each of its lines is a comment:

    #> error          the whole of the error output (paths cut off), exit code 1
    #> warning        the same, exit code 0
    #> dump STEP      the output of `netc check --dump=STEP`
    #> emit NAME      the function NAME of the emitted C
    #> refused        the whole of the error output of `netc emit`, exit code 1
    #> run            the output of `netc run`
    #> losses TOL     the losses of the steps that `netc run` prints, one a line, each within TOL (relative); where netc
                      is built with sanitizers, and of programs of the target plain, the first six
    #> grad TOL       `netc run FILE gradients`: each parameter's gradients against finite differences, within TOL;
                      where netc is built with sanitizers, two steps of training without a finding
    #> args ARG...    more arguments for netc, for the whole case
    #> skip REASON    the case is not run

A case without a block must pass `netc check` in silence.
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile

from support import sanitized

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
NETC = os.environ.get("NETC", os.path.join(os.path.dirname(HERE), "build", "compiler", "netc"))
# Of a case's losses, under the sanitizers and by the target plain, where each step takes long: into the second epoch of
# most cases, and what comes later goes the same ways.
FEW_STEPS = 6
SECONDS = 300  # for a command; most need one, but not with sanitizers on a busy machine


class Block:
    def __init__(self, line, head):
        self.line = line                          # number of its first line, from 0
        self.kind, _, self.argument = head.partition(" ")
        self.expected = []
        self.result = None                        # what --bless writes


def read_case(path):
    """The lines of the program and its blocks."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        lines = file.read().split("\n")
    blocks = []
    for number, line in enumerate(lines):
        if line.startswith("#> "):
            blocks.append(Block(number, line[3:].strip()))
        elif blocks and line.startswith("#"):
            blocks[-1].expected.append(line[2:])
    return lines, blocks


def netc(arguments, path, cwd):
    """Runs netc on a case: exit code, output, errors without the folder of the case."""
    words = [NETC] + arguments[:1] + [path] + arguments[1:]
    done = subprocess.run(words, capture_output=True, timeout=SECONDS, cwd=cwd, stdin=subprocess.DEVNULL)
    texts = [stream.decode("utf-8", "replace").replace(os.path.dirname(path) + "/", "") for stream in
             (done.stdout, done.stderr)]
    return done.returncode, texts[0], texts[1]


def without_path(text, path):
    """Messages begin with the place in the file; the file's name is known."""
    return re.sub("^" + re.escape(os.path.basename(path)) + ":", "", text, flags=re.M)


def expect_success(code, errors):
    if code != 0 or errors:
        raise AssertionError("exit code %d\n%s" % (code, errors))


def compare(block, actual):
    """Text against text; trailing blanks do not count, since editors take them away."""
    lines = [line.rstrip() for line in actual.rstrip("\n").split("\n")]
    block.result = lines
    expected = [line.rstrip() for line in block.expected]
    if lines != expected:
        raise AssertionError("\n".join(difflib.unified_diff(expected, lines, "expected", "actual", lineterm="", n=2)))


def run_error(block, path, args, cwd, wanted=1, command="check"):
    code, output, errors = netc([command] + args, path, cwd)
    if code != wanted:
        raise AssertionError("exit code %d instead of %d\n%s%s" % (code, wanted, output, errors))
    compare(block, without_path(errors, path))


def run_warning(block, path, args, cwd):
    run_error(block, path, args, cwd, wanted=0)


def run_refused(block, path, args, cwd):
    run_error(block, path, args, cwd, command="emit")


def run_dump(block, path, args, cwd):
    code, output, errors = netc(["check", "--dump=" + block.argument] + args, path, cwd)
    expect_success(code, errors)
    compare(block, output)


def run_emit(block, path, args, cwd):
    code, output, errors = netc(["emit"] + args, path, cwd)
    expect_success(code, errors)
    comment, head, body = r"(?:^/\*(?:(?!\*/).)*\*/\n)?", r"^[^\n;{}]*\b%s\([^;{]*\)\n", r"\{\n.*?^\}\n"
    comment += r"(?:^struct [^\n]*\n)?"  # what a body's sizes are
    function = re.search(comment + head % re.escape(block.argument) + body, output, flags=re.M | re.S)
    if not function:
        raise AssertionError("the emitted C has no function %s" % block.argument)
    compare(block, function[0])


def train(path, args, cwd, through_cc):
    """The output of a training run."""
    if through_cc:
        code, _, errors = netc(["build", "-o", "trainer"], path, cwd)
        expect_success(code, errors)
        done = subprocess.run(["./trainer"] + args, capture_output=True, timeout=SECONDS, cwd=cwd, text=True)
        code, output, errors = done.returncode, done.stdout, done.stderr
    else:
        code, output, errors = netc(["run"] + args, path, cwd)
    expect_success(code, errors)
    return output


def run_run(block, path, args, cwd):
    output = train(path, ["--threads", "2"] + args, cwd, options.gcc)
    # Times and speeds are the machine's.
    output = re.sub(r"(samples/s|seconds|time taken:) [\d.]+", r"\1 *", output)
    output = re.sub(r"^( +\d+ .*?) +\d+\.\d\d$", r"\1  *", output, flags=re.M)  # rows of the table of epochs
    compare(block, output)


class Refused(Exception):
    """The target plain does not take the model, and says why."""


def train_plain(path, args, cwd):
    """The output of the program of the target plain, over the raw files that `netc data` writes."""
    folders = args[args.index("--data"):][:2] if "--data" in args else []
    most = [args[at + 1] for at, word in enumerate(args) if word == "--max-steps"]
    steps = ["steps=" + most[-1]] if most else []  # the last one counts, as it does for netc
    own = [word for at, word in enumerate(args)
           if not {"--data", "--max-steps", "--threads"} & set(args[max(0, at - 1):at + 1])]
    code, _, errors = netc(["emit", "--target", "plain", "-o", "plain.c"] + own, path, cwd)
    if "the plain target does not support" in errors:
        raise Refused(re.search("the plain target does not support .*", errors)[0])
    expect_success(code, errors)
    code, _, errors = netc(["data", "--raw", "data"] + folders + own, path, cwd)
    expect_success(code, errors)
    # What gcc warns of goes by the ranges of variables, which -O1 alone does not follow. -O2 would take four times as
    # long, for programs that run a second.
    made = subprocess.run(["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-ftree-vrp",
                           "plain.c", "-o", "plain", "-lm"], capture_output=True, timeout=SECONDS, cwd=cwd, text=True)
    expect_success(made.returncode, made.stderr)
    done = subprocess.run(["./plain", "data.train.raw", "data.test.raw", "every=1"] + steps, capture_output=True,
                          timeout=SECONDS, cwd=cwd, text=True)
    expect_success(done.returncode, done.stderr)
    return done.stdout


def run_losses(block, path, args, cwd):
    # There is a case on each core, so a second thread waits for it, and what waits spins. Any number gives the same
    # bits (same_bits_test.py), but sanitizers find a thread in another one's memory.
    expected = [float(line) for line in block.expected if line.strip()]
    threads = ["--threads", "2" if sanitized(NETC) else "1"]
    most = FEW_STEPS if options.plain or sanitized(NETC) else len(expected)
    steps = ["--max-steps", str(most)] if len(expected) > most else []
    words = threads + args + steps + ["--log-every", "1"]
    output = train_plain(path, args + steps, cwd) if options.plain else train(path, words, cwd, options.gcc)
    losses = [float(loss) for loss in re.findall(r"^step +\d+ +loss ([\d.einf+-]+)", output, flags=re.M)]
    expected = expected[:most]
    block.result = ["%.6f" % loss for loss in losses]
    if len(losses) != len(expected):
        raise AssertionError("%d losses instead of %d\n%s" % (len(losses), len(expected), output))
    for step, (actual, wanted) in enumerate(zip(losses, expected)):
        if not abs(actual - wanted) <= float(block.argument) * max(1.0, abs(wanted)):
            raise AssertionError("loss %d is %.6f instead of %.6f" % (step, actual, wanted))


def run_grad(block, path, args, cwd):
    if sanitized(NETC):
        # Two steps read and write all that the thousands of forward passes do, and the parameters that a step made.
        train(path, ["--max-steps", "2"] + args, cwd, False)
        return
    # One thread, as of `losses`.
    code, output, errors = netc(["run", "gradients", "--threads", "1"] + args, path, cwd)
    expect_success(code, errors)
    rows = re.findall(r"^(\S+) +\d+ +(\d+) +\d+ +\S+ +([\d.]+) %", output, flags=re.M)
    if not rows:
        raise AssertionError("no parameter was compared\n" + output)
    for name, compared, apart in rows:
        if compared == "0" or not float(apart) <= 100 * float(block.argument):
            raise AssertionError("the gradient of %s is not that of the loss\n%s" % (name, output))


RUNNERS = {"error": run_error, "warning": run_warning, "refused": run_refused,
           "dump": run_dump, "emit": run_emit, "run": run_run, "losses": run_losses,
           "grad": run_grad}


def bless(path, lines, blocks):
    """Writes what netc gave into the blocks."""
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        if block.result is None:
            continue
        end = block.line + 1 + len(block.expected)
        lines[block.line + 1:end] = [("# " + line).rstrip() for line in block.result]
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write("\n".join(lines))


def run_case(path):
    """Runs one case. Returns the reason why it was skipped, or None; raises AssertionError where it fails."""
    lines, blocks = read_case(path)
    for block in blocks:
        if block.kind == "skip":
            return block.argument or "no reason given"
        if block.kind not in RUNNERS and block.kind != "args":
            raise AssertionError("there are no blocks '#> %s'" % block.kind)
    args = [word for block in blocks if block.kind == "args" for word in shlex.split(block.argument)]
    tests = [block for block in blocks if block.kind in RUNNERS and (block.kind == "losses" or not options.plain)]
    with tempfile.TemporaryDirectory() as folder:
        if not tests and not options.plain:
            code, output, errors = netc(["check"] + args, path, folder)
            expect_success(code, errors + output)
        failures = []
        for block in tests:
            try:
                RUNNERS[block.kind](block, path, args, folder)
            except Refused as reason:
                return str(reason)
            except (AssertionError, subprocess.TimeoutExpired) as failure:
                failures.append(("#> %s %s\n%s" % (block.kind, block.argument, failure), block))
    if options.bless and failures:
        bless(path, lines, tests)
        failures = [(text, block) for text, block in failures if block.result is None]
    if failures:
        raise AssertionError("\n".join(text for text, _ in failures))
    return None


def find_cases():
    found = []
    for folder, folders, files in os.walk(CASES):
        folders.sort()
        found += [os.path.join(folder, name) for name in files if name.endswith(".net")]
    names = sorted((os.path.relpath(path, CASES), path) for path in found)
    return [(name, path) for name, path in names if (not options.prefix or name.startswith(tuple(options.prefix))) and
            (not options.plain or any(block.kind == "losses" for block in read_case(path)[1]))]


def judge(path):
    """The reason why a case was skipped, or None; and what is wrong with it, or None."""
    try:
        return run_case(path), None
    except (AssertionError, subprocess.TimeoutExpired) as failure:
        return None, str(failure)


def main():
    cases = find_cases()
    print("1..%d" % len(cases), flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        answers = pool.map(judge, [path for _, path in cases])
        for number, ((name, _), (skipped, wrong)) in enumerate(zip(cases, answers), 1):
            if wrong is None:
                print("ok %d - %s%s" % (number, name, " # SKIP " + skipped if skipped else ""), flush=True)
                continue
            failed += 1
            print("not ok %d - %s\n%s" % (number, name, "\n".join("# " + line for line in wrong.split("\n"))),
                  flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--netc", default=NETC, help="the netc to test (default: $NETC, or build/compiler/netc)")
    parser.add_argument("--bless", action="store_true", help="write what netc gives into the blocks")
    parser.add_argument("--gcc", action="store_true", help="train through the C compiler")
    parser.add_argument("--plain", action="store_true", help="train by the target plain: `losses` blocks alone")
    parser.add_argument("prefix", nargs="*", help="beginning of the path below tests/cases")
    options = parser.parse_args()
    NETC = os.path.abspath(options.netc)
    sys.exit(main())
