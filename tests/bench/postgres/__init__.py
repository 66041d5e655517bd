"""The generated shop in PostgreSQL: its tables, views and the 25 questions in its own SQL."""
