"""How captures are made: a plan is checked, its runs are interleaved, each is executed and written once.

`plan` reads and checks a plan; `order` interleaves its runs; `host` says where we are; `build` makes the
servers; `processes` starts and ends programs and counts CPU; `server`, `load` and `profiles` are the three
parties of a run; `execute` makes one run; `session` makes all of them, resumes, and never overwrites.
To add a load tool: one class with `command`, `artifacts` and `facts` in `load.INSTRUMENTS`.
"""

from __future__ import annotations

from schedlab.pipeline.capture.command import capture

__all__ = ["capture"]
