/* What a tooltip and a popup say of a unit, a station, a camera or a finding: a few lines of text, the first its title. */
"use strict";
(function (geogrid) {
  geogrid.unitLines = function (state, level, feature) {
    const p = feature.p, description = state.levels.find((l) => l.id === level);
    if (p.n > 1) return [geogrid.say("stack_title", { n: p.n, level: description.name })];
    const unit = geogrid.unit(level, p.code), name = (unit && unit.name) || description.name + " " + p.code.slice(-(description.digits || 12));
    const status = ["", "in", "below", "above", "dedicated"][p.status], sign = ["", "✓ ", "▼ ", "▲ ", ""][p.status];
    return [name, unit && unit.households !== null ? geogrid.say("households", { n: unit.households }) : "", status ? sign + geogrid.say(status) : ""];
  };

  geogrid.pointLines = function (state, point) {
    if (point.role === "findings") {
      const f = state.findings[point.rows[0]];
      return point.rows.length > 1 ? [geogrid.say("count", { n: point.rows.length }) + " " + geogrid.say("findings")] : [geogrid.settings.lang === "zh" ? f.message_zh : f.message];
    }
    const table = state.sites[point.role], language = geogrid.settings.lang;
    if (point.rows.length === 1) {
      const i = point.rows[0], kind = table.kinds[table.kind[i]][language];
      return [table.name[i] || kind, kind, point.role === "cameras" && table.direction[i] === null ? geogrid.say("direction_unknown") : "", table.outside[i] ? geogrid.say("outside") : ""];
    }
    const number = new Map();
    for (const i of point.rows) number.set(table.kind[i], (number.get(table.kind[i]) || 0) + 1);
    return [geogrid.say(point.role) + " " + geogrid.say("count", { n: point.rows.length }), ...[...number].map((pair) => table.kinds[pair[0]][language] + " " + pair[1])];
  };
})(geogrid);
