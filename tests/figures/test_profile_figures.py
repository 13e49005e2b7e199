"""Still figures of profiles say their unit, how many runs, and draw what the tables hold."""

from pathlib import Path

import numpy as np
import pandas as pd

from schedlab import profiles
from schedlab.figures import class_shares, flame_colours, flame_html, pileups, three_levels
from schedlab.figures.flame import flame
from schedlab.figures.flame_difference import difference_colours, flame_difference
from schedlab.model import catalog
from schedlab.profiles import arms, levels, over_runs, standing
from schedlab.profiles.compared import compared
from schedlab.profiles.diff import Arm

ROOT = Path(__file__).parents[2]
TINY = catalog.select(catalog.runs(ROOT / "data" / "runs" / "tiny"), capture="instrumented")
FOLDER = ROOT / "tests" / "fixtures" / "pprof" / "repetitions"
RUNS = tuple(profiles.read(path) for path in sorted(FOLDER.glob("*.pb.gz")))


def words(figure):
    """Everything written in a figure."""
    texts = [t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text"))]
    return " ".join(texts)


def test_classes_are_drawn_in_percent_with_an_interval_an_arm_and_n():
    table = over_runs.of_each(arms.arms(TINY, "cpu_profile"), over_runs.class_shares)
    figure = class_shares.class_shares(table, "CPU")
    said = words(figure)
    assert "share of CPU samples (%)" in said and "gpr (n = 2 runs)" in said and "pool (n = 2 runs)" in said
    drawn = np.concatenate([line.get_xdata() for line in figure.axes[0].lines])
    assert set(np.round(100 * table["share"], 9)) <= set(np.round(drawn[np.isfinite(drawn)], 9))


def test_slopes_say_their_unit_and_their_runs():
    table = pd.DataFrame(
        {
            "arm": "a",
            "run": ["1", "2"],
            "metric": "select",
            "value": [1.0, 2.0],
            "lo": [0.5, 1],
            "hi": [2.0, 3],
        }
    )
    said = words(pileups.slopes(table, "Growth"))
    assert "goroutines more that wait (1/s)" in said and "a (n = 2 runs)" in said


def test_slopes_without_any_interval_are_one_line():
    table = standing.growth(standing.waiting(TINY)).assign(lo=np.nan)
    assert "No run here has the five snapshots" in words(pileups.slopes(table, "Growth"))


def test_three_levels_are_drawn_with_their_numbers_beside_them():
    found = arms.captures(TINY)
    table = levels.levels(found["gpr"], found["pool"])
    said = words(three_levels.three_levels(table, "gpr", "pool"))
    for level in levels.LEVELS.values():
        assert level in said
    row = table.set_index("what").loc["goroutines waiting: channel"]
    assert f"{row['difference']:.2f}" in said and "n = 2 + 2 runs" in said


def test_the_still_difference_has_the_colours_of_its_evidence_and_a_legend():
    both = compared(Arm("a", RUNS[:6]), Arm("b", RUNS[6:]))
    shades = difference_colours(both)
    grey = [s == flame_colours.NOISE for s in shades[1:]]
    assert grey == (~both.evident & (both.nodes.merged == 0))[1:].tolist()
    said = words(flame_difference(both, host="a host"))
    assert "more in b" in said and "could be noise" in said and "a against b" in said and "a host" in said


def test_weak_evidence_is_paler_than_strong_evidence_and_new_is_not_more():
    strong, weak, unseen = (
        flame_colours.difference_colour(1, 2, 1.0, q, seen)
        for q, seen in ((1e-4, True), (0.04, True), (1e-4, False))
    )
    assert strong == flame_colours.MORE
    assert len({strong, weak, unseen, flame_colours.NOISE}) == 4
    assert flame_colours.difference_colour(0, 2, 1.0, 1e-4, True) == flame_colours.NEW
    assert flame_colours.difference_colour(2, 0, -1.0, 1e-4, True) == flame_colours.GONE
    assert flame_colours.difference_colour(1, 2, 1.0, np.nan, True) == flame_colours.NOISE


def test_one_layout_is_drawn_three_ways():
    """The page's nodes, the still figure's boxes and the tree are the same rectangles."""
    profile = RUNS[0]
    nodes = profiles.tree(profile, threshold=0.002)
    figure = flame(profile, threshold=0.002)
    boxes = figure.axes[0].collections[0].get_paths()
    assert len(boxes) == nodes.n
    edges = np.array([[p.vertices[:, 0].min(), p.vertices[:, 0].max()] for p in boxes])
    np.testing.assert_allclose(edges, np.stack([nodes.start, nodes.start + nodes.width], 1), atol=1e-12)
    assert f'"n":{nodes.n},' in flame_html.explore(profile, threshold=0.002).page


def test_an_interactive_figure_brings_its_still_twin_in_the_same_output():
    bundle = flame_html.explore_diff(Arm("a", RUNS[:6]), Arm("b", RUNS[6:]))._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<?xml") and "<iframe" in bundle["text/html"]
    assert "sandbox=" in bundle["text/html"]
