"""All files of a result: layers, rasters, maps, summary and manifest, in one folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.alternatives import generalised_paths, path_modes
from corridors.crs import LONLAT, project_points
from corridors.export import (
    raster_qml,
    write_cog,
    write_geojson,
    write_geopackage,
    write_json,
)
from corridors.export.study_manifest import study_manifest
from corridors.progress import Progress
from corridors.raster import Raster
from corridors.report.flow_words import roads_told
from corridors.report.map_html import write_map_html
from corridors.report.map_png import write_map_png
from corridors.report.overlay import step_colours
from corridors.report.page import write_report_html
from corridors.report.study_layers import HOURS_BREAKS, study_map
from corridors.study import Study, sight_words
from corridors.summary import summarise

__all__ = ["OUTPUT_STEPS", "result_layers", "with_lonlat", "write_study"]

OUTPUT_STEPS = 6
# Travellers this near one another are on one way; a generalised path is up to a cell off.
MODE_CELLS = 3.0
# Classes of the rasters in a GIS, in parts of the transits; what is below the first is not drawn.
PASSED_BREAKS = (0.01, 0.02, 0.05, 0.1, 0.2)
WORTH_BREAKS = (0.001, 0.002, 0.005, 0.01, 0.02)

TITLES: Mapping[str, str] = {
    "corridors": "Corridors: bands that hold a share of the transits' way, and ways little longer "
    "than the best",
    "paths": "Least-cost paths",
    "alternatives": "Ways that truly differ, for each journey, the least-cost path first",
    "travellers": "Sampled travellers' paths, generalised to the cell",
    "endpoints": "Origins and destinations, with the weight of each",
    "endpoint_areas": "Areas in which journeys start or end where it is quickest",
    "border_segments": "Stretches of border, with the share of the crossings that each lets pass",
    "checkpoints": "Checkpoints and what they meet",
    "support": "Bases and reinforcements, and the post that each reaches first",
    "buffers": "Buffers around paths, crossings and checkpoints, and what lies in them",
    "incidents": "Incidents",
    "worth": "Places for one more sensor, and what it takes away from the undetected share when "
    "those who know of posts keep away from it",
    "network": "Roads as a network, with the share of the transits that use each",
    "crossings": "Crossings, with the share of the transits that pass each",
}
# Results that rest on layers which may be made up, besides what their own rows say.
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "corridors": ("roads", "crossings"),
    "paths": ("roads", "crossings"),
    "alternatives": ("roads", "crossings"),
    "travellers": ("roads", "crossings"),
    "endpoints": ("places", "camps"),
    "endpoint_areas": (),
    "border_segments": ("roads", "crossings"),
    "checkpoints": ("checkpoints", "bases", "reinforcements", "incidents"),
    "support": ("bases", "reinforcements", "checkpoints"),
    "buffers": ("checkpoints", "incidents", "crossings"),
    "incidents": ("incidents",),
    "worth": ("checkpoints", "roads", "crossings"),
    "network": ("roads", "crossings"),
    "crossings": ("crossings", "roads"),
}


def result_layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a result by name, in the working CRS."""
    asked_for = {"travellers": _travellers(study)} if study.flow.settings.write_paths else {}
    return {
        "corridors": study.corridors,
        "paths": with_lonlat(study.paths),
        "alternatives": with_lonlat(study.alternatives),
        **asked_for,
        **_endpoints(study),
        "border_segments": study.border_segments,
        "checkpoints": study.checkpoints,
        "support": study.support,
        "buffers": study.buffers,
        "incidents": study.layers["incidents"],
        "worth": study.worth.candidates,
        "network": roads_told(study),
        "crossings": _crossings(study),
    }


def with_lonlat(paths: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the paths with their last crossing in degrees, as other programs expect it."""
    lon, lat = project_points(
        paths["last_crossing_x"].to_numpy(float),
        paths["last_crossing_y"].to_numpy(float),
        from_crs=paths.crs,
        to_crs=LONLAT,
    )
    crossed = np.isfinite(lon) & np.isfinite(lat)
    return paths.drop(columns=["last_crossing_x", "last_crossing_y"]).assign(
        last_crossing_lon=np.where(crossed, lon, np.nan),
        last_crossing_lat=np.where(crossed, lat, np.nan),
    )


def _travellers(study: Study) -> gpd.GeoDataFrame:
    """Return the sampled paths, none finer than a cell, with the way of its journey each takes."""
    flow, grid = study.flow, study.terrain.grid
    here = flow.paths.arrived
    ends, profiles = study.endpoints, [profile.name for profile in study.scenario.profiles]
    names = {
        "origin": (ends.origins["name"], flow.travellers.origin),
        "destination": (ends.destinations["name"], flow.paths.destination),
        "profile": (profiles, flow.travellers.profile),
    }
    table = gpd.GeoDataFrame(
        {
            "id": [f"traveller {number}" for number in np.flatnonzero(here)],
            **{key: np.asarray(name, object)[rows[here]] for key, (name, rows) in names.items()},
            "hours": flow.paths.hours[here],
            "detour": flow.paths.detour[here],
        },
        geometry=generalised_paths(flow.passages.lines(), grid),
        crs=grid.crs,
    )
    table = table[~table.geometry.is_empty].reset_index(drop=True)
    mode = pd.Series(0, index=table.index, dtype=np.int64)
    for _, group in table.groupby(list(names)):
        share = np.full(len(group), 1 / len(group))
        _, of_each = path_modes(group.geometry, share, tolerance_m=MODE_CELLS * grid.cell_m)
        mode[group.index] = of_each + 1
    table.insert(6, "mode", mode)
    return table


def _endpoints(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Return origins and destinations as points, and by themselves those that are areas."""
    ends = study.endpoints.layer()
    areas = shapely.get_dimensions(ends.geometry.array) == 2
    points = ends.geometry.where(~areas, ends.geometry.representative_point())
    layers = {"endpoints": ends.set_geometry(points)}
    if areas.any():
        layers["endpoint_areas"] = ends[areas].reset_index(drop=True)
    return layers


def _crossings(study: Study) -> gpd.GeoDataFrame:
    """Return the crossings with the share of the transits through each, and their road node."""
    crossings = study.layers["crossings"].copy()
    passed = study.flow.gates.frame()
    # That nobody passes a closed crossing is certain, not an estimate.
    passed[~study.graph.crossings_open] = 0.0
    crossings[passed.columns] = passed.to_numpy()
    nodes = study.network.nodes_gdf()
    gates = nodes[nodes["kind"] == "crossing"]
    # Each road that passes a crossing has a node of its own there.
    of_roads = gates["node"].astype(str).groupby(gates["crossing_id"]).agg(", ".join)
    return crossings.assign(network_nodes=crossings["id"].map(of_roads).fillna(""))


def write_study(study: Study, folder: Path, *, progress: Progress | None = None) -> None:
    """Write every file of a result.

    Parameters
    ----------
    study
        From `corridors.study.analyse`.
    folder
        An empty folder, as `corridors.export.output_folder` gives it.
    progress
        Told of `OUTPUT_STEPS` steps.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    told = progress or Progress()
    layers = result_layers(study)
    notes: list[str] = []
    steps: list[tuple[str, Callable[[], None]]] = [
        ("Writing GeoJSON", lambda: notes.extend(_write_geojson(study, layers, folder))),
        ("Writing GeoPackage and rasters", lambda: _write_gis(study, layers, folder)),
        ("Drawing the map", lambda: write_map_html(folder / "map.html", study_map(study))),
        ("Drawing the picture", lambda: write_map_png(folder / "map.png", study_map(study))),
        ("Writing the report", lambda: _write_report(study, folder)),
        ("Writing summary and manifest", lambda: _write_records(study, folder, notes)),
    ]
    for what, step in steps:
        told.step(what)
        step()


def _write_report(study: Study, folder: Path) -> None:
    write_report_html(folder / "report.html", study, picture=folder / "map.png")


def _metadata(study: Study) -> dict[str, Any]:
    return {
        "study": study.scenario.title,
        "as_of": study.scenario.as_of.isoformat(),
        "attribution": "; ".join(study.provenance.attributions),
        "synthetic_note": study.provenance.note,
    }


def _rests_on_synthetic(study: Study, name: str) -> bool:
    return any(study.layers[kind]["synthetic"].any() for kind in RESTS_ON[name])


def _write_geojson(study: Study, layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> list[str]:
    """Write the layers as GeoJSON; return what rounding to degrees changed in them."""
    notes = []
    for name, layer in layers.items():
        report = write_geojson(
            layer,
            folder / f"{name}.geojson",
            decimals=study.scenario.output.decimals,
            title=TITLES[name],
            synthetic=_rests_on_synthetic(study, name),
            metadata=_metadata(study),
        )
        notes += [f"{name}.geojson: {message}" for message in report.messages()]
    return notes


def _write_gis(study: Study, layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> None:
    inputs = {
        kind: study.layers[kind]
        for kind in ("governorates", "places", "landmarks", "camps", "borders")
        if len(study.layers[kind])
    }
    write_geopackage(
        {**layers, **inputs},
        folder / "study.gpkg",
        titles=dict(TITLES),
        attribution=_metadata(study)["attribution"],
    )
    bands = [
        Raster(
            np.where(np.isfinite(hours), hours, np.nan),
            study.terrain.grid.transform,
            study.terrain.grid.crs,
            name=f"travel_time_{profile}",
            units="h",
            description=f"Hours from the nearest origin, {profile.replace('_', ' ')}",
        )
        for profile, hours in study.journeys.hours_by_profile.items()
    ]
    write_cog(bands, folder / "travel_time.tif", tags=_metadata(study))
    write_cog(_worth(study), folder / "marginal_value.tif", tags=_metadata(study))
    write_cog(_passages(study), folder / "passages.tif", tags=_metadata(study))
    _style_raster(folder / "travel_time.qml", HOURS_BREAKS, unit="h")
    little_hidden: dict[str, Any] = {"scale": 100, "least_hidden": True, "much_is_dark": True}
    _style_raster(folder / "passages.qml", PASSED_BREAKS, unit="%", **little_hidden)
    _style_raster(
        folder / "marginal_value.qml",
        WORTH_BREAKS,
        unit="points off the undetected share",
        **little_hidden,
    )


def _style_raster(
    path: Path, breaks: Sequence[float], *, much_is_dark: bool = False, **how: Any
) -> None:
    style = raster_qml(breaks, step_colours(len(breaks) + 1, much_is_dark=much_is_dark), **how)
    path.write_text(style, encoding="utf-8")


def _passages(study: Study) -> list[Raster]:
    """Return what passes each cell, as the bands of one raster."""
    grid, cells = study.terrain.grid, study.flow.cells
    level = f"{study.flow.settings.confidence:.0%}"
    bands = (
        ("share", cells.share, "1", "Share of the transits that pass the cell"),
        ("share_low", cells.low, "1", f"Lower bound of the share, {level} interval"),
        ("share_high", cells.high, "1", f"Upper bound of the share, {level} interval"),
        (
            "density",
            study.flow.density,
            "m/km2",
            (
                "Metres that one transit travels per km2, smoothed with a Gaussian kernel of "
                f"{study.flow.settings.smoothing_m:g} m"
            ),
        ),
    )
    return [
        Raster(
            np.where(study.terrain.inside, values, np.nan),
            grid.transform,
            grid.crs,
            name=name,
            units=units,
            description=description,
        )
        for name, values, units, description in bands
    ]


def _worth(study: Study) -> list[Raster]:
    """Return what one more sensor would take away from the undetected share, cell by cell."""
    sensor, grid = study.scenario.worth, study.terrain.grid
    return [
        Raster(
            study.worth.unaware,
            grid.transform,
            grid.crs,
            name="worth_unaware",
            units="1",
            description=f"Undetected share that one more {sensor.kind.replace('_', ' ')} here "
            f"would take away, when nobody knows of it; {sight_words(study.worth)}",
        )
    ]


def _write_records(study: Study, folder: Path, notes: list[str]) -> None:
    write_json(folder / "summary.json", {**summarise(study), "changed_in_writing": notes})
    write_json(folder / "manifest.json", study_manifest(study, folder))
