"""A provider on loopback, a home of the test's own, and a clock that moves by sleeping."""

import pytest

from tests.oidc_provider import oidc_provider


class Clock:
    """Seconds that pass when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider():
    with oidc_provider() as running:
        yield running


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def environ(provider, home):
    return {"PROMINENCE_OIDC_URL": provider.url}
