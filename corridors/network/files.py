"""A network in a file: one GeoPackage with the layers nodes and edges."""

import json
import os
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import networkx as nx
import pandas as pd
import pyogrio

from corridors.crs import parse_crs
from corridors.errors import LayerError, MissingFileError
from corridors.layers.openable import openable, writable
from corridors.network.model import EDGE_COLUMNS, NODE_COLUMNS, NetworkReport, RoadNetwork

__all__ = ["load_network", "save_network"]


def save_network(network: RoadNetwork, path: Path | str) -> Path:
    """Write a network to a GeoPackage; a file that is there is replaced, whole or not at all.

    Parameters
    ----------
    network
        The network.
    path
        The file to write, ending in ``.gpkg``.

    Returns
    -------
    Path
        The file that was written.

    Examples
    --------
    >>> import geopandas as gpd, tempfile
    >>> from pathlib import Path
    >>> from shapely import LineString
    >>> from corridors.network import build_network
    >>> road = gpd.GeoDataFrame(
    ...     {"id": ["a"], "road_class": ["track"]},
    ...     geometry=[LineString([(0, 0), (8000, 0)])], crs="EPSG:32637",
    ... )
    >>> network = build_network(road, speeds_kmh={"track": 30})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_network(save_network(network, Path(folder) / "roads.gpkg"))
    >>> again.report == network.report
    True
    """
    path = Path(path)
    beside = path.with_name(f".{path.stem}.partial{os.getpid()}.gpkg")
    about = {"report": json.dumps(network.report.to_dict()), "crs": network.crs.to_json()}
    try:
        with writable(beside) as unfinished:
            for layer, kind in (("nodes", "Point"), ("edges", "LineString")):
                pyogrio.write_dataframe(
                    network.nodes_gdf() if layer == "nodes" else network.edges_gdf(),
                    unfinished,
                    layer=layer,
                    driver="GPKG",
                    geometry_type=kind,
                    layer_metadata=about,
                    append=layer == "edges",
                )
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def load_network(path: Path | str) -> RoadNetwork:
    """Read a network that `save_network` wrote: the same graph, CRS and report.

    Raises
    ------
    MissingFileError
        When there is no such file.
    LayerError
        When the file holds no network.
    """
    path = Path(path)
    if not path.is_file():
        message = f"there is no file {path}; save a network first: corridors.save_network"
        raise MissingFileError(message)
    nodes, _ = _read(path, "nodes", NODE_COLUMNS)
    edges, about = _read(path, "edges", EDGE_COLUMNS)
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    for node in _rows(nodes, NODE_COLUMNS):
        graph.add_node(node.pop("node"), **node)
    for edge, line in zip(_rows(edges, EDGE_COLUMNS), edges.geometry, strict=True):
        graph.add_edge(edge["from_node"], edge["to_node"], key=edge["id"], **edge, geometry=line)
    report = NetworkReport.from_dict(json.loads(about["report"]))
    return RoadNetwork(graph, parse_crs(about["crs"]), report)


def _read(
    path: Path, layer: str, columns: tuple[str, ...]
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    source = openable(path, kind=layer)
    names = pyogrio.list_layers(source)[:, 0].tolist()
    todo = "give a file that corridors.save_network wrote"
    if layer not in names:
        raise LayerError(f"has no layer '{layer}'", file=path, todo=todo)
    about = pyogrio.read_info(source, layer=layer)["layer_metadata"] or {}
    frame = pyogrio.read_dataframe(source, layer=layer)
    missing = [name for name in columns if name not in frame.columns]
    if missing or not {"report", "crs"} <= set(about):
        what = f"has no column '{missing[0]}'" if missing else "does not describe a network"
        raise LayerError(what, file=path, layer=layer, todo=todo)
    return frame, about


def _rows(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    plain = pd.DataFrame(frame[list(columns)]).astype(object)
    plain = plain.where(plain.notna(), None)
    return cast(list[dict[str, Any]], plain.to_dict("records"))
