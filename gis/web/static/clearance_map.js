/*
 * The clearance map. Folium makes the Leaflet map and calls `clearanceMap.attach(map, config)` once; each run of the page
 * sends an order: `clearanceMap.order({...})`. Geometry comes from our own routes, never through the page's message.
 *
 * From afar it shows overview tiles, close by the parcels of the view; a view that holds too many parcels stays with the
 * tiles. A map of the present asks every few seconds what has changed, and at once when the page says that something has.
 *
 * A click reaches Python as last_active_drawing.properties: {parcel_id, clicked_at, many}. `clicked_at` makes a second click on
 * the same parcel a new value; `many`: it belongs to those that are chosen. What is drawn comes as {ring, clicked_at}.
 *
 * Here is what the map knows and what it obeys; the rest of it is in the parts, by what they are about.
 */
(function () {
  "use strict";

  var SELECTED_PANE = "gpmbTop";
  var POLL_MS = 3000;
  var common = window.mapCommon, parts = window.mapParts;

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
    this.pane = SELECTED_PANE; // over the parcels, under the tooltips
    this.units = {};        // parcel_id -> Unit, those loaded
    this.names = [];        // labels of the zones
    this.base = null;       // {on, known, boundary, layer}: what is shown; known null: the present
    this.looks = [];        // by code: {name, fill, outline, stuck, label}
    this.only = null;       // codes that a filter keeps, as an object; null: all
    this.told = null;       // what Python was told last: a pick, or what was drawn
    this.seen = 0;          // the last entry of the ledger that the map counts
    this.mode = "tiles";    // tiles | parcels
    this.loaded = null;     // box whose parcels are all here
    this.asked = null;      // box on its way
    this.state = "empty";   // empty | loading | ready | failed
    this.storeKey = "gpmb.map:" + config.view_key + ":" + JSON.stringify(config.bounds);
    this.kept = common.stored(this.storeKey);
    this.renderer = new window.LabelCanvas({ padding: 0.3, labelZoom: config.label_zoom });
    // Where only the chosen parcels matter, all others are faint from afar as they are close by.
    this.tiles = new window.OverviewTiles({ url: config.tiles_url, opacity: config.dimmed ? 0.35 : 1 });
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
    this.offerChoosing();
    this.listen();
    markKeyboard();
    setInterval(this.poll.bind(this), POLL_MS);
    this.loadBackground();
    this.dressed = whenDressed();
    this.dressed.then(this.show.bind(this));
  }

  Object.assign(ClearanceMap.prototype, parts.view, parts.loading, parts.look, parts.picking, parts.zones, parts.background,
    parts.choosing);

  ClearanceMap.prototype.controls = function () {
    var map = this.map, texts = this.config.texts;
    L.control.zoom({ zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    common.buttons(map, [{
      name: "home", title: texts.whole, icon: '<path d="M2 6V2h4M12 2h4v4M16 12v4h-4M6 16H2v-4"/>', click: this.whole.bind(this)
    }]);
    this.banner = common.banner(map, "topright", "gpmb-state");
    this.note = common.banner(map, "bottomright", "gpmb-note");
  };

  ClearanceMap.prototype.listen = function () {
    var self = this, map = this.map;
    map.on("moveend", function () {
      if (!self.shown) { return; }
      self.kept.center = self.fitted ? null : map.getCenter(); // the whole is fitted anew to another window
      self.kept.zoom = map.getZoom();
      common.store(self.storeKey, self.kept);
      self.load();
      self.placeNames();
      self.tellAddress();
      self.lead();
    });
    map.on("click", function (event) { if (self.mode === "tiles") { self.pickAt(event.latlng); } });
    map.on("zoomend", function () { self.restyle(); self.hideNames(); });
    map.on("resize", function () {
      if (!self.shown) { self.dressed.then(self.show.bind(self)); } else if (self.fitted) { self.whole(); } else { self.placeNames(); }
    });
    ["pointerdown", "wheel", "keydown"].forEach(function (name) {
      map.getContainer().addEventListener(name, function () { self.fitted = false; }, { passive: true, capture: true });
    });
    this.parcels.on("click", function (event) {
      var many = self.choosing === "many", unit = event.layer;
      // st_folium hears of every click: one that picks nothing says again what was said last.
      if (self.isBusy()) { unit.told = self.told; return; }
      unit.told = self.told = { parcel_id: unit.parcelId, clicked_at: Date.now(), many: many };
      if (!many) { self.select(unit.parcelId); }
    });
    this.parcels.bindTooltip(function (unit) { return self.tooltip(unit); }, { sticky: true, className: "gpmb-unit", opacity: 1 });
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
    this.takeChosen(order.chosen);
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

  window.clearanceMap = {
    attach: function (map, config) { this.live = new ClearanceMap(map, config); },
    order: function (order) { if (this.live) { this.live.order(order); } }
  };
})();
