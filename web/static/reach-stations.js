// Stations: who is not served within so many minutes. A kind and a time are chosen; the sentence, the bar, the table and the map follow.
import { answer as answered } from "./ask.js";
import { dataLink, element, link, number, say, share } from "./dom.js";
import * as map from "./map.js";
import { checks } from "./reach-checks.js";
import { legend } from "./reach-legend.js";
import { sites } from "./reach-sites.js";
import { state } from "./state.js";
import { unitsTable } from "./units.js";

const HUE = "#e58a4e", STEPS = [0, 0.1, 0.25, 0.5, 0.75]; // a class each, the last above 75 %

export async function stations(page) {
  const kinds = document.getElementById("kinds"), times = document.getElementById("minutes");
  if (!kinds) return;
  const at = state(["kind", "minutes"]), values = at.values, words = page.words;
  if (!page.kinds.some(one => one.key === values.kind)) values.kind = page.kind;
  if (!page.minutes.some(n => String(n) === values.minutes)) values.minutes = String(page.minutes[Math.floor(page.minutes.length / 2)]);
  const ask = async (name, arguments_ = {}) => {
    const got = await answered(page, link(page.reach[name], arguments_, page));
    return { status: got.status, body: await got.json() };
  };
  const chosen = { at, values, ask, amount: n => amount(page, n), kind: () => page.kinds.find(one => one.key === values.kind), facts: () => ({ kind: chosen.kind().name, minutes: values.minutes }), figures: () => page.summary.figures[values.kind][values.minutes] };
  let listed = null;
  const pressed = () => {
    for (const button of kinds.children) button.setAttribute("aria-pressed", String(button.dataset.kind === values.kind));
    for (const button of times.children) button.setAttribute("aria-pressed", String(button.dataset.minutes === values.minutes));
  };
  pressed();
  page.summary = await figures(page, ask);
  if (!page.summary) return;
  const table = unitsTable(page, {
    address: level => dataLink(page.reach.units, { kind: values.kind, level }, page),
    columns: data => data.columns.map(column => columnOf(column, values.minutes)),
    sort: () => ["unserved:" + values.minutes, true],
    extra: () => ({ kind: values.kind, minutes: values.minutes }),
    download: "station_units",
    onData: data => {
      listed = data;
      tint(page, data, values);
      const said = document.querySelector("#card:not([hidden]) .unit-said");
      if (said) unitSaid(page, chosen, said.dataset.level, said.dataset.code, data);
    },
    said: (level, code) => unitSaid(page, chosen, level, code, listed),
  });
  const tools = sites(page, chosen), list = checks(page, chosen), drawn = homes(page, chosen);

  function show() {
    pressed();
    answer(page, chosen);
    legend(page, chosen, table.values.level);
    for (const file of document.querySelectorAll("[data-unserved]")) file.href = link(file.pathname, { kind: values.kind, minutes: values.minutes }, page);
    for (const kind of page.kinds) for (const layer of kind.layers) map.setLayer("stations:" + layer, kind.key === values.kind);
    map.setFill("measure");
    drawn();
    tools();
    list();
  }

  kinds.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button || button.dataset.kind === values.kind) return;
    at.set({ kind: button.dataset.kind });
    table.load();
    show();
  });
  times.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button || button.dataset.minutes === values.minutes) return;
    at.set({ minutes: button.dataset.minutes });
    table.refine();
    table.load();
    show();
  });
  document.querySelector("#answer a").addEventListener("click", event => {
    event.preventDefault(); // the fragment is the map's
    document.getElementById("scroll").scrollIntoView();
    document.getElementById("scroll").focus();
  });
  document.getElementById("levels").addEventListener("click", () => legend(page, chosen, table.values.level));
  map.on("ready", show);
  answer(page, chosen);
}

// The figures, when they are computed; until then the stage is shown.
async function figures(page, ask) {
  const said = document.getElementById("unserved-words");
  try {
    for (;;) {
      const { status, body } = await ask("figures", { wait: "0" });
      if (status !== 202) return body;
      said.textContent = page.words["stage_" + body.stage] || page.words.computing;
      await new Promise(done => setTimeout(done, 300));
    }
  } catch (error) {
    said.textContent = page.words.failed + " " + error.message;
    document.getElementById("answer").setAttribute("aria-busy", "false");
    return null;
  }
}

// An amount of what is counted: households, or land in hectares that is said in square kilometres where it is much.
function amount(page, n) {
  if (page.summary.what !== "land") return say(page.words.homes, { n: number(n) });
  return n >= 100 ? `${(n / 100).toFixed(2)} km²` : say(page.words.land_short, { n: number(n) });
}

function answer(page, chosen) {
  const { words, summary } = page, one = chosen.figures(), isLand = summary.what === "land", facts = chosen.facts();
  const big = document.getElementById("unserved"), bar = document.getElementById("served-bar");
  big.textContent = summary.whole ? amount(page, one.unserved) : "";
  big.className = one.unserved ? "bad" : "fine";
  document.getElementById("unserved-words").textContent = summary.whole ? say(words[isLand ? "unserved_land" : "unserved"], facts) : words.none_asked;
  const lines = [say(words[isLand ? "served_of_land" : "served_of"], { share: share(one.served, summary.whole), part: isLand ? amount(page, one.served) : number(one.served), whole: isLand ? amount(page, summary.whole) : number(summary.whole) })];
  if (!chosen.kind().n) lines.unshift(say(words.none_of_kind, facts));
  document.getElementById("served-words").textContent = summary.whole ? lines.join(words.semicolon) : "";
  bar.setAttribute("width", summary.whole ? 300 * one.served / summary.whole : 0);
  document.getElementById("answer").setAttribute("aria-busy", "false");
  room(page, chosen);
  const basis = document.getElementById("basis");
  const notes = [...summary.notes.map(note => note.text), one.unreached && chosen.kind().n ? say(words.unreached, { n: amount(page, one.unreached) }) : ""].filter(Boolean);
  basis.hidden = !notes.length;
  document.getElementById("notes").replaceChildren(...notes.map(text => element("li", {}, text)));
}

// Who finds no place when all stations are full, where their capacity is known.
async function room(page, chosen) {
  const line = document.getElementById("capacity-words"), { kind, minutes } = chosen.values;
  line.hidden = true;
  let found = null;
  try {
    found = (await chosen.ask("capacity", { kind, minutes })).body;
  } catch (error) { return; /* the figures without it stand */ }
  if (!found || kind !== chosen.values.kind || minutes !== chosen.values.minutes) return;
  line.textContent = say(page.words.left_over, { n: chosen.amount(found.left_over), ...chosen.facts() });
  line.title = found.note;
  line.hidden = false;
}

// Columns whose figures depend on the minutes; a share and a walk are written with their sign or digit.
function columnOf(column, minutes) {
  if (column.key === "unserved") return { ...column, key: "unserved:" + minutes, none: false };
  if (column.key === "share") return { ...column, key: "share:" + minutes, show: value => value === null ? "–" : share(value, 1) };
  if (column.key === "median") return { ...column, show: value => value === null ? "–" : value.toFixed(1) };
  return column;
}

// The map's units are tinted by the share without a station, and say how many homes that are.
function tint(page, data, values) {
  const unserved = data.values["unserved:" + values.minutes], shares = data.values["share:" + values.minutes];
  const text = unserved.map(n => n ? say(page.words.map_unserved, { n: number(n) }) : "");
  map.setMeasure(data.level, { codes: data.codes, shares, steps: STEPS, hue: HUE, text });
}

// The card of a unit answers the page's question for it, where the table has its figures.
function unitSaid(page, chosen, level, code, data) {
  document.querySelector("#card .unit-said")?.remove();
  const { words, summary } = page, i = data && data.level === level ? data.codes.indexOf(code) : -1, isLand = summary.what === "land";
  const value = key => data.values[key][i], all = i < 0 ? 0 : value("all");
  if (!all) return;
  const n = value("unserved:" + chosen.values.minutes), walk = value("median"), told = m => isLand ? amount(page, m) : number(m);
  const facts = [say(words[isLand ? "served_of_land" : "served_of"], { share: share(all - n, all), part: told(all - n), whole: told(all) }), walk === null ? "" : say(words.median_walk, { n: walk.toFixed(1) })];
  document.querySelector("#card .card-head").after(element("div", { class: "unit-said", "data-level": level, "data-code": code },
    element("p", { class: "answer" }, element("b", { class: n ? "bad" : "fine" }, chosen.amount(n)), " ", say(words[isLand ? "unserved_land" : "unserved"], chosen.facts())),
    element("p", { class: "note" }, facts.filter(Boolean).join(words.semicolon))));
}

// Homes on the map: their places once, their walks once a kind; and the area that is reached.
function homes(page, chosen) {
  const walks = new Map(), areas = new Map();
  let places = null;

  async function outline() {
    const { kind, minutes } = chosen.values, key = kind + " " + minutes;
    if (!areas.has(key)) areas.set(key, chosen.ask("area", { kind, minutes }).then(({ body }) => body));
    try {
      const area = await areas.get(key);
      if (kind === chosen.values.kind && minutes === chosen.values.minutes) map.served(served => served.area(area));
    } catch (error) { /* it is drawn only */ }
  }

  return async () => {
    const kind = chosen.values.kind;
    map.served(served => served.limit(Number(chosen.values.minutes)));
    outline();
    if (!page.reach.homes) return;
    places ??= chosen.ask("homes").then(({ body }) => map.served(served => served.homes(body)));
    if (!walks.has(kind)) walks.set(kind, chosen.ask("walks", { kind }).then(({ body }) => body));
    try {
      await places;
      const found = await walks.get(kind);
      if (kind === chosen.values.kind) map.served(served => served.walks(found));
    } catch (error) { /* the table says the same */ }
  };
}
