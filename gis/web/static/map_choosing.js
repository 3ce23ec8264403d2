/*
 * Choosing many parcels on the clearance map: one by one, by a rectangle, by a polygon. What is drawn goes to Python as a
 * ring of [longitude, latitude]; which parcels that means, the server decides and says. It names what is chosen by a short
 * name of the whole list, by which the map asks: no geometry travels again.
 *
 * While something is drawn a click picks nothing; Escape leaves.
 */
(function () {
  "use strict";

  var common = window.mapCommon;
  var NEAR_PX = 14;      // so near to its first point a polygon closes
  var DRAG_PX = 6;       // less than that is a click: the first of two corners
  var AFTER_MS = 400;
  var MOST_POINTS = 200;
  var ICONS = {
    many: '<path d="M2 3.5h5v5H2zM11 3.5h5v5h-5zM2 12h5v4H2z"/><path d="M10.5 13.5l2 2 3.5-4"/>',
    rectangle: '<path d="M2.5 4.5h13v9h-13z" stroke-dasharray="3 2"/>',
    polygon: '<path d="M3 6l6-4 6 5-2 8-8 1z" stroke-dasharray="3 2"/>'
  };

  /* What is handed to Python: a message in the shape of a drawing. */
  function message(properties) {
    return { toGeoJSON: function () { return { type: "Feature", geometry: null, properties: properties }; } };
  }

  window.mapParts.choosing = {
    offerChoosing: function () {
      var self = this, texts = this.config.texts;
      this.chosen = {};     // parcel_id -> true
      this.chosenColour = this.config.chosen_colour;
      this.choosing = null; // many | rectangle | polygon
      this.corners = [];
      this.outbox = L.featureGroup().addTo(this.map);
      this.sketch = L.layerGroup().addTo(this.map);
      this.chosenTiles = new window.OverviewTiles({ url: this.config.chosen_tiles_url, pane: this.pane });
      if (!this.config.choosing) { return; }
      this.chooseLinks = common.buttons(this.map, ["many", "rectangle", "polygon"].map(function (name) {
        return { name: name, title: texts["choose_" + name], toggles: true, icon: ICONS[name],
          click: function () { self.setChoosing(self.choosing === name ? null : name); } };
      }));
      this.chooseHint = common.banner(this.map, "topright", "gpmb-choosing");
      this.listenToDrawing();
    },

    /* Whether a click is part of a drawing and no pick. */
    isDrawing: function () {
      // The click with which a drawing ends comes after its end.
      return this.choosing === "rectangle" || this.choosing === "polygon" || Date.now() - this.finishedAt < AFTER_MS;
    },

    setChoosing: function (name) {
      var map = this.map, drawing;
      this.choosing = name;
      this.corners = [];
      this.from = this.pointer = null;
      drawing = name === "rectangle" || name === "polygon";
      if (name && this.tools.measure.active) { this.tools.measure.toggle(false); }
      for (var one in this.chooseLinks) { this.chooseLinks[one].setAttribute("aria-pressed", String(one === name)); }
      L.DomUtil[drawing ? "addClass" : "removeClass"](map.getContainer(), "gpmb-drawing");
      map.dragging[name === "rectangle" ? "disable" : "enable"]();
      map.doubleClickZoom[drawing ? "disable" : "enable"]();
      this.drawSketch();
      if (name) { map.getContainer().focus({ preventScroll: true }); }
    },

    listenToDrawing: function () {
      var self = this, map = this.map, box = map.getContainer();
      map.on("click", function (event) {
        if (self.choosing === "polygon") { self.addCorner(event.latlng); }
      });
      map.on("mousemove", function (event) {
        if (self.choosing === "polygon" && self.corners.length) { self.pointer = event.latlng; self.drawSketch(); }
      });
      map.on("dblclick", function () { if (self.choosing === "polygon") { self.finish(); } });
      box.addEventListener("pointerdown", function (event) {
        if (self.choosing !== "rectangle" || !event.isPrimary || event.button || event.target.closest(".leaflet-control")) { return; }
        self.from = self.from || map.mouseEventToLatLng(event);
        self.pressed = map.mouseEventToContainerPoint(event);
      });
      box.addEventListener("pointermove", function (event) {
        if (self.choosing !== "rectangle" || !self.from || !event.isPrimary) { return; }
        self.corners = [self.from, map.mouseEventToLatLng(event)];
        self.drawSketch();
      });
      box.addEventListener("pointerup", function (event) {
        var to = self.choosing === "rectangle" && self.pressed && event.isPrimary && map.mouseEventToContainerPoint(event);
        if (!to) { return; }
        self.corners = [self.from, map.mouseEventToLatLng(event)];
        self.pressed = null;
        if (to.distanceTo(map.latLngToContainerPoint(self.from)) > DRAG_PX) { self.finish(); } else { self.drawSketch(); }
      });
      box.addEventListener("keydown", function (event) {
        if (!self.choosing) { return; }
        if (event.key === "Escape") { self.setChoosing(null); }
        if (event.key === "Enter" && event.target === box) { self.finish(); }
        if (event.key === "Backspace" && self.choosing === "polygon") { self.corners.pop(); self.drawSketch(); event.preventDefault(); }
      });
    },

    addCorner: function (place) {
      var map = this.map, first = this.corners[0], last = this.corners[this.corners.length - 1];
      var near = function (other) { return other && map.latLngToContainerPoint(other).distanceTo(map.latLngToContainerPoint(place)) < NEAR_PX; };
      if (this.corners.length > 2 && near(first)) { this.finish(); return; }
      if ((last && last.equals(place)) || this.corners.length >= MOST_POINTS) { return; } // the second click of two
      this.corners.push(place);
      this.drawSketch();
    },

    /* The corners of what is drawn so far. */
    ring: function () {
      var box;
      if (this.choosing !== "rectangle") { return this.corners; }
      if (this.corners.length < 2) { return []; }
      box = L.latLngBounds(this.corners);
      return [box.getSouthWest(), box.getSouthEast(), box.getNorthEast(), box.getNorthWest()];
    },

    finish: function () {
      var ring = this.ring();
      if (!this.isDrawing() || ring.length < 3) { return; }
      this.told = {
        ring: ring.map(function (place) { return [+place.lng.toFixed(7), +place.lat.toFixed(7)]; }),
        clicked_at: Date.now()
      };
      this.outbox.fire("click", { latlng: ring[0], layer: message(this.told) });
      this.setChoosing(null);
      this.finishedAt = Date.now();
    },

    /* What to do, and the buttons that end it; made anew only where it says something else, or a click would miss them. */
    drawHint: function () {
      var hint = this.chooseHint, done = this.choosing === "polygon" && this.corners.length > 2;
      if (this.hinted === this.choosing + done) { return; }
      this.hinted = this.choosing + done;
      hint.textContent = "";
      if (!this.choosing) { return; }
      L.DomUtil.create("span", "", hint).textContent = this.config.texts["choose_" + this.choosing + "_hint"];
      if (done) { this.hintButton("choose_done", this.finish); }
      this.hintButton("choose_leave", this.setChoosing.bind(this, null));
    },

    drawSketch: function () {
      var look = { renderer: this.top, pane: this.pane, interactive: false }, ring = this.ring();
      this.sketch.clearLayers();
      this.drawHint();
      if (!this.choosing || !ring.length) { return; }
      if (this.choosing === "polygon" && this.pointer) { ring = ring.concat([this.pointer]); }
      this.sketch.addLayer(L.polygon(ring, Object.assign({ color: "#ffffff", weight: 5, fillColor: this.chosenColour, fillOpacity: 0.18 }, look)));
      this.sketch.addLayer(L.polygon(ring, Object.assign({ color: this.chosenColour, weight: 2.5, dashArray: "6 4", fill: false }, look)));
      if (this.choosing === "polygon") {
        this.sketch.addLayer(L.circleMarker(ring[0], Object.assign({ radius: 6, color: this.chosenColour, weight: 2, fillColor: "#ffffff", fillOpacity: 1 }, look)));
      }
    },

    hintButton: function (name, click) {
      var button = L.DomUtil.create("button", "", this.chooseHint);
      button.type = "button";
      button.textContent = this.config.texts[name];
      L.DomEvent.disableClickPropagation(button);
      L.DomEvent.on(button, "click", click, this);
    },

    /* ---- what is chosen: {name, count}, as the page orders it ---- */

    takeChosen: function (told) {
      var self = this, name = told ? told.name : null;
      if (name === this.chosenName) { return; }
      this.chosenName = name;
      if (!name) { this.showChosen({}); return; }
      this.fetchJson(this.config.chosen_url + "?set=" + name + "&" + this.query())
        .then(function (found) {
          if (self.chosenName !== name) { return; }
          self.showChosen(found.parcels.reduce(function (kept, id) { kept[id] = true; return kept; }, {}));
        })
        .catch(function () { self.chosenName = null; self.say("failed", self.config.texts.failed); });
    },

    showChosen: function (ids) {
      var before = this.chosen, id;
      this.chosen = ids;
      for (id in this.units) {
        if (!before[id] !== !ids[id]) { this.paint(this.units[id]); }
      }
      this.placeChosen();
    },

    /* From afar the chosen ones are drawn by the server, over the tiles. */
    placeChosen: function () {
      if (this.mode !== "tiles" || !this.chosenName) { this.chosenTiles.remove(); return; }
      this.chosenTiles.show("set=" + this.chosenName + "&" + this.query());
      if (!this.map.hasLayer(this.chosenTiles)) { this.map.addLayer(this.chosenTiles); }
    }
  };
})();
