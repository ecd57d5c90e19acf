// What the map draws of it: blind streets of the whole from afar, streets by class from zoom 14, regions from zoom 16, fetched by tile and kept for a while.
import * as map from "./map.js";

const ZOOMS = { streets: 13, regions: 15, perhaps: 15 }; // of web/cameradrawn.py
const MOST = 80; // tiles kept of each layer

export function drawing(page) {
  const kept = { streets: new Map(), regions: new Map(), perhaps: new Map() }, latest = {};
  let blind = null;

  async function get(address) {
    const answer = await fetch(address);
    return answer.ok ? answer.json() : null;
  }

  function wanted(layer, [west, south, east, north]) {
    const n = 2 ** ZOOMS[layer], x = lon => Math.floor((lon / 360 + 0.5) * n), y = lat => Math.floor((0.5 - Math.asinh(Math.tan(lat * Math.PI / 180)) / (2 * Math.PI)) * n), out = [];
    for (let i = x(west); i <= x(east); i++) for (let j = y(north); j <= y(south); j++) out.push(`${layer}/${i}/${j}`);
    return out;
  }

  async function fill(it, layer, bounds) {
    const names = wanted(layer, bounds), store = kept[layer], mine = latest[layer] = names.join();
    for (const name of names) {
      const found = store.get(name) || get(`${page.seen.data}${name}.json`);
      store.delete(name);
      store.set(name, found);
    }
    for (const name of store.keys()) if (store.size > Math.max(MOST, names.length)) store.delete(name);
    const columns = (await Promise.all(names.map(name => store.get(name)))).filter(Boolean);
    if (latest[layer] === mine) it.seen.show({ [layer]: layer === "streets" ? columns : once(columns) });
  }

  // A region that meets two tiles came twice: it is drawn once.
  function once(all) {
    const seen = new Set();
    return all.map(columns => {
      const last = new Set(seen);
      columns.id.forEach(id => seen.add(id));
      return columns.id.some(id => last.has(id)) ? without(columns, last) : columns;
    });
  }

  function without(columns, last) {
    const out = { ...columns, id: [], n: [], xy: [] };
    delete out.made;
    let at = 0;
    columns.n.forEach((n, i) => {
      const xy = columns.xy.slice(2 * at, 2 * (at + n));
      at += n;
      if (last.has(columns.id[i])) return;
      out.id.push(columns.id[i]);
      out.n.push(n);
      for (const step of xy) out.xy.push(step);
    });
    return out;
  }

  async function follow(it) {
    const zoom = it.map.getZoom(), b = it.map.getBounds().pad(0.1), bounds = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    if (zoom < it.seen.LINE_ZOOM) {
      blind ??= get(`${page.seen.data}blind.json`);
      const columns = await blind;
      return columns && it.seen.show({ blind: [columns] });
    }
    const layers = zoom >= it.seen.REGION_ZOOM ? ["streets", "regions", "perhaps"] : ["streets"];
    return Promise.all(layers.map(layer => fill(it, layer, bounds)));
  }

  map.ready(it => it.on("ready", () => { it.setFill("measure"); it.on("view", () => follow(it)); follow(it); }));
  return { only: classes => map.ready(it => it.seen.only(classes)) };
}
