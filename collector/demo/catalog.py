"""catalog.json in; products, prices, stores and the shop's own search out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
LANGUAGES = ("en", "hi", "bn", "et")
# Rates are made up and fixed: the demo wants orders in three currencies, not finance.
CURRENCIES = {"EUR": 1.0, "INR": 95.0, "BDT": 130.0}
WORD = re.compile(r"[^\s,.;:!?'\"()/&-]+")

Words = dict[str, str]


class Product(msgspec.Struct, frozen=True):
    """One thing on the shelf; `name` and `text` by language, `tags` are search words in all of them."""

    id: str
    category: str
    brand: str
    eur: float
    art: str
    color: str
    tags: str
    name: Words
    text: Words

    def price(self, currency: str) -> float:
        """The price in a currency, rounded the way a shop would."""
        amount = self.eur * CURRENCIES[currency]
        return self.eur if currency == "EUR" else float(round(amount / 10) * 10)

    def item(self, currency: str) -> dict[str, Any]:
        """The product as GA4 names an item of an e-commerce event: with one name, whatever the page speaks."""
        return {
            "item_id": self.id,
            "item_name": self.name["en"],
            "item_brand": self.brand,
            "item_category": self.category,
            "price": self.price(currency),
            "quantity": 1,
        }


class Store(msgspec.Struct, frozen=True):
    """A tea room: where it is and how to reach it."""

    id: str
    city: str
    country: str
    street: str
    tel: str
    lat: float
    lon: float
    hours: str


class Catalog(msgspec.Struct, frozen=True):
    """Everything the shop has."""

    categories: dict[str, Words]
    products: list[Product]
    stores: list[Store]

    def product(self, product_id: str) -> Product | None:
        """The product of an id, None when there is none."""
        return next((p for p in self.products if p.id == product_id), None)

    def within(self, category: str) -> list[Product]:
        """The products of one category, in shelf order."""
        return [p for p in self.products if p.category == category]

    def search(self, query: str) -> list[Product]:
        """Products that share the most words with the query (prefixes count); [] when none does."""
        # Short words of Latin script ("of", "tk") match too much; চা and चाय are whole words.
        wanted = [w for w in words_of(query) if len(w) > 2 or not w.isascii()]
        hits = [(self._score(p, wanted), p) for p in self.products]
        best = max((score for score, _ in hits), default=0)
        return [p for score, p in hits if score == best and score > 0]

    def _score(self, product: Product, wanted: list[str]) -> int:
        names = self.categories[product.category].values()
        have = words_of(" ".join([product.tags, product.brand, *product.name.values(), *names]))
        return sum(any(word.startswith(w) for word in have) for w in wanted)


def words_of(text: str) -> list[str]:
    """Lower-case words of a text in any script."""
    return WORD.findall(unicodedata.normalize("NFC", text).casefold())


@cache
def catalog() -> Catalog:
    """The catalogue, read once."""
    return msgspec.json.decode((HERE / "catalog.json").read_bytes(), type=Catalog)


@cache
def words(language: str) -> Words:
    """The shop's own words in a language."""
    return msgspec.json.decode((HERE / "words" / f"{language}.json").read_bytes(), type=Words)


def money(amount: float, currency: str) -> str:
    """An amount as a shop writes it: €8.90, ₹1,800."""
    sign = {"EUR": "€", "INR": "₹", "BDT": "৳"}[currency]
    return f"{sign}{amount:,.2f}" if currency == "EUR" else f"{sign}{amount:,.0f}"
