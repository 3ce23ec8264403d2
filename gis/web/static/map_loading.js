/* Where the clearance map's land comes from: tiles from afar, the parcels of the view close by, and a view that holds too many parcels stays
 * with the tiles. */
(function () {
  "use strict";

  var GRID_DEGREES = 0.001; // asked boxes are snapped outwards, so that a view seen again is found in the browser's cache
  var BOX_PADDING = 0.3;

  /* One parcel or public feature: what is handed to Python has no geometry. */
  var Unit = L.Polygon.extend({
    toGeoJSON: function () {
      return { type: "Feature", geometry: null, properties: this.told || null };
    }
  });

  window.mapParts.loading = {
    box: function () {
      var view = this.map.getBounds().pad(BOX_PADDING);
      var down = function (x) { return Math.floor(x / GRID_DEGREES) * GRID_DEGREES; };
      var up = function (x) { return Math.ceil(x / GRID_DEGREES) * GRID_DEGREES; };
      return L.latLngBounds([down(view.getSouth()), down(view.getWest())], [up(view.getNorth()), up(view.getEast())]);
    },

    query: function () {
      var base = this.base;
      return "on=" + base.on + (base.known === null ? "" : "&known=" + base.known) + "&layer=" + base.layer + "&v=" + base.boundary;
    },

    tileQuery: function () {
      return this.query() + (this.onlyNames ? "&only=" + this.onlyNames.map(encodeURIComponent).join(",") : "");
    },

    fetchJson: function (address, options) {
      return fetch(address, options).then(function (reply) {
        if (!reply.ok) { throw new Error(String(reply.status)); }
        return reply.json();
      });
    },

    load: function (again) {
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
    },

    /* From afar, or where a view holds more parcels than anybody can tell apart: the tiles. */
    overview: function () {
      if (this.abort) { this.abort.abort(); this.asked = null; }
      this.mode = "tiles";
      this.loaded = null;
      this.placeChosen();
      this.say("loading", "");
      var self = this, renewed = this.tiles.show(this.tileQuery());
      if (!this.map.hasLayer(this.tiles)) { this.map.addLayer(this.tiles); return; }
      renewed.then(function () { if (!self.tiles.isLoading()) { self.tilesShown(); } });
    },

    tilesShown: function () {
      if (this.mode !== "tiles") { return; }
      this.clear();
      this.select(this.selected);
      this.say("ready", "");
    },

    say: function (state, text) {
      this.state = state;
      if (state === "loading") { return; }
      this.banner.textContent = text;
      L.DomUtil[state === "failed" ? "addClass" : "removeClass"](this.banner, "gpmb-failed");
    },

    take: function (found, box) {
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
      this.raise();
      this.retell();
      this.loaded = box;
      this.tiles.remove();
      this.placeChosen();
      this.select(this.selected);
      this.say("ready", "");
      this.poll(); // what was written between the answer and now
    },

    clear: function () {
      this.parcels.clearLayers();
      this.units = {};
      this.loaded = null;
    },

    unit: function (feature) {
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
    },

    add: function (feature) {
      var unit = this.unit(feature);
      L.setOptions(unit, this.style(unit));
      this.units[unit.parcelId] = unit;
      this.parcels.addLayer(unit);
      return unit;
    }
  };
})();
