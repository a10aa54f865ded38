"""``corridors buffer``: rings in true metres around the features of any layer, as one file."""

import argparse
from pathlib import Path

from corridors.buffers import buffer
from corridors.cli.options import add_target, refuse_existing
from corridors.cli.telling import tell
from corridors.export import is_geopackage, write_layer
from corridors.layers.declared import Words
from corridors.layers.read import read_source
from corridors.scenario.model import LayerSource

__all__ = ["add_arguments", "call"]

OPTIONS = Words(
    crs="--crs EPSG:4326",
    layer="--name LAYER",
    xy="call their columns lon and lat",
    no_crs="leave out --crs",
    told_by="--crs",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("layer", type=Path, metavar="FILE", help="a layer in any OGR format")
    parser.add_argument(
        "--name", metavar="LAYER", help="the layer in the file, if it holds several"
    )
    parser.add_argument("--crs", help="the reference system of a file that declares none")
    parser.add_argument(
        "--radius-m", type=float, required=True, metavar="METRES", help="the distance, in metres"
    )
    parser.add_argument("--dissolve", action="store_true", help="merge rings that overlap")
    add_target(parser, what="the file to write: .geojson or .gpkg", required=True)
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")


def call(options: argparse.Namespace) -> None:
    """Draw the rings and write them."""
    refuse_existing(options.out, overwrite=options.overwrite, source=options.layer)
    is_geopackage(options.out)  # refuses other formats before any work
    source = LayerSource(file=str(options.layer), layer=options.name, crs=options.crs)
    layer = read_source(source, options.layer, kind=options.layer.stem, words=OPTIONS)
    rings = buffer(layer, options.radius_m, dissolve=options.dissolve, name=options.layer.name)
    write_layer(rings, options.out, title=f"{options.radius_m:g} m around {options.layer.name}")
    tell(options, f"{len(rings)} rings. Written: {options.out}")
