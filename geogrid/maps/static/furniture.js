/* What stands on the map's frame: scale bar with source and date, north, zoom; and the tooltip and popups, all text set as text. */
"use strict";
(function (geogrid) {
  const PAPER_PX = [700, 620]; // room for the map on an A4 sheet across

  geogrid.element = function (tag, className, text, parent) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    if (parent) parent.appendChild(node);
    return node;
  };
  const element = geogrid.element;

  /* A sentence of the page's language, {name} replaced; numbers get thousands separators. */
  geogrid.say = function (name, facts) {
    const text = (geogrid.settings && geogrid.settings.words[name]) || name;
    return text.replace(/\{(\w+)\}/g, (_, key) => {
      const value = (facts || {})[key];
      return typeof value === "number" ? value.toLocaleString("en-US") : value === undefined ? "" : String(value);
    });
  };

  const Corner = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd: function (map) {
      const box = element("div", "geogrid-corner");
      this._bar = element("span", "geogrid-scale", null, box);
      this._length = element("span", "geogrid-scale-text", null, box);
      element("span", "geogrid-source", geogrid.settings.source.join(" ・ "), box);
      map.on("zoomend moveend", this._measure, this);
      map.whenReady(this._measure, this);
      return box;
    },
    onRemove: function (map) { map.off("zoomend moveend", this._measure, this); },
    _measure: function () {
      const map = this._map, y = map.getSize().y / 2, wide = map.containerPointToLatLng([0, y]).distanceTo(map.containerPointToLatLng([110, y]));
      if (!(wide > 0)) return;
      const power = Math.pow(10, Math.floor(Math.log10(wide))), round = [5, 2, 1].find((k) => k * power <= wide) * power;
      this._bar.style.width = Math.round((110 * round) / wide) + "px";
      this._length.textContent = round >= 1000 ? round / 1000 + " km" : round + " m";
    },
  });

  const Buttons = L.Control.extend({
    options: { position: "topright" },
    onAdd: function (map) {
      const box = element("div", "geogrid-buttons"), north = element("span", "geogrid-north", null, box);
      north.setAttribute("role", "img");
      north.setAttribute("aria-label", geogrid.say("north"));
      north.title = geogrid.say("north");
      north.appendChild(arrow());
      const pair = element("div", "geogrid-zoom", null, box);
      button(pair, "+", "zoom_in", () => map.zoomIn());
      button(pair, "−", "zoom_out", () => map.zoomOut());
      button(pair, "⤢", "fit", () => geogrid.fit(geogrid.settings.bounds));
      L.DomEvent.disableClickPropagation(box);
      return box;
    },
  });

  function button(parent, sign, word, press) {
    const node = element("button", "geogrid-button", sign, parent);
    node.type = "button";
    node.title = geogrid.say(word);
    node.setAttribute("aria-label", geogrid.say(word));
    node.addEventListener("click", press);
  }

  function arrow() {
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M10 2 L14.5 17 L10 13.6 L5.5 17 Z");
    svg.appendChild(path);
    return svg;
  }

  geogrid.furnish = function (map) {
    new Corner().addTo(map);
    new Buttons().addTo(map);
    window.addEventListener("beforeprint", () => scaleForPaper(map.getSize()));
  };

  /* Paper shows what the screen shows: a canvas can not be drawn anew in time, so the page's print style makes it smaller by these. */
  function scaleForPaper(size) {
    const style = document.documentElement.style;
    style.setProperty("--map-width", size.x + "px");
    style.setProperty("--map-height", size.y + "px");
    style.setProperty("--map-scale", String(Math.min(PAPER_PX[0] / size.x, PAPER_PX[1] / size.y)));
  }

  /* The small text beside the pointer. */
  geogrid.Tip = function (map) {
    const node = element("div", "geogrid-tip", null, map.getContainer());
    node.setAttribute("aria-hidden", "true");
    return {
      show: function (point, lines) {
        node.replaceChildren(...lines.filter(Boolean).map((line, i) => element(i ? "span" : "b", "", line)));
        node.style.display = "block";
        const size = map.getSize(), w = node.offsetWidth, h = node.offsetHeight;
        node.style.left = Math.min(point.x + 14, size.x - w - 6) + "px";
        node.style.top = (point.y + 18 + h > size.y ? point.y - h - 10 : point.y + 18) + "px";
      },
      hide: function () { node.style.display = "none"; },
    };
  };

  /* Parses the text of a stack: "code|name|from|to|households|status;…". */
  geogrid.parseStack = function (text) {
    return (text || "").split(";").filter(Boolean).map((part) => {
      const f = part.split("|");
      return { code: f[0], name: f[1], from: +f[2], to: +f[3], households: +f[4], status: +f[5] };
    });
  };

  /* The list of stacked units by floor, the top floor first; a click on a row calls choose(unit). */
  geogrid.stackList = function (stack, level, choose) {
    const box = element("div", "geogrid-stack");
    element("h3", "", geogrid.say("stack_title", { n: stack.length, level: level.name }), box);
    const list = element("ol", "", null, box);
    for (const unit of stack.slice().sort((a, b) => b.from - a.from)) {
      const row = element("button", "geogrid-stack-row status-" + unit.status, null, element("li", "", null, list));
      row.type = "button";
      element("span", "floors", unit.from ? geogrid.say(unit.from === unit.to ? "floor" : "floors", { from: unit.from, to: unit.to }) : "", row);
      element("span", "code", unit.name || unit.code.slice(-(level.digits || 3)), row);
      element("span", "households", geogrid.say("households", { n: unit.households }), row);
      element("span", "sign", ["", "✓", "▼", "▲", ""][unit.status], row);
      row.addEventListener("click", () => choose(unit));
    }
    return box;
  };
})(geogrid);
