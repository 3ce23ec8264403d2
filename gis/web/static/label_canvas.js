/* A canvas of Leaflet that, close by, writes each layer's `unitLabel` into it after drawing: sheet/number into parcels. */
(function () {
  "use strict";

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
      var angle = fittingAngle(layer._rings[0], ctx.measureText(layer.unitLabel).width + 4, 13);
      if (angle === null) { return; }
      layer.labelAt = layer.labelAt || middle(layer.getLatLngs());
      var at = this._map.latLngToLayerPoint(layer.labelAt);
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

  /*
   * The angle at which a text fits into a ring of pixels: 0 where it fits level, else along the ring's longest edge
   * (field strips lie askew), else null. The ring is taken as the rectangle along that edge.
   */
  function fittingAngle(ring, width, height) {
    var longest = 0, angle = 0, i, step, low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (i = 0; i < ring.length; i++) {
      step = ring[(i + 1) % ring.length].subtract(ring[i]);
      if (step.x * step.x + step.y * step.y > longest) {
        longest = step.x * step.x + step.y * step.y;
        angle = Math.atan2(step.y, step.x);
      }
    }
    var cos = Math.cos(angle), sin = Math.sin(angle);
    ring.forEach(function (point) {
      [point.x * cos + point.y * sin, point.y * cos - point.x * sin].forEach(function (value, axis) {
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      });
    });
    var along = high[0] - low[0], across = high[1] - low[1];
    cos = Math.abs(cos);
    sin = Math.abs(sin);
    if (width * cos + height * sin <= along && width * sin + height * cos <= across) { return 0; }
    if (width > along || height > across) { return null; }
    return angle > Math.PI / 2 ? angle - Math.PI : angle <= -Math.PI / 2 ? angle + Math.PI : angle;
  }
})();
