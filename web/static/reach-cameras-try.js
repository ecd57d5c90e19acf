// "One camera more here": a click for a dome, a drag for a gun, Enter for the middle of the map; and the corners where the next would see most.
import { box, clear, hidden } from "./reach-cameras-card.js";
import { position } from "./card.js";
import { length, percent } from "./reach-cameras-words.js";
import { element, link, number, say } from "./dom.js";
import * as map from "./map.js";

const DRAG_PX = 8; // a shorter way is a click

export function tool(page, { open }) {
  const { says } = page, byId = id => document.getElementById(id);
  const state = { on: false, ptz: "1", direction: null, at: null, moved: null, asked: 0, dragged: false };

  async function ask() {
    const mine = ++state.asked, { at, ptz, moved } = state, asked = { lon: at[0], lat: at[1], ptz, direction: isGun() && state.direction !== null ? String(state.direction) : "", without: moved?.id };
    clear();
    const answer = await fetch(link(page.seen.tried, asked, page)), got = await answer.json().catch(() => ({}));
    if (mine !== state.asked) return;
    if (!answer.ok) return card([element("p", {}, (page.lang === "zh" ? got.message_zh : got.message) || String(answer.status))], null);
    map.ready(it => it.seen.choose({ region: got.region, fresh: got.fresh, place: at, direction: got.direction_deg }));
    if (got.is_direction_chosen) state.direction = got.direction_deg;
    card(told(got), got.region);
  }

  function told(got) {
    const lines = [], less = got.street_lost_m;
    if (got.street_m > 0.5) lines.push(element("p", { class: "answer" }, element("b", { class: "fine" }, "+", length(got.street_m, says)), " ", says.gain_m, got.blind_m > 0.5 ? element("span", { class: "note" }, says.comma, say(says.gain_blind, { metres: length(got.blind_m, says) })) : ""));
    if (less > 0.5) lines.push(element("p", { class: "answer" }, element("b", { class: "bad" }, "−", length(less, says)), " ", says.gain_less));
    if (!lines.length) lines.push(element("p", {}, says.gain_none));
    if (got.entrances) lines.push(element("p", {}, say(got.entrances === 1 ? says.gain_door : says.gain_doors, { n: number(got.entrances) })));
    if (got.entrances_lost) lines.push(element("p", {}, say(says.lost_doors, { n: number(got.entrances_lost) })));
    if (got.is_direction_chosen) lines.push(element("p", { class: "note" }, say(says.gain_way, { degrees: got.direction_deg })));
    if (got.status) lines.push(element("p", { class: "note" }, says[got.status]));
    const gaining = got.units.filter(unit => page.levels[unit.level]), lowest = page.order.filter(level => gaining.some(unit => unit.level === level)).at(-1);
    const listed = gaining.filter(unit => unit.level === lowest).map(unit => element("div", {}, element("dt", {}, unit.label), element("dd", {}, (unit.street_m > 0 ? "+" : "−") + length(Math.abs(unit.street_m), says), " ", element("span", { class: "note" }, say(says.gain_share, { before: percent(unit.share), after: percent(unit.share_after) })))));
    if (listed.length) lines.push(element("dl", { class: "record" }, ...listed));
    lines.push(element("p", { class: "note" }, says.hidden, says.colon, ...hidden(says, got.hides)));
    return lines;
  }

  const isGun = () => !["1", "2"].includes(state.ptz);

  function card(lines, shape) {
    const place = byId("card"), close = element("button", { type: "button", class: "close", "aria-label": says.close }, "✕");
    close.addEventListener("click", clear);
    const title = state.moved ? say(says.gain_moved, { id: state.moved.name || state.moved.id }) : says.gain;
    place.replaceChildren(element("div", { class: "card-head" }, element("h2", {}, title), element("span", { class: "note" }), close), ...lines, turning());
    place.hidden = false;
    position(place, box(shape));
  }

  // A gun's direction can be turned here too, so that it needs no pointer.
  function turning() {
    if (!isGun() || state.direction === null) return "";
    const input = element("input", { type: "range", min: 0, max: 345, step: 15, value: Math.round(state.direction / 15) * 15 % 360, id: "turn" });
    input.addEventListener("change", async () => { state.direction = Number(input.value); await ask(); byId("turn")?.focus(); });
    return element("p", { class: "turning" }, element("label", { for: "turn" }, `${says.direction} ${Math.round(state.direction)}°`), input);
  }

  function set(on, moved = null) {
    Object.assign(state, { on, moved, asked: state.asked + 1 });
    if (moved) Object.assign(state, { ptz: moved.is_dome ? "1" : "3", direction: moved.direction_deg });
    byId("try").setAttribute("aria-pressed", String(on));
    byId("try-kind").hidden = !on;
    byId("try-hint").hidden = !on;
    words();
    map.ready(it => {
      it.pick(on ? latlng => { if (!state.dragged) put(latlng); state.dragged = false; } : null);
      it.map.dragging[on && isGun() ? "disable" : "enable"]();
    });
    if (!on) clear();
  }

  function words() {
    for (const button of byId("try-kind").children) button.setAttribute("aria-pressed", String(button.dataset.ptz === state.ptz));
    byId("try-hint").textContent = isGun() ? says.try_hint_gun : says.try_hint_dome;
  }

  function put(latlng) {
    state.at = [Number(latlng.lng.toFixed(7)), Number(latlng.lat.toFixed(7))];
    ask();
  }

  // A drag from where the gun stands to where it looks.
  function drags(it) {
    const on = it.map.getContainer();
    let from = null;
    const point = event => { const box = on.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    on.addEventListener("pointerdown", event => { from = state.on && isGun() && event.isPrimary && !event.target.closest(".leaflet-control, .leaflet-popup") ? point(event) : null; state.dragged = false; });
    on.addEventListener("pointermove", event => {
      if (!from) return;
      const to = point(event), start = it.map.containerPointToLatLng(from);
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) < DRAG_PX) return;
      state.dragged = true;
      state.direction = (Math.atan2(to[0] - from[0], from[1] - to[1]) * 180 / Math.PI + 360) % 360;
      it.seen.choose({ place: [start.lng, start.lat], direction: state.direction });
    });
    on.addEventListener("pointerup", () => {
      const start = from;
      from = null;
      if (start && state.dragged) put(it.map.containerPointToLatLng(start));
      setTimeout(() => { state.dragged = false; }, 0);
    });
  }

  async function next() {
    const list = byId("next-list");
    if (list.childElementCount) return;
    const answer = await fetch(link(page.seen.next, { k: 10 }, page)), got = answer.ok ? await answer.json() : { places: [] };
    list.replaceChildren(...got.places.map((one, i) => {
      const button = element("button", { type: "button" }, element("b", {}, say(says.next_one, { n: i + 1, metres: length(one.gain_m, says) })), " ", element("span", { class: "note" }, say(says.next_sum, { metres: length(one.total_m, says) })));
      button.addEventListener("click", () => {
        map.fit([one.at[0] - 0.001, one.at[1] - 0.0008, one.at[0] + 0.001, one.at[1] + 0.0008], { maxZoom: 17.5 });
        set(true);
        Object.assign(state, { ptz: "1", at: one.at });
        words();
        ask();
      });
      return element("li", {}, button);
    }));
    byId("next-bound").textContent = got.places.length ? say(says.next_bound, { metres: length(got.bound_m, says) }) : says.next_none;
  }

  byId("try").addEventListener("click", () => set(!state.on));
  byId("try-kind").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    state.ptz = button.dataset.ptz;
    words();
    map.ready(it => it.map.dragging[isGun() ? "disable" : "enable"]());
    if (state.at) {
      state.direction = null;
      ask();
    }
  });
  byId("next").addEventListener("toggle", event => { if (event.target.open) next(); });
  document.addEventListener("keydown", event => { if (event.key === "Escape" && state.on && !document.querySelector("dialog[open]")) set(false); });
  map.ready(it => it.on("ready", () => drags(it)));
  return { move: camera => { set(true, camera); state.at = camera.at; } };
}
