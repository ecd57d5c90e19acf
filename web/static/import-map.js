// The preview: takes over folium's map and draws the files as they are taken to lie, with a cross where a row can not be used.
import { number, say } from "./dom.js";

const AREAS = { district: ["#1c2329", 3], streets: ["#1c2329", 1.8], communities: ["#1c2329", 1], grids: ["#4b5661", 0.6], microgrids: ["#4b5661", 0.4], buildings: ["#a89f8b", 0.6], compounds: ["#8b8678", 1] };
const LINES = { roads: ["#b9b09d", 2], railways: ["#4b5661", 1.5], water: ["#7fb0cc", 2], walls: ["#8b8678", 1] };
const FILLS = { buildings: "#d9d1c1", water: "#cfe3ee", green: "#e4eddc", district: "#f7f5f0" };
const ORDER = ["district", "green", "water", "railways", "roads", "walls", "buildings", "compounds", "microgrids", "grids", "communities", "streets"];
let drawn = null, fitted = "";

export async function drawPreview(address, words, english) {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const found = await answer.json();
  whenReady(() => draw(found, words, english));
}

function whenReady(then) {
  if (window.geogrid?.map) return then();
  window.addEventListener("geogrid:ready", then, { once: true });
}

function draw(found, words, english) {
  const { map } = window.geogrid, L = window.L;
  drawn?.remove();
  drawn = L.layerGroup().addTo(map);
  const layers = [...found.layers].sort((a, b) => rank(a.role) - rank(b.role));
  for (const layer of layers) for (const shape of layer.shapes) L.geoJSON(shape, look(layer, L)).addTo(drawn);
  for (const cross of found.crosses) mark(cross, L, words, english).addTo(drawn);
  if (found.crosses.length) label(found, L, words).addTo(drawn);
  if (found.bbox && found.bbox.join() !== fitted) { fitted = found.bbox.join(); map.setMinZoom(3); window.geogrid.fit(found.bbox, { animate: false }); }
  const thinned = layers.filter(layer => layer.shown < layer.n).map(layer => layer.key.split("|")[0] + " " + say(words.shown, { n: number(layer.shown), all: number(layer.n) }));
  document.getElementById("preview-note").textContent = [words.preview, ...thinned].join(" · ");
}

const rank = role => { const at = ORDER.indexOf(role); return at < 0 ? ORDER.length : at; };

function look(layer, L) {
  const [color, weight] = (layer.kind === "line" ? LINES : AREAS)[layer.role] || ["#4b5661", 1];
  const fill = FILLS[layer.role];
  return {
    interactive: false,
    style: layer.kind === "point" ? { radius: 2.5, weight: 0.5, color: "#ffffff", fill: true, fillColor: "#17324d", fillOpacity: 0.8 } : { color, weight, fill: layer.kind === "area" && Boolean(fill), fillColor: fill, fillOpacity: 0.7 },
    pointToLayer: (_, place) => L.circleMarker(place, { interactive: false }),
  };
}

function mark(cross, L, words, english) {
  const sign = document.createElement("span");
  sign.className = "cross";
  sign.textContent = "✕";
  sign.title = say(words.row, { row: number(cross.row), text: english ? cross.text : cross.text_zh });
  return L.marker([cross.lat, cross.lon], { icon: L.divIcon({ html: sign, className: "cross-place", iconSize: [16, 16] }), keyboard: false, interactive: true, title: sign.title, alt: sign.title });
}

function label(found, L, words) {
  const lowest = found.crosses.reduce((a, b) => (b.lat < a.lat ? b : a));
  const text = document.createElement("span");
  text.textContent = say(words.outside, { n: number(found.crosses_n) });
  return L.marker([lowest.lat, lowest.lon], { icon: L.divIcon({ html: text, className: "cross-label", iconSize: [160, 20], iconAnchor: [80, -8] }), keyboard: false, interactive: false });
}
