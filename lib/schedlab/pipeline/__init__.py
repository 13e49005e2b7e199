"""Floor 5: from notebooks to the report.

A notebook opens a `page` and publishes values, tables, figures and claims as files. `plan` says which
notebooks there are and on what data, `keys` what their results depend on, `runner` executes those whose
key is new (`execute` is one execution, in papermill), `batch` runs one notebook over a grid. `cite` puts
published values into text, `book` collects text and chapters, `html` and `pdf` render them, `report` is the
verb that does it all. To add a notebook: a file in `notebooks/` and its entry in `report/plan.toml`.
"""
