"""Terminal output in a real JupyterLab: colours, attributes and bars as a terminal shows them."""

import json
from pathlib import Path

import pytest

CASES = json.loads((Path(__file__).parents[1] / "panel" / "console_cases.json").read_text())
RECORDED = [case for case in CASES if case["name"].startswith("bars")]
LOOKS = r"""
display(new_panel())
codes = [*range(30, 38), *range(90, 98), "38;5;208", "38;2;10;120;200", 1, 2, 3, 4, 7, 41]
write("".join(f"\x1b[{code}mlook {code}\x1b[0m\n" for code in codes).encode())
"""
STYLES = """(log) => [...log.querySelectorAll('.prominence-log-row span')].map((part) => {
    const {color, backgroundColor, fontWeight, fontStyle, textDecorationLine, opacity} = getComputedStyle(part);
    return [part.textContent, {color, backgroundColor, fontWeight, fontStyle, textDecorationLine, opacity}];
})"""


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"].split(",")[0])
def test_recorded_bars_end_as_in_a_terminal(show_panel, case):
    panel = show_panel(f"""
display(new_panel(outbox=AT_ONCE))
data = {case["input"]!r}.encode()
for start in range(0, len(data), 300):
    write(data[start:start + 300])
""")
    panel.log_holds("\n".join("".join(run["text"] for run in line) for line in case["lines"]))


@pytest.mark.parametrize(
    ("dark", "red"), [(False, "rgb(179, 38, 30)"), (True, "rgb(244, 112, 103)")], ids=["light", "dark"]
)
def test_colours_and_attributes_are_shown(show_panel, dark, red):
    panel = show_panel(LOOKS, dark=dark, height=1800)
    panel.sees("look 41")
    panel.drags_to_height(600)  # higher than it grows by itself
    panel.sees("look 30")
    looks = {text.removeprefix("look "): style for text, style in panel.log.evaluate(STYLES)}
    assert looks["31"]["color"] == red
    assert len({looks[str(code)]["color"] for code in (*range(31, 37), *range(91, 97))}) == 12
    assert looks["38;5;208"]["color"] != looks["38;2;10;120;200"]["color"]
    assert looks["1"]["fontWeight"] == "700"
    assert looks["2"]["color"] != looks["1"]["color"]  # dim: the quiet colour, not a paler one that cannot be read
    assert looks["3"]["fontStyle"] == "italic"
    assert looks["4"]["textDecorationLine"] == "underline"
    grounds = [looks[code]["backgroundColor"] for code in ("7", "41")]
    assert len({*grounds, looks["1"]["backgroundColor"]}) == 3
