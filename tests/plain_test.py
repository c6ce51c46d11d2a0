#!/usr/bin/env python3
"""A few rows of parity/plain.py, which is slow: the plain target's programs against PyTorch's losses and the cpu
target's parameters."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity"))
import plain  # noqa: E402

sys.exit(plain.main(["--sample", "101"]))
