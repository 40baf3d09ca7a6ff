"""Real files that the project is tried on; they lie beside it, and are not part of it."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def data(*parts):
    """A folder of them; the test is left out where it is absent."""
    folder = DATA.joinpath(*parts)
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: the real files are not beside the project")
    return folder
