"""Errors outside the routes are HTML, worded as the deployed service does (``server-errors-html.json``)."""

from __future__ import annotations

import html
from http import HTTPStatus
from typing import Final

_WORDS: Final = {
    400: "The browser (or proxy) sent a request that this server could not understand.",
    403: "You don't have the permission to access the requested resource.",
    404: "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
    "and try again.",
    405: "The method is not allowed for the requested URL.",
    413: "The data value transmitted exceeds the capacity limit.",
    415: "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
}
_OTHERWISE: Final = (
    "The server encountered an internal error and was unable to complete your request. Either the server is "
    "overloaded or there is an error in the application."
)


def error_page(code: int) -> str:
    """Return the page of a status code."""
    name = HTTPStatus(code).phrase
    words = html.escape(_WORDS.get(code, _OTHERWISE))
    return f"<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n<p>{words}</p>\n"
