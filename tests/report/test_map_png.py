"""The picture: its size, its sameness, its manners."""

import struct
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread

from corridors.report.drawn import draw_layers
from corridors.report.map_png import write_map_png
from corridors.report.picture_labels import place_labels
from corridors.report.png import png_bytes
from corridors.report.study_map import MapLayer, StudyMap


def test_the_picture_has_its_size_and_the_same_bytes_each_time(
    study_map: StudyMap, tmp_path: Path
) -> None:
    write_map_png(tmp_path / "a.png", study_map)
    write_map_png(tmp_path / "b.png", study_map)
    first = (tmp_path / "a.png").read_bytes()
    assert struct.unpack(">2I", first[16:24]) == (1600, 1200)
    assert first == (tmp_path / "b.png").read_bytes()
    assert b"matplotlib" not in first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_the_settings_of_others_are_left_alone(study_map: StudyMap, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    write_map_png(tmp_path / "a.png", study_map)
    assert dict(mpl.rcParams) == before


def test_a_name_that_looks_like_a_formula_is_a_name(study_map: StudyMap, tmp_path: Path) -> None:
    odd = gpd.GeoDataFrame(
        {"name": [r"$\frac{1}$"], "population": [500_000]},
        geometry=gpd.points_from_xy([42.0], [36.3]),
        crs=4326,
    )
    layers = [MapLayer("p", r"$\bad{$", odd, "places")]
    odd_map = replace(study_map, layers=layers, title=r"$\x{", subtitle="$^", synthetic_note="$_$")
    write_map_png(tmp_path / "a.png", odd_map)


def test_names_do_not_lie_over_each_other(study_map: StudyMap) -> None:
    figure = Figure(figsize=(8, 4), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(680_000, 880_000)
    axes.set_ylim(3_980_000, 4_090_000)
    place_labels(axes, draw_layers(study_map), 0.6)
    texts = {text.get_text(): text.get_window_extent() for text in axes.texts}
    assert {"Mosul", "Sinjar", "Rabia", "49% through a gate"} <= set(texts)
    # Without these nobody knows where a way leads through.
    assert {"Long ridge", "Tal Sufuq"} <= set(texts)
    boxes = list(texts.values())
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


def test_a_png_of_our_own_reads_back(tmp_path: Path) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (23, 17, 4), dtype=np.uint8)
    pixels[5:] = np.linspace(0, 255, 17, dtype=np.uint8)[:, np.newaxis]
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(pixels))
    np.testing.assert_array_equal(np.rint(imread(path) * 255), pixels)
