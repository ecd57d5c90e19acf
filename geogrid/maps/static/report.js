/* Ties the table of findings to the map: filter and sort, a row shows its fault close up, N goes on to the next. */
"use strict";
(function () {
  const told = JSON.parse(document.getElementById("report").textContent), words = told.words, all = told.findings;
  if (!all.length) return;
  const STEP = 200, $ = (id) => document.getElementById(id), number = (n) => Number(n).toLocaleString("en-US");
  const say = (name, facts) => words[name].replace(/\{(\w+)\}/g, (_, key) => facts[key]);
  const map = window.geogrid && window.geogrid.start ? window.geogrid : null;
  const body = $("rows"), card = $("card"), scroll = document.querySelector(".scroll");
  const state = { severity: "", kind: "", find: "", sort: "", down: true, chosen: null };
  const asked = new URLSearchParams(location.hash.slice(1));
  let shown = [], drawn = 0;

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const name of Object.keys(attributes)) if (attributes[name] !== null) made.setAttribute(name, attributes[name]);
    made.append(...children);
    return made;
  }

  /* ---- words ---- */
  const metres = (m) => (m < 0.1 ? Number((m * 100).toPrecision(2)) + " " + words.cm : (m < 10 ? Number(m.toPrecision(2)) : number(Math.round(m))) + " " + words.m);
  const area = (a) => (a >= 1e5 ? number(Math.round(a / 1e3) / 10) + " " + words.ha : (a < 100 ? Number(a.toPrecision(3)) : number(Math.round(a))) + " " + words.m2);
  const size = (f) => (f.area_m2 !== undefined ? area(f.area_m2) : f.length_m !== undefined ? metres(f.length_m) : f.value !== undefined ? number(f.value) : "");
  const amount = (f) => (f.area_m2 !== undefined ? f.area_m2 : f.length_m !== undefined ? f.length_m : f.value || 0);
  const listed = (some, n) => some.slice(0, 3).join(", ") + (n > 3 ? " … (" + number(n) + ")" : "");
  const title = (f) => told.titles[f.rule] || f.rule;

  const COLUMNS = [
    { key: "kind", text: (f) => title(f), of: (f) => (f.severity === "error" ? "0" : "1") + title(f) },
    { key: "units", text: (f) => listed(f.units, f.n_units), of: (f) => f.units.join(" ") },
    { key: "size", text: size, of: amount, n: true },
    { key: "width", text: (f) => (f.width_m ? metres(f.width_m) : ""), of: (f) => f.width_m || 0, n: true, wide: true },
    { key: "rows", text: (f) => listed(f.rows, f.n_rows), of: (f) => f.rows[0] || 0, n: true, wide: true },
  ].filter((column) => column.key !== "rows" || all.some((f) => f.rows.length));

  /* ---- table ---- */
  function entry(f) {
    const cells = COLUMNS.map((column, i) => {
      const cell = element("td", { class: [column.n ? "n" : "", column.wide ? "wide" : ""].join(" ").trim() || null });
      if (i) cell.textContent = column.text(f);
      else cell.append(element("button", { type: "button", title: f.text }, element("span", { class: "sign " + f.severity, "aria-label": words[f.severity] }, f.severity === "error" ? "✕ " : "▲ "), column.text(f)));
      return cell;
    });
    return element("tr", { "data-at": f.at, "aria-selected": String(f === state.chosen) }, ...cells);
  }

  function more(until) {
    const next = shown.slice(drawn, Math.max(until || 0, drawn + STEP));
    drawn += next.length;
    body.append(...next.map(entry));
  }

  function list() {
    const find = state.find.toLowerCase(), column = COLUMNS.find((one) => one.key === state.sort), turn = state.down ? -1 : 1;
    shown = all.filter((f) => (!state.severity || f.severity === state.severity) && (!state.kind || f.rule + "|" + f.level === state.kind)
      && (!find || (f.text + " " + f.units.join(" ")).toLowerCase().includes(find)));
    if (column) shown.sort((a, b) => { const x = column.of(a), y = column.of(b); return (x < y ? -turn : x > y ? turn : 0) || a.at - b.at; });
    body.replaceChildren();
    drawn = 0;
    more();
    scroll.scrollTop = 0;
    $("empty").hidden = shown.length > 0;
    $("shown").textContent = say("shown", { n: number(shown.length), all: number(told.all) });
    for (const head of $("heads").children) head.setAttribute("aria-sort", head.dataset.key !== state.sort ? "none" : state.down ? "descending" : "ascending");
    for (const head of $("heads").children) head.querySelector("span").textContent = head.dataset.key !== state.sort ? "" : state.down ? " ▾" : " ▴";
    if (map) paint();
    keep();
  }

  function heads() {
    for (const column of COLUMNS) {
      const press = element("button", { type: "button", "aria-label": say("by", { what: words[column.key] }) }, words[column.key], element("span", { "aria-hidden": "true" }));
      press.addEventListener("click", () => {
        state.down = state.sort === column.key ? !state.down : Boolean(column.n);
        state.sort = column.key;
        list();
      });
      $("heads").append(element("th", { scope: "col", "data-key": column.key, class: [column.n ? "n" : "", column.wide ? "wide" : ""].join(" ").trim() || null }, press));
    }
  }

  function kinds() {
    const counts = new Map();
    for (const [severity, rule, level, n] of told.counts) if (!state.severity || severity === state.severity) counts.set(rule + "|" + level, (counts.get(rule + "|" + level) || 0) + n);
    if (!counts.has(state.kind)) state.kind = "";
    const options = [...counts].map(([key, n]) => {
      const [rule, level] = key.split("|");
      return element("option", { value: key }, (told.titles[rule] || rule) + (level ? " · " + (told.levels[level] || level) : "") + " " + number(n));
    });
    $("kind").replaceChildren(element("option", { value: "" }, words.all_kinds), ...options);
    $("kind").value = state.kind;
  }

  /* ---- map ---- */
  const onMap = (f) => ({ at: f.at, rule: f.rule, severity: f.severity, level: f.level, units: f.units, message: f.text, message_zh: f.text, place: f.place, box: f.box, shape: f.shape });

  function paint() {
    if (!map.isReady) return;
    map.setFindings(shown.filter((f) => f.place).map(onMap));
  }

  function choose(f, told_ = true) {
    state.chosen = f;
    if (shown.indexOf(f) >= drawn) more(shown.indexOf(f) + STEP - drawn);
    for (const row of body.querySelectorAll('[aria-selected="true"]')) row.setAttribute("aria-selected", "false");
    const row = body.querySelector('[data-at="' + f.at + '"]');
    if (row) { row.setAttribute("aria-selected", "true"); row.scrollIntoView({ block: "nearest" }); }
    show(f);
    keep();
    if (!map || !f.box) return map && map.showFault(null);
    const level = map.settings.levels.some((one) => one.id === f.level) ? f.level : map.settings.level;
    map.select(level, f.shape || !f.units.length ? null : f.units[0]);
    if (told_) map.showFinding(f.at);
    map.showFault({ at: f.at, shape: f.shape, line: f.line, box: f.box, label: f.width_m ? say("widest", { text: metres(f.width_m) }) : "" });
    requestAnimationFrame(() => place(f.box));
  }

  function show(f) {
    const at = shown.indexOf(f), next = button(words.next, "N", () => go(1)), close = element("button", { type: "button", class: "close", "aria-label": words.close }, "✕");
    close.addEventListener("click", () => { card.hidden = true; });
    const wide = map && f.line ? button(words.see_width, "", () => closer(f)) : "";
    card.replaceChildren(
      element("div", { class: "card-head" }, element("h2", {}, title(f)), element("span", { class: "sign " + f.severity }, (f.severity === "error" ? "✕ " : "▲ ") + words[f.severity]),
        element("span", { class: "note" }, say("of", { at: number(at + 1), n: number(shown.length) })), close),
      element("p", {}, f.text), f.rows.length ? element("p", { class: "note" }, say("in_rows", { file: told.file, rows: f.rows.join(", ") + (f.n_rows > f.rows.length ? " …" : "") })) : "",
      f.place ? "" : element("p", { class: "note" }, words.no_place),
      element("div", { class: "card-foot" }, next, wide));
    next.classList.add("primary");
    card.hidden = false;
  }

  function button(text, key, press) {
    const made = element("button", { type: "button", class: "button" }, text, key ? element("kbd", { "aria-hidden": "true" }, key) : "");
    made.addEventListener("click", press);
    return made;
  }

  /* Where the fault is widest, some ten times its width on the screen. */
  function closer(f) {
    const [[x0, y0], [x1, y1]] = f.line, x = (x0 + x1) / 2, y = (y0 + y1) / 2, reach = 5 * Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    map.fit([x - reach, y - reach, x + reach, y + reach], { maxZoom: map.settings.top_zoom });
  }

  /* The card stands in the corner that hides least of the fault. */
  function place(box) {
    card.classList.remove("left", "top");
    const one = map.map.latLngToContainerPoint([box[3], box[0]]), two = map.map.latLngToContainerPoint([box[1], box[2]]), size_ = map.map.getSize();
    const hit = ([left, top]) => {
      const w = card.offsetWidth + 32, h = card.offsetHeight + 60, x = left ? 0 : size_.x - w, y = top ? 0 : size_.y - h;
      return Math.max(0, Math.min(x + w, two.x) - Math.max(x, one.x)) * Math.max(0, Math.min(y + h, two.y) - Math.max(y, one.y));
    };
    const best = [[false, false], [true, false], [false, true]].reduce((a, b) => (hit(b) < hit(a) ? b : a));
    if (best[0]) card.classList.add("left");
    if (best[1]) card.classList.add("top");
  }

  function go(step) {
    if (!shown.length) return;
    const at = shown.indexOf(state.chosen);
    choose(shown[(at + step + shown.length) % shown.length]);
  }

  /* ---- the address holds filter, order and choice ---- */
  function keep() {
    const { severity, kind, find, sort, down, chosen } = state;
    const beside = { severity, kind, find, sort: sort && (down ? "-" : "") + sort, finding: chosen ? String(chosen.at) : "" }, parts = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(beside)) beside[name] ? parts.set(name, beside[name]) : parts.delete(name);
    if (map) map.beside = beside;
    try { history.replaceState(history.state, "", "#" + parts); } catch (error) { /* a page opened from disk may not change its address */ }
  }

  function recall() {
    const sort = (asked.get("sort") || "").replace(/^-/, ""), press = [...document.querySelectorAll(".switch button")].find((one) => one.dataset.severity === asked.get("severity"));
    if (press) press.click();
    if (COLUMNS.some((one) => one.key === sort)) Object.assign(state, { sort, down: asked.get("sort").startsWith("-") });
    state.kind = asked.get("kind") || "";
    state.find = $("find").value = asked.get("find") || "";
    kinds();
    list();
    const f = asked.get("finding") ? all[Number(asked.get("finding"))] : null;
    if (f && (!map || map.isReady)) choose(f);
    else if (f) map.on("ready", () => choose(f));
  }

  /* ---- what one does ---- */
  body.addEventListener("click", (event) => { const row = event.target.closest("tr"); if (row) choose(all[Number(row.dataset.at)]); });
  scroll.addEventListener("scroll", () => { if (drawn < shown.length && scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 400) more(); });
  for (const press of document.querySelectorAll(".switch button")) press.addEventListener("click", () => {
    state.severity = press.dataset.severity;
    for (const other of document.querySelectorAll(".switch button")) other.setAttribute("aria-pressed", String(other === press));
    kinds();
    list();
  });
  $("kind").addEventListener("change", (event) => { state.kind = event.target.value; list(); });
  $("find").addEventListener("input", (event) => { state.find = event.target.value.trim(); list(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") card.hidden = true;
    if (event.target.closest("input, select")) return;
    if (event.key.toLowerCase() === "n") { go(event.shiftKey ? -1 : 1); event.preventDefault(); }
  });
  if (map) {
    map.on("ready", paint);
    map.on("finding", (finding) => { if (finding.by === "map") choose(all[finding.at], false); });
  }
  heads();
  recall();
})();
