"""Bugs to plant in the fold: each must make the random parity test go red. (name, file, what is there, what is planted.)"""

from __future__ import annotations

MUTANTS: list[tuple[str, str, str, str]] = [
    ("idle_at_the_boundary", "index.ts", "t - s.last > rules.idle_ms", "t - s.last >= rules.idle_ms"),
    ("span_from_the_last_event", "index.ts", "part(t) != part(s.last)", "t - s.began! > rules.span_ms"),
    ("evidence_not_rounded", "index.ts", "rules.prior + round9(sum)", "rules.prior + +sum.toFixed(4)"),
    ("shares_not_squared", "index.ts", "round9(sum)) ** 2", "round9(sum)) ** 1"),
    ("nothing_goes_along", "index.ts", "const along = held && (!forced || meant) ? held : undefined;",
     "const along: Row | undefined = undefined;"),
    ("level_weights_go_along", "index.ts", "w < held.own[named]", "w <= held.own[named]"),
    ("margin_not_checked", "index.ts", "own[lead] > 0 && round9(p[lead] - next) >= rules.margin", "own[lead] > 0"),
    ("one_event_turns", "index.ts", "const stays = sure && s.sure && s.lead == lead", "const stays = sure"),
    ("memory_not_reset_at_a_block", "index.ts", "close(cut, out);\n        Object.assign(s, block);",
     "close(cut, out);"),
    ("evidence_not_reset_at_a_segment", "index.ts", "if (turns(query, category)) close('topic', out);",
     "if (turns(query, category)) { const { sums } = s; close('topic', out); Object.assign(s, { sums }); }"),
    ("category_turns_when_first_named", "index.ts", "else if (category == s.named && category != s.topic)",
     "else if (category != s.topic)"),
    ("latest_outcome_instead_of_highest", "index.ts", "if (level >= (best[i]?.level ?? 0))", "if (level >= 0)"),
    ("first_of_equal_outcomes", "index.ts", "level >= (best[i]?.level ?? 0)", "level > (best[i]?.level ?? -1)"),
    ("again_on_the_cart", "index.ts", "/^(add_to_cart|purchase)$/.test(kind) ? [] : weigh", "weigh"),
    ("repeated_search_speaks", "index.ts", "e.search_norm && e.search_norm != s.query ?", "e.search_norm ?"),
    ("evidence_by_name_alone", "index.ts", "b.w[intent] - a.w[intent] || a.at - b.at ||", "b.w[intent] - a.w[intent] ||"),
    ("landing_is_the_first_that_counts", "index.ts", "const said = read(e, !s.n++, rules);",
     "const said = read(e, s.began == null, rules); s.n++;"),
    ("words_cut_at_vowel_signs", "evidence.ts", r"[^\p{L}\p{N}\p{M}]+", r"[^\p{L}\p{N}]+"),
    ("japanese_has_no_words", "evidence.ts", "if (spaceless.test(a + b) &&", "if (false &&"),
]  # fmt: skip
