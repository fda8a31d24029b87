import re
from decimal import Decimal

from prominence_jupyter.local_service import testpi

PI = Decimal("3.141592653589793238462643")


def lines(monkeypatch, capsys):
    pauses = []
    monkeypatch.setattr(testpi.time, "sleep", pauses.append)
    testpi.main()
    assert pauses == [testpi.PAUSE_S] * (testpi.ITERATIONS + 1)
    return capsys.readouterr().out.splitlines()


def test_the_table_is_right(monkeypatch, capsys):
    header, *rows = lines(monkeypatch, capsys)
    assert header.split() == ["Plouffe", "Bellard", "Chudnovsky"]
    assert len(rows) == 19
    for number, row in enumerate(rows, start=1):
        found = re.fullmatch(r"Iteration number ([ \d]\d)   (\d\.\d{24})   (\d\.\d{24})   (\d\.\d{24})", row)
        assert int(found[1]) == number
        for column, name in enumerate(header.split(), start=2):
            assert found.start(column) == header.index(name)
    first = [Decimal(value) for value in rows[0].split()[3:]]
    assert [str(value)[:8] for value in first] == ["3.133333", "3.141765", "3.141592"]


def test_each_series_comes_nearer_to_pi(monkeypatch, capsys):
    _, *rows = lines(monkeypatch, capsys)
    for column in (3, 4, 5):
        errors = [abs(Decimal(row.split()[column]) - PI) for row in rows]
        assert errors == sorted(errors, reverse=True)
        assert errors[-1] == 0
