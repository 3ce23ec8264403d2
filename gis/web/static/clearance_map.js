/*
 * The clearance map. Folium makes the Leaflet map and calls `clearanceMap.attach(map, config)` once; each run of the page
 * sends an order: `clearanceMap.order({...})`. Geometry comes from our own routes, never through the page's message.
 *
 * A click reaches Python as last_active_drawing.properties: {parcel_id, clicked_at}. `clicked_at` makes a second click on
 * the same parcel a new value.
 */
(function () {
  "use strict";

  var GRID_DEGREES = 0.001; // asked boxes are snapped outwards, so that a view seen again is found in the browser's cache
  var BOX_PADDING = 0.3;
  var SELECTED_PANE = "gpmbTop";

  /* ---- one parcel or public feature: what is handed to Python has no geometry ---- */

  var Unit = L.Polygon.extend({
    toGeoJSON: function () {
      return { type: "Feature", geometry: null, properties: { parcel_id: this.parcelId, clicked_at: this.clickedAt } };
    }
  });

  function banner(map, position, className) {
    var control = L.control({ position: position });
    control.onAdd = function () { return L.DomUtil.create("div", "gpmb-banner " + className); };
    control.addTo(map);
    var element = control.getContainer();
    element.setAttribute("role", "status");
    return element;
  }

  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  function stored(key) {
    try { return JSON.parse(window.sessionStorage.getItem(key)) || {}; } catch (error) { return {}; }
  }

  function store(key, value) {
    try { window.sessionStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* private mode: the view is not kept */ }
  }

  /* st_folium starts the map before its style sheets are there; without them every size that is measured is wrong. */
  function whenDressed() {
    return new Promise(function (resolve) {
      (function look() {
        var links = document.querySelectorAll("link[rel=stylesheet]");
        if (Array.prototype.every.call(links, function (link) { return link.sheet; })) { resolve(); } else { setTimeout(look, 20); }
      })();
    });
  }

  /* A frame around the map for those who came by keyboard, and for nobody else. */
  function markKeyboard() {
    document.addEventListener("keyup", function () { document.body.classList.add("gpmb-keys"); });
    document.addEventListener("pointerdown", function () { document.body.classList.remove("gpmb-keys"); });
  }

  /* ---- the map ---- */

  function ClearanceMap(map, config) {
    this.map = map;
    this.config = config;
    this.units = {};        // parcel_id -> Unit, those loaded
    this.names = [];        // labels of the zones
    this.base = null;       // {on, known, boundary}: what the loaded classes say
    this.delta = {};        // parcel_id -> class index: what changed since the base
    this.loaded = null;     // box whose parcels are all here
    this.asked = null;      // box on its way
    this.state = "empty";   // empty | loading | ready | too_many | failed
    this.storeKey = "gpmb.map:" + config.view_key + ":" + JSON.stringify(config.bounds);
    this.kept = stored(this.storeKey);
    this.renderer = new window.LabelCanvas({ padding: 0.3, labelZoom: config.label_zoom });
    this.zones = L.layerGroup().addTo(map);
    this.parcels = L.featureGroup().addTo(map);
    map.createPane(SELECTED_PANE);
    map.getPane(SELECTED_PANE).style.zIndex = 450;
    map.getPane(SELECTED_PANE).style.pointerEvents = "none";
    this.top = L.svg({ pane: SELECTED_PANE, padding: 0.3 });
    this.highlight = L.layerGroup().addTo(map);
    this.controls();
    this.listen();
    markKeyboard();
    this.dressed = whenDressed();
    this.dressed.then(this.show.bind(this));
  }

  ClearanceMap.prototype.controls = function () {
    var self = this, map = this.map, texts = this.config.texts;
    L.control.zoom({ zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    var home = L.control({ position: "topleft" });
    home.onAdd = function () {
      var bar = L.DomUtil.create("div", "leaflet-bar"), link = L.DomUtil.create("a", "gpmb-home", bar);
      link.href = "#";
      link.title = texts.whole;
      link.setAttribute("role", "button");
      link.setAttribute("aria-label", texts.whole);
      link.innerHTML = '<svg viewBox="0 0 18 18" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true">' +
        '<path d="M2 6V2h4M12 2h4v4M16 12v4h-4M6 16H2v-4"/></svg>';
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(link, "click", function (event) { L.DomEvent.stop(event); self.whole(); });
      return bar;
    };
    home.addTo(map);
    this.banner = banner(map, "topright", "gpmb-state");
    this.note = banner(map, "bottomright", "gpmb-note");
  };

  ClearanceMap.prototype.listen = function () {
    var self = this, map = this.map;
    map.on("moveend", function () {
      if (!self.shown) { return; }
      self.kept.center = self.fitted ? null : map.getCenter(); // the whole is fitted anew to another window
      self.kept.zoom = map.getZoom();
      store(self.storeKey, self.kept);
      self.load();
    });
    map.on("zoomend", function () { self.restyle(); self.hideNames(); self.placeNames(); });
    map.on("resize", function () {
      if (!self.shown) { self.dressed.then(self.show.bind(self)); } else if (self.fitted) { self.whole(); }
    });
    ["pointerdown", "wheel", "keydown"].forEach(function (name) {
      map.getContainer().addEventListener(name, function () { self.fitted = false; }, { passive: true, capture: true });
    });
    this.parcels.on("click", function (event) {
      event.layer.clickedAt = Date.now();
      self.select(event.layer.parcelId);
    });
    this.parcels.bindTooltip(function (unit) { return self.tooltip(unit); }, { sticky: true, className: "gpmb-unit", opacity: 1 });
  };

  /* The view kept from before, else the whole; waits while the frame has no size yet. */
  ClearanceMap.prototype.show = function () {
    var size = this.map.invalidateSize({ pan: false }).getSize();
    if (this.shown || !size.x || !size.y) { return; }
    this.shown = true;
    this.hideNames();
    if (this.kept.center) { this.map.setView(this.kept.center, this.kept.zoom, { animate: false }); } else { this.whole(); }
    this.load();
    this.focus(this.wanted);
  };

  ClearanceMap.prototype.whole = function () {
    this.fitted = true; // until the user moves the map
    this.map.fitBounds(this.config.bounds, { paddingTopLeft: [58, 34], paddingBottomRight: [14, 34], animate: false });
  };

  ClearanceMap.prototype.tooltip = function (unit) {
    var texts = this.config.texts, kind = this.config.classes[unit.code];
    var box = document.createElement("div"), line = document.createElement("span"), swatch = document.createElement("i");
    var title = document.createElement("strong");
    title.textContent = fill(unit.kind === "feature" ? texts.feature : texts.parcel, unit);
    swatch.style.background = kind.fill;
    line.appendChild(swatch);
    line.appendChild(document.createTextNode(kind.label));
    box.appendChild(title);
    box.appendChild(line);
    return box;
  };

  /* ---- orders from the page ---- */

  ClearanceMap.prototype.order = function (order) {
    var before = this.base;
    var moved = !before || before.on !== order.base.on || before.known !== order.base.known;
    var redrawn = !before || before.boundary !== order.base.boundary;
    this.base = order.base;
    var touched = Object.assign({}, this.delta, order.delta);
    this.delta = order.delta;
    this.note.textContent = order.note || "";
    if (redrawn) { this.clear(); this.loadZones(); }
    if (moved || redrawn) { this.load(true); } else { this.recolour(Object.keys(touched)); }
    this.select(order.selected);
    this.focus(order.focus);
  };

  ClearanceMap.prototype.focus = function (focus) {
    this.wanted = focus;
    if (!focus || !this.shown || this.kept.focus === focus.token) { return; }
    this.kept.focus = focus.token;
    this.fitted = false;
    store(this.storeKey, this.kept);
    this.map.fitBounds(focus.bounds, { maxZoom: this.config.focus_zoom, padding: [40, 40], animate: false });
  };

  ClearanceMap.prototype.select = function (parcelId) {
    this.selected = parcelId || null;
    this.highlight.clearLayers();
    var unit = this.selected && this.units[this.selected];
    if (!unit) { return; }
    var rings = unit.getLatLngs(), common = { renderer: this.top, pane: SELECTED_PANE, interactive: false, fill: false };
    this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#ffffff", weight: 7 }, common)));
    this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#111111", weight: 3.5 }, common)));
  };

  ClearanceMap.prototype.recolour = function (ids) {
    var self = this;
    ids.forEach(function (id) { if (self.units[id]) { self.paint(self.units[id]); } });
    this.retell();
  };

  /* The tooltip that is open says the class of before. */
  ClearanceMap.prototype.retell = function () {
    var tooltip = this.parcels.getTooltip();
    if (tooltip.isOpen() && this.units[tooltip._source.parcelId]) { tooltip.update(); } else { this.parcels.closeTooltip(); }
  };

  /* Outlines of stuck parcels lie over those of their neighbours. */
  ClearanceMap.prototype.raiseStuck = function () {
    for (var id in this.units) {
      if (this.config.classes[this.units[id].code].stuck) { this.units[id].bringToFront(); }
    }
  };

  /* ---- drawing ---- */

  ClearanceMap.prototype.paint = function (unit) {
    var changed = this.delta[unit.parcelId];
    unit.code = changed === undefined ? unit.baseCode : changed;
    unit.setStyle(this.style(unit));
    if (this.config.classes[unit.code].stuck) { unit.bringToFront(); }
  };

  ClearanceMap.prototype.style = function (unit) {
    var kind = this.config.classes[unit.code], zoom = this.map.getZoom();
    if (kind.stuck) {
      return { fillColor: kind.fill, fillOpacity: 1, color: kind.outline, opacity: 1, weight: [0.5, 0.8, 1.4, 3][this.band()],
        dashArray: zoom < 17 ? null : "7 4" };
    }
    return { fillColor: kind.fill, fillOpacity: 1, color: unit.kind === "feature" ? "#9aa5b1" : "#52606d", opacity: zoom < 15 ? 0.55 : 0.9,
      weight: [0.15, 0.3, 0.6, 1][this.band()], dashArray: null };
  };

  ClearanceMap.prototype.band = function () {
    var zoom = this.map.getZoom();
    return zoom < 14 ? 0 : zoom < 15 ? 1 : zoom < 17 ? 2 : 3;
  };

  ClearanceMap.prototype.restyle = function () {
    if (this.band() === this.drawnBand) { return; }
    this.drawnBand = this.band();
    for (var id in this.units) { this.units[id].setStyle(this.style(this.units[id])); }
  };

  /* Close by, the names of the zones would stand in the way of the parcels' numbers. */
  ClearanceMap.prototype.hideNames = function () {
    var close = this.map.getZoom() >= this.config.label_zoom - 1;
    L.DomUtil[close ? "addClass" : "removeClass"](this.map.getContainer(), "gpmb-close");
  };

  ClearanceMap.prototype.clear = function () {
    this.parcels.clearLayers();
    this.units = {};
    this.loaded = null;
  };

  /* ---- loading ---- */

  ClearanceMap.prototype.box = function () {
    var view = this.map.getBounds().pad(BOX_PADDING);
    var down = function (x) { return Math.floor(x / GRID_DEGREES) * GRID_DEGREES; };
    var up = function (x) { return Math.ceil(x / GRID_DEGREES) * GRID_DEGREES; };
    return L.latLngBounds([down(view.getSouth()), down(view.getWest())], [up(view.getNorth()), up(view.getEast())]);
  };

  ClearanceMap.prototype.query = function () {
    return "on=" + this.base.on + "&known=" + this.base.known + "&v=" + this.base.boundary;
  };

  ClearanceMap.prototype.load = function (again) {
    var self = this, view = this.map.getBounds(), box;
    if (!this.base || !this.shown) { return; }
    if (!again && ((this.loaded && this.loaded.contains(view)) || (this.asked && this.asked.contains(view)))) { return; }
    if (this.abort) { this.abort.abort(); }
    this.abort = new AbortController();
    this.asked = box = this.box();
    this.say("loading", "");
    var sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map(function (x) { return x.toFixed(3); });
    fetch(this.config.parcels_url + "?bbox=" + sides.join(",") + "&" + this.query(), { signal: this.abort.signal })
      .then(function (reply) { if (!reply.ok) { throw new Error(String(reply.status)); } return reply.json(); })
      .then(function (found) { self.asked = null; self.take(found, box); })
      .catch(function (error) {
        if (error.name === "AbortError") { return; }
        self.asked = self.loaded = null;
        self.say("failed", self.config.texts.failed);
      });
  };

  ClearanceMap.prototype.say = function (state, text) {
    this.state = state;
    if (state === "loading") { return; }
    this.banner.textContent = text;
    L.DomUtil[state === "failed" ? "addClass" : "removeClass"](this.banner, "gpmb-failed");
  };

  ClearanceMap.prototype.take = function (found, box) {
    if (found.too_many !== undefined) {
      this.clear();
      this.select(this.selected);
      this.say("too_many", this.config.texts.too_many);
      return;
    }
    var stay = {}, self = this;
    found.features.forEach(function (feature) {
      var told = feature.properties, unit = self.units[told.parcel_id] || self.add(feature);
      stay[told.parcel_id] = true;
      unit.baseCode = told["class"];
      var code = self.delta[told.parcel_id];
      if (unit.code !== (code === undefined ? unit.baseCode : code)) { self.paint(unit); }
    });
    for (var id in this.units) {
      if (!stay[id]) { this.parcels.removeLayer(this.units[id]); delete this.units[id]; }
    }
    this.drawnBand = this.band();
    this.raiseStuck();
    this.retell();
    this.loaded = box;
    this.select(this.selected);
    this.say("ready", "");
  };

  ClearanceMap.prototype.add = function (feature) {
    var told = feature.properties, shape = feature.geometry;
    var unit = new Unit(L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "Polygon" ? 1 : 2),
      { renderer: this.renderer, smoothFactor: 0.6 });
    unit.parcelId = told.parcel_id;
    unit.kind = told.kind;
    unit.sheet = told.sheet;
    unit.number = told.number;
    unit.code = unit.baseCode = told["class"];
    if (this.delta[unit.parcelId] !== undefined) { unit.code = this.delta[unit.parcelId]; }
    unit.unitLabel = told.sheet ? told.sheet + "/" + told.number : told.number;
    L.setOptions(unit, this.style(unit));
    this.units[unit.parcelId] = unit;
    this.parcels.addLayer(unit);
    return unit;
  };

  /* ---- zones ---- */

  ClearanceMap.prototype.loadZones = function () {
    var self = this;
    fetch(this.config.zones_url + "?" + this.query())
      .then(function (reply) { if (!reply.ok) { throw new Error(String(reply.status)); } return reply.json(); })
      .then(function (found) { return self.dressed.then(function () { return found; }); })
      .then(function (found) {
        self.zones.clearLayers();
        self.names = [];
        found.features.forEach(function (feature) { self.addZone(feature); });
        self.placeNames();
      })
      .catch(function () { self.say("failed", self.config.texts.failed); });
  };

  ClearanceMap.prototype.addZone = function (feature) {
    var told = feature.properties, name = document.createElement("span");
    var line = { renderer: this.top, pane: SELECTED_PANE, interactive: false, fill: false };
    var rings = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, feature.geometry.type === "Polygon" ? 1 : 2);
    var looks = told.parent ? // broad dashes that show on both sides of the line of a part on the same ground
      [{ color: "#102a43", weight: 11, opacity: 0.55, dashArray: "14 10", lineCap: "butt" }] :
      [{ color: "#ffffff", weight: 5, opacity: 0.9 }, { color: "#102a43", weight: 2.5, opacity: 1 }];
    looks.forEach(function (look) { this.zones.addLayer(L.polygon(rings, Object.assign(look, line))); }, this);
    name.textContent = told.name;
    var label = L.tooltip({ permanent: true, interactive: false, opacity: 1, direction: told.parent ? "top" : "center",
      className: "gpmb-zone" + (told.parent ? " gpmb-zone-parent" : "") });
    label.setLatLng([told.label[1], told.label[0]]).setContent(name);
    this.zones.addLayer(label);
    if (!told.parent) { this.names.push({ label: label, name: name, at: label.getLatLng(), box: L.polygon(rings) }); }
  };

  /* A name stands inside its zone where there is room, else beside it, on the side that is inside the map. */
  ClearanceMap.prototype.placeNames = function () {
    var map = this.map;
    this.names.forEach(function (zone) {
      var points = [].concat.apply([], zone.box.getLatLngs().map(function (part) {
        return Array.isArray(part[0]) ? part[0] : part;
      })).map(function (place) { return map.latLngToContainerPoint(place); });
      var west = points.reduce(function (a, b) { return b.x < a.x ? b : a; });
      var east = points.reduce(function (a, b) { return b.x > a.x ? b : a; });
      var width = zone.name.getBoundingClientRect().width + 24, at = null, direction = "center";
      if (east.x - west.x < width * 1.3) {
        if (east.x + width < map.getSize().x) { at = east; direction = "right"; } else if (west.x > width) { at = west; direction = "left"; }
      }
      zone.label.options.direction = direction;
      zone.label.setLatLng(at ? map.containerPointToLatLng(at) : zone.at);
    });
  };

  window.clearanceMap = {
    attach: function (map, config) { this.live = new ClearanceMap(map, config); },
    order: function (order) { if (this.live) { this.live.order(order); } }
  };
})();
