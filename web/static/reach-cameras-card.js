// The card on the right: a unit's figures, or one camera: its record, what is presumed, what hides it, what it should not see and what to do.
import { position } from "./card.js";
import { length, percent } from "./reach-cameras-words.js";
import { element, link, number, say } from "./dom.js";
import * as map from "./map.js";

let asked = 0;
const place = () => document.getElementById("card");

function show(nodes, box) {
  place().replaceChildren(...nodes);
  place().hidden = false;
  position(place(), box);
}

function head(says, title, note, close) {
  const button = element("button", { type: "button", class: "close", "aria-label": says.close }, "✕");
  button.addEventListener("click", () => { asked++; place().hidden = true; map.ready(it => it.seen.choose(null)); close?.(); });
  return element("div", { class: "card-head" }, element("h2", {}, title), element("span", { class: "note" }, note), button);
}

const row = (name, ...value) => element("div", {}, element("dt", {}, name), element("dd", {}, ...value));

export function clear() {
  asked++;
  place().hidden = true;
  map.ready(it => it.seen.choose(null));
}

// A unit: what share of its streets, doors and ground is seen, and a way on.
export async function unitCard(page, level, code, { list }) {
  const mine = ++asked, { says } = page, answer = await fetch(`${page.seen.data}table/${level}.json?lang=${page.asked || page.lang}`), data = answer.ok ? await answer.json() : null, i = data ? data.codes.indexOf(code) : -1;
  if (mine !== asked || i < 0) return;
  map.ready(it => it.seen.choose(null));
  const value = name => data.values[name][i], unit = window.geogrid?.unit(level, code), lower = page.order.slice(page.order.indexOf(level) + 1).find(one => page.levels[one]);
  const open = element("a", { class: "button primary", href: link(page.urls.unit + encodeURIComponent(code), { level }, page) }, say(says.open, { level: page.levels[level].name }));
  const below = lower ? element("button", { type: "button", class: "button" }, say(says.list, { level: page.levels[lower].plural })) : "";
  if (below) below.addEventListener("click", () => list(code, lower));
  const lines = value("street_m") ? [["sure", value("sure")], ["perhaps", value("perhaps")], ["blind", value("blind")]].map(([name, share]) => element("span", {}, element("b", { class: "word-" + name }, percent(share)), " ", document.getElementById("seen-legend").querySelector(`[data-class="${["sure", "perhaps", "blind"].indexOf(name)}"] .words`).firstChild.textContent.trim())) : [says.no_streets];
  show([
    head(says, data.labels[i], data.above[i]),
    element("p", {}, say(value("cameras") === 1 ? says.base_one : says.base, { cameras: number(value("cameras")), street: length(value("street_m"), says) })),
    element("p", { class: "signs" }, ...lines),
    element("p", { class: "note" }, value("entrances") ? say(says.doors_short, { seen: number(value("doors_seen")), all: number(value("entrances")) }) : says.no_doors),
    element("div", { class: "card-foot" }, open, below, element("span", { class: "code" }, code)),
  ], unit?.box);
}

// A camera. What is presumed or a default says so behind its value.
export async function cameraCard(page, id, at, { move }) {
  const mine = ++asked, { says } = page, answer = await fetch(link(page.seen.record, id ? { id } : { lon: at[0], lat: at[1] }, page)), got = await answer.json().catch(() => ({}));
  if (mine !== asked) return;
  if (!answer.ok) return show([head(says, id, ""), element("p", {}, (page.lang === "zh" ? got.message_zh : got.message) || String(answer.status))], null);
  const kind = page.kinds.find(one => one.key === got.kind)?.name || got.kind || "–", foot = [];
  map.ready(it => it.seen.choose({ region: got.region, perhaps: got.perhaps, hides: got.hides?.shape, place: got.at, direction: got.direction_deg }));
  if (!got.secret) {
    const button = element("button", { type: "button", class: "button" }, says.move);
    button.addEventListener("click", () => move(got));
    foot.push(button);
  }
  show([
    head(says, got.name || kind, got.name ? kind : "", null),
    ...(got.over || []).map(found => element("div", { class: "over-told" }, element("p", {}, element("b", {}, says["over_" + found.what] || says.over), " ", found.text))),
    got.status ? element("p", { class: "note" }, says[got.status]) : "",
    element("dl", { class: "record" }, ...rows(page, got, kind)),
    element("div", { class: "card-foot" }, ...foot, element("span", { class: "note" }, got.secret ? "" : says.open_camera), element("span", { class: "code" }, got.id)),
  ], box(got.region || got.perhaps) || [got.at[0], got.at[1], got.at[0], got.at[1]]);
}

function rows(page, got, kind) {
  const { says } = page, told = (name, text, bare = false) => bare ? [text] : [text, " ", element("span", { class: "note" }, got.defaults?.includes(name) ? says.default : says.given)];
  const out = [row(says.kind, [kind, page.seen.ptz[got.ptz]].filter((one, i, all) => one && all.indexOf(one) === i).join(" · "))];
  if (got.gb_code) out.push(row(says.code, got.gb_code, element("span", { class: "note" }, " ", got.code_fault || got.gb_code.length !== 20 ? says.code_wrong : say(says.code_parts, parts(got.gb_code)))));
  out.push(row(says.direction, ...direction(says, got)));
  const lens = [["angle_deg", "°"], ["range_m", "\u2009" + says.metres], ["height_m", "\u2009" + says.metres]].filter(([name]) => got[name] !== null), same = new Set(lens.map(([name]) => !!got.defaults?.includes(name))).size === 1;
  if (lens.length) out.push(row(says.lens, ...lens.flatMap(([name, unit], i) => [i ? " · " : "", ...told(name, got[name] + unit, same && i < lens.length - 1)])));
  if (got.units.length) out.push(row(says.stands, got.units.map(unit => unit.label).slice(-2).join(" · ")));
  if (got.hides) {
    out.push(row(says.sees, `${number(Math.round(got.seen_m2))}\u2009m²`));
    out.push(row(says.hidden, ...hidden(says, got.hides)));
  }
  if (got.secret) out.push(row(says.secrecy, says.secret));
  return out;
}

function direction(says, got) {
  if (got.angle_deg >= 360 || got.is_dome) return [says.all_round];
  if (got.direction_deg === null) return [says.unknown];
  return [`${got.direction_deg}°`, " ", element("span", { class: "note" }, got.uncertain_deg ? says.presumed : says.given)];
}

export function hidden(says, hides) {
  const { buildings, walls, addresses, unnamed } = hides;
  if (!buildings && !walls) return [says.nothing_hides];
  const counts = [buildings ? say(buildings === 1 ? says.hidden_one : says.hidden_by, { n: number(buildings) }) : "", walls ? say(says.walls, { n: number(walls) }) : ""].filter(Boolean).join(", ");
  const named = [...addresses, unnamed && addresses.length ? say(says.no_address, { n: number(unnamed) }) : ""].filter(Boolean).join(says.comma || ", ");
  return [counts, named ? element("span", { class: "note" }, " ", named) : ""];
}

function parts(code) {
  return { civil: code.slice(0, 8), industry: code.slice(8, 10), type: code.slice(10, 13), network: code.slice(13, 14), serial: code.slice(14) };
}

export function box(shape) {
  if (!shape) return null;
  const at = shape.coordinates.flat(Infinity), x = at.filter((_, i) => i % 2 === 0), y = at.filter((_, i) => i % 2);
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}
