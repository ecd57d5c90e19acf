// Two maps and a table: a row shows its unit on both maps, a unit chosen on a map shows its row.
const rows = [...document.querySelectorAll("#changed tbody tr")], frames = [...document.querySelectorAll(".two-maps iframe")];
const SIDES = ["before", "after"];

function onMap(frame, use) {
  const map = frame.contentWindow?.geogrid; // the same origin; not there before its page is
  if (map?.on) map.on("ready", () => use(map));
}

function mark(row) {
  for (const other of rows) other.toggleAttribute("aria-current", other === row);
  row?.setAttribute("aria-current", "true");
}

function show(row) {
  mark(row);
  const level = new URLSearchParams(location.search).get("level");
  frames.forEach((frame, i) => onMap(frame, map => {
    const code = row.dataset[SIDES[i]], box = JSON.parse(row.dataset.box);
    map.select(code ? level || map.settings.level : null, code || null);
    if (i === 0 && box.every(Number.isFinite)) map.fit(box, { animate: false });
  }));
}

for (const row of rows) row.addEventListener("click", event => { if (!event.target.closest("a")) show(row); });

function listen(frame, side) {
  onMap(frame, map => map.on("select", unit => {
    if (unit?.by !== "map") return;
    const row = rows.find(each => each.dataset[side] === unit.code);
    mark(row);
    row?.scrollIntoView({ block: "nearest" });
  }));
}

frames.forEach((frame, i) => {
  frame.addEventListener("load", () => listen(frame, SIDES[i]));
  if (frame.contentDocument?.readyState === "complete" && frame.contentWindow.geogrid) listen(frame, SIDES[i]);
});
