-- How the facts lie on disk: one partition per UTC day, so that a week reads its week and an erase rewrites its days.
CALL lake.set_option('parquet_compression', 'zstd');
ALTER TABLE events SET PARTITIONED BY (year(ts), month(ts), day(ts));
ALTER TABLE events_rejected SET PARTITIONED BY (year(ts_received), month(ts_received), day(ts_received));
