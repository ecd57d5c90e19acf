// The card of what is selected: name, numbers, a way on. It stands in the corner that is farthest from what it speaks of.
import { element, link, number, say, SIGNS } from "./dom.js";
import { boxOnScreen } from "./map.js";

let asked = 0;

export async function card(page, level, code, actions = []) {
  const place = document.getElementById("card"), mine = ++asked;
  if (!code) { place.hidden = true; return null; }
  let feature;
  try {
    const answer = await fetch(link(page.urls.api_unit + encodeURIComponent(code), { level }, page));
    if (!answer.ok || mine !== asked) return null;
    feature = await answer.json();
  } catch (error) { return null; }
  if (mine !== asked) return null;
  const { properties: unit, summary } = feature, words = page.words, info = page.levels[level];
  const close = element("button", { type: "button", class: "close", "aria-label": words.close }, "✕");
  close.addEventListener("click", () => { place.hidden = true; });
  const held = Object.entries(summary.levels).filter(([, n]) => n.units).map(([id, n]) => say(words.count_all, { n: number(n.units), level: page.levels[id][n.units === 1 ? "name" : "plural"] }));
  const numbers = [...held, say(words.households, { n: number(unit.households) })].join(words.comma);
  const signs = [];
  if (summary.status && SIGNS[summary.status] && info.bounds) signs.push(element("span", { class: "status " + summary.status }, `${SIGNS[summary.status]} ${words[summary.status]}${words.colon}${words.bounds} ${info.bounds}`));
  for (const [id, n] of Object.entries(summary.levels)) {
    for (const side of ["above", "below"]) if (n[side]) signs.push(element("span", { class: "status " + side }, `${SIGNS[side]} ${say(words["count_" + side], { n: number(n[side]), level: page.levels[id][n[side] === 1 ? "name" : "plural"] })}`));
  }
  const sites = [["stations", summary.stations], ["cameras", summary.cameras]].filter(([, n]) => n !== null).map(([role, n]) => `${words[role]} ${number(n)}`).join(words.comma);
  place.replaceChildren(
    element("div", { class: "card-head" }, element("h2", {}, unit.name || `${info.name} ${code.slice(-3)}`), element("span", { class: "note" }, summary.parent_name), close),
    element("p", {}, numbers), signs.length ? element("p", { class: "signs" }, ...signs) : "", element("p", { class: "note" }, sites),
    element("div", { class: "card-foot" }, element("a", { class: "button primary", href: link(page.urls.unit + encodeURIComponent(code), { level }, page) }, say(words.open, { level: info.name })), ...actions, element("span", { class: "code" }, code)));
  place.hidden = false;
  position(place, feature.bbox);
  return feature;
}

export function position(place, bbox) {
  place.classList.remove("left", "top");
  const box = bbox && bbox.length && boxOnScreen(bbox);
  if (!box) return;
  const hit = (left, top) => {
    const w = place.offsetWidth + 32, h = place.offsetHeight + 64, x = left ? 0 : box.width - w, y = top ? 0 : box.height - h;
    return Math.max(0, Math.min(x + w, box.right) - Math.max(x, box.left)) * Math.max(0, Math.min(y + h, box.bottom) - Math.max(y, box.top));
  };
  const corners = [[false, false], [true, false], [true, true]], best = corners.reduce((one, two) => hit(...two) < hit(...one) ? two : one);
  if (best[0]) place.classList.add("left");
  if (best[1]) place.classList.add("top");
}
