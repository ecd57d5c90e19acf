// Make elements. Text from data only ever becomes textContent: a name that looks like a tag is shown as it is written.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return made;
}

// A drawing or a part of it: what is drawn by figures is SVG, since the policy allows no inline style.
export function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// One class of a tint in its legend.
export const swatch = (fill, alpha) => svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svg("rect", { x: 0.5, y: 0.5, width: 13, height: 13, fill, "fill-opacity": alpha, stroke: "#8b8678" }));

export const byId = id => document.getElementById(id);
export const say = (text, facts = {}) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
export const number = value => value === null || value === undefined ? "–" : Number(value).toLocaleString("en-US");
export const share = (part, whole) => !whole ? "–" : part && part / whole < 0.0005 ? "< 0.1\u2009%" : (100 * part / whole).toFixed(1) + "\u2009%";
// A share that is told as all only where it is.
export const cover = (part, whole) => part < whole && part / whole > 0.9995 ? "99.9\u2009%" : share(part, whole);
// "2026-03-02T08:05:00+08:00" as "2026-03-02 08:05", and as a field for moments takes it; a day is its noon there.
export const clock = text => text ? text.slice(0, 16).replace("T", " ") : "";
export const moment = when => when.length === 10 ? when + "T12:00" : when.slice(0, 16);
export const SIGNS = { above: "▲", in: "✓", below: "▼", dedicated: "–" };

// An address that keeps the language, plan and version that the page was asked for.
export function link(path, arguments_, page) {
  const query = new URLSearchParams(Object.entries({ ...page.kept, ...arguments_, lang: page.asked }).filter(([, value]) => value));
  return path + (query.size ? "?" + query : "");
}

// The same for what a script reads: its answer is in the page's language, whatever the browser's is.
export const dataLink = (path, arguments_, page) => link(path, arguments_, { ...page, asked: page.asked || page.lang });
