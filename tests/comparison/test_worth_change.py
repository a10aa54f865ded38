"""What one more sensor is worth, cell by cell, in one scenario against another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import pytest
from affine import Affine

import corridors
from corridors.comparison import Comparison, compare, named_scenarios
from corridors.comparison.drawing import CHANGE_COLOURS, comparison_map
from corridors.comparison.worth_change import worth_change, worth_change_layer
from corridors.errors import LayerError, ScenarioError
from corridors.raster import Raster
from corridors.report.map_html import map_html
from corridors.report.overlay import classed_picture
from corridors.report.study_map import RasterLayer

VARIANTS = [
    ["same", "title=The same under another title"],
    ["blind", "weather.visibility_km=0"],
    ["sure", "worth.probability=0.9"],
]


@pytest.fixture(scope="module")
def found(study_file: Path) -> Comparison:
    return compare(named_scenarios([study_file], VARIANTS))


def values(found: Comparison, number: int) -> np.ndarray:
    return found.differences[number].worth_change.values


def test_the_same_scenario_changes_no_cell(found: Comparison) -> None:
    known = values(found, 0)[np.isfinite(values(found, 0))]

    assert known.size
    assert not known.any()


def test_a_sensor_that_sees_nothing_loses_all_of_its_worth(
    found: Comparison, study_file: Path
) -> None:
    alone = corridors.analyse(corridors.load_scenario(study_file))

    np.testing.assert_allclose(values(found, 1), -alone.worth.unaware, atol=1e-12)
    assert found.differences[1].worth_change.transform == alone.terrain.grid.transform


def test_a_better_sensor_is_worth_more_where_anybody_passes(found: Comparison) -> None:
    before = found.scenarios[0].worth_unaware.values

    assert (values(found, 2)[before > 1e-6] > 0).all()
    assert not values(found, 2)[before == 0].any()
    told = found.differences[2].worth_change.description
    assert "probability 0.9) less that in 'scenario' (watch post, 3000 m, probability 0.6)" in told


def test_cells_that_cannot_be_walked_in_one_are_not_compared(found: Comparison) -> None:
    first = found.scenarios[0]
    holes = first.worth_unaware.values.copy()
    holes[0, :3] = np.nan

    change = worth_change(first, replace(first, worth_unaware=like(first.worth_unaware, holes)))

    assert np.isnan(change.values[0, :3]).all()
    assert np.isfinite(change.values[1]).any()


def like(raster: Raster, cells: np.ndarray) -> Raster:
    return replace(raster, values=cells)


def test_grids_that_differ_are_refused_with_both_named(found: Comparison) -> None:
    first = found.scenarios[0]
    smaller = like(first.worth_unaware, first.worth_unaware.values[:-1])

    with pytest.raises(ScenarioError, match="grids differ") as caught:
        worth_change(first, replace(first, worth_unaware=smaller))

    rows, columns = first.worth_unaware.values.shape
    assert f"({rows - 1} by {columns} cells of 800 m and {rows} by {columns}" in str(caught.value)


def layer_of(cells: list[float]) -> RasterLayer:
    raster = Raster(np.array([cells]), Affine(500, 0, 0, 0, -500, 0), pyproj.CRS(32636), "w")
    (layer,) = worth_change_layer(raster, CHANGE_COLOURS, name="worth_fog", group="Changes: fog")
    return layer


def test_the_map_shows_the_sign_by_colour_and_leaves_clear_what_hardly_changes() -> None:
    layer = layer_of([-0.07, -0.015, 0.0001, np.nan, 0.015, 0.07])

    assert layer.breaks == (-5.0, -2.0, -1.0, 1.0, 2.0, 5.0)
    assert not layer.shown
    labels = [label for label, _ in layer.looks]
    assert labels[:3] == ["5 points less, or beyond", "2 to 5 points less", "1 to 2 points less"]
    assert labels[4:] == ["1 to 2 points more", "2 to 5 points more", "5 points more, or beyond"]
    colours = [colour for _, colour in layer.looks]
    assert colours == [*CHANGE_COLOURS[:3], None, *CHANGE_COLOURS[4:]]
    picture = classed_picture(layer.raster, layer.breaks, colours=colours)[0]
    assert picture[:, 3].tolist() == [255, 255, 0, 0, 255, 255]
    for cell, colour in ((0, 0), (1, 2), (4, 4), (5, 6)):
        assert picture[cell, :3].tobytes() == bytes.fromhex(CHANGE_COLOURS[colour][1:])


def test_small_changes_have_fewer_classes_around_the_same_middle() -> None:
    layer = layer_of([-0.00015, 0.0])

    assert layer.breaks == (-0.01, 0.01)
    assert [colour for _, colour in layer.looks] == [CHANGE_COLOURS[2], None, CHANGE_COLOURS[4]]


def test_the_map_has_a_layer_for_each_scenario_that_changes_something(found: Comparison) -> None:
    names = {layer.name for layer in comparison_map(found).layers}

    assert {"worth_blind", "worth_sure"} <= names
    assert "worth_same" not in names
    # The posts of the study are made up, and what one more adds rests on them.
    assert all(one.synthetic for one in comparison_map(found).layers if "worth_" in one.name)


def test_the_legend_of_the_page_leaves_the_clear_class_out(found: Comparison) -> None:
    page = map_html(comparison_map(found))

    assert "points less, or beyond" in page
    assert '"kind":"raster"' in page
    layer = next(one for one in comparison_map(found).layers if one.name == "worth_blind")
    assert isinstance(layer, RasterLayer)
    drawn = [label for label, colour in layer.looks if colour is not None]
    assert len(drawn) == len(layer.looks) - 1
    at = page.index('"name":"worth_blind"')
    legend = page[at : page.index('"image"', at)]
    assert legend.count('"label"') == len(drawn)


def test_looks_that_are_not_one_for_each_class_are_refused() -> None:
    layer = layer_of([-0.07, 0.07])

    with pytest.raises(LayerError, match="6 looks for 7 classes"):
        replace(layer, looks=layer.looks[1:])
