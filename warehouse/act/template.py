"""A name and a kind in; a campaign file to fill in, that passes the check as it is, out."""

from __future__ import annotations

SITE = """\
# What all campaigns of this site share. docs/act.md
lang = "en"                    # the language that every campaign speaks, others come beside it
sensitive = []                 # paths of categories where nothing personal is shown, like "health"

[[placements]]
name = "{place}"
about = "where on the page this is"
# end
"""

CAMPAIGN = """\
# All fields: docs/act.md. Try it: hetk campaign check SITE
title = "What this is for"     # for your staff only
place = "{place}"
kind = "{kind}"{purposes}
goal = "purchase"              # the event that says it worked
holdout = 0.10                 # so many people see the default, to know what it changes

[when]                         # all of them must hold; nothing: for everybody
intent = ["buy"]
confidence = 0.6

[[variant]]
key = "a"
url = "/sale"
text.en = {{ title = "A title", body = "One sentence.", button = "Look" }}
# end
"""
