"""Runs a program of this folder within bounds: python -I bounded.py PROGRAM IN OUT

Apart, so that the bounds stand before a decoder is loaded.
"""

import resource
import runpy
import sys

SECONDS = 20
MEMORY = 1536 * 1024 * 1024
OPEN_FILES = 32
BOUNDS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: OPEN_FILES,
}


def main() -> None:
    for kind, most in BOUNDS.items():
        resource.setrlimit(kind, (most, most))
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
