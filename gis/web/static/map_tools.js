/*
 * What a surveyor asks of a map: the place under the pointer in VN-2000 (X north, Y east) and WGS 84, and measured
 * lengths and areas, in the plane of VN-2000 as the cadastre measures them.
 */
(function () {
  "use strict";

  var common = window.mapCommon;

  /* ---- projection: a polynomial that the server fitted to its own transformation, good to a millimetre inside its box ---- */

  function Projection(fit) { this.fit = fit; }

  Projection.prototype.covers = function (place) {
    var box = this.fit.bounds;
    return place.lng >= box[0] && place.lat >= box[1] && place.lng <= box[2] && place.lat <= box[3];
  };

  /* {x: north, y: east} in metres. */
  Projection.prototype.of = function (place) {
    var fit = this.fit, east = 0, north = 0, i, j, at = 0, powers = [1], v, u;
    u = (place.lng - fit.centre[0]) / fit.scale[0];
    v = (place.lat - fit.centre[1]) / fit.scale[1];
    for (i = 1; i <= fit.degree; i++) { powers.push(powers[i - 1] * v); }
    for (i = 0, j = 0, at = 0, v = 1; i <= fit.degree; i++, v *= u) {
      for (j = 0; j <= fit.degree - i; j++, at++) {
        east += fit.east[at] * v * powers[j];
        north += fit.north[at] * v * powers[j];
      }
    }
    return { x: north, y: east };
  };

  /* ---- the line of coordinates ---- */

  function number(language, decimals) {
    var format = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return format.format.bind(format);
  }

  function pointerLine(map, config, projection) {
    var control = L.control({ position: "bottomleft" }), metres = number(config.language, 1), degrees = number(config.language, 6);
    control.onAdd = function () { return L.DomUtil.create("div", "gpmb-pointer"); };
    control.addTo(map);
    var line = control.getContainer(), inPlane = L.DomUtil.create("span", "", line), inDegrees = L.DomUtil.create("span", "", line);
    map.on("mousemove click", function (event) {
      var place = event.latlng, known = projection.covers(place), plane = known && projection.of(place);
      inPlane.textContent = known ? common.fill(config.texts.vn2000, { x: metres(plane.x), y: metres(plane.y) }) : "";
      inDegrees.textContent = common.fill(config.texts.wgs84, { lat: degrees(place.lat), lon: degrees(place.lng) });
    });
  }

  /* ---- measuring ---- */

  function Measure(map, config, projection, pane) {
    this.map = map;
    this.config = config;
    this.projection = projection;
    this.points = [];
    this.metres = number(config.language, 1);
    this.square = number(config.language, 1);
    this.hectares = number(config.language, 4);
    this.renderer = L.svg({ pane: pane, padding: 0.3 });
    this.pane = pane;
    this.drawn = L.layerGroup();
    this.button();
    map.on("click", this.add, this);
    map.on("dblclick", function () { if (this.active) { this.ended = true; } }, this);
    map.getContainer().addEventListener("keydown", this.key.bind(this));
  }

  Measure.prototype.button = function () {
    var self = this;
    this.link = common.buttons(this.map, [{
      name: "measure", title: this.config.texts.measure, toggles: true,
      icon: '<path d="M1.5 12.5l11-11 4 4-11 11zM5 9l1.6 1.6M7.5 6.5l2.4 2.4M10 4l1.6 1.6"/>',
      click: function () { self.toggle(!self.active); }
    }]).measure;
    this.told = common.banner(this.map, "topright", "gpmb-measured");
  };

  Measure.prototype.toggle = function (active) {
    this.active = active;
    this.ended = false;
    this.points = [];
    this.link.setAttribute("aria-pressed", String(active));
    L.DomUtil[active ? "addClass" : "removeClass"](this.map.getContainer(), "gpmb-measuring");
    this.map.doubleClickZoom[active ? "disable" : "enable"]();
    if (active) { this.drawn.addTo(this.map); } else { this.drawn.remove(); }
    this.draw();
  };

  Measure.prototype.key = function (event) {
    if (!this.active) { return; }
    if (event.key === "Escape") { this.toggle(false); }
    if (event.key === "Backspace") { this.points.pop(); this.draw(); event.preventDefault(); }
  };

  Measure.prototype.add = function (event) {
    var last = this.points[this.points.length - 1];
    if (!this.active) { return; }
    if (this.ended) { this.points = []; this.ended = false; last = null; }
    if (last && last.equals(event.latlng)) { return; } // the second click of two
    this.points.push(event.latlng);
    this.draw();
  };

  /* Metres along the points, and square metres within them. */
  Measure.prototype.sizes = function () {
    var plane = this.points.map(this.projection.of, this.projection), length = 0, twice = 0, i, here, next;
    for (i = 0; i < plane.length; i++) {
      here = plane[i];
      next = plane[(i + 1) % plane.length];
      if (i + 1 < plane.length) { length += Math.hypot(next.x - here.x, next.y - here.y); }
      twice += (here.y - plane[0].y) * (next.x - plane[0].x) - (next.y - plane[0].y) * (here.x - plane[0].x);
    }
    return { length: length, area: Math.abs(twice) / 2 };
  };

  Measure.prototype.draw = function () {
    var look = { renderer: this.renderer, pane: this.pane, interactive: false }, texts = this.config.texts, sizes, said;
    this.drawn.clearLayers();
    this.told.textContent = "";
    if (!this.active) { return; }
    if (!this.points.length) { this.told.textContent = texts.measure_hint; return; }
    if (this.points.length > 2) {
      this.drawn.addLayer(L.polygon(this.points, Object.assign({ stroke: false, fillColor: "#111111", fillOpacity: 0.14 }, look)));
    }
    this.drawn.addLayer(L.polyline(this.points, Object.assign({ color: "#ffffff", weight: 5 }, look)));
    this.drawn.addLayer(L.polyline(this.points, Object.assign({ color: "#111111", weight: 2.5, dashArray: "6 4" }, look)));
    this.points.forEach(function (point) {
      this.drawn.addLayer(L.circleMarker(point, Object.assign({ radius: 4, color: "#111111", weight: 2, fillColor: "#ffffff", fillOpacity: 1 }, look)));
    }, this);
    sizes = this.sizes();
    said = common.fill(texts.measured_length, { length: this.metres(sizes.length) });
    if (this.points.length > 2) { said += " · " + common.fill(texts.measured_area, { area: this.square(sizes.area), ha: this.hectares(sizes.area / 10000) }); }
    this.told.textContent = said;
  };

  window.mapTools = {
    /* The tools of a map; `active` of what comes back is true while clicks are measurements. */
    attach: function (map, config, pane) {
      var projection = new Projection(config.projection);
      pointerLine(map, config, projection);
      return { projection: projection, measure: new Measure(map, config, projection, pane) };
    }
  };
})();
