/* Draws the study: relief, layers, legend and switches. All text is set as text, never as HTML. */
(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var CENTRED = { countries: 1, governorates: 1, landmarks: 1 };
  // There for their names; nothing of them is drawn.
  var NAMES_ALONE = { countries: 1, landmarks: 1 };
  var TABBED = { checkpoints: 1, plan: 1, reinforcements: 1, crossings: 1, bases: 1, camps: 1, endpoints: 1 };
  var OBSTACLES = TABBED;
  // Without these nobody knows what a map is about: they may cover symbols.
  var NEEDED = { endpoints: 1, border_segments: 1, crossings: 1, landmarks: 1, plan: 1 };
  // Pixels within which a pointer is on a line, and symbols hide each other.
  var ON_LINE = 7, ON_SPOT = 13;
  var EDGE = 10;
  var NARROW = "(max-width: 760px)";
  var STACK_ROWS = 8, NEIGHBOURS = 2, NEIGHBOUR_LINES = 5;
  // A text longer than this is a paragraph, not a value.
  var NOTE_FROM = 60;
  var study = JSON.parse(document.getElementById("study").textContent);

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text !== undefined) { element.textContent = text; }
    return element;
  }

  function svg(tag, attributes, parent) {
    var element = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    if (parent) { parent.appendChild(element); }
    return element;
  }

  function box(bounds) {
    return L.latLngBounds([bounds[1], bounds[0]], [bounds[3], bounds[2]]);
  }

  function flip(pairs) {
    return pairs.map(function (pair) {
      return Array.isArray(pair[0]) ? flip(pair) : [pair[1], pair[0]];
    });
  }

  /* ---- symbols ---- */

  function pointSymbol(symbol) {
    var half = Math.ceil(symbol.size * 1.15 + symbol.width + 2), s = symbol.size;
    var image = svg("svg", { width: 2 * half, height: 2 * half, "aria-hidden": "true",
      viewBox: [-half, -half, 2 * half, 2 * half].join(" ") });
    var points = study.shapes[symbol.shape].map(function (xy) { return xy[0] * s + "," + xy[1] * s; }).join(" ");
    if (symbol.casing) {
      svg("polygon", { points: points, fill: "none", stroke: symbol.casing, "stroke-linejoin": "round",
        "stroke-width": symbol.width + 2 * symbol.casingWidth }, image);
    }
    svg("polygon", { points: points, fill: symbol.fill || "none", "fill-opacity": symbol.fillOpacity,
      stroke: symbol.colour, "stroke-width": symbol.width, "stroke-linejoin": "round" }, image);
    return image;
  }

  function swatch(symbol) {
    if (study.shapes[symbol.shape]) { return pointSymbol(symbol); }
    var image = svg("svg", { width: 34, height: 16, viewBox: "0 0 34 16", "aria-hidden": "true" });
    var stroke = { stroke: symbol.colour, "stroke-width": symbol.width, "stroke-opacity": symbol.opacity,
      "stroke-dasharray": symbol.dash.join(" "), fill: "none", "stroke-linecap": "butt" };
    if (symbol.shape === "area") {
      stroke.fill = symbol.fill || "none";
      stroke["fill-opacity"] = symbol.fillOpacity;
      Object.assign(stroke, { x: 2, y: 2, width: 30, height: 12, rx: 1.5 });
      svg("rect", stroke, image);
    } else if (symbol.shape === "radius") {
      svg("circle", Object.assign(stroke, { cx: 17, cy: 8, r: 6.5, "stroke-dasharray": "4 3" }), image);
    } else {
      if (symbol.casing) {
        svg("line", { x1: 1, y1: 8, x2: 33, y2: 8, stroke: symbol.casing,
          "stroke-width": symbol.width + 2 * symbol.casingWidth }, image);
      }
      stroke["stroke-linecap"] = symbol.dash[0] <= 1 ? "round" : "butt";
      svg("line", Object.assign(stroke, { x1: 1, y1: 8, x2: 33, y2: 8 }), image);
    }
    return image;
  }

  /* ---- what a feature tells ---- */

  function tooltip(layer, feature, most) {
    var card = make("div", "card");
    card.dir = "auto";
    card.appendChild(make("p", "card-kind", layer.title + (feature.synthetic ? " · synthetic" : "")));
    if (feature.heading) { card.appendChild(make("p", "card-heading", feature.heading)); }
    var table = make("dl");
    var notes = [];
    (feature.lines || []).slice(0, most).forEach(function (line) {
      if (line[1].length > NOTE_FROM) { notes.push(line); return; }
      table.appendChild(make("dt", "", line[0]));
      table.appendChild(make("dd", "", line[1]));
    });
    if (table.firstChild) { card.appendChild(table); }
    notes.forEach(function (line) { card.appendChild(make("p", "card-note", line[0] + ": " + line[1])); });
    return card;
  }

  function percent(share) {
    var value = 100 * share;
    return (value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)) + "%";
  }

  function onLine(point, parts, map) {
    return flip(parts).some(function (part) {
      var pixels = part.map(function (at) { return map.latLngToLayerPoint(at); });
      return pixels.some(function (to, index) {
        return index > 0 && L.LineUtil.pointToSegmentDistance(point, pixels[index - 1], to) <= ON_LINE;
      });
    });
  }

  // Even and odd: a point in a hole is in two rings.
  function inArea(at, polygons) {
    return polygons.some(function (rings) {
      return rings.filter(function (ring) {
        var inside = false;
        for (var i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
          var a = ring[i], b = ring[j];
          if ((a[1] > at.lat) !== (b[1] > at.lat) &&
              at.lng < (b[0] - a[0]) * (at.lat - a[1]) / (b[1] - a[1]) + a[0]) { inside = !inside; }
        }
        return inside;
      }).length % 2 === 1;
    });
  }

  // The journeys of a layer that lie under the pointer, each once, the greatest first.
  function journeysAt(layer, latlng, map) {
    var point = map.latLngToLayerPoint(latlng), found = {};
    layer.features.forEach(function (feature) {
      if (feature.line ? onLine(point, feature.line, map) : inArea(latlng, feature.area)) {
        found[feature.journey] = { name: feature.journey, share: feature.share || 0, longer: feature.longer };
      }
    });
    return Object.keys(found).map(function (name) { return found[name]; })
      .sort(function (a, b) { return b.share - a.share; });
  }

  function total(journeys) {
    return journeys.reduce(function (sum, journey) { return sum + journey.share; }, 0);
  }

  function stackCard(layer, journeys) {
    var card = make("div", "card"), table = make("dl");
    card.dir = "auto";
    card.appendChild(make("p", "card-kind", layer.title));
    var sum = total(journeys);
    card.appendChild(make("p", "card-heading", journeys.length + " " + layer.stacked + " lie here" +
      (sum > 0 ? ", " + percent(sum) + " of all" : "")));
    journeys.slice(0, STACK_ROWS).forEach(function (journey) {
      table.appendChild(make("dt", "", journey.name));
      table.appendChild(make("dd", "", journey.longer || (sum > 0 ? percent(journey.share) : "")));
    });
    var rest = journeys.slice(STACK_ROWS);
    if (rest.length) {
      table.appendChild(make("dt", "", rest.length + " more"));
      table.appendChild(make("dd", "", sum > 0 ? percent(total(rest)) : ""));
    }
    card.appendChild(table);
    return card;
  }

  function bindStack(shape, layer, feature, map) {
    var journeys = [], key = "";
    // Before the tooltip's own listeners, so that it opens with what lies under the pointer.
    shape.on("mouseover mousemove click", function (event) {
      journeys = journeysAt(layer, event.latlng, map);
      var now = journeys.map(function (journey) { return journey.name; }).join("|");
      if (now !== key) {
        key = now;
        if (shape.isTooltipOpen()) { shape.getTooltip().update(); }
      }
    });
    bind(shape, layer, feature, function () {
      return journeys.length > 1 ? stackCard(layer, journeys) : tooltip(layer, feature);
    });
  }

  // Symbols that hide each other tell together: a post stands at its crossing.
  function spotCards(spots, spot, map) {
    var at = map.latLngToLayerPoint(spot.latlng), all = make("div");
    all.appendChild(tooltip(spot.layer, spot.feature));
    spots.filter(function (other) {
      return other !== spot && map.hasLayer(other.group) &&
        at.distanceTo(map.latLngToLayerPoint(other.latlng)) <= ON_SPOT;
    }).slice(0, NEIGHBOURS).forEach(function (other) {
      all.appendChild(tooltip(other.layer, other.feature, NEIGHBOUR_LINES)).classList.add("card-next");
    });
    return all;
  }

  // A card that would stand out of the map is moved until all of it is seen, its top before its foot.
  var setPosition = L.Tooltip.prototype._setPosition;
  L.Tooltip.include({ _setPosition: function (at) {
    setPosition.call(this, at);
    var card = this._container, size = this._map.getSize(), now = L.DomUtil.getPosition(card);
    var corner = this._map.layerPointToContainerPoint(now);
    var x = Math.max(EDGE, Math.min(corner.x, size.x - card.offsetWidth - EDGE));
    var y = Math.max(EDGE, Math.min(corner.y, size.y - card.offsetHeight - EDGE));
    L.DomUtil.setPosition(card, now.add([x - corner.x, y - corner.y]));
  } });

  // On a phone the panel under the map tells what was tapped, until the bare map is.
  function tellInPanel(map) {
    var told = document.getElementById("told"), narrow = window.matchMedia(NARROW);
    map.on("tooltipopen", function (event) {
      if (!narrow.matches) { return; }
      told.replaceChildren(event.tooltip.getElement().firstChild.cloneNode(true));
      told.hidden = false;
      document.getElementById("panel").scrollTop = 0;
    });
    map.on("click", function (event) {
      told.hidden = !event.originalEvent.target.closest(".leaflet-interactive") || told.hidden;
    });
  }

  function tells(feature) {
    return Boolean(feature.heading || feature.lines);
  }

  function bind(shape, layer, feature, content) {
    shape.bindTooltip(content || function () { return tooltip(layer, feature); },
      { sticky: !feature.point, direction: "auto", className: "tip", opacity: 1, offset: [12, 0] });
  }

  // How far a post sees is shown while it is pointed at: always on, rings would hide the ground.
  function bindRange(marker, feature, group) {
    var ring = L.circle(marker.getLatLng(), { radius: feature.radius, pane: "range", interactive: false,
      color: "#2b2b2b", weight: 1.5, dashArray: "4 4", fillColor: "#f0e442", fillOpacity: 0.18 });
    marker.on("tooltipopen", function () { group.addLayer(ring); });
    marker.on("tooltipclose", function () { group.removeLayer(ring); });
  }

  /* ---- drawing ---- */

  function pathOptions(layer, symbol) {
    return { pane: layer.pane, color: symbol.colour, weight: symbol.width, opacity: symbol.opacity,
      dashArray: symbol.dash.length ? symbol.dash.join(" ") : null, stroke: symbol.width > 0,
      lineCap: symbol.dash.length && symbol.dash[0] > 1 ? "butt" : "round",
      fill: Boolean(symbol.fill), fillColor: symbol.fill, fillOpacity: symbol.fill ? symbol.fillOpacity : 0 };
  }

  function shapeOf(feature, options) {
    if (feature.point) {
      return L.circle(flip([feature.point])[0], Object.assign({ radius: feature.radius }, options));
    }
    return feature.area ? L.polygon(flip(feature.area), options) : L.polyline(flip(feature.line), options);
  }

  function addCasing(layer, feature, symbol, group) {
    if (symbol.casing) {
      group.addLayer(shapeOf(feature, { pane: layer.pane, interactive: false, fill: false, lineCap: "round",
        color: symbol.casing, weight: symbol.width + 2 * symbol.casingWidth, opacity: 0.95 }));
    }
  }

  function addPath(layer, feature, symbol, group, map) {
    var options = pathOptions(layer, symbol);
    options.interactive = Boolean(symbol.fill) && tells(feature);
    var drawn = shapeOf(feature, options);
    group.addLayer(drawn);
    if (!tells(feature)) { return; }
    var target = drawn;
    if (!symbol.fill) {
      // A wide unseen line takes the pointer, because a thin one is hard to hit.
      target = shapeOf(feature, { pane: layer.pane, color: "#000", opacity: 0, fill: false,
        weight: Math.max(14, symbol.width + 6) });
      group.addLayer(target);
    }
    if (layer.stacked) { bindStack(target, layer, feature, map); } else { bind(target, layer, feature); }
    target.on("mouseover", function () {
      drawn.setStyle(symbol.fill ? { weight: symbol.width + 1.5, opacity: 1 } : { weight: symbol.width + 2 });
    });
    target.on("mouseout", function () { drawn.setStyle({ weight: symbol.width, opacity: symbol.opacity }); });
  }

  // Villages whose names wait for a closer look are not dotted before.
  function isMinor(layer, feature) {
    return layer.kind === "places" && feature.labelOrder > window.CorridorLabels.FIRST_VIEW;
  }

  function addPoint(layer, feature, symbol, group, map, spots) {
    var image = pointSymbol(symbol), size = Number(image.getAttribute("width"));
    var marker = L.marker(flip([feature.point])[0], { pane: layer.pane, interactive: tells(feature),
      keyboard: Boolean(TABBED[layer.kind]), riseOnHover: true,
      icon: L.divIcon({ html: image, className: "spot spot-" + layer.kind + (isMinor(layer, feature) ? " minor" : ""), iconSize: [size, size] }) });
    if (TABBED[layer.kind]) {
      var spot = { layer: layer, feature: feature, group: group, latlng: marker.getLatLng() };
      spots.push(spot);
      bind(marker, layer, feature, function () { return spotCards(spots, spot, map); });
    } else if (tells(feature)) {
      bind(marker, layer, feature);
    }
    if (feature.radius && tells(feature)) { bindRange(marker, feature, group); }
    marker.on("add", function () {
      if (TABBED[layer.kind]) {
        marker.getElement().setAttribute("aria-label", layer.title + ": " + (feature.heading || ""));
      }
    });
    group.addLayer(marker);
  }

  function labelPoints(feature) {
    return flip(feature.labelAt || [feature.point]).map(function (at) { return L.latLng(at); });
  }

  function drawLayer(layer, map, labels, spots) {
    var group = L.layerGroup();
    layer.pane = "layer-" + layer.order;
    if (!map.getPane(layer.pane)) { map.createPane(layer.pane).style.zIndex = 400 + layer.order; }
    if (layer.image) {
      group.addLayer(L.imageOverlay(layer.image.uri, box(layer.image.bounds),
        { pane: layer.pane, opacity: 0.5, className: "steps", alt: layer.title }));
    }
    var paths = layer.features.filter(function (feature) {
      return !study.shapes[layer.symbols[feature.symbol].shape];
    });
    paths.forEach(function (feature) { addCasing(layer, feature, layer.symbols[feature.symbol], group); });
    paths.forEach(function (feature) { addPath(layer, feature, layer.symbols[feature.symbol], group, map); });
    layer.features.forEach(function (feature) {
      var symbol = layer.symbols[feature.symbol];
      var spot = Boolean(study.shapes[symbol.shape]);
      if (spot) { addPoint(layer, feature, symbol, group, map, spots); }
      if (feature.label || (spot && OBSTACLES[layer.kind])) {
        labels.add({ text: feature.label, longText: feature.labelLong, latlngs: labelPoints(feature), order: feature.labelOrder || 0,
          size: spot ? symbol.size : symbol.width, style: layer.kind, centred: Boolean(CENTRED[layer.kind]),
          obstacle: spot && OBSTACLES[layer.kind], needed: Boolean(NEEDED[layer.kind]),
          visible: function () { return map.hasLayer(group); } });
      }
    });
    if (layer.shown) { group.addTo(map); }
    return group;
  }

  /* ---- legend and switches ---- */

  function usedSymbols(layer) {
    return layer.symbols.filter(function (symbol, index) {
      return layer.image || layer.features.some(function (feature) { return feature.symbol === index; });
    });
  }

  function legendEntry(layer, group, map, labels) {
    var entry = make("div", "entry"), row = make("label", "switch-row");
    var input = make("input");
    input.type = "checkbox";
    input.checked = layer.shown;
    input.setAttribute("role", "switch");
    input.dataset.layer = layer.name;
    row.appendChild(input);
    row.appendChild(make("span", "switch"));
    var symbols = usedSymbols(layer), single = symbols.length === 1 && !symbols[0].label;
    if (single && !NAMES_ALONE[layer.kind]) {
      row.appendChild(make("span", "swatch")).appendChild(swatch(symbols[0]));
    }
    var title = make("span", "entry-title", layer.title);
    title.dir = "auto";
    row.appendChild(title);
    if (layer.synthetic) {
      var whole = layer.features.every(function (feature) { return feature.synthetic; });
      row.appendChild(make("span", "pill", whole ? "synthetic" : "partly synthetic"));
    }
    entry.appendChild(row);
    if (!layer.features.length && !layer.image) { entry.appendChild(make("p", "empty", "nothing here")); }
    if (!single) {
      var list = make("ul", "classes");
      symbols.forEach(function (symbol) {
        var item = make("li");
        item.appendChild(make("span", "swatch")).appendChild(swatch(symbol));
        item.appendChild(make("span", "", symbol.label || layer.title));
        list.appendChild(item);
      });
      entry.appendChild(list);
    }
    entry.classList.toggle("off", !layer.shown);
    input.addEventListener("change", function () {
      if (input.checked) { group.addTo(map); } else { map.removeLayer(group); }
      entry.classList.toggle("off", !input.checked);
      labels.place();
    });
    return entry;
  }

  function legend(groups, map, labels) {
    var place = document.getElementById("legend");
    study.groups.forEach(function (name) {
      var part = make("fieldset", "group");
      var heading = make("legend", "", name);
      heading.dir = "auto";
      part.appendChild(heading);
      study.layers.forEach(function (layer, index) {
        if (layer.group === name) { part.appendChild(legendEntry(layer, groups[index], map, labels)); }
      });
      place.appendChild(part);
    });
  }

  function homeButton(map, home) {
    var control = L.control({ position: "topleft" });
    control.onAdd = function () {
      var bar = make("div", "leaflet-bar"), button = make("a", "home", "\u2302");
      button.href = "#";
      button.setAttribute("role", "button");
      button.title = "Whole study area";
      button.setAttribute("aria-label", button.title);
      bar.appendChild(button);
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", function (event) { L.DomEvent.preventDefault(event); home(); });
      return bar;
    };
    control.addTo(map);
  }

  // On a phone the map and its legend share the screen, and the map can take all of it.
  function sheet(map) {
    var button = document.getElementById("sheet-button");
    button.addEventListener("click", function () {
      var closed = document.body.classList.toggle("sheet-closed");
      button.setAttribute("aria-expanded", String(!closed));
      button.textContent = closed ? "Show legend and notes" : "Larger map";
      map.invalidateSize({ animate: false });
    });
  }

  function start() {
    var bounds = box(study.bounds);
    var map = L.map("map", { zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, maxZoom: 14,
      attributionControl: false, maxBounds: bounds.pad(0.6), maxBoundsViscosity: 0.7 });
    function home() {
      // On a narrow screen the note and the sources lie over the map: keep the study clear of them.
      var narrow = map.getSize().x < 620, note = document.getElementById("synthetic-note");
      var above = narrow && note ? note.offsetHeight + 8 : 2;
      var below = narrow ? document.getElementById("attribution").offsetHeight : 2;
      map.fitBounds(bounds, { animate: false, paddingTopLeft: [2, above], paddingBottomRight: [2, below] });
    }
    // What is said of zooms counts from the first view, which a window of another size changes.
    var labels, first;
    function settle() {
      map.setMinZoom(0);
      home();
      first = { zoom: map.getZoom(), centre: map.getCenter() };
      map.setMinZoom(first.zoom - 1);
      if (labels) { labels.startZoom = first.zoom; }
    }
    settle();
    map.on("resize", function () {
      var away = map.latLngToLayerPoint(first.centre).distanceTo(map.latLngToLayerPoint(map.getCenter()));
      if (map.getZoom() === first.zoom && away < 3) { settle(); }
    });
    L.imageOverlay(study.relief.uri, box(study.relief.bounds),
      { pane: "tilePane", className: "relief", alt: "Shaded relief" }).addTo(map);
    map.createPane("range").style.zIndex = 418;
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
    homeButton(map, home);
    labels = new window.CorridorLabels(map, map.getZoom());
    var spots = [];
    var groups = study.layers.map(function (layer) { return drawLayer(layer, map, labels, spots); });
    legend(groups, map, labels);
    sheet(map);
    tellInPanel(map);
    labels.place();
    map.on("zoomend", function () {
      map.getContainer().classList.toggle("close", map.getZoom() > first.zoom + 0.6);
    });
    // Paper has another shape than the screen: fit the study again for it, and back afterwards.
    window.matchMedia("print").addEventListener("change", function () {
      map.invalidateSize({ animate: false });
      home();
    });
    document.documentElement.dataset.ready = "true";
  }

  start();
}());
