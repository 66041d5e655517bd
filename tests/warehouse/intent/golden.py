"""Queries in, tests/contract/intent_golden.json out: the answers that the device must give too.

python -m tests.warehouse.intent.golden
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.warehouse.intent.score import HERE
from warehouse.intent.classify import classify
from warehouse.intent.model import model

GOLDEN = Path(__file__).parents[2] / "contract" / "intent_golden.json"
ODD = [
    "",
    "   ",
    "????",
    "🙂🙂",
    "👟 buy shoes 👟",
    "https://www.facebook.com/login?token=x",
    "maria.tamm@example.ee",
    "4111 1111 1111 1111",
    "iphone की कीमत",
    "أين أقرب صيدلية",
    "\u202ebuy shoes\u202c",
    "b\u200bu\u200dy sh\u200coes",
    "ｂｕｙ　ｓｈｏｅｓ",
    "'; DROP TABLE events; --",
    "२०००० रुपये से कम मोबाइल",
    "[email] [card]",
    "buy " * 300,
    "7" * 400,
    "+372 5123 4567",
    "order 48213",
    "iphone 15 128 256",
    "pharmcy near me",
    "recipie banana bread",
    "dicsount laptop",
    "najdiki petrol pump kahaan h",
    "oeffnungszeiten rewe",
    "ｶﾚｰの作り方",
    "日本の本屋",
    "パンの作り方",
    "v8 oder v11",
    "1.500,50 eur",
    "2024-11-22",
    "ÜBER UNS",
    "İstanbul",
    "ΣΑΣ",
    "xkcdqwrt",
    "ｉＰｈｏｎｅ15 価格",
    "h",
    "amazon.com",
    "facebook",
    "kasutatud autod auto24.ee",
    "user@example.com e-mail",
    "www.example.co.uk/path returns",
    "a a a",
]
HINTS = [
    ("hotel madrid", "pt-BR"),
    ("joote kharidne hai", "hi-IN"),
    ("kuidas siduda lipsu", "pt"),
    ("test", "xx"),
    ("facebook", "et"),
    ("xkcdqwrt", "de-AT"),
    ("amazon.com", "bn"),
    ("amazon.com.br login", None),
    ("12345", "et"),
]


def cases() -> list[dict[str, Any]]:
    sets = [HERE / f"queries_{name}.tsv" for name in ("tuning", "check", "kinds")]
    queries = [line.split("\t")[1] for path in sets for line in path.read_text("utf-8").splitlines()[1:]]
    asked = [(query, None) for query in [*queries, *ODD]] + HINTS
    return [_case(query, lang) for query, lang in asked]


def _case(query: str, lang: str | None) -> dict[str, Any]:
    v = classify(query, lang)
    return {
        "query": query,
        "hint": lang,
        "intent": v.intent,
        "lang": v.lang,
        "norm": v.norm,
        "p": [round(p, 9) for p in (v.know, v.go, v.do, v.buy)],
        "evidence": [" = ".join(pair) for pair in v.evidence],
    }


def golden() -> str:
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases())
    return f'{{"model": {json.dumps(model().name)}, "cases": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
    print(f"{golden().count(chr(10)) - 2} cases -> {GOLDEN}")
