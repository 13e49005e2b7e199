"""With Go at hand the whole harness runs: servers, client, profiles, run.json (skipped without Go 1.21)."""

import gzip
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from schedlab.model.run import read_run
from schedlab.pipeline.capture import host
from schedlab.pipeline.capture.build import build_all, find_go
from schedlab.pipeline.capture.execute import execute
from schedlab.pipeline.capture.order import interleave
from schedlab.pipeline.capture.outcome import Setting
from schedlab.pipeline.capture.plan_file import read_plan

ROOT = Path(__file__).parents[3]
TESTBED = ROOT / "data" / "testbed"
GO = ROOT / ".venv-capture" / "bin" / "go"
needs_go = pytest.mark.skipif(
    not (GO.is_file() or shutil.which("go")), reason="no Go here; captures are committed, Go makes new ones"
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """The programs are built anew; Go's own cache of the standard library is kept."""
    go_cache = subprocess.run([find_go(ROOT), "env", "GOCACHE"], capture_output=True, text=True, check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOCACHE", go_cache.stdout.strip())
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield Path(os.environ["XDG_CACHE_HOME"])


@pytest.fixture(scope="module")
def setting(cache):
    plan = read_plan(TESTBED / "plans" / "tiny.toml")
    return Setting(plan, build_all(plan, find_go(ROOT)), host.facts("a test"), "live")


@pytest.fixture
def small(tmp_path):
    """A testbed with a plan of four short runs."""
    for part in ("go.mod", "bed", "loadkit", "cmd"):
        copy = shutil.copytree if (TESTBED / part).is_dir() else shutil.copy
        copy(TESTBED / part, tmp_path / part)
    text = (TESTBED / "plans" / "tiny.toml").read_text(encoding="utf-8")
    for old, new in (("warm_up_s = 0.5", "warm_up_s = 0.1"), ("measure_s = 1.5", "measure_s = 0.5")):
        text = text.replace(old, new)
    plan = tmp_path / "plans" / "small.toml"
    plan.parent.mkdir()
    plan.write_text(text.replace('["quiet", "instrumented"]', '["quiet"]'), encoding="utf-8")
    return plan


@needs_go
@pytest.mark.parametrize("capture", ["quiet", "instrumented"])
def test_a_run_has_all_it_lists_and_says_why_the_rest_is_absent(setting, tmp_path, capture):
    task = next(t for t in interleave(setting.plan) if t.capture == capture)
    content = execute(setting, task, tmp_path)
    run = read_run(tmp_path)
    assert run.id == task.id and run.capture == capture
    for artifact in run.artifacts:
        assert artifact.absent_because if artifact.path is None else artifact.path.stat().st_size
    rows = gzip.decompress((tmp_path / "requests.csv.gz").read_bytes()).decode().splitlines()[1:]
    assert len(rows) == run.measured["requests"]
    intended = [int(row.split(",")[0]) for row in rows]
    assert run.window_ns[0] <= intended[0] and intended[-1] < run.window_ns[1]
    assert run.has("trace") == run.has("cpu_profile") == (capture == "instrumented")
    spans = sorted((s["start_ns"], s["end_ns"]) for s in content["clock"].get("profiles", {}).values())
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans)), "one after the other"


@needs_go
def test_a_capture_killed_in_the_middle_leaves_nothing_running_and_resumes(cache, small, tmp_path):
    command = [sys.executable, "-m", "schedlab", "capture", str(small), "--to", str(tmp_path / "runs")]
    command += ["--go", find_go(ROOT)]
    own = tmp_path / "own"  # with a lock of its own: the host's may be held for long
    own.mkdir()
    env = {**os.environ, "TMPDIR": str(own)}
    experiment = tmp_path / "runs" / "tiny"
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as harness:
        try:
            wait_for(lambda: list(experiment.glob("*/run.json")) and list(experiment.glob("*.partial/*")))
        finally:
            harness.send_signal(signal.SIGKILL)
    wait_for(lambda: not programs_below(cache))
    done = {file: file.stat().st_mtime_ns for file in experiment.glob("*[0-9]/run.json")}
    assert 1 <= len(done) < 4
    subprocess.run([*command, "--resume"], env=env, stderr=subprocess.DEVNULL, check=True)
    assert len(list(experiment.glob("*/run.json"))) == 4 and not list(experiment.glob("*.partial"))
    assert {file: file.stat().st_mtime_ns for file in done} == done, "what was complete is not made again"


@needs_go
def test_the_go_programs_pass_their_own_tests():
    go = find_go(ROOT)
    env = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    done = subprocess.run(
        [go, "test", "./bed/...", "./loadkit/..."],
        cwd=TESTBED,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def wait_for(happened, patience_s=60):
    deadline = time.monotonic() + patience_s
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def programs_below(folder):
    """Running programs that were built into a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/exe"):
        try:
            found += [process] if str(process.readlink()).startswith(str(folder)) else []
        except OSError:  # ended meanwhile
            continue
    return found
