// The card of /people: who is responsible at a place or in a unit, from the lowest level up; one person with all posts.
import { position } from "./card.js";
import { element, link, say } from "./dom.js";
import * as map from "./map.js";

const FEW = 6;
let asked = 0;

// Show a unit; a place (`where`: address, or lon, lat and floor), of which `then` is told; a person. `visit` is what the page lends.
export const card = (visit, level, code) => show(visit, visit.ask("unit", { level, code }), found => unit(visit, found));
export const place = (visit, where, then) => show(visit, visit.ask("place", where), found => { then(found); return at(visit, found); });
export const person = (visit, id) => show(visit, visit.ask("person", { id }), found => one(visit, found));

// Hide the card, or say one thing in it.
export function said(text) {
  asked++;
  const box = document.getElementById("card");
  box.hidden = !text;
  box.replaceChildren(text ? element("p", {}, text) : "");
}

async function show(visit, asking, draw) {
  const mine = ++asked, box = document.getElementById("card");
  try {
    const found = await asking;
    if (mine !== asked) return;
    visit.mark([]);
    box.replaceChildren(...draw(found).filter(Boolean));
    box.scrollTop = 0;
    box.hidden = false;
    map.ready(it => it.on("ready", () => { if (mine === asked) stand(box, found, it); }));
  } catch (error) { if (mine === asked) said(`${visit.says.failed} ${error.message}`); }
}

// Put the card into a corner away from what it speaks of; a place that it would cover all the same moves out from under it.
function stand(box, found, it) {
  position(box, found.lon ? [found.lon, found.lat, found.lon, found.lat] : it.unit(found.level, found.code)?.box);
  if (!found.lon || it.map.getSize().x < 700) return;
  const at = it.map.latLngToContainerPoint([found.lat, found.lon]), stage = it.map.getContainer().getBoundingClientRect(), own = box.getBoundingClientRect();
  const x = at.x + stage.left, y = at.y + stage.top;
  if (x > own.left - 24 && x < own.right + 24 && y > own.top - 24 && y < own.bottom + 24) it.map.panBy([x - (own.left - stage.left > 48 ? own.left - 64 : own.right + 64), 0], { animate: false });
}

function head(visit, title, note) {
  const close = element("button", { type: "button", class: "close", "aria-label": visit.page.words.close }, "✕");
  close.addEventListener("click", visit.clear);
  return element("div", { class: "card-head" }, element("h2", {}, title), note ? element("span", { class: "note" }, note) : "", close);
}

function unit(visit, found) {
  const { says, page } = visit, inside = found.inside.length ? [element("h3", {}, say(says.inside, { n: found.inside_n })), list(visit, found.inside, true), found.inside_n > found.inside.length ? element("p", { class: "note" }, say(says.inside_more, { n: found.inside_n - found.inside.length })) : null] : [];
  const open = element("a", { class: "button primary", href: link(page.urls.unit + encodeURIComponent(found.code), { level: found.level }, page) }, say(page.words.open, { level: page.levels[found.level].name }));
  return [head(visit, found.title, found.above || page.levels[found.level].name), ...levels(visit, found, found.level), ...inside, element("div", { class: "card-foot" }, open, element("span", { class: "code" }, found.code))];
}

function at(visit, found) {
  const { says } = visit, candidates = found.candidates || [];
  const parts = candidates.length ? [element("p", { class: "note" }, found.lon === null ? says.candidates : says.entrances), buttons(candidates.map(each => [[each.address, each.unit].filter(Boolean).join(" · "), () => visit.place(each.lon, each.lat)]))] : [];
  const floors = (found.stack || []).map(each => [say(each.floor_from === each.floor_to ? says.floor : says.floors, { low: each.floor_from, high: each.floor_to, label: each.label }), () => visit.place(found.lon, found.lat, each.floor_from)]);
  const nothing = found.lon !== null && !found.levels.length ? element("p", { class: "note" }, says.outside) : null;
  return [head(visit, found.title || says.place, ""), ...(found.lon === null ? parts : []), nothing, ...levels(visit, found), ...(found.lon === null ? [] : parts), floors.length ? buttons(floors) : null];
}

// Who is attached to the place itself, then level by level; that of the card's own unit has its name from the card.
function levels(visit, found, own = "") {
  const { says, page } = visit, near = found.near.length ? [element("h3", {}, says.near), list(visit, found.near, true)] : [];
  const rows = found.levels.flatMap(level => {
    const name = level.seen ? element("a", { href: link(page.urls.unit + encodeURIComponent(level.code), { level: level.level }, page) }, level.label) : level.label;
    const missing = level.missing.map(each => element("p", { class: "staff-missing" }, element("span", { class: "status above" }, "▲ " + each.text), element("span", { class: "note" }, say(says.to_do, { text: each.to_do }))));
    const nobody = visit.hasStaff && !level.people.length && !missing.length ? element("p", { class: "note" }, says.nobody) : null;
    return [level.level === own ? null : element("h3", {}, level.label.startsWith(level.name) ? "" : element("span", { class: "note" }, level.name + " "), name), level.people.length ? list(visit, level.people, false) : null, nobody, ...missing];
  });
  return [...near, ...rows];
}

// People in a list; of many the first few are shown, the others unfold.
function list(visit, people, withPlace) {
  const rows = people.map(line => item(visit, line, withPlace));
  if (rows.length <= FEW + 2) return element("ul", { class: "staff-list" }, ...rows);
  const rest = element("details", {}, element("summary", {}, say(visit.says.inside_more, { n: rows.length - FEW })), element("ul", { class: "staff-list" }, ...rows.slice(FEW)));
  return element("div", {}, element("ul", { class: "staff-list" }, ...rows.slice(0, FEW)), rest);
}

function item(visit, line, withPlace) {
  const { says } = visit, via = says["via_" + line.via];
  const name = line.staff ? element("button", { type: "button", class: "staff-name" }, line.name || line.staff) : null;
  name?.addEventListener("click", () => visit.person(line.staff));
  const kind = line.kind_name && line.kind_name !== line.post ? line.kind_name : "", where = via && (withPlace || line.via === "workplace" || line.via === "organisation") ? say(via, { id: line.target_name }) : "";
  const post = [line.post, kind, where].filter(Boolean).join(" · ");
  return element("li", {},
    element("div", { class: "staff-who" }, name, line.phone ? element("a", { class: "staff-phone", href: "tel:" + line.phone }, line.phone) : ""),
    element("div", { class: "staff-who" }, element("span", {}, post), line.overlay ? element("span", { class: "tag" }, say(says.overlay, { id: line.overlay })) : ""),
    line.duties ? element("div", { class: "note" }, line.duties) : "");
}

function one(visit, found) {
  const { says } = visit;
  visit.mark(found.posts);
  const rows = found.posts.map(post => {
    const via = says["via_" + post.via], where = post.unit ? element("button", { type: "button", class: "staff-name" }, post.unit_label.startsWith(post.level_name) ? post.unit_label : `${post.level_name} ${post.unit_label}`) : null;
    where?.addEventListener("click", () => visit.unit(post.level, post.unit));
    const dates = [post.from && say(says.since, { day: post.from.slice(0, 10) }), post.to && say(says.until, { day: post.to.slice(0, 10) })].filter(Boolean).join(" ");
    return element("li", {}, element("div", { class: "staff-who" }, where || "", element("span", {}, [post.post, via ? say(via, { id: post.target_name }) : ""].filter(Boolean).join(" · ")), post.overlay ? element("span", { class: "tag" }, say(says.overlay, { id: post.overlay })) : ""),
      element("div", { class: "note" }, [post.duties, dates].filter(Boolean).join(" · ")));
  });
  return [head(visit, found.name, found.kind), found.phone ? element("p", {}, element("a", { href: "tel:" + found.phone }, say(says.phone, { number: found.phone }))) : null, element("h3", {}, found.posts.length ? say(says.posts, { n: found.posts.length }) : says.no_posts), rows.length ? element("ul", { class: "staff-list" }, ...rows) : null];
}

function buttons(choices) {
  return element("ul", { class: "staff-list" }, ...choices.map(([text, press]) => {
    const button = element("button", { type: "button", class: "staff-name" }, text);
    button.addEventListener("click", press);
    return element("li", {}, button);
  }));
}
