#!/usr/bin/env python3
"""The cases that hold PyTorch's losses, by programs of the plain target: run_cases.py --plain."""
import os
import sys

CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run_cases.py")
os.execv(sys.executable, [sys.executable, CASES, "--plain", *sys.argv[1:]])
