/* Takes over folium's own Leaflet map: `geogrid.start(map, settings)`. What page scripts may use:

   geogrid.on(name, fn), off    ready · select {level, code, codes, stack, by} · hover {level, code} · view {zoom, center, bounds} · layer {level, fill, on}
                                · site {role, id, kind, name} · finding {at, rule}.  `on` works before the start
   geogrid.select(level, code, {zoom, box})   setLevel(id)   setFill("bounds" | "identity" | "measure" | "none")
   geogrid.setLayer(name, on)   stations cameras sectors findings labels buildings, stations:<kind> cameras:<kind>, u:<level> (its lines)
   geogrid.setPoints(role, table or null)   points that the page itself fetched, columns as those of sites.json
   geogrid.mark(level, codes)  ring(box)  stepBack()   (marks.js)
   geogrid.highlight(level, code)  filter(codes of status or null)  showFinding(at)  addFindings(list)  setFindings(list)  fit(box, {padding})  padding({left, …})  state()  map
   geogrid.showFault(fault or null)   (faults.js) hatched, with its width, and the locator

   The address's fragment holds level, fill, layers, selection and view, so that a copied link shows the same. */
"use strict";
(function (geogrid) {
  const listeners = {};
  const TOP_ZOOM = 20; // where settings name no other
  const unitLines = (level, feature) => geogrid.unitLines(state, level, feature), pointLines = (point) => geogrid.pointLines(state, point);
  let map, ground, labels, points, tip, source, popup, covered = { left: 0, right: 0, top: 0, bottom: 0 };
  const state = { level: "", shown: "", fill: "bounds", layers: {}, levels: [], tables: {}, rows: {}, hover: null, selected: null, finding: null };

  geogrid.on = function (name, fn) { (listeners[name] = listeners[name] || []).push(fn); if (name === "ready" && geogrid.isReady) fn({}); };
  geogrid.off = function (name, fn) { listeners[name] = (listeners[name] || []).filter((f) => f !== fn); };

  function tell(name, detail) {
    for (const fn of (listeners[name] || []).slice()) fn(detail);
  }

  geogrid.start = function (leaflet, settings) {
    map = geogrid.map = leaflet;
    geogrid.settings = settings;
    source = geogrid.source(settings);
    Object.assign(state, { levels: settings.levels, level: settings.level, fill: settings.fill });
    for (const name of ["labels", "buildings", ...settings.on]) state.layers[name] = true;
    for (const name of settings.off || []) state.layers[name] = false;
    map.setMaxZoom(settings.top_zoom || TOP_ZOOM);
    if (map.attributionControl) map.attributionControl.setPrefix("");
    if (settings.focus) state.selected = state.focus = { level: settings.focus.level, code: settings.focus.code };
    const asked = geogrid.readAddress(state);
    if (asked.view) map.setView(asked.view.center, asked.view.zoom, { animate: false });
    else geogrid.fit(settings.focus ? settings.focus.box : settings.bounds, { animate: false });
    map.setMinZoom(Math.max(3, Math.floor(map.getBoundsZoom(bounds(settings.bounds))) - 2));
    show();
    build();
    Promise.all([load("units.json", units), ...["stations", "cameras", "findings"].filter((n) => state.layers[n]).map(fetchLayer)]).then(() => {
      geogrid.isReady = true;
      tell("ready", {});
      if (state.selected) announce("address");
    });
  };

  /* Whoever came too early to call anything but `on` may start now. */
  function build() {
    geogrid.furnish(map);
    tip = geogrid.Tip(map);
    ground = new geogrid.Ground(source, state).addTo(map);
    points = new geogrid.Points(state).addTo(map);
    labels = new geogrid.Labels(state, ground, points).addTo(map);
    points.on("drawn", () => labels.redraw());
    geogrid.marks(map, ground, state, labels);
    geogrid.measures(ground, state, labels);
    if (geogrid.settings.faults) geogrid.faults(map, source, state);
    map.on("zoomend", () => { if (show()) ground.repaint(); });
    map.on("moveend", () => { geogrid.writeAddress(map, state); tell("view", view()); });
    map.on("click", click);
    window.addEventListener("resize", () => points.redraw());
    let last = null;
    map.on("mousemove", (e) => { if (!last) requestAnimationFrame(() => { const at = last; last = null; if (at) hover(at); }); last = e; });
    map.on("mouseout", () => { last = null; hover(null); });
    map.getContainer().addEventListener("keydown", (e) => { if (e.key === "Escape") geogrid.select(null, null); });
    window.dispatchEvent(new CustomEvent("geogrid:ready"));
  }

  /* The level that is filled and clicked: a fine one only close up, else the next above it. */
  function show() {
    const at = state.levels.findIndex((l) => l.id === state.level), before = state.shown;
    let i = at < 0 ? state.levels.length - 1 : at;
    while (i > 0 && state.levels[i].fine && map.getZoom() < 15) i--;
    state.shown = state.levels.length ? state.levels[i].id : "";
    return before !== state.shown;
  }

  /* ---- tables ---- */
  function load(name, take) { return source.table(name).then(take, (error) => console.warn("geogrid:", error.message)); }

  function units(tables) {
    for (const level of Object.keys(tables)) {
      state.tables[level] = tables[level];
      state.rows[level] = new Map(tables[level].code.map((code, i) => [code, i]));
    }
    labels.redraw();
  }

  function fetchLayer(name) {
    if (name === "findings") return state.findings ? Promise.resolve() : load("findings.json", (found) => { state.findings = found; points.redraw(); });
    return (state.sites || {}).stations ? Promise.resolve() : load("sites.json", (found) => { state.sites = Object.assign({}, state.sites, found); points.redraw(); });
  }

  geogrid.unit = function (level, code) {
    const table = state.tables[level], i = table ? state.rows[level].get(code) : undefined;
    if (i === undefined) return null;
    return { level: level, code: code, name: table.name[i], parent: table.parent[i], households: table.households[i], status: table.status[i], box: table.box[i] };
  };

  /* ---- what page scripts call ---- */
  geogrid.setLevel = function (id) {
    state.level = id;
    if (state.layers["u:" + id] === false) state.layers["u:" + id] = true;
    show();
    changed();
  };

  geogrid.setFill = function (fill) {
    state.fill = fill;
    changed();
  };

  geogrid.setPoints = function (role, table) {
    state.sites = Object.assign({}, state.sites, { [role]: table });
    geogrid.setLayer(role, !!table);
  };

  geogrid.setLayer = function (name, on) {
    state.layers[name] = on;
    if (on && ["stations", "cameras", "findings"].includes(name)) fetchLayer(name);
    points.redraw();
    changed(!(name === "buildings" || name.startsWith("u:")));
  };

  geogrid.filter = function (statuses) {
    state.only = statuses ? new Set(statuses.map((s) => ["", "in", "below", "above", "dedicated"].indexOf(s))) : null;
    changed();
  };

  function changed(pointsOnly) {
    if (!pointsOnly) ground.repaint();
    labels.redraw();
    geogrid.writeAddress(map, state);
    tell("layer", { level: state.level, shown: state.shown, fill: state.fill, on: onLayers() });
  }

  geogrid.select = function (level, code, options) {
    state.selected = code ? { level: level, code: code } : null;
    if (popup) popup.remove();
    ground.repaintOver();
    labels.redraw();
    geogrid.writeAddress(map, state);
    announce("api");
    if (code && options && options.zoom) zoomTo(level, code, options.box);
  };

  function zoomTo(level, code, box) {
    const found = box || (geogrid.unit(level, code) || {}).box;
    if (found) return geogrid.fit(found);
    load("units/" + level + ".json", (tables) => {
      const i = tables[level].code.indexOf(code);
      if (i >= 0) geogrid.fit(tables[level].box[i]);
    });
  }

  /* highlight(level, code) or highlight(code); null for nothing */
  geogrid.highlight = function (level, code) {
    if (arguments.length < 2) {
      code = level;
      level = Object.keys(state.rows).find((id) => state.rows[id].has(code)) || state.level;
    }
    state.hover = code ? { level: level, code: code } : null;
    ground.repaintOver();
  };

  geogrid.addFindings = function (list) {
    state.findings = (state.findings || []).concat(list);
    geogrid.setLayer("findings", true);
  };

  geogrid.setFindings = function (list) {
    state.findings = list;
    geogrid.setLayer("findings", true);
  };

  geogrid.showFinding = function (at) {
    state.finding = at;
    geogrid.showFault(null);
    fetchLayer("findings").then(() => {
      const found = (state.findings || []).find((f) => f.at === at);
      points.redraw();
      if (!found) return;
      geogrid.fit(found.box, { maxZoom: geogrid.settings.top_zoom ? geogrid.settings.top_zoom - 1 : 19 });
      tell("finding", { at: at, rule: found.rule, by: "api" });
    });
  };

  geogrid.padding = function (sides) { covered = Object.assign(covered, sides); };

  geogrid.fit = function (box, options) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.fitBounds(bounds(box), Object.assign({
      paddingTopLeft: [covered.left + 24, covered.top + 24], paddingBottomRight: [covered.right + 24, covered.bottom + 32], maxZoom: 18, animate: !still, duration: 0.15,
    }, options));
  };

  geogrid.state = function () {
    return { level: state.level, shown: state.shown, fill: state.fill, on: onLayers(), selected: state.selected, view: view() };
  };

  geogrid.tables = state.tables;

  /* ---- pointer ---- */
  function hit(e) {
    const badge = labels.badgeAt(e.containerPoint);
    if (badge) return { badge: badge };
    const point = points.at(e.containerPoint);
    if (point) return { point: point };
    const feature = state.shown ? ground.at(e.latlng, state.shown) : null;
    return feature ? { feature: feature } : {};
  }

  function hover(e) {
    if (state.isBase) return;
    const found = e && !state.pick ? hit(e) : {}, feature = found.feature || (found.badge && found.badge.feature);
    const level = found.badge ? found.badge.level : state.shown, code = feature ? feature.p.code : null, before = state.hover ? state.hover.code : null;
    map.getContainer().classList.toggle("pointing", !!(feature || found.point));
    if (code !== before) {
      state.hover = code ? { level: level, code: code } : null;
      ground.repaintOver();
      tell("hover", { level: level, code: code });
    }
    const lines = found.point ? pointLines(found.point) : (e && !state.pick && geogrid.served.at(e.latlng)) || (feature ? unitLines(level, feature) : null);
    if (lines) tip.show(e.containerPoint, lines);
    else tip.hide();
  }

  function click(e) {
    if (state.isBase || state.pick) return state.pick && state.pick(e.latlng);
    const found = hit(e);
    if (found.point) return clickPoint(found.point);
    const feature = found.feature || (found.badge && found.badge.feature);
    if (!feature) return geogrid.select(null, null);
    const level = found.badge ? found.badge.level : state.shown, stack = geogrid.parseStack(feature.p.stack);
    state.selected = { level: level, code: stack.length ? feature.p.code : feature.p.code.split(" ")[0] };
    ground.repaintOver();
    labels.redraw();
    geogrid.writeAddress(map, state);
    announce("map", stack, e.latlng);
    if (stack.length) openStack(stack, level, found.badge ? found.badge.latlng : e.latlng);
    else if (geogrid.settings.popups) openUnit(level, feature, e.latlng);
  }

  function clickPoint(point) {
    if (point.rows.length > 1) {
      const all = L.latLngBounds(point.rows.map((i) => (point.role === "findings" ? state.findings[i].place.slice().reverse() : [state.sites[point.role].y[i], state.sites[point.role].x[i]])));
      return map.fitBounds(all, { maxZoom: Math.max(15, map.getZoom() + 1), padding: [40, 40] });
    }
    const i = point.rows[0];
    if (point.role === "findings") {
      state.finding = state.findings[i].at;
      points.redraw();
      return tell("finding", { at: state.finding, rule: state.findings[i].rule, by: "map" });
    }
    const table = state.sites[point.role], kind = table.kinds[table.kind[i]];
    if (!geogrid.settings.site_cards) open([table.y[i], table.x[i]], listed(pointLines(point)));
    tell("site", { role: point.role, id: table.id[i], kind: kind.id, name: table.name[i], at: [table.x[i], table.y[i]] });
  }

  function listed(texts) {
    const box = geogrid.element("div", "geogrid-popup");
    texts.filter(Boolean).forEach((line, i) => geogrid.element(i ? "p" : "h3", "", line, box));
    return box;
  }

  function openStack(stack, level, latlng) {
    const description = state.levels.find((l) => l.id === level);
    open(latlng, geogrid.stackList(stack, description, (unit) => geogrid.select(level, unit.code)));
  }

  function openUnit(level, feature, latlng) {
    const box = listed([...unitLines(level, feature), feature.p.code]), page = (geogrid.settings.links || {})[feature.p.code];
    if (page) geogrid.element("a", "", geogrid.say("open"), box).setAttribute("href", page);
    open(latlng, box);
  }

  function open(latlng, node) {
    if (popup) popup.remove();
    popup = L.popup({ maxWidth: 320, autoPanPadding: [20, 60] }).setLatLng(latlng).setContent(node).openOn(map);
  }

  function announce(by, stack, latlng) {
    const s = state.selected;
    tell("select", { level: s ? s.level : null, code: s ? s.code.split(" ")[0] : null, codes: s ? s.code.split(" ") : [], stack: stack && stack.length ? stack : null, latlng: latlng || null, by: by });
  }

  /* ---- what is seen ---- */
  function view() {
    const b = map.getBounds(), c = map.getCenter();
    return { zoom: map.getZoom(), center: [c.lat, c.lng], bounds: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()] };
  }

  function onLayers() { return Object.keys(state.layers).filter((name) => state.layers[name]); }

  function bounds(box) { return L.latLngBounds([box[1], box[0]], [box[3], box[2]]); }
})(geogrid);
