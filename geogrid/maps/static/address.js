/* The fragment of the address holds level, fill, layers, selection and view, so that a copied link shows the same. */
"use strict";
(function (geogrid) {
  geogrid.writeAddress = function (map, state) {
    const c = map.getCenter(), parts = new URLSearchParams();
    parts.set("level", state.level);
    parts.set("fill", state.fill);
    parts.set("on", Object.keys(state.layers).filter((name) => state.layers[name]).join(","));
    const off = Object.keys(state.layers).filter((name) => state.layers[name] === false);
    if (off.length) parts.set("off", off.join(","));
    parts.set("at", [map.getZoom(), c.lat.toFixed(5), c.lng.toFixed(5)].join("/"));
    if (state.selected) parts.set("sel", state.selected.level + ":" + state.selected.code.split(" ")[0]);
    for (const [name, value] of Object.entries(geogrid.beside || {})) if (value) parts.set(name, value); // what the page beside the map keeps there
    try {
      history.replaceState(history.state, "", "#" + parts.toString().replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/"));
    } catch (error) {
      /* a page opened from disk may not change its address: the state is then not kept */
    }
  };

  /* Sets level, fill, layers and selection of the state; returns {view} where the address has one. */
  geogrid.readAddress = function (state) {
    const parts = new URLSearchParams(location.hash.slice(1)), found = {};
    if (state.levels.some((l) => l.id === parts.get("level"))) state.level = parts.get("level");
    if (/^(bounds|identity|measure|none)$/.test(parts.get("fill") || "")) state.fill = parts.get("fill");
    if (parts.has("on")) for (const name of parts.get("on").split(",").filter(Boolean)) state.layers[name] = true;
    for (const name of (parts.get("off") || "").split(",").filter(Boolean)) state.layers[name] = false;
    const at = (parts.get("at") || "").split("/").map(Number);
    if (at.length === 3 && at.every(Number.isFinite)) found.view = { zoom: at[0], center: [at[1], at[2]] };
    const chosen = /^(\w+):(.+)$/.exec(parts.get("sel") || "");
    if (chosen) state.selected = { level: chosen[1], code: chosen[2] };
    return found;
  };
})(geogrid);
