"""With Go at hand the whole harness runs: servers, client, profiles, run.json (skipped without Go 1.21)."""

import gzip
import itertools
import os
import shutil
import subprocess
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
def setting(tmp_path_factory):
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    plan = read_plan(TESTBED / "plans" / "tiny.toml")
    yield Setting(plan, build_all(plan, find_go(ROOT)), host.facts("a test"), "live")
    del os.environ["XDG_CACHE_HOME"]


@needs_go
@pytest.mark.parametrize("capture", ["quiet", "instrumented"])
def test_a_run_has_all_it_lists_and_says_why_the_rest_is_absent(setting, tmp_path, capture):
    task = next(t for t in interleave(setting.plan) if t.capture == capture)
    execute(setting, task, tmp_path)
    run = read_run(tmp_path)
    assert run.id == task.id and run.capture == capture
    for artifact in run.artifacts:
        assert artifact.absent_because if artifact.path is None else artifact.path.stat().st_size
    rows = gzip.decompress((tmp_path / "requests.csv.gz").read_bytes()).decode().splitlines()[1:]
    assert len(rows) == run.measured["requests"]
    intended = [int(row.split(",")[0]) for row in rows]
    assert run.window_ns[0] <= intended[0] and intended[-1] < run.window_ns[1]
    assert run.has("trace") == run.has("cpu_profile") == (capture == "instrumented")


@needs_go
def test_cpu_profile_and_trace_never_overlap(setting, tmp_path):
    task = next(t for t in interleave(setting.plan) if t.capture == "instrumented")
    content = execute(setting, task, tmp_path)
    spans = sorted((s["start_ns"], s["end_ns"]) for s in content["clock"]["profiles"].values())
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


@needs_go
def test_the_go_programs_pass_their_own_tests():
    go = find_go(ROOT)
    env = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    done = subprocess.run(
        [go, "test", "./..."], cwd=TESTBED, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
