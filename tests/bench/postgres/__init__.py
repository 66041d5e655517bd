"""The generated shop in PostgreSQL: its tables, views and the heavier questions in its own SQL."""
