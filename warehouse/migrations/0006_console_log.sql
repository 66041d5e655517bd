-- Who did what in the console, when and from where: a copy of the log that <data>/console/people.sqlite keeps.
CREATE TABLE console_log (
  line BIGINT, logged_at TIMESTAMP, person VARCHAR, what VARCHAR, target VARCHAR, source VARCHAR
);
