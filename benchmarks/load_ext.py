"""What `%load_ext prominence_jupyter` costs in a kernel, beside an eager import of what the package can use.

Run it with: python benchmarks/load_ext.py

Each figure is the median of several fresh kernels, in milliseconds.
"""

import statistics

from jupyter_client.manager import start_new_kernel

KERNELS = 7
LAZY = "get_ipython().run_line_magic('load_ext', 'prominence_jupyter')"
EAGER = "import pandas, ipywidgets, anywidget, requests, tornado"
TIMED = """
import time
start = time.perf_counter()
{statement}
print((time.perf_counter() - start) * 1000)
"""


def milliseconds(statement: str) -> float:
    """Return how long a statement takes in a fresh kernel."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        printed: list[str] = []
        client.execute_interactive(
            TIMED.format(statement=statement),
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
        return float("".join(printed))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    """Measure both in turn, so that a machine that gets slower does so for both."""
    lazy, eager = [], []
    for _ in range(KERNELS):
        lazy.append(milliseconds(LAZY))
        eager.append(milliseconds(EAGER))
    mine, theirs = statistics.median(lazy), statistics.median(eager)
    print(f"%load_ext prominence_jupyter     {mine:8.1f} ms   (from {min(lazy):.1f} to {max(lazy):.1f})")
    print(f"{EAGER:32.32} {theirs:8.1f} ms   (from {min(eager):.1f} to {max(eager):.1f})")
    print(f"ratio                            {theirs / mine:8.1f}")


if __name__ == "__main__":
    main()
