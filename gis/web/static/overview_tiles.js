/*
 * The overview: tiles that our own server draws. They are fetched and not named as images, so that the browser asks
 * whether its copy still holds (ETag) whenever a tile comes back into view, and those that a mark touched can be asked
 * for again, and no others.
 */
(function () {
  "use strict";

  window.OverviewTiles = L.GridLayer.extend({
    options: { tileSize: 256, minNativeZoom: 6, maxNativeZoom: 17, keepBuffer: 1, updateWhenIdle: false, className: "gpmb-tiles" },

    createTile: function (coords, done) {
      var image = document.createElement("img");
      image.alt = "";
      image.setAttribute("role", "presentation");
      this._fill(image, coords, done);
      return image;
    },

    /* Another moment, layer or filter: all tiles anew, each over the one that it replaces. */
    show: function (query) {
      var same = query === this.query;
      this.query = query;
      return this.refresh(same ? [] : null);
    },

    /* Ask again for the tiles that meet boxes [west, south, east, north]; null: for all. */
    refresh: function (boxes) {
      var asked = [], key, tile;
      for (key in this._tiles) {
        tile = this._tiles[key];
        if (!boxes || this._meets(this._tileCoordsToBounds(tile.coords), boxes)) {
          asked.push(new Promise(this._fill.bind(this, tile.el, tile.coords)));
        }
      }
      return Promise.all(asked);
    },

    _meets: function (bounds, boxes) {
      return boxes.some(function (box) { return bounds.intersects([[box[1], box[0]], [box[3], box[2]]]); });
    },

    _fill: function (image, coords, done) {
      var self = this, query = this.query;
      image.asked = query;
      fetch(this.options.url + "/" + coords.z + "/" + coords.x + "/" + coords.y + ".png?" + query, { cache: "no-cache" })
        .then(function (reply) { if (!reply.ok) { throw new Error(String(reply.status)); } return reply.blob(); })
        .then(function (blob) {
          if (image.asked !== query) { return done(null, image); } // another question is on its way
          var address = URL.createObjectURL(blob);
          image.onload = image.onerror = function () { URL.revokeObjectURL(address); done(null, image); };
          image.src = address;
        })
        .catch(function (error) { self.fire("failed"); done(error, image); });
    }
  });
})();
