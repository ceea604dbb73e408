"""Vietnamese text: spelling, sentences, and the facts (numbers, dates, names) in it."""
