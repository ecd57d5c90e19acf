/* What a list is about, on the map: all its units hatched at once, or one place that is no unit in a ring.

   geogrid.mark(level, codes) or mark(null)   geogrid.ring(box) or ring(null)
   geogrid.stepBack(): only the base map is drawn, and the pointer is left to another script, which draws the units itself. */
"use strict";
(function (geogrid) {
  let ground = null, map = null, state = null, names = null, circle = null;

  geogrid.marks = function (on, layer, shared, labels) {
    map = on;
    ground = layer;
    state = shared;
    names = labels;
  };

  geogrid.mark = function (level, codes) {
    if (!state) return;
    state.marked = level ? { level: level, codes: new Set(codes) } : null;
    if (level && state.shown !== level) geogrid.setLevel(level);
    ground.repaintOver();
  };

  geogrid.stepBack = function () {
    map.fire("mouseout");
    Object.assign(state, { isBase: true, selected: null });
    ground.repaint();
    names.redraw();
  };

  geogrid.ring = function (box) {
    if (circle) circle.remove();
    const look = { radius: 14, color: geogrid.LOOK.aboveMark, weight: 3, fill: false, interactive: false };
    circle = box && map ? L.circleMarker([(box[1] + box[3]) / 2, (box[0] + box[2]) / 2], look).addTo(map) : null;
  };
})(geogrid);
