"""The Sinjar study, step by step, as library calls: the way from a border to a map."""

from pathlib import Path

import corridors

STUDY = Path(__file__).parents[1] / "data" / "scenario.toml"
OUT = Path("sinjar-steps")

# What to study, and with what: checked, and in one metric CRS.
scenario = corridors.load_scenario(STUDY)
layers = corridors.load_layers(scenario)
borders, crossings, posts = layers["borders"], layers["crossings"], layers["checkpoints"]

# The ground, the roads, and both coupled: one graph of nodes, arcs and hours.
grid = corridors.working_grid(layers.area, cell_m=1000)
heights = scenario.path(scenario.layers.elevation.file)
terrain = corridors.read_terrain(heights, layers.area, grid)
network = corridors.study_network(scenario, layers)
barriers = corridors.barrier_lines(scenario, layers)
graph = corridors.build_movement(
    terrain, network, crossings=crossings, borders=borders, barriers=barriers
)
hours = {
    profile.name: corridors.arc_hours(graph, profile, scenario) for profile in scenario.profiles
}

# From every origin to every destination: least-cost paths, and the corridors around them.
journeys = corridors.solve_journeys(
    graph,
    hours,
    shares={profile.name: profile.share for profile in scenario.profiles},
    origins=corridors.resolve_endpoints(scenario.origins, layers, scenario, role="origins"),
    destinations=corridors.resolve_endpoints(
        scenario.destinations, layers, scenario, role="destinations"
    ),
    borders=borders,
)
paths = corridors.least_cost_paths(journeys, borders=borders, crossings=crossings)
bands = corridors.through_corridors(journeys, percent=[5])

# What comes within range of each post, and what lies within 5 km of it.
exposure = corridors.checkpoint_exposure(
    posts,
    paths=paths,
    corridors=bands,
    incidents=layers["incidents"],
    weather=scenario.weather,
    incident_radius_m=10_000,
)
rings = corridors.buffer(posts, 5000)

# Out to any GIS.
OUT.mkdir(exist_ok=True)
for name, layer in {
    "paths": paths,
    "corridors": bands,
    "exposure": exposure,
    "rings": rings,
}.items():
    corridors.write_geojson(layer, OUT / f"{name}.geojson")
print(paths[["origin", "destination", "profile", "hours", "km"]].round(1).to_string(index=False))
