"""[intent] of hetk.toml in; a site's own words that say what a search wants out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from collector import config
from collector.config import IntentWords
from collector.datadir import DataDir

Words = tuple[tuple[str, tuple[str, ...]], ...]  # intent -> words for it


@dataclass(frozen=True)
class SiteWords:
    everywhere: Words = ()
    sites: Mapping[str, Words] = field(default_factory=dict)

    def of(self, site: str) -> Words:
        """A site's own words, those of every site with them."""
        return self.sites.get(site, self.everywhere)


NO_WORDS = SiteWords()


def site_words(data: DataDir) -> SiteWords:
    """Raises ConfigError naming what is wrong; in force from the warehouse's next start on."""
    intent = config.load(data.config).intent
    return SiteWords(_joined(intent), {site: _joined(intent, own) for site, own in intent.sites.items()})


def _joined(*given: IntentWords) -> Words:
    listed = ((name, [getattr(each, name) for each in given]) for name in IntentWords.__struct_fields__)
    return tuple((name, tuple(chain(*words))) for name, words in listed if any(words))
