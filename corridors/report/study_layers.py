"""Which layers of a study its map shows, and how they are called."""

from dataclasses import replace

import geopandas as gpd
import numpy as np

from corridors.raster import Raster
from corridors.report.crossing_words import crossings_told, paths_told, stretches_told
from corridors.report.flow_words import flow_line, roads_told, stretch_fields
from corridors.report.kind import TooltipField
from corridors.report.kinds import KINDS
from corridors.report.study_map import MapLayer, RasterLayer, StudyMap
from corridors.report.wording import words
from corridors.report.worth_layer import worth_layers
from corridors.scenario.granted import taken_for_granted
from corridors.study import Study

__all__ = ["HOURS_BREAKS", "study_map"]

HOURS_BREAKS = (2.0, 4.0, 8.0, 16.0, 24.0)
PASSAGE_LEAST, PASSAGE_BREAKS = 1.0, (2.0, 5.0, 10.0, 20.0)


def study_map(study: Study) -> StudyMap:
    """Return the map of a study, ready to be written as a page or a picture.

    Parameters
    ----------
    study
        From `corridors.study.analyse`.
    """
    scenario, layers = study.scenario, study.layers
    crossings = layers["crossings"]
    told = crossings_told(crossings, study.flow, borders=layers["borders"])
    shown = [
        MapLayer("bands", "Where transits pass", study.corridors, "bands"),
        MapLayer("through", "Corridor of each journey", study.corridors, "through"),
        MapLayer("endpoints", "Origins and destinations", _ends(study), "endpoints"),
        MapLayer("paths", "Least-cost paths", paths_told(study.paths, crossings), "paths"),
        MapLayer("alternatives", "Other ways that differ", _others(study), "alternatives"),
        MapLayer("worth", "Places for one more post", study.worth.candidates, "worth"),
        MapLayer(
            "border_segments",
            "Where the border is crossed",
            stretches_told(study.border_segments, crossings),
            "border_segments",
            tooltip=stretch_fields(scenario.profiles),
        ),
        MapLayer("borders", "Border", layers["borders"], "borders"),
        MapLayer("governorates", "Governorates", layers["governorates"], "governorates"),
        MapLayer("landmarks", "Landmarks", layers["landmarks"], "landmarks"),
        MapLayer("network", "Roads", roads_told(study), "network"),
        MapLayer("crossings", "Crossings", told, "crossings"),
        MapLayer(
            "checkpoints",
            "Checkpoints",
            _posts(study),
            "checkpoints",
            tooltip=_post_fields(scenario.exposure.incident_radius_m),
        ),
        MapLayer("bases", "Bases", _with_role(study, "base"), "bases"),
        MapLayer(
            "reinforcements",
            "Reinforcements on their way",
            _with_role(study, "reinforcement"),
            "reinforcements",
        ),
        MapLayer("incidents", "Incidents", layers["incidents"], "incidents"),
        MapLayer("buffers", "Buffers", study.buffers, "buffers"),
        MapLayer("camps", "Camps", layers["camps"], "camps"),
        MapLayer("places", "Places", _named_first(study), "places"),
        MapLayer("countries", "Names of countries", layers["countries"], "countries"),
    ]
    return StudyMap(
        title=scenario.title,
        subtitle=scenario.description,
        relief=study.terrain.raster(),
        layers=[
            *(layer for layer in shown if len(layer.gdf)),
            _passages(study),
            *worth_layers(study),
            *_travel_times(study),
        ],
        bounds=scenario.area.bbox,
        attributions=study.provenance.attributions,
        synthetic_note=study.provenance.note,
        found=(flow_line(study.flow),),
        assumptions=[f"{item.what} {item.why}" for item in taken_for_granted(scenario)],
    )


def _passages(study: Study) -> RasterLayer:
    grid, share = study.terrain.grid, study.flow.cells.share
    percent = Raster(100.0 * share, grid.transform, grid.crs, name="passages", units="%")
    return RasterLayer(
        "passages",
        "Share of the transits that pass each cell",
        percent,
        PASSAGE_BREAKS,
        # Below, the map would show who walked where, not where many do.
        least=PASSAGE_LEAST,
        much_is_dark=True,
        group="Likely transit",
    )


def _others(study: Study) -> gpd.GeoDataFrame:
    """Return the alternatives without the best way of each journey, which is drawn by itself."""
    ways = study.alternatives
    return paths_told(ways[ways["rank"] > 1], study.layers["crossings"])


def _ends(study: Study) -> gpd.GeoDataFrame:
    ends = study.endpoints.layer()
    starts = ends["role"] == "origin"
    return ends.assign(
        share_from=ends["weight"].where(starts), share_to=ends["weight"].where(~starts)
    )


def _posts(study: Study) -> gpd.GeoDataFrame:
    posts = study.checkpoints
    recorded, documented = posts["incidents_expected"], posts["incidents_documented_expected"]
    return posts.assign(incidents_synthetic=(recorded - documented).clip(lower=0))


def _post_fields(radius_m: float) -> tuple[TooltipField, ...]:
    """Return what a checkpoint tells, the distance named within which incidents are counted."""
    label = f"Recorded incidents within {words(radius_m, 'metres')}"
    return tuple(
        replace(field, label=label) if field.column == "incidents_expected" else field
        for field in KINDS["checkpoints"].tooltip
    )


def _with_role(study: Study, role: str) -> gpd.GeoDataFrame:
    support = study.support
    return support[support["role"] == role] if len(support) else support


def _named_first(study: Study) -> gpd.GeoDataFrame:
    """Return the places, those where journeys start or end to be named before all others."""
    ends = {endpoint.place for endpoint in [*study.scenario.origins, *study.scenario.destinations]}
    places = study.layers["places"]
    return places.assign(label_weight=places["name"].isin(ends).astype(float))


def _travel_times(study: Study) -> list[RasterLayer]:
    return [
        RasterLayer(
            f"hours_{profile.name}",
            f"Hours from the nearest origin, {profile.title}",
            Raster(
                np.where(
                    np.isfinite(study.journeys.hours_by_profile[profile.name]),
                    study.journeys.hours_by_profile[profile.name],
                    np.nan,
                ),
                study.terrain.grid.transform,
                study.terrain.grid.crs,
                name=f"hours_{profile.name}",
                units="h",
            ),
            HOURS_BREAKS,
        )
        for profile in study.scenario.profiles
    ]
