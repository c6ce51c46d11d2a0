#!/usr/bin/env python3
"""Fuzzing: programs and files that are changed at random, through what reads them. README.md tells of it.

    run.py                          the smoke run: all seeds, and a fixed number of inputs made of them; TAP
    run.py --long MINUTES [KIND...] goes on from what earlier long runs kept; 1 if anything was found
    run.py --again FILE...          tries what a long run found: build-fuzz/findings/KIND-...

NETC_FUZZERS is the folder of the programs for the smoke run. A long run builds them in build-fuzz, by clang.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import seeds

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build-fuzz")
KEPT, FOUND = os.path.join(BUILD, "corpus"), os.path.join(BUILD, "findings")
SPACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # files that are tried are written in memory
LANGUAGE_SHARE = 0.6  # of a long run's time
SETTINGS = {
    # What is left behind is taken back by once.c. No memory is a case of its own: the runtime must say so.
    # What is given up waits in a small quarantine, since one try is over soon and its memory is used again from cache.
    "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:handle_abort=2:malloc_context_size=4"
                    ":quarantine_size_mb=16",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


def command(folder, kind, *arguments):
    """The words and the environment that try a kind. A hang is told by the clock after a minute; once.c counts the
    processor's seconds."""
    program = os.path.join(folder, "fuzz_" + {"language": kind, "import": kind, "onnx": "import"}.get(kind, "files"))
    words = [program, "-timeout=60", "-rss_limit_mb=3072", "-print_final_stats=1", "-close_fd_mask=3",
             "-entropic=0",     # weighing each input by how rare its branches are took nine tenths of the time
             "-print_funcs=0",  # and looking up the names of functions that are new, a tenth of the rest
             "-reload=0"] + (["-use_memcmp=0"] if kind == "language" else [])  # compares.c says why
    return words + list(arguments), dict(os.environ, FUZZ_KIND=kind, **SETTINGS)


def run_apart(words, environment):
    return subprocess.run(words, env=environment, capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL)


def write_seeds(kind, folder):
    """How many there are, and the longest input."""
    make, longest, _ = seeds.KINDS[kind]
    contents = [content for content in make() if len(content) <= longest]
    os.makedirs(folder, exist_ok=True)
    for number, content in enumerate(contents):
        with open(os.path.join(folder, "seed%04d" % number), "wb") as file:
            file.write(content)
    return len(contents), longest


def first_line_that_tells(text):
    match = re.search(r"(==FINDING==.*|.*runtime error:.*|==\d+==\s*ERROR:.*|SUMMARY:.*)", text)
    return match[1] if match else text.strip().split("\n")[-1]


# ---- The smoke run ---------------------------------------------------------------------------------------------------

def smoke_kind(kind, programs):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory(prefix="netc-fuzz-", dir=SPACE) as folder:
        count, longest = write_seeds(kind, os.path.join(folder, "seeds"))
        words, environment = command(programs, kind, "-runs=%d" % (count + seeds.KINDS[kind][2]), "-seed=1",
                                     "-max_len=%d" % longest, "-artifact_prefix=" + folder + "/",
                                     os.path.join(folder, "seeds"))
        done = run_apart(words, dict(environment, TMPDIR=folder))
        if done.returncode == 0:
            return None
        found = [name for name in os.listdir(folder) if re.match(r"crash-|timeout-|oom-", name)]
        inputs = [open(os.path.join(folder, name), "rb").read() for name in found]
        return "\n".join([first_line_that_tells(done.stderr), done.stderr[-4000:]] + [repr(text) for text in inputs])


def smoke(programs):
    if not programs:
        print("1..0 # SKIP libFuzzer is not here: install clang and libclang-rt-14-dev")
        return 0
    print("1..%d" % len(seeds.KINDS))
    failed = 0
    for number, kind in enumerate(seeds.KINDS, 1):
        begin = time.time()
        wrong = smoke_kind(kind, programs)
        failed += wrong is not None
        print("%sok %d - %s" % ("not " if wrong else "", number, kind))
        print("# %.1f s" % (time.time() - begin))
        if wrong:
            print("\n".join("# " + line for line in wrong.split("\n")))
        sys.stdout.flush()
    return 1 if failed else 0


# ---- Long runs -------------------------------------------------------------------------------------------------------

def build():
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        subprocess.run(["meson", "setup", BUILD, ROOT, "-Dfuzz=true", "-Db_sanitize=address,undefined",
                        "-Db_lundef=false"], env=dict(os.environ, CC="clang"), check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, "tests/fuzz/fuzz_language", "tests/fuzz/fuzz_files",
                    "tests/fuzz/fuzz_import"], check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(BUILD, "tests", "fuzz")


def number_of(name, text):
    match = re.search(name + r"\D*(\d+)", text)
    return int(match[1]) if match else 0


def long_kind(kind, programs, seconds):
    """Tries a kind until the time is up, and begins again behind each finding: inputs tried, findings, inputs kept,
    branches covered."""
    kept, end = os.path.join(KEPT, kind), time.time() + seconds
    _, longest = write_seeds(kind, kept)
    tried, told, covered = 0, [], 0
    while time.time() < end:
        with tempfile.TemporaryDirectory(prefix="netc-fuzz-", dir=SPACE) as folder:
            words, environment = command(programs, kind, "-max_total_time=%d" % max(1, end - time.time()),
                                         "-max_len=%d" % longest, "-artifact_prefix=%s/%s-" % (FOUND, kind), kept)
            done = run_apart(["nice"] + words, dict(environment, TMPDIR=folder))
        tried += number_of("stat::number_of_executed_units", done.stderr)
        covered = max([covered] + [int(number) for number in re.findall(r" cov: (\d+)", done.stderr)])
        if done.returncode == 0:
            break
        told.append(first_line_that_tells(done.stderr))
        print("%s: %s" % (kind, told[-1]))
        file = re.search(r"Test unit written to (\S+)", done.stderr)
        if file:
            print("    " + file[1])
            for name in os.listdir(kept):  # a seed that is a finding would be found again at once
                if open(os.path.join(kept, name), "rb").read() == open(file[1], "rb").read():
                    os.remove(os.path.join(kept, name))
        sys.stdout.flush()
    return tried, told, len(os.listdir(kept)), covered


def long(minutes, kinds):
    programs = build()
    os.makedirs(FOUND, exist_ok=True)
    shares = {kind: 1 / max(1, len(kinds) - 1) for kind in kinds}
    if "language" in kinds and len(kinds) > 1:
        shares = {kind: (1 - LANGUAGE_SHARE) / (len(kinds) - 1) for kind in kinds}
        shares["language"] = LANGUAGE_SHARE
    found = 0
    rows = []
    for kind in kinds:
        tried, told, kept, covered = long_kind(kind, programs, 60 * minutes * shares[kind])
        found += len(told)
        rows.append("| %s | %d | %d | %d | %d |" % (kind, tried, covered, kept, len(told)))
        print(rows[-1], flush=True)
    print("\n| kind | inputs tried | branches | inputs kept | findings |\n| --- | --- | --- | --- | --- |")
    print("\n".join(rows))
    return 1 if found else 0


def again(paths):
    programs, status = build(), 0
    for path in paths:
        kind = os.path.basename(path).split("-")[0]
        words, environment = command(programs, kind, path)
        words.remove("-close_fd_mask=3")
        status |= subprocess.run(words, env=environment).returncode
    return 1 if status else 0


def main():
    parser = argparse.ArgumentParser(description="Fuzzing: see README.md.")
    parser.add_argument("--long", type=float, metavar="MINUTES")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("words", nargs="*", metavar="KIND or FILE")
    arguments = parser.parse_args()
    if arguments.again:
        return again(arguments.words)
    if arguments.long:
        return long(arguments.long, arguments.words or list(seeds.KINDS))
    return smoke(os.environ.get("NETC_FUZZERS", ""))


sys.exit(main())
