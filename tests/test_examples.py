"""The examples run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import corridors
from tests.export.rfc7946 import assert_rfc7946

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_script_does_the_study_step_by_step(tmp_path: Path) -> None:
    script = EXAMPLES / "sinjar_step_by_step.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Tal Afar" in done.stdout
    written = sorted(tmp_path.iterdir())
    assert [path.stem for path in written] == [
        "sinjar-alternatives",
        "sinjar-bands",
        "sinjar-border",
        "sinjar-exposure",
        "sinjar-paths",
    ]
    for path in written:
        assert_rfc7946(path)


def test_the_ten_lines_of_the_readme_run_as_they_stand(tmp_path: Path) -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    corridors.copy_sample(tmp_path / "my-study")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert_rfc7946(tmp_path / "corridors.geojson")


def test_the_script_is_short_enough_to_be_read() -> None:
    lines = (EXAMPLES / "sinjar_step_by_step.py").read_text().splitlines()
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= 40


def test_the_notebook_runs_from_top_to_bottom() -> None:
    notebook = nbformat.read(EXAMPLES / "sinjar.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(EXAMPLES)}},
    )
    client.execute()
    texts = [
        output["data"].get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "execute_result"
    ]
    assert any("Tal Afar" in text for text in texts)
    assert any("share_low" in text and "least_cost_share" in text for text in texts)
