-- ask: Which decisions were shown without consent? (must be none)
FROM shown_without_consent ORDER BY shown_at
