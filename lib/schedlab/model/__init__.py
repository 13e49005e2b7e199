"""Floor 1: the values everything else speaks in. Frozen, complete when made, in base units.

`run` reads and checks `run.json`; `catalog` lists the runs of a folder; `tables` holds one schema per tidy
table; `shares` has the intervals of counted shares; `sample`, `results` and `profile` hold what is measured
and what is concluded; `extend` holds the shapes that a new reader, metric or family fills in. To add a table:
one `Table` in `tables.TABLES`.
"""
