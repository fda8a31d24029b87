from datetime import UTC, datetime

import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.protocol.workflows.workflow_nodes import workflow_of
from tests.history.conftest import ended

JOB = ended(5, name="sweep/point/7", label=("grp", "g1"))  # ended at 1056


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": "sweep/point/7"},
        {"name": "sweep/*"},
        {"name": "*/point/?"},
        {"label": ("grp", "g1")},
        {"workflow": "sweep"},
        {"site": "Site-A"},
        {"since": at(1056)},
        {"until": at(1056.5)},
        {"workflow": 28},
        {"workflow": "28", "name": "s*", "label": ("grp", "g1"), "site": "Site-A", "since": at(1), "until": at(9999)},
    ],
)
def test_a_job_that_matches(wanted):
    assert Wanted(**wanted).matches(JOB)


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "sweep"},
        {"name": "SWEEP/*"},
        {"name": "[s]weep/point/7"},
        {"label": ("grp", "g2")},
        {"label": ("idx", "g1")},
        {"workflow": "swee"},
        {"workflow": "point"},
        {"site": "Site-B"},
        {"since": at(1056.5)},
        {"until": at(1056)},
        {"name": "sweep/*", "site": "Site-B"},
    ],
)
def test_a_job_that_does_not(wanted):
    assert not Wanted(**wanted).matches(JOB)


@pytest.mark.parametrize("odd", [{}, {"name": 3, "events": [], "labels": "x", "execution": None}, {"events": {}}])
def test_what_a_job_does_not_tell_does_not_match(odd):
    for wanted in ({"name": "*"}, {"label": ("a", "b")}, {"workflow": "w"}, {"site": "s"}, {"until": at(1)}):
        assert not Wanted(**wanted).matches(odd)
    assert Wanted().matches(odd)


@pytest.mark.parametrize(
    ("wanted", "parameters"),
    [
        ({"name": "batch"}, {"name": "batch"}),
        ({"name": "sweep/point"}, {}),  # the deployed service knows only the second part of it
        ({"name": "p*"}, {}),
        ({"name": 'a" || true'}, {}),
        ({"label": ("grp", "g1")}, {"constraint": "grp=g1"}),
        ({"label": ("grp", 'g1" || true')}, {}),
        ({"label": ("grp", "a=b")}, {}),
        ({"workflow": 28}, {"workflow": "true", "id": "28"}),
        ({"workflow": "28"}, {"workflow": "true", "id": "28"}),
        ({"workflow": "sweep"}, {}),
        ({"site": "Site-A", "since": at(0)}, {}),
    ],
)
def test_only_what_the_deployed_service_understands_is_sent(wanted, parameters):
    assert Wanted(**wanted).parameters == parameters


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"last": 0}, "a whole number from 1, not 0"),
        ({"last": -1}, "a whole number from 1"),
        ({"last": True}, "a whole number from 1"),
        ({"last": 1.5}, "a whole number from 1"),
        ({"since": "7d"}, "no moment with a time zone"),
        ({"until": datetime(2026, 1, 1)}, "no moment with a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"since": at(5), "until": at(5)}, "no job can end from 1970-01-01 00:00 on and before"),
        ({"name": ""}, "the name of a job is text"),
        ({"name": 7}, "the name of a job is text"),
        ({"site": ""}, "the site of a job is text"),
        ({"workflow": ""}, "by its id or its name"),
        ({"workflow": True}, "by its id or its name"),
        ({"label": "grp=g1"}, "a pair of key and value"),
        ({"label": ("grp", 1)}, "a pair of key and value"),
        ({"label": ("grp",)}, "a pair of key and value"),
    ],
)
def test_what_makes_no_sense_is_said(wanted, said):
    with pytest.raises(UsageError, match=said) as caught:
        Wanted(**wanted)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "workflow"), [("a/b", "a"), ("a/b/1", "a"), ("a", None), ("", None), (None, None), (3, None), ("/b", "")]
)
def test_the_workflow_stands_before_the_first_slash(name, workflow):
    assert workflow_of(name) == workflow
