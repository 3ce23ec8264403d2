/* A background of the clearance map, where the project has one: the land shows through the colours then. */
(function () {
  "use strict";

  var common = window.mapCommon, KEPT = "gpmb.background";

  window.mapParts.background = {
    loadBackground: function () {
      var self = this;
      this.fetchJson(this.config.background_url)
        .then(function (found) {
          if (found.error) { self.say("failed", found.error); }
          if (found.url) { self.offerBackground(found); }
        })
        .catch(function () { /* a map without a background is a whole map */ });
    },

    offerBackground: function (found) {
      var self = this, shown = common.stored(KEPT).off !== true;
      var layer = L.tileLayer(found.url + "/{z}/{x}/{y}?v=" + found.version, { maxNativeZoom: found.max_zoom, maxZoom: this.map.getMaxZoom(), zIndex: 0 });
      var credit = L.control({ position: "bottomright" });
      var link = common.buttons(this.map, [{
        name: "background", title: this.config.texts.background, toggles: true,
        icon: '<path d="M2 4l5-2 4 2 5-2v12l-5 2-4-2-5 2zM7 2v12M11 4v12"/>',
        click: function () { shown = !shown; common.store(KEPT, { off: !shown }); show(); }
      }]).background;
      function show() {
        link.setAttribute("aria-pressed", String(shown));
        L.DomUtil[shown ? "addClass" : "removeClass"](self.map.getContainer(), "gpmb-on-background");
        if (!shown) { layer.remove(); credit.remove(); return; }
        layer.addTo(self.map);
        credit.addTo(self.map).getContainer().textContent = found.attribution;
      }
      credit.onAdd = function () { return L.DomUtil.create("div", "gpmb-credit"); };
      show();
    }
  };
})();
