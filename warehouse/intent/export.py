"""Language files and the model in; sdk_js/dist/lang/*.json, which the device loads lazily, out. Beside them
topic_words.json, which the model search_topics reads: words that say what is wanted, not of what.

python -m warehouse.intent.export sdk_js/dist/lang
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from warehouse.intent.lexicon import LANG_DIR, read, spelled
from warehouse.intent.model import MODEL_FILE

TOPIC_WORDS_FILE = Path(__file__).parents[1] / "models" / "30_moments" / "topic_words.json"
# `cheap shoes near me` and `buy shoes` are both about shoes: words of these clues are left out of a topic.
ASKING = (
    *("what", "question", "differ", "versus", "today", "near", "where", "hours", "howto", "price", "buyverb"),
    *("deal", "best", "budget", "choose", "online", "greet", "nav"),
)

JAPANESE = re.compile("[ぁ-ヺー一-鿿々]+")


def device_file(lang: str) -> dict[str, Any]:
    """A language as the device reads it: entries already spelled as keys, one string per clue."""
    raw = read(lang)
    return {
        "lang": lang,
        "script": raw.get("script", "latin"),
        "spaceless": raw.get("spaceless", False),
        "english": raw.get("english", 1),
        "fold": raw.get("fold", []),
        "function": " ".join(dict.fromkeys(filter(None, map(spelled, raw.get("function", "").split())))),
        "clues": {clue: _listed(entries) for clue, entries in raw["clues"].items()},
    }


def _listed(entries: str) -> str:
    """Neighbours alike: gzip takes 2 % off."""
    return ",".join(
        sorted({_entry(e.strip()) for e in re.split(r"[,\n]", entries) if e.strip()}, key=lambda e: e[::-1])
    )


def _entry(entry: str) -> str:
    word, colon, weight = entry.partition(":")
    key = spelled(word.strip("*"))
    return f"{'*' * word.startswith('*')}{key}{'*' * word.endswith('*')}{colon}{weight}"


def topic_words() -> str:
    """`words`: small words and single words of ASKING, of all languages. `japanese`: those to be taken out of
    Japanese text, which does not set words apart, the longest first."""
    found: set[str] = set()
    for raw in (read(path.stem) for path in LANG_DIR.glob("*.toml")):
        found |= set(raw.get("function", "").split())
        for clue in ASKING:
            entries = (entry.strip() for entry in re.split(r"[,\n]", raw["clues"].get(clue, "")))
            found |= {word for entry in entries if " " not in (word := entry.partition(":")[0].strip("*#"))}
    inside = sorted((w for w in found if len(w) > 1 and JAPANESE.fullmatch(w)), key=lambda w: (-len(w), w))
    told = {"words": sorted(found - {""}), "japanese": inside}
    return json.dumps(told, ensure_ascii=False) + "\n"


def files() -> dict[str, str]:
    """File name -> contents; the same input gives the same bytes."""
    made = {f"{p.stem}.json": device_file(p.stem) for p in sorted(LANG_DIR.glob("*.toml"))}
    made["model.json"] = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return {
        name: json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
        for name, data in made.items()
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (target / name).write_text(text, encoding="utf-8")
    TOPIC_WORDS_FILE.write_text(topic_words(), encoding="utf-8")
