/* Units tinted by a share that the page knows: one hue, a few classes, the figure under the unit's name.

   geogrid.setMeasure(level, {codes, shares (0 to 1, null where there is none), steps (upper limits of the classes but the last), hue, text,
                             close (as strong close up, where nothing else on the map shows it)})
   geogrid.measureAlpha(share, steps)   how strongly the hue is laid on, for legends */
"use strict";
(function (geogrid) {
  const STRONGEST = 0.62, NEAR_ZOOM = 15, NEAR = 0.35, CLOSE_ZOOM = 16; // from here on the streets and homes themselves show it
  let ground = null, state = null, names = null;

  geogrid.measures = function (layer, shared, labels) {
    ground = layer;
    state = shared;
    names = labels;
  };

  geogrid.setMeasure = function (level, given) {
    const rows = new Map(given.codes.map((code, i) => [code, i]));
    state.measures = Object.assign(state.measures || {}, { [level]: Object.assign({ rows: rows }, given) });
    ground.repaint();
    names.redraw();
  };

  geogrid.measureAlpha = function (share, steps) {
    const at = steps.findIndex((step) => share <= step), k = at < 0 ? steps.length : at;
    return (STRONGEST * k) / steps.length;
  };

  /* The strength for a unit of a tile, codes parted by spaces; null where nothing is known of it. */
  geogrid.measureOf = function (state, codes, zoom) {
    const m = (state.measures || {})[state.shown], i = m && codes.split(" ").map((code) => m.rows.get(code)).find((row) => row !== undefined);
    if (i === undefined || m.shares[i] === null || (zoom >= CLOSE_ZOOM && !m.close)) return null;
    return { hue: m.hue, alpha: geogrid.measureAlpha(m.shares[i], m.steps) * (zoom >= NEAR_ZOOM && !m.close ? NEAR : 1) };
  };

  /* What stands under a unit's name: nothing where only another level is measured; undefined where the fill is no measure. */
  geogrid.measureText = function (state, level, code) {
    if (state.fill !== "measure") return undefined;
    const m = (state.measures || {})[level], i = m && level === state.shown ? m.rows.get(code) : undefined;
    return i === undefined ? "" : m.text[i];
  };
})(geogrid);
