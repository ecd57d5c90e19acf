/* What a list is about, on the map: all its units hatched at once, or one place that is no unit in a ring; and a place that a page asks for.

   geogrid.mark(level, codes) or mark(null)   geogrid.ring(box) or ring(null)
   geogrid.pick(fn) or pick(null): a click on the map, or Enter for its middle, calls fn(latlng) and chooses nothing
   geogrid.stepBack(): only the base map is drawn, and the pointer is left to another script, which draws the units itself. */
"use strict";
(function (geogrid) {
  let ground = null, map = null, state = null, names = null, circle = null;

  geogrid.marks = function (on, layer, shared, labels) {
    map = on;
    ground = layer;
    state = shared;
    names = labels;
    map.getContainer().addEventListener("keydown", (e) => { if (e.key === "Enter" && state.pick && e.target === map.getContainer()) state.pick(map.getCenter()); });
  };

  geogrid.mark = function (level, codes) {
    if (!state) return;
    state.marked = level ? { level: level, codes: new Set(codes) } : null;
    if (level && state.shown !== level) geogrid.setLevel(level);
    ground.repaintOver();
  };

  geogrid.pick = function (fn) {
    map.fire("mouseout");
    state.pick = fn;
    map.getContainer().classList.toggle("picking", !!fn);
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
