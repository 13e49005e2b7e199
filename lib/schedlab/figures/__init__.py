"""Floor 4: figures take tables and return matplotlib figures, in one style of ours.

A figure states units on its axes, n in its title or legend, and an interval wherever it shows an estimate.
The same arm always has the same colour, marker and line (`style.look`). To add one: a file with a function
that takes tables and returns a Figure.
"""
