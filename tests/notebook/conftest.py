"""A real kernel, driven as a front end drives it."""

import tempfile
import time

import pytest
from jupyter_client.manager import KernelManager


class Kernel:
    """One kernel. `run` gives a cell's outputs, displays updated in place as a front end does."""

    def __init__(self) -> None:
        # ipc keeps ipykernel from warning that loopback TCP is not encrypted; in a folder of its own, since another
        # kernel that starts at the same moment might choose the same names
        self._folder = tempfile.TemporaryDirectory()
        self.manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{self._folder.name}/k")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.displays: dict[str, dict] = {}

    def run(self, code: str, *, interrupt_when: str | None = None, timeout: float = 60) -> list[dict]:
        """Run a cell; optionally interrupt it when some words appear in an output."""
        outputs: list[dict] = []
        interrupts = [interrupt_when] if interrupt_when else []
        cell, deadline = self.client.execute(code), time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.0, deadline - time.monotonic()))
            content, kind = message["content"], message["msg_type"]
            # Displays are updated between cells too, and by threads of an earlier cell: whatever its cell, it counts.
            if display_id := content.get("transient", {}).get("display_id"):
                self.displays[display_id] = content["data"]
            if message["parent_header"].get("msg_id") != cell:
                continue
            if kind in {"stream", "display_data", "execute_result", "error"}:
                outputs.append(content | {"output_type": kind})
            if interrupts and interrupts[0] in str(content):
                interrupts.clear()
                self.manager.interrupt_kernel()
            if kind == "status" and content["execution_state"] == "idle":
                self.client.get_shell_msg(timeout=timeout)
                return outputs

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        self._folder.cleanup()


@pytest.fixture
def new_kernel(local_service):
    """Start kernels that find the tests' local service."""
    kernels: list[Kernel] = []

    def start() -> Kernel:
        kernels.append(Kernel())
        kernels[-1].run("%load_ext prominence_jupyter\n%prominence local")
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture
def kernel(new_kernel) -> Kernel:
    return new_kernel()
