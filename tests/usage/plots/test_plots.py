"""What all plots have in common, and how they are found."""

import subprocess
import sys

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib import style
from matplotlib.figure import Figure

from prominence_jupyter.usage import plots
from prominence_jupyter.usage.plots import PLOTS
from tests.usage.answers import kills, odd_answers, sound_answers
from tests.usage.plots.made import frame, job, many, pixels, recorded, words

KINDS = ["timeline", "efficiency", "waiting", "sites", "core_hours"]
TITLES = ["Jobs over time", "CPU and memory used", "Queue time and run time", "Use by site", "Core-hours over time"]
HOSTILE = [
    "$x^{$",
    "$\\frac{1}{2}$",
    "a\x1b[31m\x00",
    "\u202egnp",
    "\U0001f600日本語",
    "x" * 5000,
    "\u200b\ufeff",
    "<b>&amp;",
]


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "import prominence_jupyter",
        "import prominence_jupyter.usage",
        "from prominence_jupyter.usage.plots import PLOTS; 'timeline' in PLOTS; list(PLOTS)",
    ],
)
def test_matplotlib_is_not_loaded_before_the_first_plot(statement):
    assert python(f"import sys\n{statement}\nprint('matplotlib' in sys.modules)") == ["False"]


def test_a_plot_does_not_load_pyplot():
    code = (
        "import sys\nfrom prominence_jupyter.usage import jobs_frame, plots\nplots.timeline(jobs_frame([]))\n"
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    assert python(code) == ["True", "False"]


@pytest.mark.parametrize("asked", ["PLOTS['sites']", "__getattr__('sites')"])
def test_without_matplotlib_an_error_says_how_to_install_it(asked):
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nfrom prominence_jupyter.errors import UsageError\n"
        f"from prominence_jupyter.usage import plots\ntry:\n    plots.{asked}\n"
        "except UsageError as error:\n    print(error, '|', error.__cause__)"
    )
    said = " ".join(python(code))
    assert "plots need matplotlib" in said
    assert "pip install 'prominence-jupyter[plots]' | None" in said


def test_another_missing_module_is_not_blamed_on_matplotlib(monkeypatch):
    monkeypatch.delitem(sys.modules, "prominence_jupyter.usage.plots.sites_plot", raising=False)
    monkeypatch.setitem(sys.modules, "prominence_jupyter.usage.plots.drawing.uses", None)

    with pytest.raises(ModuleNotFoundError):
        PLOTS["sites"]


def test_the_plots_have_names():
    assert list(PLOTS) == KINDS
    assert len(PLOTS) == len(KINDS)
    assert all(getattr(plots, kind) is PLOTS[kind] for kind in KINDS)
    assert all(PLOTS[kind].__doc__ for kind in KINDS)
    assert "pie" not in PLOTS
    with pytest.raises(KeyError):
        PLOTS["pie"]
    with pytest.raises(AttributeError, match="has no attribute 'pie'"):
        _ = plots.pie


@pytest.mark.parametrize(("kind", "title"), list(zip(KINDS, TITLES, strict=True)))
def test_every_figure_has_a_title_with_the_number_of_jobs(kind, title):
    assert PLOTS[kind](frame(job()))._suptitle.get_text() == f"{title} · 1 job"
    assert PLOTS[kind](many(1200))._suptitle.get_text() == f"{title} · 1,200 jobs"


@pytest.mark.parametrize("kind", KINDS)
def test_no_jobs_are_said_in_words(kind):
    assert "Nothing to draw: there are no jobs." in words(PLOTS[kind](frame()))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "sites"])
def test_jobs_of_which_nothing_is_known_are_said_in_words(kind):
    (said,) = [text for text in words(PLOTS[kind](frame({"id": 1}, {"id": 2}))) if text.startswith("Nothing to draw:")]
    assert "no job" in said


@pytest.mark.parametrize("look", ["default", "dark_background"])
@pytest.mark.parametrize("kind", KINDS)
def test_recorded_jobs_are_drawn_on_light_and_on_dark(kind, look):
    with style.context(look):
        picture = pixels(PLOTS[kind](recorded()))

    ground = 1.0 if look == "default" else 0.0
    assert (picture[0, 0] == ground).all()
    assert (abs(picture - (1 - ground)) < 0.1).all(axis=2).sum() > 500, "text is hard to see"


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_keeps_the_style_that_it_was_made_in(kind):
    with style.context("dark_background"):
        figure = PLOTS[kind](many(300))
        inside = pixels(figure)
    outside = pixels(figure)

    assert (inside == outside).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [5, 500])
def test_nothing_global_is_changed(kind, number):
    before, open_figures = dict(mpl.rcParams), plt.get_fignums()

    PLOTS[kind](many(number))._repr_png_()

    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == open_figures


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_thousand_jobs_take_few_artists(kind):
    figure = PLOTS[kind](many(50_000))
    figure.draw_without_rendering()

    assert len(figure.findobj()) < 1000


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_are_text_only(kind):
    jobs = [job(i, name=name) for i, name in enumerate(HOSTILE)]
    for made, name in zip(jobs, HOSTILE, strict=True):
        made["execution"] = made["execution"] | {"site": name}
        made["status"] = "completed"

    figure = PLOTS[kind](frame(*jobs, job(99, status=HOSTILE[0])))
    said = words(figure)  # a formula that does not parse, or a glyph that is missing, would raise here

    assert max(map(len, said)) < 300
    assert not any(character in text for text in said for character in "\x1b\x00\u202e\u200b")
    figure._repr_png_()


@pytest.mark.parametrize("kind", KINDS)
def test_the_frame_is_not_changed(kind):
    jobs = many(300)
    before = jobs.copy(deep=True)

    PLOTS[kind](jobs)

    assert jobs.equals(before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_a_frame_with_repeated_index_is_drawn(kind):
    jobs = many(200)
    jobs.index = [0] * len(jobs)

    assert isinstance(PLOTS[kind](jobs.iloc[::2]), Figure)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [1, 70])
@pytest.mark.parametrize("created", [1e-6, 1.0, 252_999_999_999.0, 253_402_300_000.0])
def test_the_ends_of_the_calendar_are_drawn(kind, times, created):
    far = [job(1, created=created, queued=0.0, ran=1e-6), job(2, created=created, queued=1.0, ran=1e10)]

    assert words(PLOTS[kind](frame(*far * times)))
    assert words(PLOTS[kind](frame(*far * times, job())))


@given(st.sampled_from(KINDS), st.lists(sound_answers | kills | odd_answers(), max_size=5), st.booleans())
def test_whatever_a_service_sends_gives_a_figure(kind, answers, often):
    said = words(PLOTS[kind](frame(*answers * (13 if often else 1))))

    assert any(text.startswith(TITLES[KINDS.index(kind)]) for text in said)
