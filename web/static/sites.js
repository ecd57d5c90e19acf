// Stations and cameras: choose a kind, see who has none; the table, the sentence and the bar follow.
import { number, say, share } from "./dom.js";
import * as map from "./map.js";
import { unitsTable } from "./units.js";

export function sites(page) {
  const kinds = document.getElementById("kinds");
  if (!kinds) return;
  const key = () => wired?.values.kind ? "kind:" + wired.values.kind : "all";
  const title = () => page.kinds.find(kind => kind.key === wired?.values.kind)?.name;
  const columns = data => data.columns.filter(column => page.role === "stations" || !wired?.values.kind || column.key !== "unknown")
    .map(column => column.key === "all" ? { ...column, key: key(), title: title() || column.title, none: true } : column);
  const wired = unitsTable(page, {
    names: ["kind", "none"],
    columns,
    sort: () => [key(), false],
    test: (data, i) => !wired?.values.none || (data.values[key()]?.[i] ?? 0) === 0,
    chips: () => wired?.values.none ? [[say(page.words.without, { kind: title() || page.words[page.role] }), { none: "" }]] : [],
    extra: () => ({ with: page.role, none: wired?.values.none ? page.role : "", kind: wired?.values.none ? wired.values.kind : "" }),
  });

  function answer() {
    const level = page.site_levels.find(one => one.id === wired.values.level), kind = wired.values.kind, none = level.none[kind] || level.none[""];
    const facts = { level: none.units === 1 ? level.name : level.plural, kind: title() || page.words[page.role], n: number(none.units) };
    const link = document.getElementById("none-link");
    document.getElementById("none-units").textContent = number(none.units);
    link.className = none.units ? "bad" : "fine";
    document.getElementById("none-words").textContent = say(page.words.have_none, facts);
    document.getElementById("none-households").textContent = say(page.words.none_share, {
      share: share(level.n - none.units, level.n), part: number(level.n - none.units), whole: number(level.n), level: level.plural, households: number(none.households), all: number(level.households) });
    document.getElementById("served-bar").setAttribute("width", level.n ? 300 * (level.n - none.units) / level.n : 0);
    for (const button of kinds.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  }

  kinds.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    wired.at.set({ kind: button.dataset.kind });
    wired.refine();
    paint();
    answer();
  });
  document.getElementById("none-link").addEventListener("click", event => {
    event.preventDefault();
    wired.at.set({ none: wired.values.none ? "" : "1" });
    wired.refine();
  });
  document.getElementById("levels").addEventListener("click", () => answer());
  document.addEventListener("geogrid:choose", () => answer());
  // The map tints the units that have none, and shows only the chosen kind.
  function paint() {
    const kind = wired.values.kind;
    map.setLevel(wired.values.level);
    map.setFill("missing:" + page.role + (kind ? ":" + kind : ""));
    for (const one of page.kinds) map.setLayer(`${page.role}:${one.key}`, !kind || one.key === kind);
  }

  if (!page.kinds.some(one => one.key === wired.values.kind)) wired.values.kind = "";
  map.on("ready", paint);
  answer();
}
