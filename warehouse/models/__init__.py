"""The models: events in; tables, views and macros for analysts out. One .sql file each, in data order."""
