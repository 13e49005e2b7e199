"""How captures are made: a plan is checked, its runs are interleaved, each is executed and written once.

`plan` says what a plan holds, `plan_file` reads it, `checker` refuses mistakes with their line; `order`
interleaves its runs, `capacity` turns shares into rates; `host` says where we are; `build` makes the
programs; `processes` starts and ends them and counts CPU; `server`, `loading` (with `instruments`, a file
per load tool), `profiles`, `perf` and `proc_net` are the parties of a run; `execute` makes one run of a
server, `mechanism` one of a program by itself, `manifest` writes its run.json; `session` makes all of
them, resumes, never overwrites, and `turn` keeps the peace with others on the host.
"""

from __future__ import annotations

from schedlab.pipeline.capture.command import capture

__all__ = ["capture"]
