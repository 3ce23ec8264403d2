/*
 * The overview: tiles that our own server draws. They are fetched and not named as images, so that the browser asks
 * whether its copy still holds (ETag) whenever a tile comes back into view, and those that a mark touched can be asked
 * for again, and no others.
 */
(function () {
  "use strict";

  var SIDE = 512, BESIDE = 3; // pixels of a tile, twice those of the screen; of an outline and its neighbour
  var fills = 0;

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

    /* Ask again for what shows boxes [west, south, east, north]: of each tile that part; null: for all tiles. */
    refresh: function (boxes) {
      var asked = [], key, tile;
      for (key in this._tiles) {
        tile = this._tiles[key];
        if (!boxes) {
          asked.push(new Promise(this._fill.bind(this, tile.el, tile.coords)));
        } else if (this._meets(this._tileCoordsToBounds(tile.coords), boxes)) {
          asked.push(new Promise(this._mend.bind(this, tile.el, tile.coords, this._part(tile.coords, boxes))));
        }
      }
      return Promise.all(asked);
    },

    /* The pixels of a tile that boxes meet, with those beside them whose outlines they share: [x, y, right, bottom]. */
    _part: function (coords, boxes) {
      var self = this, corner = coords.scaleBy(L.point(SIDE, SIDE)), part = [SIDE, SIDE, 0, 0];
      boxes.forEach(function (box) {
        var from = self._map.project([box[3], box[0]], coords.z).multiplyBy(2).subtract(corner);
        var to = self._map.project([box[1], box[2]], coords.z).multiplyBy(2).subtract(corner);
        if (to.x < 0 || to.y < 0 || from.x > SIDE || from.y > SIDE) { return; }
        part = [Math.min(part[0], from.x), Math.min(part[1], from.y), Math.max(part[2], to.x), Math.max(part[3], to.y)];
      });
      return [Math.max(0, Math.floor(part[0]) - BESIDE), Math.max(0, Math.floor(part[1]) - BESIDE),
        Math.min(SIDE, Math.ceil(part[2]) + BESIDE), Math.min(SIDE, Math.ceil(part[3]) + BESIDE)];
    },

    /* Draw a part anew over a tile that shows all the rest as it is; one after the other, so that none is lost. */
    _mend: function (image, coords, part, done) {
      var self = this, filled = image.filled, query = this.query;
      if (!filled || image.asked !== query) { this._fill(image, coords, done); return; }
      image.mending = (image.mending || Promise.resolve()).then(function () {
        return self._fetch(coords, query + "&part=" + part.join(",")).then(createImageBitmap).then(function (piece) {
          if (image.filled !== filled || image.asked !== query) { return null; } // it is asked for anew, whole
          var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
          canvas.width = canvas.height = SIDE;
          pen.drawImage(image, 0, 0);
          pen.clearRect(part[0], part[1], piece.width, piece.height);
          pen.drawImage(piece, part[0], part[1]);
          return new Promise(function (resolve) { canvas.toBlob(resolve); }).then(function (blob) { return self._put(image, blob); });
        });
      }).then(function () { done(null, image); }, function (error) { self.fire("failed"); done(error, image); });
    },

    _fetch: function (coords, query) {
      return fetch(this.options.url + "/" + coords.z + "/" + coords.x + "/" + coords.y + ".png?" + query, { cache: "no-cache" })
        .then(function (reply) { if (!reply.ok) { throw new Error(String(reply.status)); } return reply.blob(); });
    },

    _put: function (image, blob) {
      return new Promise(function (resolve) {
        var address = URL.createObjectURL(blob);
        image.onload = image.onerror = function () { URL.revokeObjectURL(address); resolve(); };
        image.src = address;
      });
    },

    _meets: function (bounds, boxes) {
      return boxes.some(function (box) { return bounds.intersects([[box[1], box[0]], [box[3], box[2]]]); });
    },

    _fill: function (image, coords, done) {
      var self = this, query = this.query;
      image.asked = query;
      image.filled = 0; // how often it was filled whole, once it is
      this._fetch(coords, query)
        .then(function (blob) {
          if (image.asked !== query) { return null; } // another question is on its way
          return self._put(image, blob).then(function () { image.filled = ++fills; });
        })
        .then(function () { done(null, image); }, function (error) { self.fire("failed"); done(error, image); });
    }
  });
})();
