"""A page's name and values in, its HTML out: templates, product cards and the frame around every page."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

import msgspec

from collector.demo.catalog import LANGUAGES, Product, catalog, money, words

TEMPLATES = Path(__file__).parent / "templates"
QUERIES = Path(__file__).parent / "queries.json"
ARRIVALS = {
    "Instagram": "seen?utm_source=instagram&utm_medium=social&utm_campaign=autumn-glow&fbclid=demo",
    "Facebook": "learn?utm_source=facebook&utm_medium=social&utm_campaign=tea-lovers-group",
    "WhatsApp": "how-to?utm_source=whatsapp&utm_medium=social",
    "Google Ads": "c/kettles?utm_source=google&utm_medium=cpc&utm_campaign=kettles&utm_term=tea&gclid=demo",
    "Newsletter": "p/darjeeling-first?utm_source=newsletter&utm_medium=email&utm_campaign=first-flush",
}


@dataclass(frozen=True)
class Snippet:
    """What the script tag of the shop needs: the hashed SDK's path, its SRI hash and the site's write key."""

    src: str
    integrity: str
    key: str


@dataclass(frozen=True)
class View:
    """One page: `page` names its template, `kind` the page type hetk records, `data` is for shop.js."""

    page: str
    kind: str
    title: str
    values: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@cache
def template(name: str) -> string.Template:
    """A template file by name."""
    return string.Template((TEMPLATES / f"{name}.html").read_text("utf-8"))


@cache
def queries() -> dict[str, str]:
    """What each page suggests to ask, by page."""
    return msgspec.json.decode(QUERIES.read_bytes(), type=dict[str, str])


@cache
def safe_words(language: str) -> dict[str, str]:
    """The words of a language, escaped for HTML."""
    return {key: escape(text) for key, text in words(language).items()}


def art(product: Product, size: str = "") -> str:
    """The product's drawing, in its own colour."""
    return (
        f'<svg class="art {size}" viewBox="0 0 120 120" color="{product.color}" aria-hidden="true">'
        f'<use href="/shop/static/art.svg#{product.art}"/></svg>'
    )


def card(product: Product, language: str, position: int, list_name: str) -> str:
    """A product in a list."""
    text = safe_words(language)
    values = {
        "id": product.id,
        "href": f"/shop/{language}/p/{product.id}",
        "art": art(product),
        "name": escape(product.name[language]),
        "brand": escape(product.brand),
        "cost": money(product.price(text["currency"]), text["currency"]),
        "position": str(position),
        "list_name": list_name,
    }
    return template("card").substitute(text, **values)


def cards(products: Iterable[Product], language: str, list_name: str) -> str:
    """A grid of product cards."""
    inner = "".join(card(p, language, i, list_name) for i, p in enumerate(products, 1))
    return f'<ul class="grid">{inner}</ul>'


def island(data: object, kind: str = "application/json", name: str = "") -> str:
    """Data for scripts; `<` is escaped so that no text can close the element."""
    text = msgspec.json.encode(data).decode().replace("<", "\\u003c")
    return f'<script type="{kind}"{f" id={name}" if name else ""}>{text}</script>'


def document(view: View, language: str, rest: str, query: str, snippet: Snippet) -> str:
    """The whole page. `rest` is the path behind the language, kept when the language changes."""
    text = safe_words(language)
    currency = text["currency"]
    data = {
        "page": view.page,
        "lang": language,
        "currency": currency,
        "words": words(language),
        "products": {
            p.id: p.item(currency) | {"label": p.name[language], "color": p.color, "art": p.art}
            for p in catalog().products
        },
        **view.data,
    }
    values = {
        "lang": language,
        "base": f"/shop/{language}",
        "title": escape(view.title),
        "kind": view.kind,
        "page": view.page,
        "main": template(view.page).substitute(text, base=f"/shop/{language}", **view.values),
        "languages": _languages(language, rest),
        "arrivals": _arrivals(language),
        "categories": _categories(language),
        "query": escape(query),
        "sql": escape(f'hetk sql "{queries()[view.page]}"'),
        "data": island(data, name="shop-data"),
        "snippet": _script(snippet),
    }
    return template("layout").substitute(text, **values)


def _script(snippet: Snippet) -> str:
    return (
        f'<script async src="{escape(snippet.src)}" data-key="{escape(snippet.key)}"'
        f' integrity="{escape(snippet.integrity)}" crossorigin></script>'
    )


def _languages(current: str, rest: str) -> str:
    def link(language: str) -> str:
        here = ' aria-current="true"' if language == current else ""
        name = words(language)["language"]
        href = f"/shop/{language}/{quote(rest)}"
        return f'<a href="{href}" lang="{language}" hreflang="{language}"{here}>{name}</a>'

    return "".join(link(language) for language in LANGUAGES)


def _arrivals(language: str) -> str:
    return "".join(f'<a href="/shop/{language}/{escape(path)}">{name}</a>' for name, path in ARRIVALS.items())


def _categories(language: str) -> str:
    return "".join(
        f'<a href="/shop/{language}/c/{key}">{escape(names[language])}</a>'
        for key, names in catalog().categories.items()
    )
