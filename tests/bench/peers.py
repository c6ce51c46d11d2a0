"""The other programs that the bench runs: PyTorch, as a process that answers questions (torch_side.py), and the loop of
multiply-adds that shows the machine's peak (peak.c)."""
import json
import os
import subprocess
import tempfile

from support import ROOT, done, run

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.environ.get("NETC_ORACLE")


class Torch:
    """None of its answers, where there is no PyTorch. Other libraries of the race have their Pythons and scripts."""

    def __init__(self, python=ORACLE, script="torch_side.py"):
        self.missing = {}  # what could not be done: why
        self.errors = tempfile.TemporaryFile()
        self.process = python and subprocess.Popen(
            [python, os.path.join(HERE, script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, text=True, env=dict(os.environ, TORCHINDUCTOR_COMPILE_THREADS="1"))

    def ask(self, **request):
        """Milliseconds, or None."""
        if not self.process:
            return None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError("a peer ended: " + self.errors.read().decode(errors="replace")[-2000:])
        answer = json.loads(line)
        if "missing" in answer:
            what = "%s of %s, %s" % (request["job"], request["model"], request["mode"])
            self.missing.setdefault(what, answer["missing"])
        return answer.get("ms")

    def version(self):
        return done(run(ORACLE, "-c", "import torch; print(torch.__version__)")).out.strip() if ORACLE else None

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        self.errors.close()


class Peak:
    def __init__(self, folder):
        self.program = os.path.join(folder, "peak")
        done(run(os.environ.get("CC", "cc"), "-O2", "-march=native", "-pthread", "-I" + os.path.join(ROOT, "runtime"),
                 os.path.join(HERE, "peak.c"), "-o", self.program))

    def measure(self):
        """GFLOP/s at best of one thread and of two at once, and what the two had on average."""
        return tuple(map(float, done(run(self.program, 2)).out.split()))
