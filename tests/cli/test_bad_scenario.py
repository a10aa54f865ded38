"""Scenarios that cannot be used: one message with file and key, exit code 2, nothing written."""

import pytest

from tests.cli.conftest import Study

WRONG = [
    # what is replaced, by what, what the message says
    ("cell_m = 2000", "cell_m = -5", ["area.cell_m", "greater than or equal to 5", "found -5"]),
    ("cell_m = 2000", "cell_m = nan", ["area.cell_m", "must be a finite number"]),
    ("cell_m = 2000", 'cell_m = "2000"', ["area.cell_m", "must be a number", "'2000'"]),
    ("cell_m = 2000", "cell_m = true", ["area.cell_m", "must be a number"]),
    ("cell_m = 2000", "cel_m = 2000", ["area.cel_m", "did you mean 'cell_m'?"]),
    ("cell_m = 2000", "cell_m = 40000", ["area.cell_m = 40000 is too large", "take 17"]),
    ("cell_m = 2000", "cell_m = 2000\nneighbours = 4", ["area.neighbours", "8 or 16"]),
    ("cell_m = 2000", 'cell_m = 2000\ncrs = "EPSG:4326"', ["area.crs", "degrees", "'auto'"]),
    ("cell_m = 2000", 'cell_m = 2000\ncrs = "EPSG:2263"', ["area.crs", "US survey foot"]),
    (
        "cell_m = 2000",
        'cell_m = 2000\ncrs = "EPSG:32633"',
        ["area.crs", "lengths are up to", "'auto'"],
    ),
    (
        "cell_m = 2000",
        'cell_m = 2000\ncrs = "Sinjar"',
        ["area.crs", "'Sinjar' is not known", "EPSG:32638"],
    ),
    ("41.0, 36.0, 42.0", "42.0, 36.0, 41.0", ["area", "west to east", "180th meridian"]),
    ("41.0, 36.0, 42.0, 36.6", "179.0, 36.0, -179.0, 36.6", ["180th meridian is not supported"]),
    ("36.0, 42.0, 36.6", "36.6, 42.0, 36.0", ["36.6 is not south of 36.0", "axes swapped?"]),
    ("41.0, 36.0, 42.0, 36.6", "41.0, 36.0, 41.0, 36.0", ["41.0 is not west of 41.0"]),
    (
        "41.0, 36.0, 42.0, 36.6",
        "41.0, 36.0, 41.000001, 36.000001",
        ["area", "less than 0.001 degrees"],
    ),
    ("41.0, 36.0, 42.0, 36.6", "-30.0, -30.0, 60.0, 36.6", ["too large for one metric system"]),
    ("41.0, 36.0, 42.0, 36.6", "-180.0, -90.0, 180.0, 90.0", ["too large for one metric system"]),
    ("41.0, 36.0, 42.0, 36.6", "41.0, 36.0, 42.0", ["area.bbox[3]: is missing"]),
    ("41.0, 36.0, 42.0, 36.6", "41.0, 36.0, 420.0, 36.6", ["area.bbox[2]", "found 420"]),
    ("41.0, 36.0, 42.0, 36.6", "700000, 4000000, 710000, 4010000", ["area.bbox[0]", "180"]),
    ("41.0, 36.0, 42.0, 36.6", "41.0, nan, 42.0, inf", ["area.bbox[1]", "area.bbox[3]", "finite"]),
    ("share = 0.6", "share = 0.7", ["the profiles' shares sum to 1.1, not to 1"]),
    ("share = 0.6", "share = -0.6", ["profiles[0].share", "greater than 0", "found -0.6"]),
    ("share = 0.6", "share = 60", ["profiles[0].share", "less than or equal to 1", "found 60"]),
    ("share = 0.6", "share = 0.6\nspeed = 5", ["profiles[0].speed: unknown key"]),
    ("off_road_kmh = 15", "off_road_kmh = 1500", ["profiles[1].off_road_kmh", "equal to 200"]),
    ("off_road_kmh = 15", "off_road_kmh = -15", ["profiles[1].off_road_kmh", "found -15"]),
    ("off_road_kmh = 15", "slope_max_deg = 12", ["profiles[1]: a vehicle needs off_road_kmh"]),
    (
        "primary = 70",
        "primary = -70",
        ["profiles[1].road_kmh.primary", "greater than or equal to 0.01"],
    ),
    ("primary = 70", "primary = inf", ["profiles[1].road_kmh.primary", "finite"]),
    ('mode = "foot"', 'mode = "horse"', ["profiles[0].mode", "'foot' or 'vehicle'"]),
    ('mode = "foot"', 'mode = "foot"\nslope_function = "toblr"', ["not a slope function", "rees"]),
    ('mode = "foot"', 'mode = "foot"\nrain_factor = 3', ["profiles[0].rain_factor: must be less"]),
    ('mode = "foot"', 'mode = "foot"\nrain_factor = "x"', ["profiles[0].rain_factor: must be a"]),
    (
        'mode = "foot"',
        'mode = "foot"\nrain_factor = { light = 0.9, heavy = 0.8 }',
        ["profiles[0].rain_factor.moderate: is missing"],
    ),
    (
        'mode = "foot"',
        'mode = "foot"\nrain_factor = { light = 0.9, moderat = 0.8, heavy = 0.8 }',
        ["profiles[0].rain_factor.moderat: unknown key; did you mean 'moderate'?"],
    ),
    (
        'mode = "foot"',
        'mode = "foot"\nroad_rain_factor = { light = 0.5, moderate = 0.8, heavy = 0.8 }',
        ["profiles[0].road_rain_factor: harder rain leaves no more", "light = 0.5"],
    ),
    ('"vehicle"\nshare', '"on_foot"\nshare', ["profiles share a name: on_foot"]),
    ('place = "Sinjar"', 'palce = "Sinjar"', ["destinations[0].palce", "did you mean 'place'?"]),
    ('place = "Sinjar"', 'place = "Sinja"', ["destinations[0]", "did you mean 'Sinjar'"]),
    ('place = "Sinjar"', 'place = "SINJAAR"', ["destinations[0]", "did you mean 'Sinjar'"]),
    ('place = "Sinjar"', 'place = "Xyz"', ["destinations[0]", "called 'Xyz'", "give point"]),
    ('place = "Sinjar"', 'place = "Mosul"', ["no place or camp in the area", "'Mosul'"]),
    ('place = "Sinjar"', "point = [30.0, 10.0]", ["destinations[0]", "outside the study area"]),
    ('place = "Sinjar"', "point = [36.32, 41.87]", ["destinations[0]", "outside the study area"]),
    ('place = "Sinjar"', "point = [41.87, nan]", ["destinations[0].point[1]", "finite"]),
    ('place = "Sinjar"', "point = [41.87, 136.3]", ["destinations[0].point[1]", "found 136.3"]),
    ('place = "Sinjar"', 'file = "no.geojson"', ["no.geojson", "layer 'Sinjar'", "is not there"]),
    ('place = "Sinjar"', 'place = "Sinjar"\npoint = [41, 36]', ["exactly one of place, point"]),
    ('place = "Sinjar"', 'place = "Sinjar"\nweight = -1', ["destinations[0].weight", "found -1"]),
    ('place = "Sinjar"', 'place = "Sinjar"\nlayer = "a"', ["layer only go with a file"]),
    ('["IRQ-SYR-1"]', '["IRQ-IRN-1"]', ["barriers[0] 'Berm'", "IRQ-IRN-1", "are IRQ-SYR-1"]),
    ("on_foot = 20", "on_fot = 20", ["barrier 'Berm' names the profile 'on_fot'"]),
    ("on_foot = 20", "on_foot = -20", ["barriers[0].delay_minutes.on_foot", "found -20"]),
    ("on_foot = 20", 'on_foot = "never"', ["barriers[0].delay_minutes.on_foot", "'impassable'"]),
    ("on_foot = 20, ", "", ["barrier 'Berm' has no delay_minutes for on_foot"]),
    ('borders = ["IRQ-SYR-1"]', "", ["barriers[0]", "give either borders"]),
    ("on_foot = 45", "by_train = 45", ["crossings names the profile 'by_train'"]),
    (
        '{ file = "terrain/elevation.tif" }',
        '"terrain/elevation.tif"',
        ["layers.elevation", "table"],
    ),
    ('{ file = "boundaries/borders.geojson" }', '"b.geojson"', ["{ file = 'b.geojson' }"]),
    ('{ file = "camps/camps', '{ fiel = "camps/camps', ["layers.camps[0].fiel", "'file'?"]),
    ('posts/bases_synthetic.geojson"', 'x.geojson", where_ = "1"', ["bases[0].where_", "'where'?"]),
    ("[crossings]", "[crosings]", ["crosings: unknown key; did you mean 'crossings'?"]),
    ("[crossings]", "[[crossings]]", ["crossings: must be a table"]),
    ("incident_radius_m = 10000", "incident_radius_m = 0", ["exposure.incident_radius_m"]),
    ("incident_radius_m = 10000", 'support_profile = "x"', ["names the profile 'x'"]),
    ("2020-01-31", '"31.1.2020"', ["as_of: must be a day such as 2020-01-31", "'31.1.2020'"]),
    ("2020-01-31", "2020", ["as_of: must be a day"]),
    ("2020-01-31", "2019-12-31", ["layer 'incidents'", "comes after the study's as_of 2019-12-31"]),
    ("as_of = 2020-01-31\n", "", ["as_of: is missing"]),
    ("provenance.json", "none.json", ["none.json", "provenance file cannot be read"]),
    ("[area]", "folder = 'x'\n[area]", ["folder: unknown key"]),
    ("[area]", "called = 'x'\n[area]", ["called: unknown key"]),
    ("[area]", "[area", ["is not valid TOML", "at line 5"]),
    ("[area]", f"deep = {'[' * 5000}\n[area]", ["nested too deeply"]),
    ("[area]", f"deep = {'[' * 5000}{']' * 5000}\n[area]", ["nested too deeply"]),
    ("[area]", f"seed = {'9' * 5000}\n[area]", ["cannot be read"]),
    ("[area]", "seed = 99999999999999999999\n[area]", ["seed"]),
    ("[area]", '"\\u001b[31mred" = 1\n[area]', ["\\x1b[31mred: unknown key"]),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[f"{new!s:.60}" for _, new, _ in WRONG])
def test_a_wrong_scenario_is_refused_with_file_and_key(
    study: Study, old: str, new: str, said: list[str]
) -> None:
    study.replace(old, new)

    message = study.refuses(*said)

    assert "scenario.toml" in message or ".geojson" in message or "none.json" in message


def test_all_mistakes_are_told_at_once(study: Study) -> None:
    study.replace("cell_m = 2000", "cell_m = 0")
    study.replace("share = 0.4", "share = 4")

    study.refuses("2 mistakes", "area.cell_m", "profiles[1].share")


def test_a_scenario_that_is_not_there_is_refused(study: Study) -> None:
    study.scenario.unlink()

    study.refuses("there is no such scenario file", "corridors init")


def test_a_folder_in_place_of_a_scenario_is_refused(study: Study) -> None:
    told = study.call("validate", study.folder)

    assert told.code == 2
    assert "is a folder; name the scenario file in it" in told.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title = 'caf\xe9'\n", "not UTF-8 text (line 1)"),
        ("title = 'x'".encode("utf-16"), "not UTF-8 text (line 1)"),
        (bytes(range(128, 256)), "not UTF-8 text"),
        (b"", "is missing"),
        (b"\x00\x01\x02", "not valid TOML"),
        (b"title = 1\ntitle = 2\n", "Cannot overwrite a value (at line 2"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(study: Study, content: bytes, said: str) -> None:
    study.scenario.write_bytes(content)

    study.refuses("scenario.toml", said)


def test_a_byte_order_mark_does_no_harm(study: Study) -> None:
    study.scenario.write_bytes(b"\xef\xbb\xbf" + study.scenario.read_bytes())

    assert study.validate().code == 0


def test_a_place_that_two_share_is_ambiguous(study: Study) -> None:
    study.edit(
        "camps/camps.geojson",
        lambda table: table["features"][0]["properties"].update(name="Sinjar"),
    )

    study.refuses("destinations[0] 'Sinjar'", "2 places", "give point = [longitude, latitude]")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"layers": 5}', b'{"layers": [{"title": "x"}]}', b"\xff\xfe", b"[" * 9000],
)
def test_a_broken_provenance_file_is_refused(study: Study, content: bytes) -> None:
    (study.folder / "provenance.json").write_bytes(content)

    study.refuses("provenance.json")


def test_a_grid_that_does_not_fit_in_memory_is_refused_with_one_that_would(study: Study) -> None:
    study.replace("cell_m = 2000", "cell_m = 5")

    study.refuses("scenario.toml: area.cell_m = 5 gives", "GiB", "would fit")
