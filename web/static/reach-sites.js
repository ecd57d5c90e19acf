// One more station tried: a click on the map answers with what it would gain; places are kept as candidates; the best few are computed.
import { position } from "./card.js";
import { element, number, say, share } from "./dom.js";
import { drawing } from "./reach-legend.js";
import * as map from "./map.js";
import { state } from "./state.js";

const BEST = 5, LISTED = 4;

export function sites(page, chosen) {
  const { words } = page, place = document.getElementById("card"), tool = document.getElementById("try"), best = document.getElementById("best"), list = document.getElementById("candidates");
  const kept = state(["sites"]);
  let isOn = false, tried = null, computed = null, asked = 0;
  tool.hidden = !page.reach.tried;
  best.hidden = !page.reach.best;
  best.textContent = say(words.best, { n: BEST });
  tool.textContent = words.try_on;

  const amount = n => chosen.amount(n);
  const candidates = () => kept.values.sites.split(";").filter(Boolean).map(text => text.split("@")).filter(([kind, at]) => kind === encodeURIComponent(chosen.values.kind) && at)
    .map(([, at], i) => { const [lon, lat] = at.split(",").map(Number); return { lon, lat, text: String.fromCharCode(65 + i % 26) }; }).filter(one => Number.isFinite(one.lon) && Number.isFinite(one.lat));

  function draw() {
    const marks = candidates().map(one => ({ ...one }));
    if (computed) computed.sites.forEach((one, i) => marks.push({ lon: one.lon, lat: one.lat, text: String(i + 1) }));
    if (tried) marks.push({ lon: tried.lon, lat: tried.lat, text: chosen.kind().sign, area: tried.area, isTried: true });
    map.served(served => served.sites(marks));
    list.hidden = !candidates().length;
    list.replaceChildren(...candidates().map(row));
  }

  function row(one) {
    const name = say(words.candidate, { n: one.text }), go = element("button", { type: "button" }, name), drop = element("button", { type: "button", class: "close", "aria-label": say(words.remove, { name }) }, "✕");
    go.addEventListener("click", () => { look(one); ask(one.lon, one.lat); });
    drop.addEventListener("click", () => {
      kept.set({ sites: kept.values.sites.split(";").filter(text => text !== key(one)).join(";") });
      draw();
      list.querySelector("button")?.focus();
    });
    return element("li", {}, go, drop);
  }

  const key = one => `${encodeURIComponent(chosen.values.kind)}@${one.lon},${one.lat}`;
  // A box round places in degrees, wide enough for their surroundings.
  const around = places => [Math.min(...places.map(p => p.lon)) - 0.003, Math.min(...places.map(p => p.lat)) - 0.002, Math.max(...places.map(p => p.lon)) + 0.003, Math.max(...places.map(p => p.lat)) + 0.002];
  const look = one => map.fit([one.lon - 0.006, one.lat - 0.005, one.lon + 0.006, one.lat + 0.005]);

  function card(title, note, ...parts) {
    const close = element("button", { type: "button", class: "close", "aria-label": words.close }, "✕");
    close.addEventListener("click", stop);
    place.classList.remove("left", "top");
    place.replaceChildren(element("div", { class: "card-head" }, element("h2", {}, title), element("span", { class: "note" }, note), close), ...parts);
    place.hidden = false;
  }

  function turn(on) {
    isOn = on;
    tool.setAttribute("aria-pressed", String(on));
    tool.textContent = on ? words.try_off : words.try_on;
    map.pick(on ? at => ask(round(at.lng), round(at.lat)) : null);
  }

  const round = degrees => Math.round(degrees * 1e6) / 1e6;

  function start() {
    turn(true);
    card(say(words.try_title, chosen.facts()), words.trial, element("p", {}, say(words.try_prompt, chosen.facts())));
  }

  function stop() {
    if (!isOn && !tried && !computed) return;
    asked += 1;
    tried = computed = null;
    turn(false);
    place.hidden = true;
    draw();
  }

  async function ask(lon, lat) {
    const mine = ++asked, { kind, minutes } = chosen.values;
    try {
      const { body } = await chosen.ask("tried", { kind, minutes, lon, lat });
      if (mine !== asked) return;
      tried = body;
      answer();
      position(place, around([tried]));
    } catch (error) {
      if (mine === asked) card(say(words.try_title, chosen.facts()), words.trial, element("p", {}, error.message));
    }
    draw();
  }

  function answer() {
    const facts = chosen.facts(), level = document.querySelector("#levels [aria-pressed=true]")?.dataset.level, gains = (tried.units[level] || []).filter(one => one.gained);
    const keep = element("button", { type: "button", class: "button primary" }, words.keep), again = element("button", { type: "button", class: "button" }, words.elsewhere);
    const isKept = candidates().some(one => one.lon === tried.lon && one.lat === tried.lat);
    keep.disabled = isKept;
    if (isKept) keep.textContent = words.kept;
    keep.addEventListener("click", () => {
      kept.set({ sites: [...kept.values.sites.split(";").filter(Boolean), key(tried)].join(";") });
      answer();
      draw();
    });
    again.addEventListener("click", start);
    card(say(words.try_title, facts), words.trial,
      element("p", { class: "gain" }, element("b", {}, "+" + amount(tried.gained)), " " + say(words.gain, facts)),
      element("p", { class: "note" }, say(words.before_after, { before: share(tried.before, tried.whole), after: share(tried.after, tried.whole), left: amount(tried.whole - tried.after) })),
      gains.length ? element("p", {}, words.who_gains + gains.slice(0, LISTED).map(one => `${one.name} ${amount(one.gained)}`).join(words.comma) + (gains.length > LISTED ? say(words.others, { n: gains.length - LISTED }) : "")) : element("p", { class: "note" }, say(words.nobody_gains, facts)),
      tried.away_m > 100 ? element("p", { class: "note" }, say(words.far_from_path, { n: number(Math.round(tried.away_m)) })) : "",
      element("div", { class: "card-foot" }, keep, again));
  }

  async function compute() {
    const mine = ++asked, { kind, minutes } = chosen.values, title = say(words.best_title, { n: BEST, ...chosen.facts() });
    tried = null;
    turn(false);
    card(title, words.trial, element("p", {}, words.computing));
    try {
      const { body } = await chosen.ask("best", { kind, minutes, k: BEST });
      if (mine !== asked) return;
      computed = body;
      listBest(title);
      if (computed.sites.length) map.fit(around(computed.sites), { paddingBottomRight: [innerWidth > 700 ? place.offsetWidth + 40 : 24, innerWidth > 700 ? 32 : place.offsetHeight + 40] });
    } catch (error) {
      if (mine === asked) card(title, words.trial, element("p", {}, error.message));
    }
    draw();
  }

  function listBest(title) {
    const facts = chosen.facts(), top = Math.max(1, ...computed.sites.map(one => one.gained));
    const rows = computed.sites.map((one, i) => {
      const go = element("button", { type: "button" }, say(words.place, { n: i + 1 }));
      go.addEventListener("click", () => { look(one); });
      return element("tr", {}, element("td", {}, go, " ", element("span", { class: "note" }, one.unit || "")), element("td", { class: "n" }, "+" + number(one.gained)), element("td", { class: "n" }, share(one.after, computed.whole)));
    });
    const curve = drawing(300, 88, computed.sites.flatMap((one, i) => {
      const height = 52 * one.gained / top, x = 300 * (i + 0.5) / computed.sites.length;
      return [["rect", { x: x - 18, y: 70 - height, width: 36, height }], ["text", { x, y: 84 }, String(i + 1)], ["text", { x, y: 66 - height }, "+" + number(one.gained)]];
    }));
    curve.setAttribute("class", "curve");
    card(title, words.trial,
      element("p", { class: "gain" }, element("b", {}, "+" + amount(computed.gained)), " " + say(words.gain, facts)),
      element("p", { class: "note" }, say(words.before_after, { before: share(computed.before, computed.whole), after: share(computed.after, computed.whole), left: amount(computed.whole - computed.after) })),
      curve, element("table", {}, element("tbody", {}, ...rows)),
      element("p", { class: "note" }, computed.said));
  }

  tool.addEventListener("click", () => isOn ? stop() : start());
  best.addEventListener("click", compute);
  document.addEventListener("keydown", event => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) stop(); });
  // What was tried holds for the kind and the minutes it was tried with.
  let last = "";
  return () => {
    const now = chosen.values.kind + " " + chosen.values.minutes;
    if (last && last !== now && (tried || computed)) {
      const again = tried;
      computed = null;
      if (again) ask(again.lon, again.lat);
      else stop();
    }
    last = now;
    draw();
  };
}
