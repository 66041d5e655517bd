"""hetk warehouse: loads the journal into DuckLake and answers questions about it."""
