// Charts drawn as SVG from the figures, each with a table that says the same: events by month and kind, by kind, by who reported them.
import { element, number, say, svg } from "./dom.js";
import { exact } from "./events.js";

const WIDE = 308, HIGH = 104, BASE = 84, LEFT = 34;

// "2026-03": [{kind, events, open}, …], months in order.
function byMonth(told) {
  const months = new Map();
  for (const row of told.months) if (row.month) months.set(row.month, [...(months.get(row.month) || []), row]);
  return months;
}

const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);

// A round number of at most three figures that is no less than n.
function roundUp(n) {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, n))) - 0) / 2;
  return Math.max(1, Math.ceil(n / step) * step);
}

export function monthChart({ page, values, redo }, told, signs) {
  const months = byMonth(told), { says } = page;
  if (!months.size) return [element("p", { class: "note" }, says.none)];
  const top = roundUp(Math.max(...[...months.values()].map(rows => sum(rows, "events")))), step = (WIDE - LEFT) / months.size, wide = Math.max(2, Math.min(28, step - 3));
  const chart = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "group", "aria-label": says.month_title });
  for (const part of [0, 0.5, 1]) {
    const y = BASE - (BASE - 8) * part, n = top * part;
    chart.append(svg("path", { d: `M${LEFT} ${y}H${WIDE}`, class: "grid" }));
    if (Number.isInteger(n)) chart.append(svg("text", { x: LEFT - 4, y: y + 4, "text-anchor": "end" }, number(n)));
  }
  const every = Math.ceil(months.size / 6);
  [...months].forEach(([month, rows], i) => {
    const x = LEFT + i * step, text = say(says.month_bar, { month, events: number(sum(rows, "events")), open: number(sum(rows, "open")) });
    const bar = svg("g", { class: "month", "data-month": month, role: "button", tabindex: 0, "aria-pressed": String(month === values.month), "aria-label": text }, svg("title", {}, text), svg("rect", { x, y: 0, width: step, height: HIGH, class: "hit" }));
    let y = BASE;
    for (const row of rows) {
      const high = (BASE - 8) * row.events / top;
      y -= high;
      bar.append(svg("rect", { x: x + (step - wide) / 2, y, width: wide, height: Math.max(0, high - (high > 3 ? 1 : 0)), fill: signs[row.kind]?.colour || "#4b5661" }));
    }
    const choose = () => redo({ month: month === values.month ? "" : month }).then(() => document.querySelector(`#month-chart [data-month="${month}"]`)?.focus());
    bar.addEventListener("click", choose);
    bar.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } });
    if (i % every === 0) bar.append(svg("text", { x: x + step / 2, y: HIGH - 4, "text-anchor": "middle" }, month.slice(5)));
    chart.append(bar);
  });
  const ends = [...months.keys()];
  return [chart, element("p", { class: "note" }, ends.length > 1 ? `${ends[0]} – ${ends.at(-1)}` : ends[0])];
}

export function tablesOf({ page }, told, signs) {
  const { says } = page, heads = [says.events_head, says.open_head, says.rate_head];
  const figures = row => [number(row.events), number(row.open), exact(row.closed, row.events)];
  const months = [...byMonth(told)].map(([month, rows]) => [month, figures({ events: sum(rows, "events"), open: sum(rows, "open"), closed: sum(rows, "closed") })]);
  return [
    table(says.month_title, [says.month_head, ...heads], months),
    table(says.kind_title, [says.kind_head, ...heads], told.kinds.filter(kind => kind.events).map(kind => [kind.name, figures(kind)])),
    ...(told.reporters.length ? [table(says.reporter_title, [says.reporter_head, ...heads], told.reporters.map(row => [row.name, row.hidden ? [row.hidden, "–", "–"] : row.open === null ? [number(row.events), "–", "–"] : figures(row)]))] : []),
    ...(told.reporters_note ? [element("p", { class: "note" }, told.reporters_note)] : []),
  ];
}

function table(title, heads, rows) {
  return element("table", {}, element("caption", {}, title),
    element("thead", {}, element("tr", {}, ...heads.map((head, i) => element("th", { scope: "col", class: i ? "n" : null }, head)))),
    element("tbody", {}, ...rows.map(([name, figures]) => element("tr", {}, element("th", { scope: "row" }, name), ...figures.map(text => element("td", { class: "n" }, text))))));
}
