"""How a figure shows itself."""

import struct

import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import print_figure
from matplotlib import style
from matplotlib.figure import Figure

from prominence_jupyter.usage.plots import PLOTS
from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from tests.notebook.conftest import Kernel
from tests.usage.plots.made import frame, job, words

PLOT = (
    "from prominence_jupyter.usage import jobs_frame, plots\n"
    "plots.waiting(jobs_frame([{'id': 1, 'events': {'createTime': 1, 'startTime': 9, 'endTime': 90}}]))"
)


def test_it_is_a_png_of_twice_the_pixels_that_it_takes_on_the_page():
    data, metadata = PLOTS["waiting"](frame(job()))._repr_png_()

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    # a fraction of a pixel is lost
    assert struct.unpack(">II", data[16:24]) == pytest.approx((2 * metadata["width"], 2 * metadata["height"]), abs=1)
    assert metadata["width"] == 900


@pytest.mark.parametrize("registered", [False, True])
@pytest.mark.parametrize("jobs", [frame(), frame(job())])
def test_it_shows_once_also_where_a_formatter_for_figures_is_registered(registered, jobs):
    display = DisplayFormatter()
    if registered:  # as %matplotlib inline does
        display.formatters["image/png"].for_type(Figure, lambda figure: print_figure(figure, fmt="png"))

    data, _ = display.format(PLOTS["waiting"](jobs))

    assert sorted(data) == ["image/png", "text/plain"]


@pytest.mark.parametrize("before", ["", "%matplotlib inline\nimport matplotlib.pyplot\n"])
def test_it_shows_once_in_a_real_kernel(before):
    kernel = Kernel()
    try:
        outputs = kernel.run(before + PLOT)
    finally:
        kernel.stop()

    assert [output["output_type"] for output in outputs] == ["execute_result"]
    assert sorted(outputs[0]["data"]) == ["image/png", "text/plain"]


def test_texts_of_a_user_are_no_formula_even_where_the_style_wants_tex():
    with style.context({"text.usetex": True}):
        figure = UsageFigure("costs $5", 2)
        figure.note("more $x^{$")

    assert {text for text in words(figure) if "$" in text} == {"costs $5 · 2 jobs", "more $x^{$"}


def test_a_note_is_left_out_when_there_is_nothing_to_note():
    figure = UsageFigure("title", 1)
    figure.note("", "")

    assert words(figure) == ["title · 1 job"]


def test_words_say_what_the_picture_says_where_it_is_not_seen():
    figure = PLOTS["core_hours"](frame(job(), job(2, status="running", execution={}, events={})))

    _, metadata = figure._repr_png_()

    assert repr(figure) == f"<UsageFigure: {metadata['alt']}>"
    assert metadata["alt"] == (
        "Core-hours over time · 2 jobs. core-hours in each 1 min - used: 1; held, not used: 1. 1 job shown. "
        "Left out: 1 job with no known time, end or cores (not started, not ended, no detail)."
    )


def test_words_say_why_there_is_nothing_to_see():
    assert repr(PLOTS["sites"](frame())) == "<UsageFigure: Use by site · 0 jobs. Nothing to draw: there are no jobs.>"
