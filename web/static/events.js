// Events: what is not done, the longest overdue first; closing rates by unit; charts by month; what the address chooses, everything follows.
import { position } from "./card.js";
import { ask as asking } from "./ask.js";
import { byId, element, number, say, share, svg, swatch } from "./dom.js";
import { monthChart, tablesOf } from "./event-charts.js";
import { eventCard } from "./event-card.js";
import * as map from "./map.js";
import { state } from "./state.js";
import { unitsTable } from "./units.js";

const FIRST = 5;

export async function events(page) {
  if (!byId("open-n")) return;
  const { says } = page, at = state(["kind", "task", "state", "unit", "month", "from", "to", "when"]), { values } = at;
  const query = (more = {}) => new URLSearchParams(Object.entries({ ...page.kept, ...values, lang: page.asked || page.lang, ...more }).filter(([, value]) => value));
  const ask = (name, more) => asking(page, `${page.events.data}${name}.json?${query(more)}`);
  const chosen = { page, at, values, ask, redo };
  let told = null, all = false, listed = null, doubt = "", turn = 0;
  try {
    told = await ask("answer");
  } catch (error) { // a link with a choice that is not there (any more): everything is shown, and the reason
    doubt = error.message;
    at.set(Object.fromEntries(Object.keys(values).map(name => [name, ""])));
  }

  const table = unitsTable(page, {
    names: [],
    address: level => `${page.events.data}table/${level}.json?${query()}`,
    columns: data => data.columns.map(column => column.kind === "rate" ? { ...column, kind: "number", show: rate } : column),
    sort: data => data.columns.some(column => column.key === "open") ? ["open", true] : null,
    extra: () => values,
    download: "events/event_units",
    onData: tint,
    said: unitSaid,
  });

  async function redo(changes = {}) {
    doubt = "";
    at.set(changes);
    all = all && !("unit" in changes || "kind" in changes || "task" in changes || "month" in changes);
    table.load();
    await show();
  }

  // Of two choices made in haste the later stands, whichever answer comes first.
  async function show(got = null) {
    const mine = ++turn, found = got || await ask("answer").catch(error => error);
    if (mine !== turn) return;
    if (found instanceof Error) {
      byId("open-words").textContent = found.message;
      return;
    }
    told = found;
    answer();
    if (page.may_see) {
      pressed();
      list();
      raised();
      charts();
      points();
      for (const ending of ["xlsx", "geojson"]) byId("events-" + ending).href = `${page.events.download}events.${ending}?${query()}`;
    }
  }

  function answer() {
    byId("open-n").textContent = told.open ? number(told.open) : "";
    byId("open-n").className = told.open ? "bad" : "fine";
    byId("open-words").textContent = !told.events ? says.none : told.open ? told.open === 1 ? says.open_one : says.open : says.none_open;
    byId("closed-bar").setAttribute("width", told.events ? 300 * told.closed / told.events : 0);
    byId("base-words").textContent = told.events ? say(says.base, { closed: number(told.closed), events: number(told.events), share: exact(told.closed, told.events) }) : "";
    byId("as-of").textContent = say(says.as_of, { at: told.at });
    byId("as-of").title = told.last ? say(says.last, { at: told.last }) : "";
    const notes = [doubt, told.timeless ? say(says.timeless, { n: number(told.timeless) }) : "", told.unmatched ? say(says.unmatched, { n: number(told.unmatched) }) : ""].filter(Boolean);
    byId("event-notes").hidden = !notes.length;
    byId("event-notes").textContent = notes.join(" ");
    byId("answer").setAttribute("aria-busy", "false");
  }

  function pressed() {
    for (const button of byId("event-state").children) button.setAttribute("aria-pressed", String(button.dataset.state === (values.state || "open")));
    for (const button of document.querySelectorAll("#tasks button")) button.setAttribute("aria-pressed", String(button.dataset.task === values.task));
    const counts = new Map(told.kinds.map(kind => [kind.key, kind]));
    for (const button of byId("event-kinds").children) {
      const count = counts.get(button.dataset.kind);
      button.setAttribute("aria-pressed", String(button.dataset.kind === values.kind));
      button.querySelector("b").textContent = count ? number(count.open) : "0";
      button.title = count ? say(says.base, { closed: number(count.closed), events: number(count.events), share: exact(count.closed, count.events) }) : "";
    }
    const set = [];
    if (values.unit) set.push([say(says.in_unit, { name: values.unit }), { unit: "" }]);
    if (values.month) set.push([say(says.month, { month: values.month }), { month: "" }]);
    if (values.from || values.to) set.push([`${values.from || "…"} – ${values.to || "…"}`, { from: "", to: "" }]);
    if (values.when) set.push([say(says.as_of, { at: told.at }), { when: "" }]);
    byId("event-chips").replaceChildren(...set.map(([text, cleared]) => {
      const chip = element("button", { type: "button", class: "chip", "aria-label": say(page.words.clear, { text }) }, text, element("span", { "aria-hidden": "true" }, " ✕"));
      chip.addEventListener("click", () => redo(cleared));
      return chip;
    }));
    tasks();
  }

  // A task layer also shows its stations and cameras.
  function tasks() {
    const task = page.tasks[values.task];
    for (const role of ["stations", "cameras"]) {
      const wanted = task ? task[role] : [];
      map.ready(it => it.on("ready", () => {
        for (const kind of it.settings.kinds[role]) it.setLayer(`${role}:${kind.id}`, wanted.includes(kind.id) || wanted.includes(kind.zh) || wanted.includes(kind.en));
        it.setLayer(role, wanted.length > 0);
      }));
    }
  }

  function list() {
    const found = told.open_events, shown = all ? found : found.slice(0, FIRST);
    byId("open-events").replaceChildren(...shown.map(item => {
      const late = item.days === null ? says.unknown_since : item.late === null ? say(says.days, { n: number(item.days) }) : say(says.late, { n: number(item.late) });
      const stands = say(item.steps ? says.stands : says.stays, { place: item.stands });
      const button = element("button", { type: "button" }, signOf(page.signs[item.kind]), element("span", {}, item.kind_name, " ", element("span", { class: "note" }, item.id)),
        element("span", { class: item.late === null ? "note" : "late", title: item.days === null ? "" : `${say(says.days, { n: number(item.days) })}${page.words.comma}${say(says.allowed, { n: number(item.allowed) })}` }, late), element("span", { class: "stands" }, stands));
      button.addEventListener("click", () => {
        document.querySelector(".event-items [aria-current]")?.removeAttribute("aria-current");
        button.parentElement.setAttribute("aria-current", "true");
        if (item.at) map.fit([item.at[0] - 0.002, item.at[1] - 0.0016, item.at[0] + 0.002, item.at[1] + 0.0016]);
        eventCard(chosen, item.id, item.at);
      });
      return element("li", {}, button);
    }));
    byId("open-title").hidden = !found.length;
    byId("open-all").hidden = found.length <= FIRST;
    byId("open-all").setAttribute("aria-expanded", String(all));
    const beyond = told.open - found.length;
    byId("open-more").hidden = !(all && beyond > 0);
    byId("open-more").textContent = say(says.more, { n: number(beyond) });
  }

  function raised() {
    byId("raised").hidden = !told.raised.length;
    byId("raised-n").textContent = number(told.raised.reduce((sum, row) => sum + row.events, 0));
    byId("raised-list").replaceChildren(...told.raised.map(row => element("li", {},
      element("span", {}, element("b", {}, row.name), " ", element("span", { class: "note" }, row.level_name)),
      element("span", { class: "note" }, say(row.events === 1 ? says.raised_one : says.raised, { n: number(row.events), days: number(Math.round(row.oldest_days * 10) / 10) })))));
  }

  function charts() {
    byId("month-chart").replaceChildren(...monthChart(chosen, told, page.signs));
    byId("chart-tables").replaceChildren(...tablesOf(chosen, told, page.signs));
  }

  async function points() {
    const asked = query().toString(), got = await ask("points");
    if (asked === query().toString()) map.ready(it => it.on("ready", () => it.setPoints("events", got)));
  }

  // The map's units are tinted by the share that is open, and say how many events that are.
  function tint(data) {
    const text = data.values.open.map(n => n ? say(says.map_open, { n: number(n) }) : "");
    map.setMeasure(data.level, { codes: data.codes, shares: data.values.open_share, steps: page.steps, hue: page.hue, text, close: true });
    map.setFill("measure");
    listed = data;
  }

  // The card of a unit says what is open there, and shows only its events where asked.
  function unitSaid(level, code) {
    const i = listed && listed.level === level ? listed.codes.indexOf(code) : -1;
    if (i < 0) return;
    const n = listed.values.open[i], events = listed.values.events[i], parts = [];
    parts.push(element("p", { class: "answer" }, element("b", { class: n ? "bad" : "fine" }, n ? number(n) : ""), " ", !events ? says.none : n ? n === 1 ? says.open_one : says.open : says.none_open));
    if (page.may_see && listed.values.up[i]) parts.push(element("p", {}, say(says.up, { n: number(listed.values.up[i]) })));
    if (events) parts.push(element("p", { class: "note" }, say(says.base, { closed: number(events - n), events: number(events), share: exact(events - n, events) })));
    if (page.may_see && values.unit !== code) {
      const only = element("button", { type: "button", class: "button small" }, says.only_here);
      only.addEventListener("click", () => redo({ unit: code }));
      parts.push(only);
    }
    document.querySelector("#card .card-head").after(...parts);
  }

  byId("event-state")?.addEventListener("click", event => choose(event, "state", "open"));
  byId("tasks")?.addEventListener("click", event => choose(event, "task", "", { kind: "" }));
  byId("event-kinds")?.addEventListener("click", event => choose(event, "kind", "", { task: "" }));
  byId("open-all")?.addEventListener("click", () => { all = !all; list(); });

  // A pressed choice is let go by pressing it again.
  function choose(event, name, none, cleared = {}) {
    const button = event.target.closest("button");
    if (!button) return;
    const value = button.dataset[name];
    redo({ ...cleared, [name]: value === none || (none === "" && value === values[name]) ? "" : value });
  }

  map.on("site", site => {
    if (site.role === "events") return eventCard(chosen, site.id, site.at);
    const card = byId("card"), close = element("button", { type: "button", class: "close", "aria-label": page.words.close }, "✕");
    close.addEventListener("click", () => { card.hidden = true; });
    card.replaceChildren(element("div", { class: "card-head" }, element("h2", {}, site.name || site.id), close));
    card.hidden = false;
    position(card, [site.at[0], site.at[1], site.at[0], site.at[1]]);
  });
  steps(page);
  await show(told);
}

// What the tint of the map means: the classes of the share that is open.
function steps(page) {
  const { says } = page, tell = value => (100 * value).toFixed(value && value < 0.01 ? 1 : 0) + "\u2009%";
  const names = [...page.steps.map((step, i) => i ? say(says.step, { share: tell(step) }) : tell(0)), say(says.step_last, { share: tell(page.steps.at(-1)) })];
  map.ready(it => it.on("ready", () => byId("event-steps").append(...names.map((name, i) => {
    const alpha = it.measureAlpha(i < page.steps.length ? page.steps[i] : 1, page.steps);
    return element("span", {}, swatch(page.hue, alpha), name);
  }))));
}

// A rate is told so that what is nearly all is not all.
export function exact(part, whole) {
  if (!whole) return "–";
  const text = (100 * part / whole).toFixed(2);
  return (part < whole && text === "100.00" ? "> 99.99" : text) + "\u2009%";
}

function rate(value) {
  return value === null ? "–" : value < 1 && value >= 0.99995 ? "> 99.9\u2009%" : share(value, 1);
}

export function signOf(kind, size = 20) {
  const sign = svg("svg", { viewBox: "0 0 20 22", class: "kind-sign", "aria-hidden": "true", width: size, height: size });
  if (kind) sign.append(svg("path", { d: "M10 0a9 9 0 0 1 7 14.5L10 22 3 14.5A9 9 0 0 1 10 0z", fill: kind.colour }), svg("text", { x: 10, y: 13.5, "text-anchor": "middle", fill: "#fff" }, kind.sign));
  return sign;
}
