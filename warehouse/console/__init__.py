"""The console: a page on the private port that shows the moments as they happen and answers questions.

A request goes view.py (what is asked) -> tiles.py (the SQL of each tile) -> child.py -> reader.py, a process
of its own with the lake open (it cannot be this one: SQLite's locks of a file end when anybody in the process
closes it). watch.py is a second such process, for what happens now; sandbox.py a third, for people's own SQL.
"""
