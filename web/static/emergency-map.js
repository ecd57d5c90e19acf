// Who goes where, on the map: a line from each home unit to the unit that is gone to, and there how many come.
import * as map from "./map.js";
import { number, say } from "./dom.js";

let drawn = null;

export function draw(flows, kind, says) {
  map.ready(it => it.on("ready", () => {
    drawn?.remove();
    drawn = null;
    if (!flows.length) return;
    const { L } = window, colour = kind === "drill" ? "#4b5661" : "#a84300", ends = new Map();
    drawn = L.layerGroup();
    const canvas = L.canvas({ padding: 0.5 });
    if (!it.map.getPane("emergency")) it.map.createPane("emergency").classList.add("em-pane"); // above the names of units
    for (const flow of flows) {
      const end = ends.get(flow.code) || { ...flow, people: 0, bodies: 0 };
      ends.set(flow.code, Object.assign(end, { people: end.people + flow.people, bodies: end.bodies + flow.bodies }));
      if (!flow.from || flow.from.every((value, i) => value === flow.to[i])) continue;
      const weight = Math.min(6, 1 + Math.sqrt(flow.people + flow.bodies) / 2);
      L.polyline([flow.from, flow.to].map(([lon, lat]) => [lat, lon]), { renderer: canvas, color: colour, weight, opacity: flows.length > 200 ? 0.45 : 0.75, interactive: false }).addTo(drawn);
    }
    for (const end of ends.values()) count(L, end, kind, says).addTo(drawn);
    drawn.addTo(it.map);
  }));
}

function count(L, end, kind, says) {
  const parts = [end.people ? say(says.count_people, { n: number(end.people) }) : "", end.bodies ? say(says.count_bodies, { n: number(end.bodies) }) : ""].filter(Boolean);
  const text = number(end.people || end.bodies), wide = 16 + 8 * text.length, title = `${end.name}: ${parts.join(" · ")}`;
  const icon = L.divIcon({ html: Object.assign(document.createElement("span"), { textContent: text }), className: `em-count ${kind}`, iconSize: [wide, 22], iconAnchor: [wide / 2, 11] });
  return L.marker([end.to[1], end.to[0]], { icon, pane: "emergency", keyboard: false, title, alt: title });
}

// Bring what is gone to into view, with some land around it.
export function show(flows) {
  const points = flows.flatMap(flow => flow.from ? [flow.from, flow.to] : [flow.to]);
  if (!points.length) return;
  const [west, east, south, north] = [0, 1].flatMap(i => [Math.min, Math.max].map(most => most(...points.map(point => point[i]))));
  const wide = Math.max(0.004, (east - west) * 0.06), high = Math.max(0.003, (north - south) * 0.06);
  map.ready(it => it.on("ready", () => it.fit([west - wide, south - high, east + wide, north + high])));
}
