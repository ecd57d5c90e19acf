// What is not seen: the figures of the district or of one place, the table of units with the worst first, notes, over-reach, files.
import { cameraCard, unitCard } from "./reach-cameras-card.js";
import { drawing } from "./reach-cameras-map.js";
import { length, percent } from "./reach-cameras-words.js";
import { tool } from "./reach-cameras-try.js";
import { answer } from "./ask.js";
import { byId, element, link, number, say, svg, swatch } from "./dom.js";
import * as map from "./map.js";
import { unitsTable } from "./units.js";

// The answer, once it is computed; the stage is told until then.
async function answered(page) {
  const { says } = page, address = `${page.seen.data}answer.json?wait=0&lang=${page.asked || page.lang}`;
  for (;;) {
    const got = await answer(page, address).catch(error => error);
    if (got instanceof Error) {
      byId("stage-told").textContent = say(says.failed, { why: got.message });
      return null;
    }
    const body = await got.json();
    if (got.status !== 202) return body;
    byId("stage-told").textContent = says["stage_" + body.stage] || says.stage_begun;
    await new Promise(then => setTimeout(then, 200));
  }
}

export async function cameras(page) {
  if (!byId("seen-answer")) return;
  const { says } = page, got = await answered(page);
  if (!got) return;
  for (const button of document.querySelectorAll("#levels button")) button.hidden = !got.levels.includes(button.dataset.level);
  if (!got.levels.includes(page.level)) page.level = got.levels.at(-1) || page.level;
  for (const level of Object.keys(page.levels)) if (!got.levels.includes(level)) delete page.levels[level];
  const places = new Map(got.places.map(place => [place.code, place]));
  const open = (id, at) => cameraCard(page, id, at, { move: tried.move });
  let quiet = false;

  const wired = unitsTable(page, {
    address: level => `${page.seen.data}table/${level}.json?lang=${page.asked || page.lang}`,
    columns: data => data.columns.map(column => ({ ...column, kind: column.key === "name" ? "text" : "number", show: cells[column.kind] && ((value, d, i) => cells[column.kind](d, i, column.key)) })),
    sort: () => ["blind", true],
    onData: measure,
    extra: () => ({ with: "cameras" }),
    tell: (level, code) => { if (code && !quiet && page.levels[level]) unitCard(page, level, code, { list }); else byId("card").hidden = true; },
  });
  if (wired.values.parent && !places.has(wired.values.parent)) wired.at.set({ parent: "" });
  const layers = drawing(page), tried = tool(page, { open });

  const cells = {
    bar: (data, i) => bar(data.values.sure[i], data.values.perhaps[i], data.values.blind[i]),
    share: (data, i, key) => percent(data.values[key][i]),
    doors: (data, i) => data.values.entrances[i] ? say(says.of, { n: number(data.values.doors_seen[i]), all: number(data.values.entrances[i]) }) : "–",
  };

  // The map is tinted by the share that is blind, and says it under each name.
  function measure(data) {
    const { codes, values } = data;
    if (!data.ranked) values.blind = values.blind.map((share, i) => share === null ? null : share + 1e-9 * values.blind_m[i]); // of like shares the longer is worse
    data.ranked = true;
    map.ready(it => it.on("ready", () => it.setMeasure(data.level, { codes, shares: values.blind, steps: got.steps, hue: "#7a1230", text: values.blind.map(share => share === null ? "" : say(says.blind_under, { share: percent(share) })) })));
  }

  function list(code, lower) {
    wired.at.set({ parent: code, q: "" });
    byId("filter").value = "";
    wired.setLevel(lower);
    tell();
  }

  function tell() {
    const place = places.get(wired.values.parent), of = place || got.totals, blind = of.street_m - of.seen_m;
    byId("stage-told").hidden = true;
    byId("answer").hidden = false;
    byId("place").value = place ? place.code : "";
    byId("base").textContent = say(of.cameras === 1 ? says.base_one : says.base, { cameras: number(of.cameras), street: length(of.street_m, says) });
    byId("domes").textContent = number(of.domes);
    byId("guns").textContent = number(of.cameras - of.domes);
    byId("blind-total").textContent = of.street_m ? length(blind, says) : "";
    byId("blind-total").className = blind > 0 ? "blind" : "fine";
    byId("blind-words").textContent = !of.street_m ? says.no_streets : say(blind > 0 ? says.blind : says.no_blind, { share: percent(blind / of.street_m) });
    for (const [name, metres] of [["sure", of.sure_m], ["perhaps", of.seen_m - of.sure_m], ["blind", blind]]) {
      byId(name + "-m").textContent = length(metres, says);
      byId(name + "-share").textContent = percent(of.street_m ? metres / of.street_m : null);
    }
    byId("doors-words").textContent = of.entrances ? say(says.doors, { seen: number(of.doors_seen), all: number(of.entrances), share: percent(of.doors_seen / of.entrances), perhaps: number(of.doors_perhaps - of.doors_seen) }) : says.no_doors;
    byId("ground-words").textContent = of.ground_m2 ? say(says.ground, { share: percent(of.ground_sure_m2 / of.ground_m2) }) : "";
    for (const file of document.querySelectorAll("[data-file]")) file.href = link(file.href.split("?")[0], place ? { level: got.place, code: place.code } : {}, page);
  }

  byId("place").append(...got.places.map(place => element("option", { value: place.code }, place.label)));
  byId("place").addEventListener("change", event => {
    const code = event.target.value, lower = page.order.slice(page.order.indexOf(got.place) + 1).find(level => page.levels[level]);
    wired.at.set({ parent: code });
    tell();
    wired.setLevel(code && lower ? lower : wired.values.level);
    quiet = true;
    if (code) map.select(got.place, code, { zoom: true });
    else map.ready(it => { it.select(null, null); it.fit(it.settings.bounds); });
    quiet = false;
  });
  document.addEventListener("click", event => { if (event.composedPath().some(node => node.id === "chips" || node.id === "levels")) tell(); }); // a chip is gone by now
  map.on("site", site => { if (site.role === "cameras") open(site.id, site.at); });
  byId("seen-legend").addEventListener("click", event => {
    const row = event.target.closest("button");
    if (!row) return;
    row.setAttribute("aria-pressed", String(row.getAttribute("aria-pressed") !== "true"));
    const on = [...byId("seen-legend").querySelectorAll("[aria-pressed=true]")].map(button => Number(button.dataset.class));
    layers.only(on.length === 3 ? null : on);
  });
  tell();
  steps(got, says);
  notes(got, says);
  over(got, says, page, open);
}

// Three parts of one bar: surely seen, perhaps, blind; drawn as SVG, since the policy allows no inline style.
function bar(sure, perhaps, blind) {
  if (sure === null) return "–";
  const drawn = svg("svg", { viewBox: "0 0 72 12", class: "three-bar", role: "img", "aria-label": [sure, perhaps, blind].map(percent).join(" | ") });
  let x = 0;
  for (const [name, share] of [["sure", sure], ["perhaps", perhaps], ["blind", blind]]) {
    drawn.append(svg("rect", { x, y: 0, width: 72 * Math.max(0, share), height: 12, class: "part-" + name }));
    x += 72 * Math.max(0, share);
  }
  return drawn;
}

function steps(got, says) {
  const names = got.steps.map((step, i) => i ? say(says.step, { share: percent(step) }) : percent(0));
  map.ready(it => it.on("ready", () => byId("seen-steps").append(...[...names, say(says.step_last, { share: percent(got.steps.at(-1)) })].map((name, i) => {
    const alpha = it.measureAlpha(i < got.steps.length ? got.steps[i] : 1, got.steps);
    return element("span", {}, swatch("#7a1230", alpha), name);
  }))));
}

function notes(got, says) {
  byId("notes-n").textContent = got.notes.length ? number(got.notes.length) : "";
  byId("notes").hidden = !got.notes.length;
  byId("notes-list").append(...got.notes.map(note => element("li", {}, note.text)));
}

// Where cameras see too much, the first of them shown, fetched when the list is opened; a press goes there and opens the camera.
function over(got, says, page, open) {
  const box = byId("over"), more = element("button", { type: "button", class: "button small" });
  let all = null, shown = 0;
  box.hidden = !got.over;
  byId("over-n").textContent = number(got.over);
  const step = () => {
    const rows = all.slice(shown, shown + 30).map(found => {
      const button = element("button", { type: "button" }, element("b", {}, says["over_" + found.what] || says.over), " ", found.text);
      button.addEventListener("click", () => {
        if (found.at) map.fit([found.at[0] - 0.0006, found.at[1] - 0.0005, found.at[0] + 0.0006, found.at[1] + 0.0005], { maxZoom: 18 });
        open(found.camera);
      });
      return element("li", {}, button);
    });
    shown += rows.length;
    more.textContent = say(says.more, { n: number(all.length - shown) });
    more.hidden = shown >= all.length;
    byId("over-list").append(...rows);
  };
  box.addEventListener("toggle", async () => {
    if (!box.open || all) return;
    all = [];
    const answer = await fetch(`${page.seen.data}over.json?lang=${page.asked || page.lang}`);
    all = answer.ok ? await answer.json() : [];
    step();
  });
  byId("over-list").after(more);
  more.addEventListener("click", step);
}
