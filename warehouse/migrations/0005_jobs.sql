-- The jobs of the warehouse, as they last ran: kept in the lake, so that they are known when nothing runs.
CREATE TABLE jobs (
  name VARCHAR, last_run_at TIMESTAMP, seconds DOUBLE, runs BIGINT, failures BIGINT, -- since the start of the warehouse
  last_error VARCHAR, last_error_at TIMESTAMP -- also when it has run well since
);
