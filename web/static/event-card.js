// The card of one event: what it is, since when, where it stands now, and who is responsible there.
import { position } from "./card.js";
import { element, link, number, say } from "./dom.js";

let asked = 0;

export async function eventCard({ page, ask, redo }, id, at) {
  const { says, words } = page, card = document.getElementById("card"), mine = ++asked;
  let found;
  try {
    found = await ask("one", { id });
  } catch (error) { return; }
  if (mine !== asked) return;
  const close = element("button", { type: "button", class: "close", "aria-label": words.close }, "✕");
  close.addEventListener("click", () => { card.hidden = true; });
  const lines = [
    found.time ? say(says.happened, { at: told(found.time) }) : says.unknown_since,
    found.open ? lasted(found, page) : found.closed_at ? say(says.closed_at, { at: told(found.closed_at) }) : says.closed,
    found.open && found.stands ? say(found.steps_up ? says.stands : says.stays, { place: found.stands }) : "",
    found.reporter ? say(says.from, { who: found.reporter }) : "",
    found.address || "",
  ];
  const lowest = found.units.at(-1), actions = [];
  if (lowest) {
    const only = element("button", { type: "button", class: "button small" }, says.only_here);
    only.addEventListener("click", () => redo({ unit: lowest.code }));
    if (page.people) actions.push(element("a", { class: "button small primary", href: link(page.people, { level: lowest.level, unit: lowest.code }, page) }, says.who));
    actions.push(only);
  }
  card.replaceChildren(
    element("div", { class: "card-head" }, element("h2", {}, found.kind_name), element("span", { class: "note" }, found.open ? says.is_open : says.closed), close),
    ...lines.filter(Boolean).map(text => element("p", {}, text)),
    element("p", { class: "note" }, found.units.map(unit => unit.name).join(" · ")),
    element("div", { class: "card-foot" }, ...actions, element("span", { class: "code" }, found.id)));
  card.hidden = false;
  position(card, at ? [at[0], at[1], at[0], at[1]] : null);
}

// How long it is open, and by how much that is too long.
function lasted(found, { says, words }) {
  if (found.days_open === null) return "";
  return [say(says.days, { n: number(Math.round(found.days_open * 10) / 10) }), found.late === null ? "" : say(says.late, { n: number(found.late) })].filter(Boolean).join(words.comma);
}

// "2026-03-02T08:05:00+08:00" as "2026-03-02 08:05"; a day stays one.
const told = text => text.slice(0, 16).replace("T", " ");
