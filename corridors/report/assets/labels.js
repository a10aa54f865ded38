/* Names on the map: the weightier first, none over another, lesser ones when there is room. */
(function () {
  "use strict";

  var GAP = 3;
  var SAME_PLACE = 40;
  var FOREMOST = 1, FURTHER = 18;
  // How far in, from the first view, names of a given order begin to be written.
  var ZOOM_STEPS = [[2.6, -9], [3.0, 0.6], [4.4, 1.1], [9.9, 1.4]];

  function stepOf(order) {
    for (var i = 0; i < ZOOM_STEPS.length; i += 1) {
      if (order < ZOOM_STEPS[i][0]) {
        return ZOOM_STEPS[i][1];
      }
    }
    return 99;
  }

  function overlap(a, b) {
    return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  }

  function free(box, taken) {
    return !taken.some(function (other) { return overlap(box, other); });
  }

  // Boxes around a symbol in the order in which a cartographer would try them.
  function places(point, size, width, height, centred) {
    var x = point.x, y = point.y, s = size + GAP;
    if (centred) {
      return [[x - width / 2, y - height / 2]];
    }
    return [
      [x + s, y - height / 2],
      [x - s - width, y - height / 2],
      [x - width / 2, y - s - height],
      [x - width / 2, y + s],
      [x + s * 0.7, y - s * 0.5 - height],
      [x + s * 0.7, y + s * 0.5],
      [x - s * 0.7 - width, y - s * 0.5 - height],
      [x - s * 0.7 - width, y + s * 0.5]
    ];
  }

  // What lies over the map for good; a name under it could not be read.
  function furniture(map) {
    var frame = map.getContainer().getBoundingClientRect();
    var corner = map.containerPointToLayerPoint([0, 0]);
    var found = document.querySelectorAll(".stamp, .attribution, .leaflet-bar, .leaflet-control-scale");
    return Array.prototype.map.call(found, function (element) {
      var rect = element.getBoundingClientRect();
      return [rect.left - frame.left + corner.x, rect.top - frame.top + corner.y,
        rect.right - frame.left + corner.x, rect.bottom - frame.top + corner.y];
    });
  }

  function Labels(map, startZoom) {
    this.map = map;
    this.startZoom = startZoom;
    this.items = [];
    var pane = map.createPane("labels");
    pane.style.zIndex = 640;
    pane.style.pointerEvents = "none";
    pane.classList.add("leaflet-zoom-hide");
    this.pane = pane;
    map.on("zoomend moveend resize viewreset", this.place, this);
  }

  // An item: text, longText (where there is room), latlngs (the best first), order, size (of its symbol), style (class), centred, needed (even over symbols), visible().
  Labels.prototype.add = function (item) {
    if (item.text) {
      item.element = document.createElement("div");
      item.element.className = "name name-" + item.style;
      item.element.dir = "auto";
      item.element.textContent = item.text;
      item.element.hidden = true;
      this.pane.appendChild(item.element);
    }
    this.items.push(item);
  };

  Labels.prototype.place = function () {
    var map = this.map, zoom = map.getZoom() - this.startZoom;
    var view = map.getPixelBounds(), origin = map.getPixelOrigin();
    var screen = [view.min.x - origin.x, view.min.y - origin.y, view.max.x - origin.x, view.max.y - origin.y];
    var shown = this.items.filter(function (item) {
      item.points = item.latlngs.map(function (at) { return map.latLngToLayerPoint(at); });
      var inside = item.points.some(function (point) {
        return point.x > screen[0] && point.x < screen[2] && point.y > screen[1] && point.y < screen[3];
      });
      if (item.element) {
        item.element.hidden = true;
      }
      return inside && item.visible();
    });
    var standing = furniture(map), taken = standing.slice(), written = [], names = [];
    shown.forEach(function (item) {
      if (item.obstacle) {
        var s = item.size, at = item.points[0];
        taken.push([at.x - s, at.y - s, at.x + s, at.y + s]);
      }
    });
    shown.filter(function (item) { return item.element && zoom >= stepOf(item.order); })
      .sort(function (a, b) { return a.order - b.order; })
      .forEach(function (item) {
        // One name is written once, where two layers hold the same place.
        var first = item.points[0];
        if (written.some(function (other) {
          return other.text === item.text && first.distanceTo(other.at) < SAME_PLACE;
        })) { return; }
        item.element.hidden = false;
        var width, height;
        // The lesser the name, the more room it needs around it.
        var room = item.order > 2 ? 5 : 1;
        function fitting(text, clearOf) {
          item.element.textContent = text;
          width = item.element.offsetWidth;
          height = item.element.offsetHeight;
          var tried = item.points.reduce(function (all, point) {
            return all.concat(places(point, item.size, width, height, item.centred));
          }, []);
          if (item.centred) {
            tried = [0, -height, height].reduce(function (all, off) {
              return all.concat(tried.map(function (at) { return [at[0], at[1] + off]; }));
            }, []);
          }
          // What the map is about may stand a little off rather than not at all.
          if (item.order < FOREMOST && !item.centred) {
            tried = item.points.reduce(function (all, point) {
              return all.concat(places(point, item.size + FURTHER, width, height, false));
            }, tried);
          }
          return tried.find(function (at) {
            var box = [at[0] - room, at[1] - room, at[0] + width + room, at[1] + height + room];
            return box[0] > screen[0] && box[2] < screen[2] && box[1] > screen[1] && box[3] < screen[3] &&
              free(box, clearOf);
          });
        }
        var fits = (item.longText && fitting(item.longText, taken)) || fitting(item.text, taken) ||
          (item.needed && fitting(item.text, standing.concat(names)));
        if (!fits) {
          item.element.hidden = true;
          return;
        }
        written.push({ text: item.text, at: first });
        names.push([fits[0], fits[1], fits[0] + width, fits[1] + height]);
        taken.push(names[names.length - 1]);
        item.element.style.transform =
          "translate(" + Math.round(fits[0]) + "px," + Math.round(fits[1]) + "px)";
      });
  };

  Labels.FIRST_VIEW = ZOOM_STEPS[1][0];
  window.CorridorLabels = Labels;
}());
