"""Word lists the rules stand on, as plain data: to teach the reader a word is to add it here."""
