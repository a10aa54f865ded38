"""The Sinjar study that travels with the package."""

import shutil
from pathlib import Path

from corridors.errors import OutputError, RunError

__all__ = ["copy_sample", "sample_folder"]

# A wheel holds the study inside the package; a checkout has it beside the package.
PLACES = (Path(__file__).parent / "sample", Path(__file__).parents[1] / "data")


def sample_folder() -> Path:
    """Return the folder of the bundled study.

    Raises
    ------
    RunError
        When the installation has lost it.

    Examples
    --------
    >>> (sample_folder() / "scenario.toml").exists()
    True
    """
    for folder in PLACES:
        if (folder / "scenario.toml").is_file():
            return folder
    raise RunError("the sample study is missing from this installation; install corridors again")


def copy_sample(folder: Path | str, *, overwrite: bool = False) -> Path:
    """Copy the bundled study to a folder, to start an own one from.

    Parameters
    ----------
    folder
        Where to; made if missing.
    overwrite
        Whether files of the sample that are already there may be replaced. Other files stay.

    Returns
    -------
    Path
        The scenario file in it.

    Raises
    ------
    OutputError
        When the folder is not empty and `overwrite` is not set, or cannot be written.
    """
    target = Path(folder)
    made: list[Path] = []
    try:
        _require_room(target, overwrite=overwrite)
        made = [new for new in (target, *target.parents) if not new.exists()]
        shutil.copytree(sample_folder(), target, dirs_exist_ok=True, copy_function=shutil.copyfile)
    except OutputError:
        raise
    except (OSError, shutil.Error) as error:
        for new in made[-1:]:  # half a study is none
            shutil.rmtree(new, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(
            f"{target}: the study cannot be written there ({reason}); name another folder"
        ) from error
    return target / "scenario.toml"


def _require_room(target: Path, *, overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file; name a folder for the study")
    if target.is_dir() and any(target.iterdir()) and not overwrite:
        raise OutputError(
            f"{target} is not empty; name a new folder, or add --overwrite to replace the "
            "sample's files in it"
        )
