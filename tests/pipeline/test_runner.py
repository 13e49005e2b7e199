"""The runner executes what is new, keeps what is finished, and says which cell of which notebook failed."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from pipeline_helpers import make_run, notebook

from schedlab.errors import FormatError
from schedlab.pipeline import cite, kernel, places, plan, report, runner

HELD = "from schedlab import cli as m; from schedlab.pipeline import keys; "
#: started in the background of a shell, a process inherits that interrupts are ignored
HELD += "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
HELD += "keys.library_hash = lambda: 'held still'; "
MODULES = "sorted({'papermill', 'pandas', 'numba', 'sphinx', 'matplotlib'} & set(sys.modules))"
PAGE = "import schedlab\npage = schedlab.page('x')\n"


def steps(project, **parameters):
    first, second = project / "notebooks" / "01-first.ipynb", project / "notebooks" / "02-second.ipynb"
    return [plan.step(first, parameters), plan.step(second, {}, after=("01-first",))]


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def one(project, *cells, **more):
    path = notebook(project / "notebooks" / "x.ipynb", *cells)
    return runner.run([plan.step(path, {}, **more)], quiet=True)[0]


def command(project, *arguments):
    code = HELD + f"import sys; sys.argv[1:] = {list(arguments)!r}; status = m.main(); "
    code += f"print({MODULES}, file=sys.stderr); sys.exit(status)"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=project
    )


def test_a_second_run_executes_nothing_and_what_changed_runs_alone(project):
    make_run(project / "data" / "small")
    assert statuses(runner.run(steps(project), quiet=True)) == ["ran", "ran"]
    assert statuses(runner.run(steps(project), quiet=True)) == ["cached", "cached"]
    second = plan.step(project / "notebooks" / "02-second.ipynb", {"offset": 2}, after=("01-first",))
    outcomes = runner.run([steps(project)[0], second], quiet=True)
    assert statuses(outcomes) == ["cached", "ran"]
    assert cite.load("02-second", outcomes[1].folder / "publish").of("value")["sum"]["value"] == 44
    assert runner.stale(steps(project, scale=9.0)) == ("01-first", "02-second")


def test_a_run_records_what_it_depended_on_and_where_it_ran(project):
    record = json.loads((runner.run(steps(project), quiet=True)[0].folder / "run.json").read_text())
    assert record["parameters"] == {"scale": 2.0, "word": "tiny", "fail": False}
    assert set(record["parts"]) == {"notebook", "parameters", "library", "data", "lock", "after"}
    assert record["python"] and record["cores"]


def test_a_failed_notebook_is_named_with_cell_and_error_and_the_others_still_run(project):
    broken = notebook(project / "notebooks" / "x.ipynb", PAGE, "raise ValueError('told to')")
    after = plan.step(project / "notebooks" / "02-second.ipynb", {}, after=("x",))
    first = steps(project)[0]
    outcomes = runner.run([plan.step(broken, {}), after, first], quiet=True)
    assert statuses(outcomes) == ["failed", "skipped", "ran"]
    assert outcomes[0].why == "cell 3: ValueError: told to"
    assert "told to" in (outcomes[0].folder / "executed.ipynb").read_text()
    assert (outcomes[0].folder / "log.txt").is_file()
    assert outcomes[1].why == "it comes after x, which failed"


def test_a_failed_notebook_is_tried_again_and_then_kept(project):
    cell = PAGE + "import os\nassert os.path.exists('mended')"
    assert one(project, cell).status == "failed"
    (project / "notebooks" / "mended").touch()
    assert one(project, cell).status == "ran"
    assert one(project, cell).status == "cached"
    assert not list(places.cache().glob("*.failed"))


def test_a_notebook_that_takes_too_long_is_stopped(project):
    outcome = one(project, "import time\ntime.sleep(60)", timeout_s=2.0)
    assert (outcome.status, outcome.why) == ("failed", "took longer than 2 s and was stopped")


def test_a_kernel_that_falls_silent_is_given_one_more_try(project, monkeypatch):
    monkeypatch.setattr(kernel, "IDLE_S", 3.0)
    wait = (
        "import os, time\nif not os.path.exists('once'):\n    open('once', 'w').close()\n    time.sleep(60)\n"
    )
    assert one(project, wait + PAGE).status == "ran"
    assert "fell silent" in one(project, "import time\ntime.sleep(60)").why


def test_a_kernel_that_dies_fails_only_its_notebook(project):
    assert "Dead" in one(project, "import os\nos._exit(3)").why


def test_what_took_longest_before_starts_first(project):
    for folder, stem, seconds in [("a", "01-first", 2.0), ("b", "02-second", 5.0), ("c", "02-second", 1.0)]:
        record = places.cache() / folder / "run.json"
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps({"stem": stem, "seconds": seconds}))
    assert [step.stem for step in sorted(steps(project), key=runner._longest_first())] == [
        "02-second",
        "01-first",
    ]


def test_any_executor_will_do(project):
    with ProcessPoolExecutor(1) as processes:
        outcomes = runner.run(steps(project), executor=processes, slots=1, quiet=True)
    assert statuses(outcomes) == ["ran", "ran"]


def test_the_bar_names_what_runs_and_how_many_are_left(project, capfd):
    runner.run(steps(project))
    said = capfd.readouterr().err
    assert "01-first; 1 left" in said and "2/2" in said


def test_kill_9_keeps_what_is_finished_and_the_next_run_goes_on(project):
    _block(project)
    process = command(project, "report", "--quiet")
    _wait_for_first(process)
    process.kill()
    process.communicate()
    (project / "notebooks" / "block").unlink()
    outcomes = runner.run(plan.read_plan(project / "report" / "plan.toml").steps, quiet=True)
    assert statuses(outcomes) == ["cached", "ran"]
    assert not list(places.cache().glob(".*.partial"))


def test_an_interrupt_ends_in_one_sentence_and_leaves_no_kernel(project):
    _block(project)
    process = command(project, "report", "--quiet")
    _wait_for_first(process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in said and "Traceback" not in said
    assert _gone(int((project / "notebooks" / "pid").read_text()))
    assert len([p for p in places.cache().iterdir() if not p.name.startswith(".")]) == 1


def test_with_nothing_changed_neither_papermill_nor_pandas_is_imported(project):
    report.report(quiet=True)
    process = command(project, "report")
    said, noise = process.communicate(timeout=300)
    assert process.returncode == 0, noise
    assert "notebooks: 2 cached; report unchanged" in said
    assert noise.strip() == "[]"


def test_an_unknown_parameter_ends_in_one_sentence(project):
    process = command(project, "report", "-p", "scael=3")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 2
    assert said.splitlines()[0].startswith(
        "schedlab: no notebook of report/plan.toml has a parameter 'scael'"
    )


def test_a_missing_notebook_is_refused_before_anything_runs(project):
    (project / "notebooks" / "02-second.ipynb").unlink()
    with pytest.raises(FormatError, match="no such notebook"):
        report.report(quiet=True)


def _block(project: Path) -> None:
    """Make the second notebook wait as long as a file is there, and tell its process."""
    text = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\n"
    text += "time.sleep(60 if os.path.exists('block') else 0)"
    path = project / "notebooks" / "02-second.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] += "\n" + text
    path.write_text(json.dumps(content), encoding="utf-8")
    (project / "notebooks" / "block").touch()


def _wait_for_first(process: subprocess.Popen) -> None:
    pid = places.root() / "notebooks" / "pid"
    while not (pid.is_file() and pid.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def _gone(pid: int) -> bool:
    """Whether the process ends; it may take a moment to be buried."""
    for _ in range(100):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False
