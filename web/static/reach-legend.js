// What the marks of the stations map mean, for the kind, the minutes and the way walks were measured.
import { byId, element, say, svg } from "./dom.js";

export function drawing(width, height, parts) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...parts.map(([tag, attributes, text = ""]) => svg(tag, attributes, text)));
}

export function legend(page, chosen, level) {
  const { words, summary } = page, isLand = summary.what === "land", rows = [];
  const row = (drawn, text, kind = "") => { if (kind) drawn.setAttribute("class", kind); rows.push(element("li", {}, drawn, text)); };
  if (page.reach.homes) {
    row(drawing(16, 16, isLand ? [["rect", { x: 4, y: 4, width: 8, height: 8, fill: "#a84300" }]] : [["path", { d: "M8 2l6 6-6 6-6-6z", fill: "#a84300" }]]), words[isLand ? "unserved_land_point" : "unserved_home"], "mark");
    row(drawing(16, 16, [["circle", { cx: 8, cy: 8, r: 3, fill: "#8fa89e" }]]), words[isLand ? "served_land_point" : "served_home"], "mark");
  }
  if (page.reach.area) row(drawing(24, 16, [["path", { d: "M0 8h24", stroke: "#00664b", "stroke-width": 2, "stroke-dasharray": "6 3" }]]), say(words["area_" + summary.method], chosen.facts()));
  row(drawing(24, 16, [0.15, 0.35, 0.62].map((alpha, i) => ["rect", { x: 8 * i, y: 2, width: 8, height: 12, fill: "#e58a4e", "fill-opacity": alpha }])), say(words.tint, { level: page.levels[level].name }));
  byId("legend").replaceChildren(...rows);
}
