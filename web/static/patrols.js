// Where nobody patrolled: the figures of a week, the table of units with the most streets not walked first, the streets that nobody walked.
import { length, percent } from "./reach-cameras-words.js";
import { byId, element, number, say, svg, swatch } from "./dom.js";
import * as map from "./map.js";
import { unitsTable } from "./units.js";

const HUE = "#7a1230";

export async function patrols(page) {
  if (!byId("week")) return;
  const { says } = page, get = async name => (await fetch(`${page.walked.data}${name}.json?lang=${page.asked || page.lang}`)).json();
  const [got, columns] = await Promise.all([get("answer"), get("unwalked")]);
  for (const button of document.querySelectorAll("#levels button")) button.hidden = !got.levels.includes(button.dataset.level);
  for (const level of Object.keys(page.levels)) if (!got.levels.includes(level)) delete page.levels[level];
  const weeks = new Map(got.weeks.map(week => [week.week, week])), newest = got.weeks.at(-1).week;
  const week = () => weeks.has(wired?.values.week) ? wired.values.week : asked;
  const named = new URLSearchParams(location.search).get("week"), asked = weeks.has(named) ? named : newest;
  let wired = null;

  const cells = {
    bar: (data, i) => bar(data.values.walked[i]),
    length: (data, i) => length(data.values.missed_m[i], says),
    doors: (data, i) => data.values.entrances[i] ? say(says.of, { n: number(data.values.passed[i]), all: number(data.values.entrances[i]) }) : "–",
    day: (data, i) => data.values.last[i] ? element("span", { title: data.values.last[i] }, data.values.last[i].slice(0, 4) === newest.slice(0, 4) ? data.values.last[i].slice(5) : data.values.last[i]) : says.never,
  };
  wired = unitsTable(page, {
    names: ["week"],
    address: level => `${page.walked.data}table/${week()}/${level}.json?lang=${page.asked || page.lang}`,
    columns: data => data.columns.map(column => ({ ...column, kind: column.key === "name" || column.kind === "day" ? "text" : "number", show: cells[column.kind] && ((value, d, i) => cells[column.kind](d, i)) })),
    sort: () => ["missed_m", true],
    onData: measure,
  });

  // The map is tinted by the share that nobody walked in the week, and says it under each name.
  function measure(data) {
    if (data.above.some(Boolean)) data.labels = data.shorts; // what tells units apart must not be cut off: the name above stands before it
    const { codes, values } = data, text = values.missed.map(share => share === null ? "" : say(says.missed_under, { share: percent(share) }));
    map.ready(it => it.on("ready", () => it.setMeasure(data.level, { codes, shares: values.missed, steps: got.steps, hue: HUE, text })));
  }

  function choose(name) {
    wired.at.set({ week: name === newest ? "" : name });
    tell(name);
    wired.load();
  }

  function tell(name) {
    const of = weeks.get(name), missed = Math.max(0, of.street_m - of.walked_m);
    byId("week").value = name;
    byId("base").textContent = say(says.base, { street: length(of.street_m, says), doors: number(of.entrances) });
    byId("missed-m").textContent = of.street_m && missed >= 0.5 ? length(missed, says) : "";
    byId("missed-m").className = missed >= 0.5 ? "blind" : "fine";
    byId("missed-words").textContent = !of.street_m ? says.no_streets : missed >= 0.5 ? say(says.missed, { share: percent(missed / of.street_m) }) : says.all_walked;
    byId("walked-bar").setAttribute("width", of.street_m ? 300 * of.walked_m / of.street_m : 0);
    byId("doors-words").textContent = of.entrances ? say(says.doors, { n: number(of.passed), all: number(of.entrances), share: percent(of.passed / of.entrances) }) : "";
    byId("days-words").textContent = of.days < 7 ? "· " + (of.days === 1 ? says.days_one : say(says.days, { n: number(of.days) })) : "";
    for (const button of byId("weeks").children) button.setAttribute("aria-pressed", String(button.dataset.week === name));
  }

  byId("weeks").append(...got.weeks.map(each => {
    const text = say(says.week, { week: each.week, share: percent(each.street_m ? each.walked_m / each.street_m : null) });
    const button = element("button", { type: "button", "data-week": each.week, title: text, "aria-label": text }, column(each));
    button.addEventListener("click", () => choose(each.week));
    return button;
  }));
  byId("weeks").hidden = got.weeks.length < 2;
  byId("week").addEventListener("change", event => choose(event.target.value));
  const last = weeks.get(newest);
  byId("blind-m").textContent = length(got.never_m, says);
  byId("perhaps-m").textContent = length(Math.max(0, last.street_m - last.walked_m - got.never_m), says);
  byId("error-words").textContent = got.notes.find(note => note.key === "error")?.text || "";
  byId("notes-list").append(...got.notes.map(note => element("li", {}, note.text)));
  draw(columns);
  steps(got, says);
  tell(week());
}

// Streets that nobody walked, never or not in the newest week; a press on the legend shows one kind or both.
function draw(columns) {
  map.ready(it => it.on("ready", () => it.seen.show({ streets: [columns], blind: [columns] })));
  byId("seen-legend").addEventListener("click", event => {
    const row = event.target.closest("button");
    if (!row) return;
    row.setAttribute("aria-pressed", String(row.getAttribute("aria-pressed") !== "true"));
    const on = [...byId("seen-legend").querySelectorAll("[aria-pressed=true]")].map(button => Number(button.dataset.class));
    map.ready(it => it.seen.only(on.length === 2 ? null : on));
  });
}

// A part of a whole, drawn as SVG, since the policy allows no inline style.
function bar(share) {
  if (share === null) return "–";
  const parts = [svg("rect", { width: 72 * share, height: 12, class: "part-sure" }), svg("rect", { x: 72 * share, width: 72 * (1 - share), height: 12, class: "part-blind" })];
  return svg("svg", { viewBox: "0 0 72 12", class: "three-bar", role: "img", "aria-label": percent(share) }, ...parts);
}

function column(week) {
  const high = week.street_m ? 28 * week.walked_m / week.street_m : 0;
  return svg("svg", { viewBox: "0 0 20 28", "aria-hidden": "true", preserveAspectRatio: "none" }, svg("rect", { y: 28 - high, width: 20, height: high, class: "walked" }));
}

function steps(got, says) {
  const names = [...got.steps.map((step, i) => i ? say(says.step, { share: percent(step) }) : percent(0)), say(says.step_last, { share: percent(got.steps.at(-1)) })];
  map.ready(it => it.on("ready", () => byId("seen-steps").append(...names.map((name, i) => {
    const alpha = it.measureAlpha(i < got.steps.length ? got.steps[i] : 1, got.steps);
    return element("span", {}, swatch(HUE, alpha), name);
  }))));
}
