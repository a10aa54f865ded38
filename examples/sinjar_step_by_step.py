"""The Sinjar study, step by step, as library calls: the way from a border to a map."""

from pathlib import Path

import corridors

# What to study, and with what: checked, coupled, and in one metric CRS.
scenario = corridors.load_scenario(Path(__file__).parents[1] / "data" / "scenario.toml")
ground = corridors.study_ground(scenario)
layers, borders = ground.layers, ground.layers["borders"]

# From every origin to every destination: least-cost paths, and the ways that truly differ.
journeys = corridors.study_journeys(ground)
paths = corridors.least_cost_paths(journeys, borders=borders, crossings=layers["crossings"])
ways = corridors.study_alternatives(ground, journeys)

# Many travellers, each on the way that it believes best: where they pass, and how sure that is.
flow = corridors.study_flow(ground)

# What each post meets: within its range, or at the gate or the road that it controls.
exposure = corridors.checkpoint_exposure(
    layers["checkpoints"],
    paths=paths,
    passages=flow.passages,
    detection=ground.detection,
    incidents=layers["incidents"],
    incident_radius_m=10_000,
)

# Out to any GIS.
results = {"paths": paths, "alternatives": ways, "exposure": exposure}
results |= {"bands": flow.bands, "border": flow.stretches}
for name, layer in results.items():
    corridors.write_geojson(layer, f"sinjar-{name}.geojson")
print(flow.stretches.nlargest(5, "share")[["id", "share", "share_low", "share_high"]].to_string())
print(flow.journeys[["origin", "destination", "profile", "hours", "km"]].round(1).to_string())
