"""``corridors doctor``: versions and data folders in use, and what is wrong with them."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import pyproj
import rasterio

from corridors.crs import project_points
from corridors.errors import RunError
from corridors.export import library_versions
from corridors.kernels.jit import cache_folder
from corridors.sample import sample_folder

__all__ = ["add_arguments", "call"]

FOREIGN_VARIABLES = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "PYTHONPATH")


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def call(_options: argparse.Namespace) -> None:
    """Print what is in use, and fail where coordinates come out wrong."""
    for name, version in library_versions().items():
        print(f"{name:>20}  {version}")
    print(f"{'python':>20}  {sys.executable}")
    print(f"{'PROJ data':>20}  {pyproj.datadir.get_data_dir()}")
    with rasterio.Env() as environment:
        print(f"{'GDAL data':>20}  {environment.options.get('GDAL_DATA', 'inside the library')}")
    print(f"{'compiled code':>20}  {cache_folder()}")
    print(f"{'sample study':>20}  {sample_folder()}")
    for variable in FOREIGN_VARIABLES:
        if variable in os.environ:
            print(f"{variable:>20}  {os.environ[variable]}  (set outside: may break coordinates)")
    _check_coordinates()


def _check_coordinates() -> None:
    """Bring Sinjar to UTM: a data folder of another program's PROJ shows here first."""
    x, y = project_points(
        np.array([41.87]), np.array([36.32]), from_crs="EPSG:4326", to_crs="EPSG:32637"
    )
    if abs(x[0] - 757649.66) > 0.1 or abs(y[0] - 4023265.99) > 0.1:
        raise RunError(
            "coordinates come out wrong; unset PROJ_LIB and PROJ_DATA, which another program "
            f"may have set, and look at {Path(pyproj.datadir.get_data_dir())}"
        )
    print("Coordinates come out right.")
