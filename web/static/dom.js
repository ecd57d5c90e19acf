// Make elements. Text from data only ever becomes textContent: a name that looks like a tag is shown as it is written.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return made;
}

export const say = (text, facts = {}) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
export const number = value => value === null || value === undefined ? "–" : Number(value).toLocaleString("en-US");
export const share = (part, whole) => !whole ? "–" : part && part / whole < 0.0005 ? "< 0.1\u2009%" : (100 * part / whole).toFixed(1) + "\u2009%";
export const SIGNS = { above: "▲", in: "✓", below: "▼", dedicated: "–" };

// An address that keeps the language, plan and version that the page was asked for.
export function link(path, arguments_, page) {
  const query = new URLSearchParams(Object.entries({ ...page.kept, ...arguments_, lang: page.asked }).filter(([, value]) => value));
  return path + (query.size ? "?" + query : "");
}
