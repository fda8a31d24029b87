"""What a page shows that holds a record: its tags and its text."""

import html.parser
import re
from collections import Counter

RECORD_TAGS = {"div", "p", "span", "strong", "code", "table", "tr", "th", "td", "pre"}


class Page(html.parser.HTMLParser):
    """A page with every style stripped, and the tags it is made of; it must be well formed if it is a record's."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.styles, self.open, self.text, self.prose = Counter(), set(), [], "", ""
        self.heads, self.last = [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.last = ""
        self.tags[tag, tuple(name for name, _ in attrs)] += 1
        self.styles |= {value for name, value in attrs if name == "style"}
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in RECORD_TAGS:
            assert self.open.pop() == tag
        if tag == "th":
            self.heads.append(self.last.strip())

    def handle_startendtag(self, tag, attrs):
        self.tags[tag, tuple(name for name, _ in attrs)] += 1

    def handle_data(self, data):
        self.text += data
        self.last = data
        if not {"pre", "code"} & set(self.open):
            self.prose += data


def assert_only_a_record(source):
    """Assert that HTML holds what a record may hold: text, in our tags, with inline styles that load nothing."""
    page = Page(source)
    assert not page.open
    assert {tag for tag, _ in page.tags} <= RECORD_TAGS
    assert {attributes for _, attributes in page.tags} <= {(), ("style",)}
    assert not [style for style in page.styles if not re.fullmatch(r"[-\w:;.,#%() ]*", style) or "url" in style]
    assert all(page.heads)  # a screen reader tells them with each cell of their column
    assert not set("$\\") & set(page.prose)  # a front end would make a formula of it
    assert "\n\n" not in source  # Markdown would go on in Markdown
    return page
