/* What the parts of the clearance map share: sentences with blanks, what a browser keeps, buttons and lines of text in the map's corners. */
(function () {
  "use strict";

  window.mapParts = {}; // what clearance_map.js puts together

  window.mapCommon = {
    fill: function (template, values) {
      return template.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
    },

    stored: function (key) {
      try { return JSON.parse(window.sessionStorage.getItem(key)) || {}; } catch (error) { return {}; }
    },

    store: function (key, value) {
      try { window.sessionStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* private mode: the view is not kept */ }
    },

    /* A line of text in a corner, told to a screen reader whenever it changes. */
    banner: function (map, position, className) {
      var control = L.control({ position: position });
      control.onAdd = function () { return L.DomUtil.create("div", "gpmb-banner " + className); };
      control.addTo(map);
      control.getContainer().setAttribute("role", "status");
      return control.getContainer();
    },

    /* Buttons in one bar of the top left corner: [{name, title, icon, toggles, click}]; gives their elements by name. */
    buttons: function (map, wanted) {
      var control = L.control({ position: "topleft" }), links = {};
      control.onAdd = function () {
        var bar = L.DomUtil.create("div", "leaflet-bar");
        L.DomEvent.disableClickPropagation(bar);
        wanted.forEach(function (one) { links[one.name] = button(bar, one); });
        return bar;
      };
      control.addTo(map);
      return links;
    }
  };

  function button(bar, wanted) {
    var link = L.DomUtil.create("a", "gpmb-button gpmb-" + wanted.name, bar);
    link.href = "#";
    link.title = wanted.title;
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", wanted.title);
    if (wanted.toggles) { link.setAttribute("aria-pressed", "false"); }
    link.innerHTML = '<svg viewBox="0 0 18 18" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">' + wanted.icon + "</svg>";
    L.DomEvent.on(link, "click", function (event) { L.DomEvent.stop(event); wanted.click(); });
    L.DomEvent.on(link, "keydown", function (event) {
      if (event.key === " ") { L.DomEvent.stop(event); wanted.click(); } // a button obeys the space bar too
    });
    return link;
  }
})();
