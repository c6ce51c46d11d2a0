"""Counts what `meson test` ran, from its logs: count.py TESTLOG.json... prints every failure and skip, then
'N passed, N failed, N skipped'. A test that speaks TAP counts as its cases. Exit code 1 if anything failed."""
import json
import os
import re
import sys


def cases(test):
    """(passed, failed, skipped) of one entry of the log, and the lines to show."""
    name, result = test["name"], test["result"]
    passed, failed, skipped, shown = 0, 0, 0, []
    for line in test.get("stdout", "").splitlines():
        match = re.match(r"(not )?ok\b[ \d]*(.*)", line)
        if not match:
            continue
        if re.search(r"#\s*SKIP", line, flags=re.I):
            skipped += 1
            shown.append("skipped: %s: %s" % (name, match[2].lstrip("- ")))
        elif match[1]:
            failed += 1
            shown.append("FAILED: %s: %s" % (name, match[2].lstrip("- ")))
        else:
            passed += 1
    if result in ("OK", "EXPECTEDFAIL", "SKIP"):
        if passed + failed + skipped == 0:
            passed, skipped = (0, 1) if result == "SKIP" else (1, 0)
    elif failed == 0:
        failed = 1
        shown.append("FAILED: %s: %s" % (name, result.lower()))
    return passed, failed, skipped, shown


def main(paths):
    total = [0, 0, 0]
    for path in paths:
        folder = os.path.basename(os.path.dirname(os.path.dirname(os.path.abspath(path))))
        tests = []
        if os.path.exists(path):  # not where the build failed
            with open(path, encoding="utf-8") as file:
                tests = [json.loads(line) for line in file if line.strip()]
        if not tests:
            print("FAILED: %s: no test has run" % folder)
            total[1] += 1
        for test in tests:
            *counts, shown = cases(test)
            total = [a + b for a, b in zip(total, counts)]
            for line in shown:
                print("%s: %s" % (folder, line))
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


sys.exit(main(sys.argv[1:]))
