/* The zones' boundaries and names on the clearance map. */
(function () {
  "use strict";

  window.mapParts.zones = {
    loadZones: function () {
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
    },

    addZone: function (feature) {
      var told = feature.properties, name = document.createElement("span");
      var line = { renderer: this.top, pane: this.pane, interactive: false, fill: false };
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
    },

    /* A name stands inside its zone where there is room, else beside it, on the side that is inside the map; of a zone that is
       seen in part it stands at the map's edge, of one that is not seen it is not either. */
    placeNames: function () {
      var map = this.map;
      this.names.forEach(function (zone) {
        var points = [].concat.apply([], zone.box.getLatLngs().map(function (part) {
          return Array.isArray(part[0]) ? part[0] : part;
        })).map(function (place) { return map.latLngToContainerPoint(place); });
        var west = points.reduce(function (a, b) { return b.x < a.x ? b : a; });
        var east = points.reduce(function (a, b) { return b.x > a.x ? b : a; });
        var width = zone.name.getBoundingClientRect().width + 24, right = map.getSize().x, direction = "center";
        var at = map.latLngToContainerPoint(zone.at), isNarrow = east.x - west.x < width * 1.3;
        if (isNarrow && east.x + width < right) { at = east; direction = "right"; }
        else if (isNarrow && west.x > width) { at = west; direction = "left"; }
        else { at.x = Math.max(width / 2, Math.min(right - width / 2, at.x)); }
        zone.name.parentNode.style.visibility = east.x > 0 && west.x < right ? "" : "hidden";
        zone.label.options.direction = direction;
        zone.label.setLatLng(map.containerPointToLatLng(at));
      });
    },

    /* Close by, the names of the zones would stand in the way of the parcels' numbers. */
    hideNames: function () {
      var close = this.map.getZoom() >= this.config.label_zoom - 1;
      L.DomUtil[close ? "addClass" : "removeClass"](this.map.getContainer(), "gpmb-close");
    }
  };
})();
