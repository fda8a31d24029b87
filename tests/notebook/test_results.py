"""Results in a real kernel: progress is shown, and an interrupt keeps what has come."""

from benchmarks.standin_sweep import standin_sweep
from tests.conftest import TOKEN
from tests.notebook.test_kernel import value

COUNT = 200
FAR_S = 0.1


def test_an_interrupt_keeps_what_came_and_progress_is_shown_without_being_asked_for(kernel):
    with standin_sweep(COUNT, FAR_S) as url:
        kernel.run("import pandas, prominence_jupyter")
        kernel.run(f"sweep = prominence_jupyter.connect({url!r}, {TOKEN!r}).workflow(1)")
        (*shown, error) = kernel.run("sweep.results('json')", interrupt_when=f"of {COUNT} outputs")
        assert error["ename"] == "KeyboardInterrupt"
        assert f"of {COUNT} outputs" in str(shown)
        assert {"text/plain": ""} in kernel.displays.values()  # the bar is gone

        left = "states = []\nframe = sweep.results('json', lambda *state: states.append(state))\n"
        kernel.run(left)
        first, *_, last = value(kernel, "states")
        assert 0 < first[1] < COUNT
        assert last == [first[1], first[1], "outputs"]
        assert value(kernel, "(frame['square'] == frame['n'] ** 2).tolist()") == [True] * COUNT
