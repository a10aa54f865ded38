"""The Sinjar study, step by step, as library calls: the way from a border to a map."""

from pathlib import Path

import corridors

# What to study, and with what: checked, and in one metric CRS.
scenario = corridors.load_scenario(Path(__file__).parents[1] / "data" / "scenario.toml")
layers = corridors.load_layers(scenario)
borders, crossings, posts = layers["borders"], layers["crossings"], layers["checkpoints"]

# The ground, the roads, and both coupled: one graph of nodes, arcs and hours.
terrain = corridors.study_terrain(scenario, layers)
network = corridors.study_network(scenario, layers)
graph = corridors.study_graph(scenario, layers, terrain, network)
hours = {p.name: corridors.arc_hours(graph, p, scenario) for p in scenario.profiles}

# From every origin to every destination: least-cost paths.
ends = corridors.study_endpoints(scenario, layers)
journeys = corridors.solve_journeys(
    graph,
    hours,
    shares={profile.name: profile.share for profile in scenario.profiles},
    origins=ends.origins,
    destinations=ends.destinations,
    borders=borders,
)
paths = corridors.least_cost_paths(journeys, borders=borders, crossings=crossings)

# Other ways, that truly differ from the best and from each other.
ways = corridors.study_alternatives(scenario, layers, journeys, hours, ends)

# Many travellers, each on the way that it believes best: where they pass, and how sure that is.
flow = corridors.study_flow(scenario, layers, graph, hours, ends, terrain=terrain)

# What comes within range of each post.
exposure = corridors.checkpoint_exposure(
    posts,
    paths=paths,
    passages=flow.passages,
    incidents=layers["incidents"],
    weather=scenario.weather,
    incident_radius_m=10_000,
)

# Out to any GIS.
results = {"paths": paths, "alternatives": ways, "exposure": exposure}
results |= {"bands": flow.bands, "border": flow.stretches}
for name, layer in results.items():
    corridors.write_geojson(layer, f"sinjar-{name}.geojson")
print(flow.stretches.nlargest(5, "share")[["id", "share", "share_low", "share_high"]].to_string())
print(flow.journeys[["origin", "destination", "profile", "hours", "km"]].round(1).to_string())
