/* A canvas of Leaflet that, close by, writes each layer's `unitLabel` into it after drawing: sheet/number into parcels. */
(function () {
  "use strict";

  var TEXT_PX = 10; // the height of its figures, and a little

  window.LabelCanvas = L.Canvas.extend({
    _draw: function () {
      L.Canvas.prototype._draw.call(this);
      if (this._map.getZoom() < this.options.labelZoom) { return; }
      var ctx = this._ctx, bounds = this._redrawBounds, order, layer;
      ctx.save();
      if (bounds) {
        var size = bounds.getSize();
        ctx.beginPath();
        ctx.rect(bounds.min.x, bounds.min.y, size.x, size.y);
        ctx.clip();
      }
      ctx.font = "600 11px system-ui, 'Segoe UI', Roboto, sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineWidth = 3;
      ctx.lineJoin = "round";
      ctx.strokeStyle = "rgba(255,255,255,.9)";
      ctx.fillStyle = "#1f2933";
      for (order = this._drawFirst; order; order = order.next) {
        layer = order.layer;
        if (layer._pxBounds && (!bounds || layer._pxBounds.intersects(bounds))) { this._label(ctx, layer); }
      }
      ctx.restore();
    },
    _label: function (ctx, layer) {
      if (!layer.unitLabel || !layer._parts.length) { return; }
      layer.labelAt = layer.labelAt || middle(layer.getLatLngs());
      var ring = layer._rings[0], at = this._map.latLngToLayerPoint(layer.labelAt);
      var width = ctx.measureText(layer.unitLabel).width + 2;
      var angle = [0, longestEdge(ring)].find(function (one) { return holds(ring, at, width, TEXT_PX, one); });
      if (angle === undefined) { return; }
      ctx.save();
      ctx.translate(at.x, at.y);
      ctx.rotate(angle);
      ctx.strokeText(layer.unitLabel, 0, 0);
      ctx.fillText(layer.unitLabel, 0, 0);
      ctx.restore();
    }
  });

  /*
   * The centroid of a layer's first ring. Leaflet's own getCenter sums in coordinates of the whole world: on a strip a
   * few metres wide its rounding carries the number into the neighbour's plot.
   */
  function middle(ring) {
    while (Array.isArray(ring[0])) { ring = ring[0]; }
    var from = ring[0], area = 0, x = 0, y = 0;
    ring.forEach(function (here, i) {
      var next = ring[(i + 1) % ring.length];
      var ax = here.lng - from.lng, ay = here.lat - from.lat, bx = next.lng - from.lng, by = next.lat - from.lat;
      var cross = ax * by - bx * ay;
      area += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    });
    return area ? L.latLng(from.lat + y / (3 * area), from.lng + x / (3 * area)) : from;
  }

  /* The angle of a ring's longest edge, along which a text is read from left to right: field strips lie askew. */
  function longestEdge(ring) {
    var longest = ring.reduce(function (found, here, i) {
      var step = ring[(i + 1) % ring.length].subtract(here);
      return step.x * step.x + step.y * step.y > found.x * found.x + found.y * found.y ? step : found;
    }, L.point(0, 0));
    var angle = Math.atan2(longest.y, longest.x);
    return angle > Math.PI / 2 ? angle - Math.PI : angle <= -Math.PI / 2 ? angle + Math.PI : angle;
  }

  /*
   * Whether a text around a point lies inside a ring, by the corners of its box and the middles of its long sides. What
   * stands inside its own land stands on no neighbour's, and so on no other text.
   */
  function holds(ring, at, width, height, angle) {
    var cos = Math.cos(angle), sin = Math.sin(angle);
    return [-1, 0, 1].every(function (along) {
      return [-1, 1].every(function (across) {
        var x = along * width / 2, y = across * height / 2;
        return isInside(ring, at.x + x * cos - y * sin, at.y + x * sin + y * cos);
      });
    });
  }

  function isInside(ring, x, y) {
    return ring.reduce(function (inside, here, i) {
      var next = ring[(i + 1) % ring.length];
      var crosses = (here.y > y) !== (next.y > y) && x < here.x + (y - here.y) * (next.x - here.x) / (next.y - here.y);
      return crosses ? !inside : inside;
    }, false);
  }
})();
