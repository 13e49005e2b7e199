"""`schedlab compare`: words, JSON, benchstat's table, and exit codes that a pipeline can trust."""

import argparse
import json
import shutil
import subprocess

import numpy as np
import pytest

import schedlab
from build import SECOND, START, write_run
from schedlab.cli import compare
from schedlab.errors import FormatError, SchedlabError, TooFewValues, UnknownName

OLD = (1000, 1010, 990, 1005, 995, 1002)
NEW = (1100, 1120, 1090, 1111, 1105, 1099)


def bench(values):
    lines = [f"BenchmarkEcho-2 \t 1000\t {v} ns/op\t 128 B/op\t 3 allocs/op" for v in values]
    return "\n".join(["goos: linux", "cpu: any", *lines, "PASS"]) + "\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "old.txt").write_text(bench(OLD))
    (tmp_path / "new.txt").write_text(bench(NEW))
    return str(tmp_path / "old.txt"), str(tmp_path / "new.txt")


@pytest.fixture
def experiment(tmp_path):
    """Four blocks of two arms; pool answers 20 % slower than gpr, by hand."""
    for block in range(1, 5):
        for arm, slower in (("gpr", 1.0), ("pool", 1.2)):
            _write(tmp_path, arm, block, slower * (1 + 0.001 * block))
    return tmp_path


def _write(folder, arm, block, slower):
    start = START + np.arange(500) * SECOND // 100
    latency = (1e6 * slower * (1 + np.linspace(0, 1, 500))).astype(np.int64)
    rows = "".join(f"{s},{s},{s + d},200\n" for s, d in zip(start, latency, strict=True))
    content = ("intended_ns,sent_ns,end_ns,status\n" + rows).encode()
    files = {"requests": ("requests.csv", "schedlab-requests", content)}
    order = 2 * block + (arm == "pool")
    name = f"{arm}-{block}"
    write_run(folder, files, id=name, arm=arm, block=block, repetition=block, order=order)


def run(*words):
    parser = argparse.ArgumentParser()
    compare.add(parser.add_subparsers())
    arguments = parser.parse_args(["compare", *map(str, words)])
    return arguments.handler(arguments)


ARMS = ("--baseline", "gpr", "--treated", "pool")


def test_the_sentence_has_verdict_effect_interval_and_runs(experiment, capsys):
    assert run(experiment, *ARMS, "--metric", "latency_p50") == 0
    shown = capsys.readouterr().out
    assert (
        "latency p50 of pool, against gpr: slower; \u00d71.200 [" in shown and "4 + 4 runs, paired" in shown
    )


def test_fail_if_slower_is_exit_code_one_only_where_the_treated_arm_is_slower(experiment):
    gate = ("--metric", "latency_p99", "--fail-if", "slower")
    assert run(experiment, *ARMS, *gate) == 1
    assert run(experiment, "--baseline", "pool", "--treated", "gpr", *gate) == 0
    assert run(experiment, *ARMS, "--metric", "throughput", "--fail-if", "different") == 0


def test_json_on_stdout_has_every_field(experiment, capsys):
    run(experiment, *ARMS, "--metric", "latency_p99", "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "slower" and found["worse"] is True and found["n1"] == 4
    assert found["hodges_lehmann"]["value"] == pytest.approx(1.2, rel=1e-6)


def test_the_same_comparison_from_python(experiment):
    found = schedlab.compare(experiment, "latency_p99", baseline="gpr", treated="pool", margin=0.05)
    assert found.verdict == "slower" and found.margin == 0.05
    again = schedlab.compare(schedlab.catalog(experiment), "latency_p99", "gpr", "pool", margin=0.05)
    assert again == found


def test_unknown_arms_metrics_and_scenarios_are_named(experiment):
    with pytest.raises(UnknownName, match="no arm 'tars'"):
        run(experiment, "--baseline", "gpr", "--treated", "tars")
    with pytest.raises(UnknownName, match="no metric"):
        run(experiment, *ARMS, "--metric", "latency_p98")
    with pytest.raises(UnknownName, match="no scenario"):
        run(experiment, *ARMS, "--scenario", "burst")
    with pytest.raises(TooFewValues, match="no run of gpr or pool has idle_procs"):
        run(experiment, *ARMS, "--metric", "idle_procs")
    with pytest.raises(SchedlabError, match="--baseline and --treated"):
        run(experiment)


def test_go_benchmark_files_compare_as_old_and_new(files, capsys):
    assert run(*files, "--benchstat", "--fail-if", "slower") == 1
    shown = capsys.readouterr().out.splitlines()
    assert "old.txt" in shown[0] and "vs base" in shown[0]
    assert "1.001 \u00b5s \u00b1 1%" in shown[2] and "1.103 \u00b5s \u00b1 2%" in shown[2]
    assert "+10.38% (p=0.002 n=6)  slower" in shown[2]
    assert sum("~ (p=1.000 n=6)" in line for line in shown) == 2


@pytest.mark.skipif(not shutil.which("benchstat"), reason="benchstat is not installed")
def test_medians_and_p_are_benchstats(files):
    theirs = subprocess.run(["benchstat", *files], capture_output=True, text=True, check=True).stdout
    assert "1.001\u00b5 \u00b1 1%" in theirs and "1.103\u00b5 \u00b1 2%" in theirs and "p=0.002 n=6" in theirs


def test_a_file_without_benchmarks_and_a_missing_one_are_clear_errors(files, tmp_path):
    (tmp_path / "empty.txt").write_text("PASS\n")
    with pytest.raises(FormatError, match="no line of Go benchmark output"):
        run(files[0], tmp_path / "empty.txt")
    with pytest.raises(FormatError, match="no such file"):
        run(files[0], tmp_path / "absent.txt")
    (tmp_path / "bad.txt").write_text("BenchmarkEcho-2 1000 fast ns/op\n")
    with pytest.raises(FormatError, match=r"bad\.txt:1: 'fast' is no number"):
        run(files[0], tmp_path / "bad.txt")
