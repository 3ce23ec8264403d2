/*
 * The clearance map. Folium makes the Leaflet map and calls `clearanceMap.attach(map, config)` once; each run of the page
 * sends an order: `clearanceMap.order({...})`. Geometry comes from our own routes, never through the page's message.
 *
 * From afar it shows overview tiles, close by the parcels of the view; a view that holds too many parcels stays with the
 * tiles. A map of the present asks every few seconds what has changed, and at once when the page says that something has.
 *
 * A click reaches Python as last_active_drawing.properties: {parcel_id, clicked_at}. `clicked_at` makes a second click on
 * the same parcel a new value.
 */
(function () {
  "use strict";

  var GRID_DEGREES = 0.001; // asked boxes are snapped outwards, so that a view seen again is found in the browser's cache
  var BOX_PADDING = 0.3;
  var SELECTED_PANE = "gpmbTop";
  var POLL_MS = 3000;
  var VIEW_DIGITS = 6;

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
    this.base = null;       // {on, known, boundary, layer}: what is shown; known null: the present
    this.looks = [];        // by code: {name, fill, outline, stuck, label}
    this.only = null;       // codes that a filter keeps, as an object; null: all
    this.seen = 0;          // the last entry of the ledger that the map counts
    this.mode = "tiles";    // tiles | parcels
    this.loaded = null;     // box whose parcels are all here
    this.asked = null;      // box on its way
    this.state = "empty";   // empty | loading | ready | failed
    this.storeKey = "gpmb.map:" + config.view_key + ":" + JSON.stringify(config.bounds);
    this.kept = stored(this.storeKey);
    this.renderer = new window.LabelCanvas({ padding: 0.3, labelZoom: config.label_zoom });
    this.tiles = new window.OverviewTiles({ url: config.tiles_url });
    this.tiles.on("load", this.tilesShown, this).on("failed", function () { this.say("failed", config.texts.failed); }, this);
    this.zones = L.layerGroup().addTo(map);
    this.parcels = L.featureGroup().addTo(map);
    map.createPane(SELECTED_PANE);
    map.getPane(SELECTED_PANE).style.zIndex = 450;
    map.getPane(SELECTED_PANE).style.pointerEvents = "none";
    this.top = L.svg({ pane: SELECTED_PANE, padding: 0.3 });
    this.highlight = L.layerGroup().addTo(map);
    this.controls();
    this.tools = window.mapTools.attach(map, config, SELECTED_PANE);
    this.listen();
    markKeyboard();
    setInterval(this.poll.bind(this), POLL_MS);
    this.loadBackground();
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
      self.tellAddress();
      self.lead();
    });
    map.on("click", function (event) { if (self.mode === "tiles") { self.pickAt(event.latlng); } });
    map.on("zoomend", function () { self.restyle(); self.hideNames(); self.placeNames(); });
    map.on("resize", function () {
      if (!self.shown) { self.dressed.then(self.show.bind(self)); } else if (self.fitted) { self.whole(); }
    });
    ["pointerdown", "wheel", "keydown"].forEach(function (name) {
      map.getContainer().addEventListener(name, function () { self.fitted = false; }, { passive: true, capture: true });
    });
    this.parcels.on("click", function (event) {
      if (self.tools.measure.active) { return; }
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
    var view = this.addressed();
    if (view) { this.map.setView([view[0], view[1]], view[2], { animate: false }); } else if (this.kept.center) { this.map.setView(this.kept.center, this.kept.zoom, { animate: false }); } else { this.whole(); }
    this.load();
    this.focus(this.wanted);
  };

  ClearanceMap.prototype.whole = function () {
    this.fitted = true; // until the user moves the map
    this.map.fitBounds(this.config.bounds, { paddingTopLeft: [58, 34], paddingBottomRight: [14, 34], animate: false });
  };

  ClearanceMap.prototype.tooltip = function (unit) {
    var texts = this.config.texts, kind = this.looks[unit.code];
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
    var before = this.base, base = order.base;
    var moved = !before || before.on !== base.on || before.known !== base.known || before.layer !== base.layer;
    var redrawn = !before || before.boundary !== base.boundary;
    var only = order.only && JSON.stringify(order.only), filtered = only !== this.onlyText;
    var looks = JSON.stringify(order.looks), relooked = looks !== this.looksText;
    if (moved || redrawn) { this.base = base; }
    this.wantedSeen = order.seen;
    this.looks = order.looks;
    this.looksText = looks;
    this.onlyText = only;
    this.only = order.only && order.looks.reduce(function (kept, look, code) {
      if (order.only.indexOf(look.name) >= 0) { kept[code] = true; }
      return kept;
    }, {});
    this.onlyNames = order.only;
    this.note.textContent = order.note || "";
    if (redrawn) { this.clear(); this.shape = null; this.loadZones(); }
    if (moved || redrawn || relooked) {
      this.seen = order.seen;
      this.load(true);
    } else {
      if (filtered) { this.restyle(true); if (this.mode === "tiles") { this.overview(); } }
      if (order.seen > this.seen) { this.poll(); }
    }
    this.select(order.selected);
    this.focus(order.focus);
    this.tellAddress();
  };

  /* ---- what others have changed since ---- */

  ClearanceMap.prototype.poll = function () {
    var self = this, base = this.base;
    if (!base || base.known !== null || !this.shown || document.hidden || this.polling) { return; }
    this.polling = true;
    this.fetchJson(this.config.changes_url + "?since=" + this.seen + "&" + this.query(), { cache: "no-store" })
      .then(function (found) {
        self.polling = false;
        if (self.base === base) { self.takeChanges(found); }
        if (self.seen < self.wantedSeen) { self.poll(); } // written while this look was under way
      })
      .catch(function () { self.polling = false; }); // the next look will tell; a view that cannot load says so
  };

  ClearanceMap.prototype.takeChanges = function (found) {
    var self = this, ids = Object.keys(found.changed || {});
    this.seen = found.head;
    if (found.reload || found.boundary !== this.base.boundary) {
      if (found.boundary !== this.base.boundary) {
        this.base = Object.assign({}, this.base, { boundary: found.boundary });
        this.clear();
        this.shape = null;
        this.loadZones();
      }
      this.tiles.query = null; // what the same address shows is another
      this.load(true);
      return;
    }
    ids.forEach(function (id) {
      var unit = self.units[id];
      if (unit && unit.code !== found.changed[id]) { unit.code = found.changed[id]; self.paint(unit); }
    });
    if (ids.length) {
      this.retell();
      if (this.map.hasLayer(this.tiles)) { this.tiles.refresh(found.boxes); }
    }
  };

  /* ---- the view in the page's address, so that it can be shared; two maps that move as one ---- */

  ClearanceMap.prototype.addressed = function () {
    var text = this.config.in_address && new URLSearchParams(parentWindow().location.search).get("view");
    var parts = (text || "").split(",").map(Number);
    return parts.length === 3 && parts.every(isFinite) ? parts : null;
  };

  ClearanceMap.prototype.tellAddress = function () {
    var page = parentWindow(), place, words, address;
    if (!this.config.in_address || !this.shown || page === window) { return; }
    words = new URLSearchParams(page.location.search);
    place = this.map.getCenter();
    if (this.fitted) { words.delete("view"); } else {
      words.set("view", [place.lat.toFixed(VIEW_DIGITS), place.lng.toFixed(VIEW_DIGITS), this.map.getZoom()].join(","));
    }
    address = page.location.pathname + (String(words) ? "?" + String(words).replace(/%2C/g, ",") : "") + page.location.hash;
    if (address !== page.location.pathname + page.location.search + page.location.hash) {
      page.history.replaceState(page.history.state, "", address);
    }
  };

  function parentWindow() {
    try { return window.parent.location.search === undefined ? window : window.parent; } catch (error) { return window; }
  }

  /* Take the other maps of the page along. */
  ClearanceMap.prototype.lead = function () {
    var self = this, page = parentWindow(), i, other;
    if (!this.config.together || this.led || page === window) { return; }
    for (i = 0; i < page.frames.length; i++) {
      try { other = page.frames[i].clearanceMap && page.frames[i].clearanceMap.live; } catch (error) { other = null; }
      if (other && other !== self && other.config.together && other.shown) { other.follow(this.map.getCenter(), this.map.getZoom()); }
    }
  };

  ClearanceMap.prototype.follow = function (centre, zoom) {
    this.led = true; // what moves a map that is led must not lead back
    this.fitted = false;
    this.map.setView([centre.lat, centre.lng], zoom, { animate: false });
    this.led = false;
  };

  /* ---- one unit ---- */

  /* A click on a tile: the server knows what lies there. */
  ClearanceMap.prototype.pickAt = function (place) {
    var self = this;
    if (this.tools.measure.active || !this.base) { return; }
    this.fetchJson(this.config.at_url + "?at=" + place.lng.toFixed(7) + "," + place.lat.toFixed(7) + "&" + this.query())
      .then(function (found) {
        if (!found.features.length) { return; }
        self.shape = self.unit(found.features[0]);
        self.parcels.fire("click", { layer: self.shape, latlng: place });
      })
      .catch(function () { self.say("failed", self.config.texts.failed); });
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
    var self = this, unit;
    this.selected = parcelId || null;
    this.highlight.clearLayers();
    if (!this.selected) { return; }
    unit = this.units[this.selected] || (this.shape && this.shape.parcelId === this.selected && this.shape);
    if (unit) { this.outline(unit); return; }
    if (!this.base || this.seeking === this.selected) { return; }
    this.seeking = this.selected;
    this.fetchJson(this.config.parcels_url + "?parcel=" + encodeURIComponent(this.selected) + "&" + this.query())
      .then(function (found) {
        if (found.features.length) { self.shape = self.unit(found.features[0]); }
        if (self.shape && self.shape.parcelId === self.selected) { self.select(self.selected); }
      })
      .catch(function () { /* the card is open; the parcel is outlined once its view is loaded */ })
      .then(function () { self.seeking = null; });
  };

  ClearanceMap.prototype.outline = function (unit) {
    var rings = unit.getLatLngs(), common = { renderer: this.top, pane: SELECTED_PANE, interactive: false, fill: false };
    this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#ffffff", weight: 7 }, common)));
    this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#111111", weight: 3.5 }, common)));
  };

  /* The tooltip that is open says the class of before. */
  ClearanceMap.prototype.retell = function () {
    var tooltip = this.parcels.getTooltip();
    if (tooltip.isOpen() && this.units[tooltip._source.parcelId]) { tooltip.update(); } else { this.parcels.closeTooltip(); }
  };

  /* Outlines of stuck parcels lie over those of their neighbours. */
  ClearanceMap.prototype.raiseStuck = function () {
    for (var id in this.units) {
      if (this.looks[this.units[id].code].stuck) { this.units[id].bringToFront(); }
    }
  };

  /* ---- drawing ---- */

  ClearanceMap.prototype.paint = function (unit) {
    unit.setStyle(this.style(unit));
    if (this.looks[unit.code].stuck) { unit.bringToFront(); }
  };

  ClearanceMap.prototype.style = function (unit) {
    var kind = this.looks[unit.code];
    if (this.only && !this.only[unit.code]) {
      return { fillColor: this.config.faint, fillOpacity: 1, color: "#b6bdc5", opacity: 0.9, weight: [0.6, 1][this.band()], dashArray: null };
    }
    if (kind.stuck) {
      return { fillColor: this.hatching(kind), fillOpacity: 1, color: kind.outline, opacity: 1, weight: [1.6, 3][this.band()],
        dashArray: null };
    }
    return { fillColor: kind.fill, fillOpacity: 1, color: unit.kind === "feature" ? "#9aa5b1" : "#52606d", opacity: 0.9,
      weight: [0.6, 1][this.band()], dashArray: null };
  };

  /* The fill of a code that must show in a grey print too: a canvas takes a pattern where it takes a colour. */
  ClearanceMap.prototype.hatching = function (kind) {
    var size = 12, tile, ctx;
    this.patterns = this.patterns || {};
    if (!this.patterns[kind.fill]) {
      tile = document.createElement("canvas");
      tile.width = tile.height = size;
      ctx = tile.getContext("2d");
      ctx.fillStyle = kind.fill;
      ctx.fillRect(0, 0, size, size);
      ctx.strokeStyle = kind.outline;
      ctx.lineWidth = 2;
      ctx.beginPath();
      [-size, 0, size].forEach(function (at) { ctx.moveTo(at - 2, size + 2); ctx.lineTo(at + size + 2, -2); });
      ctx.stroke();
      this.patterns[kind.fill] = ctx.createPattern(tile, "repeat");
    }
    return this.patterns[kind.fill];
  };

  ClearanceMap.prototype.band = function () {
    return this.map.getZoom() < 17 ? 0 : 1;
  };

  ClearanceMap.prototype.restyle = function (anyway) {
    if (!anyway && this.band() === this.drawnBand) { return; }
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
    var base = this.base;
    return "on=" + base.on + (base.known === null ? "" : "&known=" + base.known) + "&layer=" + base.layer + "&v=" + base.boundary;
  };

  ClearanceMap.prototype.tileQuery = function () {
    return this.query() + (this.onlyNames ? "&only=" + this.onlyNames.map(encodeURIComponent).join(",") : "");
  };

  ClearanceMap.prototype.fetchJson = function (address, options) {
    return fetch(address, options).then(function (reply) {
      if (!reply.ok) { throw new Error(String(reply.status)); }
      return reply.json();
    });
  };

  ClearanceMap.prototype.load = function (again) {
    var self = this, view = this.map.getBounds(), box;
    if (!this.base || !this.shown) { return; }
    if (this.map.getZoom() < this.config.parcels_zoom) { this.overview(); return; }
    if (!again && ((this.loaded && this.loaded.contains(view)) || (this.asked && this.asked.contains(view)))) { return; }
    if (this.abort) { this.abort.abort(); }
    this.abort = new AbortController();
    this.asked = box = this.box();
    this.say("loading", "");
    var sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map(function (x) { return x.toFixed(3); });
    this.fetchJson(this.config.parcels_url + "?bbox=" + sides.join(",") + "&" + this.query(), { signal: this.abort.signal })
      .then(function (found) {
        self.asked = null;
        if (found.too_many === undefined) { self.take(found, box); } else { self.overview(); }
      })
      .catch(function (error) {
        if (error.name === "AbortError") { return; }
        self.asked = self.loaded = null;
        self.say("failed", self.config.texts.failed);
      });
  };

  /* From afar, or where a view holds more parcels than anybody can tell apart: the tiles. */
  ClearanceMap.prototype.overview = function () {
    if (this.abort) { this.abort.abort(); this.asked = null; }
    this.mode = "tiles";
    this.loaded = null;
    this.say("loading", "");
    var self = this, renewed = this.tiles.show(this.tileQuery());
    if (!this.map.hasLayer(this.tiles)) { this.map.addLayer(this.tiles); return; }
    renewed.then(function () { if (!self.tiles.isLoading()) { self.tilesShown(); } });
  };

  ClearanceMap.prototype.tilesShown = function () {
    if (this.mode !== "tiles") { return; }
    this.clear();
    this.select(this.selected);
    this.say("ready", "");
  };

  ClearanceMap.prototype.say = function (state, text) {
    this.state = state;
    if (state === "loading") { return; }
    this.banner.textContent = text;
    L.DomUtil[state === "failed" ? "addClass" : "removeClass"](this.banner, "gpmb-failed");
  };

  ClearanceMap.prototype.take = function (found, box) {
    var stay = {}, self = this;
    found.features.forEach(function (feature) {
      var told = feature.properties, unit = self.units[told.parcel_id] || self.add(feature);
      stay[told.parcel_id] = true;
      unit.code = told.code;
      L.setOptions(unit, self.style(unit));
    });
    for (var id in this.units) {
      if (!stay[id]) { this.parcels.removeLayer(this.units[id]); delete this.units[id]; }
    }
    this.mode = "parcels";
    this.drawnBand = null;
    this.restyle();
    this.raiseStuck();
    this.retell();
    this.loaded = box;
    this.tiles.remove();
    this.select(this.selected);
    this.say("ready", "");
    this.poll(); // what was written between the answer and now
  };

  ClearanceMap.prototype.unit = function (feature) {
    var told = feature.properties, shape = feature.geometry;
    var unit = new Unit(L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "Polygon" ? 1 : 2),
      { renderer: this.renderer, smoothFactor: 0.6 });
    unit.parcelId = told.parcel_id;
    unit.kind = told.kind;
    unit.sheet = told.sheet;
    unit.number = told.number;
    unit.code = told.code;
    unit.unitLabel = told.sheet ? told.sheet + "/" + told.number : told.number;
    return unit;
  };

  ClearanceMap.prototype.add = function (feature) {
    var unit = this.unit(feature);
    L.setOptions(unit, this.style(unit));
    this.units[unit.parcelId] = unit;
    this.parcels.addLayer(unit);
    return unit;
  };

  /* ---- a background, where the project has one: the land shows through the colours then ---- */

  ClearanceMap.prototype.loadBackground = function () {
    var self = this;
    this.fetchJson(this.config.background_url)
      .then(function (found) {
        if (found.error) { self.say("failed", found.error); }
        if (found.url) { self.offerBackground(found); }
      })
      .catch(function () { /* a map without a background is a whole map */ });
  };

  ClearanceMap.prototype.offerBackground = function (found) {
    var self = this, shown = stored("gpmb.background").off !== true;
    var layer = L.tileLayer(found.url + "/{z}/{x}/{y}", { maxNativeZoom: found.max_zoom, maxZoom: this.map.getMaxZoom(), zIndex: 0 });
    var control = L.control({ position: "topleft" }), credit = L.control({ position: "bottomright" });
    function show() {
      self.link.setAttribute("aria-pressed", String(shown));
      L.DomUtil[shown ? "addClass" : "removeClass"](self.map.getContainer(), "gpmb-on-background");
      if (!shown) { layer.remove(); credit.remove(); return; }
      layer.addTo(self.map);
      credit.addTo(self.map).getContainer().textContent = found.attribution;
    }
    credit.onAdd = function () { return L.DomUtil.create("div", "gpmb-credit"); };
    control.onAdd = function () {
      var bar = L.DomUtil.create("div", "leaflet-bar"), link = self.link = L.DomUtil.create("a", "gpmb-background", bar);
      link.href = "#";
      link.title = self.config.texts.background;
      link.setAttribute("role", "button");
      link.setAttribute("aria-label", self.config.texts.background);
      link.innerHTML = '<svg viewBox="0 0 18 18" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">' +
        '<path d="M2 4l5-2 4 2 5-2v12l-5 2-4-2-5 2zM7 2v12M11 4v12"/></svg>';
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(link, "click", function (event) {
        L.DomEvent.stop(event);
        shown = !shown;
        store("gpmb.background", { off: !shown });
        show();
      });
      return bar;
    };
    control.addTo(this.map);
    show();
  };

  /* ---- zones ---- */

  ClearanceMap.prototype.loadZones = function () {
    var self = this;
    this.fetchJson(this.config.zones_url + "?" + this.query())
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
