/* Which parcel the clearance map shows as chosen, and what a click chooses. */
(function () {
  "use strict";

  window.mapParts.picking = {
    /* Whether a click belongs to a tool and picks nothing. */
    isBusy: function () {
      return this.tools.measure.active || this.isDrawing();
    },

    /* A click on a tile: the server knows what lies there. */
    pickAt: function (place) {
      var self = this;
      if (this.isBusy() || !this.base) { return; }
      this.fetchJson(this.config.at_url + "?at=" + place.lng.toFixed(7) + "," + place.lat.toFixed(7) + "&" + this.query())
        .then(function (found) {
          if (!found.features.length) { return; }
          self.shape = self.unit(found.features[0]);
          self.parcels.fire("click", { layer: self.shape, latlng: place });
        })
        .catch(function () { self.say("failed", self.config.texts.failed); });
    },

    select: function (parcelId) {
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
    },

    outline: function (unit) {
      var rings = unit.getLatLngs(), common = { renderer: this.top, pane: this.pane, interactive: false, fill: false };
      this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#ffffff", weight: 7 }, common)));
      this.highlight.addLayer(L.polygon(rings, Object.assign({ color: "#111111", weight: 3.5 }, common)));
    }
  };
})();
