// Who is responsible here, and where is somebody missing: a moment is chosen; shares, table, map and the card follow.
import { bring } from "./organisations-bring.js";
import { card, person, place, said } from "./staff-card.js";
import { ask as asking } from "./ask.js";
import { byId, cover, dataLink, element, link, number, say, svg } from "./dom.js";
import * as map from "./map.js";
import { state } from "./state.js";
import { unitsTable } from "./units.js";

const HUE = "#e58a4e";

function people(page) {
  const at = state(["when", "unit", "address", "person", "lon", "lat", "gaps"]), values = at.values, { says } = page.people, hasStaff = Boolean(byId("when"));
  const ask = (name, arguments_ = {}) => asking(page, dataLink(page.people.data + name + ".json", { when: values.when, ...arguments_ }, page));
  const visit = { page, says, ask, hasStaff, unit: (level, code) => map.select(level, code, { zoom: true }), person: id => go({ person: id }), address: text => go({ address: text }), place: (lon, lat, floor) => go({ lon, lat, floor }), clear: () => go({}), mark };
  let clicked = null, floor = "", shown = false;

  // What is asked stands in the address; one thing at a time.
  function go(asked) {
    floor = asked.floor ?? "";
    at.set({ unit: "", address: "", person: "", lon: "", lat: "", ...asked });
    tell();
  }

  async function tell() {
    if (values.person) return person(visit, values.person);
    if (values.address) return place(visit, { address: values.address, floor }, goTo);
    if (values.lon) return place(visit, { lon: values.lon, lat: values.lat, floor }, goTo);
    if (values.unit) return card(visit, values.unitLevel || table.values.level, values.unit);
    mark([]);
    return said("");
  }

  // The units of the table's level in which a person has a post.
  function mark(posts) {
    const codes = posts.filter(post => post.level === table.values.level).map(post => post.unit);
    map.mark(codes.length ? table.values.level : null, codes);
  }

  const goTo = found => { if (found.lon !== null) map.ready(it => { it.map.setView([found.lat, found.lon], Math.max(17, it.map.getZoom()), { animate: false }); it.ring([found.lon, found.lat, found.lon, found.lat]); }); };
  map.on("select", unit => { clicked = unit?.by === "map" ? unit.latlng : null; });

  const table = unitsTable(page, {
    names: ["when", "gaps"],
    address: level => link(`${page.people.data}table/${level}.json`, { when: values.when }, { ...page, asked: page.asked || page.lang }),
    columns: data => data.columns.map(column => column.key === "missing" ? { ...column, kind: "text", show: (value, of, i) => missing(of, i) } : column),
    sort: data => data.values.missing ? ["missing", true] : null,
    test: (data, i) => !values.gaps || !data.values.missing || data.values.missing[i] > 0,
    chips: () => values.gaps ? [[says.only_gaps, { gaps: "" }]] : [],
    onData: data => {
      if (data.above.some(Boolean)) data.labels = data.shorts; // what tells units apart must not be cut off: the name above stands before it
      for (const file of document.querySelectorAll("[data-gaps]")) file.href = link(file.pathname, { level: data.level, when: values.when }, page);
      tint(data);
      only(data);
    },
    tell: (level, code) => {
      if (!code) { if (values.unit || (values.lon && clicked === null && shown)) go({}); map.ready(it => it.ring(null)); return; }
      shown = true;
      values.unitLevel = level;
      if (clicked) { map.ready(it => it.ring(null)); go({ lon: clicked.lng.toFixed(7), lat: clicked.lat.toFixed(7) }); clicked = null; }
      else { map.ready(it => it.ring(null)); go({ unit: code }); }
    },
  });

  function missing(data, i) {
    if (!data.asked) return "–";
    return data.text[i] ? element("span", { class: "status above", title: `${data.text[i]} · ${data.to_do[i]}` }, "▲ " + data.short[i]) : element("span", { class: "status in" }, "✓");
  }

  function tint(data) {
    if (data.shares) map.ready(it => it.on("ready", () => it.setMeasure(data.level, { codes: data.codes, shares: data.shares, steps: [0], hue: HUE, close: true, text: data.short.map(text => text ? "▲ " + text : "") })));
  }

  function only(data) {
    const lacking = (data.shares || []).filter(value => value > 0).length, button = byId("only-gaps");
    button.hidden = !lacking;
    button.textContent = `${says.only_gaps} ${number(lacking)}`;
    button.setAttribute("aria-pressed", String(Boolean(values.gaps)));
  }

  const button = element("button", { type: "button", class: "chip", id: "only-gaps", "aria-pressed": "false", hidden: true });
  byId("chips").before(button);
  button.addEventListener("click", () => { at.set({ gaps: values.gaps ? "" : "1" }); table.at.set({ gaps: values.gaps }); button.setAttribute("aria-pressed", String(Boolean(values.gaps))); table.refine(); });
  byId("chips").hidden = true;

  async function figures() {
    if (!hasStaff) return;
    const list = byId("staff-levels");
    list.setAttribute("aria-busy", "true");
    const when = values.when, got = await ask("answer");
    if (when !== values.when) return; // another moment was chosen meanwhile
    list.replaceChildren(...got.levels.map(row => levelRow(page, row)));
    list.setAttribute("aria-busy", "false");
    overlays(got.overlays);
    const faults = byId("faults");
    faults.hidden = !got.faults_n;
    faults.replaceChildren(element("summary", {}, say(says.faults, { n: number(got.faults_n) })), element("ul", {}, ...got.faults.map(text => element("li", {}, text))));
  }

  function overlays(all) {
    const chooser = byId("overlays");
    chooser.hidden = !all.length;
    for (const old of [...chooser.options].slice(1)) old.remove();
    chooser.append(...all.map(one => element("option", { value: one.from.slice(0, 10) + "T12:00" }, `${one.name} · ${says[one.kind] || one.kind} · ${one.from.slice(0, 10)} – ${one.to.slice(0, 10)}`)));
    const day = (values.when || local()).slice(0, 10), now = all.find(one => one.from.slice(0, 10) <= day && (!one.to || day <= one.to.slice(0, 10)));
    chooser.value = now ? now.from.slice(0, 10) + "T12:00" : "";
  }

  function setWhen(when) {
    at.set({ when });
    table.at.set({ when });
    byId("when").value = when || local();
    figures();
    table.load();
    tell();
  }

  if (hasStaff) {
    byId("when").value = (values.when.length === 10 ? values.when + "T12:00" : values.when.slice(0, 16)) || local();
    byId("when").addEventListener("change", event => setWhen(event.target.value));
    byId("now").addEventListener("click", () => setWhen(""));
    byId("overlays").addEventListener("change", event => { if (event.target.value) setWhen(event.target.value); });
  }
  document.addEventListener("geogrid:found", event => {
    const { id, address } = event.detail;
    address ? go({ lon: event.detail.lon, lat: event.detail.lat, address }) : go({ person: id });
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) go({}); });
  figures();
  bring(page);
  begin();

  // The address says what to show; who is confined to a unit begins with that.
  function begin() {
    if (values.person || values.address || values.lon) return void tell();
    const home = values.unit ? { level: table.values.level, code: values.unit } : page.people.home;
    if (home.code) map.ready(it => it.on("ready", () => it.select(home.level, home.code, { zoom: true })));
  }
}

// A level with its share of complete units as a bar; pressed, the table shows it.
function levelRow(page, row) {
  const { says } = page.people, name = page.levels[row.level].name;
  if (row.share === null) return element("li", {}, element("span", { class: "words" }, name), element("span", { class: "note" }, row.units ? says.asks_nobody : says.no_units));
  const lacking = row.units - row.complete, bars = [[100, "missing"], [100 * row.share, "served"]].map(([width, look]) => svg("rect", { width, height: 8, class: look }));
  const bar = svg("svg", { viewBox: "0 0 100 8", class: "share-bar staff-bar", preserveAspectRatio: "none", "aria-hidden": "true" }, ...bars);
  return element("li", {}, element("a", { href: link(location.pathname, { level: row.level }, page), "data-level": row.level, title: lacking ? say(says.lacking, { n: number(lacking) }) : says.fine },
    element("span", { class: "words" }, name), bar, element("span", { class: lacking ? "share status above" : "share" }, cover(row.complete, row.units)),
    element("span", { class: "note staff-base" }, say(says.complete, { n: number(row.complete), all: number(row.units) }))));
}

// What a field for moments takes: the clock of the district's zone.
const local = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 16);

const block = byId("page-data");
if (block) people(JSON.parse(block.textContent));
