"""What was asked for in (language, product, query), the page to show out: one function per page."""

from __future__ import annotations

from html import escape

from collector.demo.catalog import Product, Store, catalog, money, words
from collector.demo.html import View, art, cards, island


def home(language: str) -> View:
    """The front page: search, the four intents, favourites."""
    text = words(language)
    cheapest = min(p.price(text["currency"]) for p in catalog().within("kettles"))
    best = [p for p in catalog().products if p.id in _BEST]
    hint = text["want_buy_text"].format(price=money(cheapest, text["currency"]))
    values = {"buy_hint": escape(hint), "cards": cards(best, language, "best")}
    return View("home", "home", text["tagline"], values, {"list": "best", "items": [p.id for p in best]})


def shelf(language: str, category: str) -> View:
    """All products of a category."""
    name = catalog().categories[category][language]
    products = catalog().within(category)
    values = {"heading": escape(words(language)["all_in"].format(category=name))}
    values["cards"] = cards(products, language, category)
    data = {"list": category, "items": [p.id for p in products]}
    return View("shelf", "category", name, values, data)


def product(language: str, shown: Product) -> View:
    """One product."""
    text = words(language)
    others = [p for p in catalog().products if p.category != shown.category][:4]
    cost = shown.price(text["currency"])
    values = {
        "id": shown.id,
        "art": art(shown, "large"),
        "name": escape(shown.name[language]),
        "text": escape(shown.text[language]),
        "maker": escape(shown.brand),
        "cost": money(cost, text["currency"]),
        "cards": cards(others, language, "goes-with"),
        "linked_data": island(_linked_data(shown, language, cost, text["currency"]), "application/ld+json"),
    }
    return View("product", "product", shown.name[language], values, {"items": [shown.id]})


def search(language: str, query: str) -> View:
    """What the shop found, or that it found nothing."""
    text = words(language)
    found = catalog().search(query)
    fill = {"q": query, "n": len(found)}
    data = {"query": query, "results": len(found), "list": "search", "items": [p.id for p in found]}
    if found:
        values = {key: escape(text[key].format(**fill)) for key in ("results_for", "results_n")}
        values["cards"] = cards(found, language, "search")
        return View("search", "search", text["results_for"].format(**fill), values, data)
    best = [p for p in catalog().products if p.id in _BEST][:4]
    values = {
        "no_results": escape(text["no_results"].format(**fill)),
        "cards": cards(best, language, "no-results"),
    }
    return View("nothing", "search", text["no_results"].format(**fill), values, data)


def compare(language: str, ids: list[str]) -> View:
    """Products side by side."""
    text = words(language)
    shown = [p for p in catalog().products if p.id in ids]
    rows = {
        text["price"]: [money(p.price(text["currency"]), text["currency"]) for p in shown],
        text["brand"]: [p.brand for p in shown],
        text["category"]: [catalog().categories[p.category][language] for p in shown],
        text["about"]: [p.text[language] for p in shown],
    }

    def head_of(p: Product) -> str:
        inner = f"{art(p)}<span>{escape(p.name[language])}</span>"
        return f'<th scope="col"><a href="/shop/{language}/p/{p.id}">{inner}</a></th>'

    def row_of(label: str, cells: list[str]) -> str:
        inner = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        return f'<tr><th scope="row">{escape(label)}</th>{inner}</tr>'

    head = "".join(map(head_of, shown))
    body = "".join(row_of(label, cells) for label, cells in rows.items())
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    values = {"table": table if shown else f"<p>{escape(text['compare_empty'])}</p>"}
    return View("compare", "compare", text["compare_title"], values, {"items": [p.id for p in shown]})


def stores(language: str) -> View:
    """The tea rooms, with map, call and directions."""
    rooms = "".join(_room(store, language) for store in catalog().stores)
    return View("stores", "store_locator", words(language)["stores_title"], {"rooms": rooms})


def plain(language: str, page: str) -> View:
    """The pages that need nothing but words: cart, checkout, thanks, learn, how-to, seen."""
    kind, title = _PLAIN[page]
    return View(page.replace("-", ""), kind, words(language)[title])


def missing(language: str) -> View:
    """There is no such page."""
    return View("missing", "not_found", words(language)["not_found"], status=404)


def _room(store: Store, language: str) -> str:
    text = {key: escape(value) for key, value in words(language).items()}
    spot = f"{store.lat},{store.lon}"
    at = f"mlat={store.lat}&amp;mlon={store.lon}#map=16/{store.lat}/{store.lon}"

    def link(event: str, word: str, look: str, href: str) -> str:
        declared = f'data-hetk-event="{event}" data-hetk-prop-store="{store.id}"'
        return f'<a class="{look}" {declared} rel="noopener" href="{href}">{text[word]}</a>'

    call = link("call", "call", "button small", f"tel:{store.tel}")
    route = f"https://www.openstreetmap.org/directions?to={spot}"
    directions = link("get_directions", "directions", "button small ghost", route)
    shown = link("map_opened", "map", "", f"https://www.openstreetmap.org/?{at}")
    hours = text["open"].format(hours=store.hours)
    where = f"<h2>{store.city}</h2><p>{escape(store.street)}<br>{hours}</p>"
    return f'<li class="room">{where}<p class="row">{call}{directions}{shown}</p></li>'


def _linked_data(shown: Product, language: str, cost: float, currency: str) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": shown.name[language],
        "sku": shown.id,
        "brand": shown.brand,
        "category": shown.category,
        "offers": {"@type": "Offer", "price": cost, "priceCurrency": currency, "availability": "InStock"},
    }


_BEST = (
    "masala-chai",
    "gooseneck",
    "kulhad",
    "sencha",
    "cast-iron-pot",
    "darjeeling-first",
    "travel-mug",
    "rooibos",
)
_PLAIN = {
    "cart": ("cart", "cart_title"),
    "checkout": ("checkout", "checkout_title"),
    "thanks": ("confirmation", "thanks_title"),
    "learn": ("article", "learn_title"),
    "how-to": ("howto", "howto_title"),
    "seen": ("landing", "seen_title"),
}
