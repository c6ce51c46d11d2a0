#!/usr/bin/env python3
"""Every 29th row of parity/plain.py, which takes a quarter of an hour: the plain target's programs against PyTorch's
losses and the cpu target's parameters."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity"))
import plain  # noqa: E402

sys.exit(plain.main(["--sample", "29"]))
