/* How a parcel looks on the clearance map: its colour, its outline, its hatching, and what stands beside the pointer. */
(function () {
  "use strict";

  window.mapParts.look = {
    paint: function (unit) {
      unit.setStyle(this.style(unit));
      if (this.looks[unit.code].stuck || this.chosen[unit.parcelId]) { unit.bringToFront(); }
    },

    style: function (unit) {
      var look = this.colours(unit);
      return this.chosen[unit.parcelId] ? Object.assign(look, { color: this.chosenColour, opacity: 1, weight: [3, 4.5][this.band()] }) : look;
    },

    colours: function (unit) {
      var kind = this.looks[unit.code];
      if ((this.only && !this.only[unit.code]) || (this.config.dimmed && !this.chosen[unit.parcelId])) {
        return { fillColor: this.config.faint, fillOpacity: 1, color: "#b6bdc5", opacity: 0.9, weight: [0.6, 1][this.band()], dashArray: null };
      }
      if (kind.stuck) {
        return { fillColor: this.hatching(kind), fillOpacity: 1, color: kind.outline, opacity: 1, weight: [1.6, 3][this.band()],
          dashArray: null };
      }
      return { fillColor: kind.fill, fillOpacity: 1, color: unit.kind === "feature" ? "#9aa5b1" : "#52606d", opacity: 0.9,
        weight: [0.6, 1][this.band()], dashArray: null };
    },

    /* The fill of a code that must show in a grey print too: a canvas takes a pattern where it takes a colour. */
    hatching: function (kind) {
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
    },

    band: function () {
      return this.map.getZoom() < 17 ? 0 : 1;
    },

    restyle: function (anyway) {
      if (!anyway && this.band() === this.drawnBand) { return; }
      this.drawnBand = this.band();
      for (var id in this.units) { this.units[id].setStyle(this.style(this.units[id])); }
    },

    /* Outlines of stuck parcels lie over those of their neighbours, and those of chosen ones over both. */
    raise: function () {
      var id;
      for (id in this.units) {
        if (this.looks[this.units[id].code].stuck) { this.units[id].bringToFront(); }
      }
      for (id in this.units) {
        if (this.chosen[id]) { this.units[id].bringToFront(); }
      }
    },

    tooltip: function (unit) {
      var texts = this.config.texts, kind = this.looks[unit.code];
      var box = document.createElement("div"), line = document.createElement("span"), swatch = document.createElement("i");
      var title = document.createElement("strong");
      title.textContent = window.mapCommon.fill(unit.kind === "feature" ? texts.feature : texts.parcel, unit);
      swatch.style.background = kind.fill;
      line.appendChild(swatch);
      line.appendChild(document.createTextNode(kind.label));
      box.appendChild(title);
      box.appendChild(line);
      return box;
    },

    /* The tooltip that is open says the class of before. */
    retell: function () {
      var tooltip = this.parcels.getTooltip();
      if (tooltip.isOpen() && this.units[tooltip._source.parcelId]) { tooltip.update(); } else { this.parcels.closeTooltip(); }
    }
  };
})();
