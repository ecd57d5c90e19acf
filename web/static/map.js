// The one place that talks to the map (`window.geogrid`, made by the map's own script, which may come later than we).
const waiting = [];

export function ready(then) {
  if (window.geogrid) then(window.geogrid);
  else waiting.push(then);
}

window.addEventListener("geogrid:ready", () => { while (window.geogrid && waiting.length) waiting.shift()(window.geogrid); });
let patience = 100;
const timer = setInterval(() => {
  if (window.geogrid) while (waiting.length) waiting.shift()(window.geogrid);
  if (window.geogrid || --patience < 0) clearInterval(timer);
}, 100);

export const on = (event, then) => ready(map => map.on(event, then));
export const select = (level, code, options) => ready(map => map.select(level, code, options));
export const highlight = (level, code) => ready(map => map.highlight(level, code));
export const setFill = fill => ready(map => map.setFill(fill));
export const filter = statuses => ready(map => map.filter(statuses));
export const setLayer = (name, on) => ready(map => map.setLayer(name, on));
export const showFinding = at => ready(map => map.showFinding(at));
export const showFault = fault => ready(map => map.showFault(fault));
export const fit = (box, options) => ready(map => map.fit(box, options));
export const mark = (level, codes) => ready(map => map.mark(level, codes));
export const ring = box => ready(map => map.ring(box));
export const served = then => ready(map => then(map.served));
export const pick = then => ready(map => map.pick(then));
export const setMeasure = (level, given) => ready(map => map.setMeasure(level, given));
export const setLevel = level => ready(map => map.setLevel(level));

// Where a box in degrees lies on the screen, to keep cards off it.
export function boxOnScreen([west, south, east, north]) {
  if (!window.geogrid) return null;
  const { map } = window.geogrid, one = map.latLngToContainerPoint([north, west]), two = map.latLngToContainerPoint([south, east]), size = map.getSize();
  return { left: one.x, top: one.y, right: two.x, bottom: two.y, width: size.x, height: size.y };
}
