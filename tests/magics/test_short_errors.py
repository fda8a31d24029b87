"""What is seen of an error of the magics."""

import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.magics.short_errors import short_errors


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (UsageError("no such plot"), ["UsageError: no such plot"]),
        (KeyboardInterrupt("interrupted: 3 of 9 jobs"), ["KeyboardInterrupt: interrupted: 3 of 9 jobs"]),
        (KeyboardInterrupt(), ["KeyboardInterrupt: interrupted"]),
    ],
)
def test_one_line_says_what_happened(error, lines):
    @short_errors
    def magic():
        raise error

    with pytest.raises(type(error)) as caught:
        magic()
    assert caught.value._render_traceback_() == lines
