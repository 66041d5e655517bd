"""Who may see the console: people with roles, their links, sessions and tokens, and the log of what was done."""
