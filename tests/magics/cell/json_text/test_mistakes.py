"""Every usual mistake is told at its place, with its mend: what a user reads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.magics.cell.json_text import JsonError, parse
from prominence_jupyter.magics.cell.marks import render

MISTAKES = [
    pytest.param(
        "",
        """
  the cell is empty; it holds JSON: {"tasks": [...], "resources": {...}}
""",
        id="empty",
    ),
    pytest.param(
        " \n\t\n",
        """
  the cell is empty; it holds JSON: {"tasks": [...], "resources": {...}}
""",
        id="blank",
    ),
    pytest.param(
        "name: x\ntasks: []",
        """
 2 | name: x
   | ^^^^^ this looks like YAML; the cell holds JSON: {"tasks": [...], "resources": {...}}
""",
        id="yaml",
    ),
    pytest.param(
        "# my job\n- image: busybox",
        """
 3 | - image: busybox
   | ^^ this looks like YAML; the cell holds JSON: {"tasks": [...], "resources": {...}}
""",
        id="yaml-list",
    ),
    pytest.param(
        'job = {"name": "x"}',
        """
 2 | job = {"name": "x"}
   | ^^^^^ the cell holds JSON alone: remove what stands before the {
""",
        id="python",
    ),
    pytest.param(
        "import json\nprint(1)",
        """
 2 | import json
   | ^^^^^^ the cell holds JSON and starts with {: {"tasks": [...], "resources": {...}}
""",
        id="python-import",
    ),
    pytest.param(
        "%%time\n{}",
        """
 2 | %%time
   | ^ this belongs in a cell of its own: the cell holds JSON alone
""",
        id="magic-first",
    ),
    pytest.param(
        '"name": "x", "tasks": []',
        """
 2 | "name": "x", "tasks": []
   |       ^ the { } around all of it are missing: {"tasks": [...], "resources": {...}}
""",
        id="braces-missing",
    ),
    pytest.param(
        "<job/>",
        """
 2 | <job/>
   | ^ the cell holds JSON and starts with {: {"tasks": [...], "resources": {...}}
""",
        id="not-json",
    ),
    pytest.param(
        '{"cpus": 1, "memory": 2,}',
        """
 2 | {"cpus": 1, "memory": 2,}
   |                        ^ no comma goes before }: remove it
""",
        id="trailing-comma",
    ),
    pytest.param(
        "[\n  1,\n  2,\n]",
        """
 4 |   2,
   |    ^ no comma goes before ]: remove it
""",
        id="trailing-comma-in-list",
    ),
    pytest.param(
        '{"cpus": 1,, "memory": 2}',
        """
 2 | {"cpus": 1,, "memory": 2}
   |           ^ one comma too many: remove it
""",
        id="two-commas",
    ),
    pytest.param(
        "[, 1]",
        """
 2 | [, 1]
   |  ^ a value belongs here
""",
        id="leading-comma",
    ),
    pytest.param(
        '{\n  "cpus": 1\n  "memory": 2\n}',
        """
 3 |   "cpus": 1
   |            ^ a comma is missing here
""",
        id="comma-missing",
    ),
    pytest.param(
        '{"outputFiles": ["a.txt" "b.txt"]}',
        """
 2 | {"outputFiles": ["a.txt" "b.txt"]}
   |                         ^ a comma is missing here
""",
        id="comma-missing-in-list",
    ),
    pytest.param(
        '[{"image": "a"} {"image": "b"}]',
        """
 2 | [{"image": "a"} {"image": "b"}]
   |                ^ a comma is missing here
""",
        id="comma-missing-between-tasks",
    ),
    pytest.param(
        '{"cpus" 1}',
        """
 2 | {"cpus" 1}
   |        ^ a colon is missing here, between the key and its value
""",
        id="colon-missing",
    ),
    pytest.param(
        '{"cpus" = 1}',
        """
 2 | {"cpus" = 1}
   |         ^ a colon belongs between a key and its value: write : for =
""",
        id="equals",
    ),
    pytest.param(
        "{cpus=1}",
        """
 2 | {cpus=1}
   |  ^^^^ keys stand in double quotes: "cpus"
""",
        id="equals-unquoted",
    ),
    pytest.param(
        '{"cpus": , "memory": 2}',
        """
 2 | {"cpus": , "memory": 2}
   |         ^ a value is missing here
""",
        id="value-missing",
    ),
    pytest.param(
        '{"cpus":}',
        """
 2 | {"cpus":}
   |         ^ a value is missing here
""",
        id="value-missing-at-end",
    ),
    pytest.param(
        '{"cpus":: 1}',
        """
 2 | {"cpus":: 1}
   |         ^ a value belongs here
""",
        id="two-colons",
    ),
    pytest.param(
        '{"cpus"}',
        """
 2 | {"cpus"}
   |        ^ ": value" is missing after this key; a list stands in [ ]
""",
        id="only-key",
    ),
    pytest.param(
        '{"a.txt", "b.txt"}',
        """
 2 | {"a.txt", "b.txt"}
   |         ^ ": value" is missing after this key; a list stands in [ ]
""",
        id="set",
    ),
    pytest.param(
        "{1, 2}",
        """
 2 | {1, 2}
   |  ^ a key in double quotes belongs here: "key": value; a list stands in [ ]
""",
        id="set-of-numbers",
    ),
    pytest.param(
        '{"cpusRange": (1, 2)}',
        """
 2 | {"cpusRange": (1, 2)}
   |               ^ JSON has no tuples: a list stands in [ ]
""",
        id="tuple",
    ),
    pytest.param(
        '{"resources": {"cpus": 1, "memory": 2}',
        """
 2 | {"resources": {"cpus": 1, "memory": 2}
   | ^ this { is never closed: } is missing at the end
""",
        id="brace-missing",
    ),
    pytest.param(
        '{\n  "tasks": [\n    {"image": "busybox"\n',
        """
 4 |     {"image": "busybox"
   |     ^ this { is never closed: }]} is missing at the end
""",
        id="brackets-missing",
    ),
    pytest.param(
        '{"tasks": [{"image": "busybox"}, "resources": {"cpus": 1}}',
        """
 2 | {"tasks": [{"image": "busybox"}, "resources": {"cpus": 1}}
   |           ^ this [ is still open
   |                                             ^
   | a list holds no "key": value: write ] before it, or { } around it
""",
        id="bracket-missing-before-key",
    ),
    pytest.param(
        '{"tasks": [{"image": "busybox"}}',
        """
 2 | {"tasks": [{"image": "busybox"}}
   |           ^ this [ is still open
   |                                ^ ] belongs here, not }
""",
        id="bracket-mismatch",
    ),
    pytest.param(
        '[{"image": "busybox"]',
        """
 2 | [{"image": "busybox"]
   |  ^ this { is still open
   |                     ^ } belongs here, not ]
""",
        id="brace-mismatch",
    ),
    pytest.param(
        '{"resources": "cpus": 1}',
        """
 2 | {"resources": "cpus": 1}
   |                     ^ a comma, or a { around an object, is missing before this key
""",
        id="opening-brace-missing",
    ),
    pytest.param(
        '{"name": "first,\n "cmd": "date"}',
        """
 2 | {"name": "first,
   |          ^^^^^^^ this string is not closed: its second " is missing
""",
        id="unclosed",
    ),
    pytest.param(
        '{"name": "first}',
        """
 2 | {"name": "first}
   |          ^^^^^^^ this string is not closed: its second " is missing
""",
        id="unclosed-at-end",
    ),
    pytest.param(
        '{"name: "first"}',
        """
 2 | {"name: "first"}
   |  ^^^^^^^^ this string is not closed where it should be: a " is missing in it
""",
        id="unclosed-key",
    ),
    pytest.param(
        '{"name": "first, "cmd": "date"}',
        """
 2 | {"name": "first, "cmd": "date"}
   |          ^^^^^^^^^ this string is not closed where it should be: a " is missing in it
""",
        id="unclosed-before-key",
    ),
    pytest.param(
        '{"cmd": "echo one\necho two", "image": "busybox"}',
        r"""
 2 | {"cmd": "echo one
   |                  ^ the line ends within a string: write \n and go on in the same line
""",
        id="raw-newline",
    ),
    pytest.param(
        '{"cmd": "echo\tone"}',
        r"""
 2 | {"cmd": "echo    one"}
   |              ^^^^ a tab within a string is written \t
""",
        id="raw-tab",
    ),
    pytest.param(
        '{"cmd": "echo\x07"}',
        r"""
 2 | {"cmd": "echo�"}
   |              ^ a control character within a string is written \u0007
""",
        id="control",
    ),
    pytest.param(
        '{"cmd": "echo "hello""}',
        r"""
 2 | {"cmd": "echo "hello""}
   |               ^ a " within a string is written \"; else it is one too many
""",
        id="quote-inside",
    ),
    pytest.param(
        '{"cmd": "date"",\n "image": "busybox"}',
        r"""
 2 | {"cmd": "date"",
   |              ^ a " within a string is written \"; else it is one too many
""",
        id="quote-too-many",
    ),
    pytest.param(
        "{'cmd': 'date'}",
        """
 2 | {'cmd': 'date'}
   |  ^^^^^ text stands in double quotes in JSON, not in '...'
""",
        id="single-quotes",
    ),
    pytest.param(
        "{\"cmd\": 'date'}",
        """
 2 | {"cmd": 'date'}
   |         ^^^^^^ text stands in double quotes in JSON, not in '...'
""",
        id="single-quoted-value",
    ),
    pytest.param(
        "{“cmd”: “date”}",
        """
 2 | {“cmd”: “date”}
   |  ^^^^^ these are typographic quotes: write " instead
""",
        id="typographic",
    ),
    pytest.param(
        '{"cmd": "date”}',
        """
 2 | {"cmd": "date”}
   |              ^ this is a typographic quote: write " instead
""",
        id="typographic-end",
    ),
    pytest.param(
        '{"cmd": """date"""}',
        r'''
 2 | {"cmd": """date"""}
   |         ^^^ JSON has no triple quotes: write one line in "...", with \n where a line ends
''',
        id="triple",
    ),
    pytest.param(
        '{"executable": True}',
        """
 2 | {"executable": True}
   |                ^^^^ write true for True
""",
        id="true",
    ),
    pytest.param(
        '{"executable": FALSE}',
        """
 2 | {"executable": FALSE}
   |                ^^^^^ write false for FALSE
""",
        id="false",
    ),
    pytest.param(
        '{"name": None}',
        """
 2 | {"name": None}
   |          ^^^^ write null for None
""",
        id="none",
    ),
    pytest.param(
        '{"cpus": NaN}',
        """
 2 | {"cpus": NaN}
   |          ^^^ JSON has no NaN: write null, or leave the key out
""",
        id="nan",
    ),
    pytest.param(
        '{"cpus": -Infinity}',
        """
 2 | {"cpus": -Infinity}
   |          ^^^^^^^^^ JSON has no -Infinity: write null, or leave the key out
""",
        id="minus-infinity",
    ),
    pytest.param(
        '{"type": basic}',
        """
 2 | {"type": basic}
   |          ^^^^^ text stands in double quotes: "..."; {{ name }} puts in the value of a variable
""",
        id="bare-word",
    ),
    pytest.param(
        '{"cmd": f"echo {n}"}',
        """
 2 | {"cmd": f"echo {n}"}
   |         ^ JSON has no f before a string: remove it; {{ name }} puts in the value of a variable
""",
        id="f-string",
    ),
    pytest.param(
        '{"name": str(1)}',
        """
 2 | {"name": str(1)}
   |          ^^^ text stands in double quotes: "..."; {{ name }} puts in the value of a variable
""",
        id="call",
    ),
    pytest.param(
        '{"cmd": $x}',
        """
 2 | {"cmd": $x}
   |         ^ a value belongs here
""",
        id="dollar",
    ),
    pytest.param(
        '{\n  "cpus": 1, // of 8\n  "memory": 2\n}',
        """
 3 |   "cpus": 1, // of 8
   |              ^^^^^^^ JSON has no comments: remove it
""",
        id="comment",
    ),
    pytest.param(
        '{"cpus": 1} # done',
        """
 2 | {"cpus": 1} # done
   |             ^^^^^^ JSON has no comments: remove it
""",
        id="comment-hash",
    ),
    pytest.param(
        '{"cpus": /* all\nof them */ 8}',
        """
 2 | {"cpus": /* all
   |          ^^^^^^ JSON has no comments: remove it
""",
        id="comment-block",
    ),
    pytest.param(
        '# my job\n{"name": "x"}',
        """
 2 | # my job
   | ^^^^^^^^ JSON has no comments: remove it
""",
        id="comment-first",
    ),
    pytest.param(
        '{name: "x"}',
        """
 2 | {name: "x"}
   |  ^^^^ keys stand in double quotes: "name"
""",
        id="unquoted-key",
    ),
    pytest.param(
        "{output-files: []}",
        """
 2 | {output-files: []}
   |  ^^^^^^ a key in double quotes belongs here: "key": value; a list stands in [ ]
""",
        id="odd-key",
    ),
    pytest.param(
        '{"cpus": 1; "memory": 2}',
        """
 2 | {"cpus": 1; "memory": 2}
   |           ^ a comma belongs between two items: write , for ;
""",
        id="semicolon",
    ),
    pytest.param(
        '{"cpus": 1};',
        """
 2 | {"cpus": 1};
   |            ^ nothing comes after the end of the JSON: remove the ;
""",
        id="semicolon-at-end",
    ),
    pytest.param(
        '{"cpus": 1},',
        """
 2 | {"cpus": 1},
   |            ^ nothing comes after the end of the JSON: remove the ,
""",
        id="comma-at-end",
    ),
    pytest.param(
        '{"name": "a"}\n{"name": "b"}',
        """
 3 | {"name": "b"}
   | ^ a second JSON value starts here: a cell holds one
""",
        id="two-objects",
    ),
    pytest.param(
        '{"name": "a"}\n\n%%prominence_job\n{"name": "b"}',
        """
 4 | %%prominence_job
   | ^ this belongs in a cell of its own: the JSON has ended
""",
        id="second-magic",
    ),
    pytest.param(
        '{"cpus": 1}}',
        """
 2 | {"cpus": 1}}
   |            ^ this } is one too many: remove it
""",
        id="brace-too-many",
    ),
    pytest.param(
        '{"cpus": 1}\nprint("hello")',
        """
 3 | print("hello")
   | ^^^^^ the JSON has ended before this: remove it, or put it in another cell
""",
        id="code-after",
    ),
    pytest.param(
        '{"workdir": "C:\\Users\\me"}',
        r"""
 2 | {"workdir": "C:\Users\me"}
   |                ^^ there is no such escape in JSON; a backslash itself is written \\
""",
        id="windows-path",
    ),
    pytest.param(
        '{"cmd": "grep \\d+"}',
        r"""
 2 | {"cmd": "grep \d+"}
   |               ^^ there is no such escape in JSON; a backslash itself is written \\
""",
        id="regex",
    ),
    pytest.param(
        '{"cmd": "echo it\\\'s"}',
        r"""
 2 | {"cmd": "echo it\'s"}
   |                 ^^ ' stands without a backslash in JSON
""",
        id="quote-escaped",
    ),
    pytest.param(
        '{"cmd": "\\u12"}',
        r"""
 2 | {"cmd": "\u12"}
   |          ^^ \u needs four hexadecimal digits; a backslash itself is written \\
""",
        id="short-unicode-escape",
    ),
    pytest.param(
        '{"name": "\\ud83d"}',
        r"""
 2 | {"name": "\ud83d"}
   |           ^^^^^^ this is half a character: write the character itself, or both halves
""",
        id="half-pair",
    ),
    pytest.param(
        '{"cpus": 007}',
        """
 2 | {"cpus": 007}
   |          ^^^ a number does not start with 0 in JSON: remove it, or put text in double quotes
""",
        id="leading-zero",
    ),
    pytest.param(
        '{"cpus": +1}',
        """
 2 | {"cpus": +1}
   |          ^^ a number has no + in front in JSON: remove it
""",
        id="plus",
    ),
    pytest.param(
        '{"cpus": .5}',
        """
 2 | {"cpus": .5}
   |          ^^ a number starts with a digit in JSON: write 0.5, not .5
""",
        id="no-digit-before",
    ),
    pytest.param(
        '{"cpus": 1.}',
        """
 2 | {"cpus": 1.}
   |          ^^ a digit is missing after the point: write 1 or 1.0, not 1.
""",
        id="no-digit-after",
    ),
    pytest.param(
        '{"cpus": 0x1F}',
        """
 2 | {"cpus": 0x1F}
   |          ^^^^ numbers are decimal in JSON: 31 for 0x1F
""",
        id="hex",
    ),
    pytest.param(
        '{"walltime": 1_000}',
        """
 2 | {"walltime": 1_000}
   |              ^^^^^ a number has no _ in JSON: write the digits alone
""",
        id="underscore",
    ),
    pytest.param(
        '{"walltime": 1,440}',
        """
 2 | {"walltime": 1,440}
   |               ^ a number has no thousands separators in JSON: remove the comma
""",
        id="thousands",
    ),
    pytest.param(
        '{"walltime": 1e999}',
        """
 2 | {"walltime": 1e999}
   |              ^^^^^ this number is too large, beyond 1.8e308
""",
        id="too-large",
    ),
    pytest.param(
        '{"memory": 4GB}',
        """
 2 | {"memory": 4GB}
   |            ^^^ a number stands without a unit; text stands in double quotes
""",
        id="unit",
    ),
    pytest.param(
        '{"image": 1.2.3}',
        """
 2 | {"image": 1.2.3}
   |           ^^^^^ this is not a number; text stands in double quotes
""",
        id="version",
    ),
    pytest.param(
        '{"walltime": 10:30}',
        """
 2 | {"walltime": 10:30}
   |                ^ a comma or } belongs here
""",
        id="time",
    ),
    pytest.param(
        '{"walltime": 24 * 60}',
        """
 2 | {"walltime": 24 * 60}
   |                 ^ JSON does not calculate or join: write the result
""",
        id="product",
    ),
    pytest.param(
        '{"walltime": 24-1}',
        """
 2 | {"walltime": 24-1}
   |                ^^ JSON does not calculate or join: write the result
""",
        id="difference",
    ),
    pytest.param(
        '{"cmd": "echo "\n        "hello", "image": "x"}',
        """
 2 | {"cmd": "echo "
   |                ^ JSON does not join strings: write one
""",
        id="joined",
    ),
    pytest.param(
        '{"cpus":\xa01}',
        """
 2 | {"cpus":\xa01}
   |         ^ this is an invisible character (U+00A0): remove it, or write a space
""",
        id="no-break-space",
    ),
    pytest.param(
        '\ufeff{"cpus": 1}',
        """
 2 | �{"cpus": 1}
   | ^ this is an invisible character (U+FEFF): remove it, or write a space
""",
        id="byte-order-mark",
    ),
    pytest.param(
        '{{"cpus": 1}}',
        """
 2 | {{"cpus": 1}}
   |  ^ a key in double quotes belongs here: "key": value
""",
        id="two-levels-of-braces",
    ),
    pytest.param(
        '{\n  "name": "a",\n  "cpus": 1,\n  "name": "b"\n}',
        """
 3 |   "name": "a",
   |   ^^^^^^ "name" stands here
 5 |   "name": "b"
   |   ^^^^^^ "name" again, in the same object: keep one of them
""",
        id="duplicate",
    ),
    pytest.param(
        '{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "\\u0061": 4}',
        r"""
 2 | {"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "\u0061": 4}
   |  ^^^ "a" stands here
   |                ^^^ "c" stands here
   |                        ^^^ "c" again, in the same object: keep one of them
   |                                 ^^^ "a" again, in the same object: keep one of them
   |                                         ^^^^^^^^
   | "a" again, in the same object: keep one of them
""",
        id="duplicates",
    ),
    pytest.param(
        "[" * 101,
        """
 2 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
   |                                                                                              ^
   | this is nested too deeply, more than 100 levels
""",
        id="deep",
    ),
    pytest.param(
        '{"imagePullCredential": {"username": "me", "token": "s3cret" "x": 1}}',
        """
 2 | {"imagePullCredential": {"username": "me", "token": "••••" "x": ••••}}
   |                                                           ^ a comma is missing here
""",
        id="secret",
    ),
]


@pytest.mark.parametrize(("cell", "shown"), MISTAKES)
def test_each_mistake_is_told_with_its_place_and_mend(cell, shown):
    with pytest.raises(JsonError) as raised:
        parse(cell)
    error = raised.value
    assert render(cell, error.marks, title="", first_line=2, hidden=error.hidden) == shown.removesuffix("\n")
    assert str(error) == error.marks[0].message


@given(st.text(st.sampled_from(list("s3crt\"'{}[]:,\\/?= \n")), max_size=30))
def test_messages_never_quote_a_value(junk):
    try:
        parse('{"name": "s3cret' + junk)
    except JsonError as error:
        messages = " ".join(mark.message for mark in error.marks)
        assert "s3cret" not in re.sub(r'keys stand in double quotes: ".*"', "", messages)
