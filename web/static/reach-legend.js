// What the marks of the stations map mean, for the kind, the minutes and the way walks were measured.
import { element, say } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";

export function drawing(width, height, parts) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes, text] of parts) {
    const part = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    if (text !== undefined) part.textContent = text;
    svg.append(part);
  }
  return svg;
}

export function legend(page, chosen, level) {
  const { words, summary } = page, isLand = summary.what === "land", rows = [];
  const row = (svg, text, kind = "") => { if (kind) svg.setAttribute("class", kind); rows.push(element("li", {}, svg, text)); };
  if (page.reach.homes) {
    row(drawing(16, 16, isLand ? [["rect", { x: 4, y: 4, width: 8, height: 8, fill: "#a84300" }]] : [["path", { d: "M8 2l6 6-6 6-6-6z", fill: "#a84300" }]]), words[isLand ? "unserved_land_point" : "unserved_home"], "mark");
    row(drawing(16, 16, [["circle", { cx: 8, cy: 8, r: 3, fill: "#8fa89e" }]]), words[isLand ? "served_land_point" : "served_home"], "mark");
  }
  if (page.reach.area) row(drawing(24, 16, [["path", { d: "M0 8h24", stroke: "#00664b", "stroke-width": 2, "stroke-dasharray": "6 3" }]]), say(words["area_" + summary.method], chosen.facts()));
  row(drawing(24, 16, [0.15, 0.35, 0.62].map((alpha, i) => ["rect", { x: 8 * i, y: 2, width: 8, height: 12, fill: "#e58a4e", "fill-opacity": alpha }])), say(words.tint, { level: page.levels[level].name }));
  document.getElementById("legend").replaceChildren(...rows);
}
