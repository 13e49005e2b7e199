"""The house stays in order: modules import only from lower floors and from their own folder."""

import ast
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib" / "schedlab"
FLOORS = (
    {"errors", "units", "kernels"},
    {"model"},
    {"ingest", "dist"},
    {"metrics", "stats", "profiles"},
    {"figures", "claims"},
    {"pipeline", "cli", "explore"},
)
MODULES = sorted(p for p in LIB.rglob("*.py") if p.parent != LIB or p.stem in FLOORS[0])


def floor(room: str) -> int:
    """The floor of a room; the front door itself (schedlab/__init__.py) stands on the top floor."""
    return next((i for i, rooms in enumerate(FLOORS) if room in rooms), len(FLOORS) - 1)


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names = [
                f"{node.module}.{a.name}" if node.module == "schedlab" else node.module for a in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        rooms |= {n.split(".")[1] for n in names if n.startswith("schedlab.")}
    return rooms


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIB)))
def test_imports_only_downward(path):
    room = path.relative_to(LIB).parts[0].removesuffix(".py")
    above = {r for r in imported_rooms(path) if r != room and floor(r) >= floor(room)}
    if floor(room) == len(FLOORS) - 1:  # the top floor is the front door: its rooms may call each other
        above = {r for r in above if floor(r) > floor(room)}
    assert not above, f"{path.relative_to(LIB)} imports {above} from its own floor or above"


def test_every_room_says_what_lives_there():
    rooms = [LIB / room for rooms in FLOORS for room in rooms if (LIB / room).is_dir()]
    silent = [r.name for r in rooms if not (r / "__init__.py").read_text(encoding="utf-8").startswith('"""')]
    assert not silent
