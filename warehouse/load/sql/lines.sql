-- grain: one row per journal line, as parsed (strict: one bad line fails the statement, the loader then bisects)
-- reads: the staged lines in the file $1
-- writes: temp table line
CREATE OR REPLACE TEMP TABLE line AS
SELECT row_number() OVER () AS line_no, k, make_timestamp(r) AS ts_received, m, coalesce(x, []) AS x, b
FROM read_json($1, format = 'newline_delimited', maximum_object_size = 8388608, columns = {
  r: 'BIGINT',
  k: 'VARCHAR',
  m: 'STRUCT(p VARCHAR, a VARCHAR, v VARCHAR, v2 VARCHAR, d VARCHAR, o VARCHAR, w VARCHAR, bot VARCHAR, co VARCHAR, rg VARCHAR,
    ci VARCHAR, gs VARCHAR, j VARCHAR)',
  x: 'STRUCT(i INTEGER, id VARCHAR, reason VARCHAR, detail VARCHAR, raw VARCHAR)[]',
  b: 'STRUCT(sent BIGINT, lib VARCHAR, deferred BOOLEAN, history BOOLEAN,
    ctx STRUCT(visitor VARCHAR, "user" VARCHAR, session VARCHAR, mode VARCHAR,
      consent STRUCT(analytics BOOLEAN, personalization BOOLEAN, ads BOOLEAN, ver VARCHAR, gpc BOOLEAN),
      url VARCHAR, ref VARCHAR, title VARCHAR, lang VARCHAR, page_type VARCHAR, locale VARCHAR, tz VARCHAR),
    events STRUCT(id UUID, event VARCHAR, t BIGINT, seq BIGINT, props JSON, url VARCHAR, ref VARCHAR, title VARCHAR,
      page_type VARCHAR, visitor VARCHAR, "user" VARCHAR, session VARCHAR)[])'
});
