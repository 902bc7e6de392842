"""The command ``makeready``: ``python -m makeready --help`` tells what it does."""

import signal
import sys

from makeready._native import command


def main() -> int:
    """Run the command, and give the code to exit with."""
    # Ctrl-C ends it at once, as it ends other commands: Python would only see it after the last file.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(["makeready", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
