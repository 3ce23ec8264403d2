/* What part of the land the clearance map shows: kept from before, in the page's address so that it can be shared, the whole, a box that was
 * asked for, and two maps that move as one. */
(function () {
  "use strict";

  var VIEW_DIGITS = 6;
  var common = window.mapCommon;

  function parentWindow() {
    try { return window.parent.location.search === undefined ? window : window.parent; } catch (error) { return window; }
  }

  window.mapParts.view = {
    /* The view kept from before, else the whole; a second map starts where the first one is. Waits while the frame has no size yet. */
    show: function () {
      var size = this.map.invalidateSize({ pan: false }).getSize();
      if (this.shown || !size.x || !size.y) { return; }
      this.shown = true;
      this.hideNames();
      var view = this.addressed(), first = this.config.in_address ? null : this.companions()[0];
      if (first) {
        this.follow(first.map.getCenter(), first.map.getZoom());
      } else if (view) {
        this.map.setView([view[0], view[1]], view[2], { animate: false });
      } else if (this.kept.center) {
        this.map.setView(this.kept.center, this.kept.zoom, { animate: false });
      } else {
        this.whole();
      }
      this.load();
      this.focus(this.wanted);
    },

    whole: function () {
      this.fitted = true; // until the user moves the map
      this.map.fitBounds(this.config.bounds, { paddingTopLeft: [58, 34], paddingBottomRight: [14, 34], animate: false });
    },

    focus: function (focus) {
      this.wanted = focus;
      if (!focus || !this.shown || this.kept.focus === focus.token) { return; }
      this.kept.focus = focus.token;
      this.fitted = false;
      common.store(this.storeKey, this.kept);
      this.map.fitBounds(focus.bounds, { maxZoom: this.config.focus_zoom, padding: [40, 40], animate: false });
    },

    addressed: function () {
      var text = this.config.in_address && new URLSearchParams(parentWindow().location.search).get("view");
      var parts = (text || "").split(",").map(Number);
      return parts.length === 3 && parts.every(isFinite) ? parts : null;
    },

    tellAddress: function () {
      var page = parentWindow(), place, words, address;
      if (!this.config.in_address || !this.shown || page === window) { return; }
      words = new URLSearchParams(page.location.search);
      place = this.map.getCenter();
      if (this.fitted) { words.delete("view"); } else {
        words.set("view", [place.lat.toFixed(VIEW_DIGITS), place.lng.toFixed(VIEW_DIGITS), this.map.getZoom()].join(","));
      }
      address = page.location.pathname + (String(words) ? "?" + String(words).replace(/%2C/g, ",") : "") + page.location.hash;
      if (address !== page.location.pathname + page.location.search + page.location.hash) {
        page.history.replaceState(page.history.state, "", address);
      }
    },

    /* The other maps of the page that move with this one. */
    companions: function () {
      var page = parentWindow(), found = [], i, other;
      if (!this.config.together || page === window) { return found; }
      for (i = 0; i < page.frames.length; i++) {
        try { other = page.frames[i].clearanceMap && page.frames[i].clearanceMap.live; } catch (error) { other = null; }
        if (other && other !== this && other.config.together && other.shown) { found.push(other); }
      }
      return found;
    },

    /* Take the other maps of the page along. */
    lead: function () {
      var self = this;
      if (this.led) { return; }
      this.companions().forEach(function (other) { other.follow(self.map.getCenter(), self.map.getZoom()); });
    },

    follow: function (centre, zoom) {
      this.led = true; // what moves a map that is led must not lead back
      this.fitted = false;
      this.map.setView([centre.lat, centre.lng], zoom, { animate: false });
      this.led = false;
    }
  };
})();
