"""Floor 5: JupyterLab widgets over the same functions the report uses.

`browse(folder)` picks experiment, arm, run and quantile and shows table and figure. To add a widget: a file
with a function that returns an ipywidgets object and works without a browser (the tests drive it).
"""

from __future__ import annotations

from schedlab.explore.browse import Browser, browse

__all__ = ["Browser", "browse"]
