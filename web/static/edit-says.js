// What the map says of a unit and of a cell: short names for labels, and the lines beside the pointer.
const SIGNS = { below: " ▼ ", above: " ▲ ", in: " ✓ ", dedicated: " " };

export class Says {
  // `levels`: {id, name, digits} of each level as the map has them; `say(word, facts)` gives a word of the page.
  constructor(model, levels, say) { Object.assign(this, { model, levels, say }); }

  // What a unit may be called, the longest first: its name, or its level's with the last digits of its code; where the unit above has digits of
  // its own, those come first, for 001 is in every grid.
  names(unit) {
    const { units } = this.model, known = this.#known(unit), own = known?.digits ? unit.code.slice(-known.digits) : unit.code.slice(unit.code.indexOf(":") + 1);
    const parent = unit.parent >= 0 ? units.get(unit.parent) : null, above = parent ? this.#known(parent)?.digits : 0;
    const both = above ? parent.code.slice(-above) + "-" + own : own, level = units.levels[unit.level].name;
    const word = known ? known.name : typeof level === "string" ? level : level.zh;
    return [...new Set([unit.name || word + " " + both, both, own])];
  }

  #known(unit) { return this.levels.find(each => each.id === this.model.units.levels[unit.level].id); }

  // A cell's unit with figures (or the units over each other, top floor first), then its building and stairwell.
  lines(cell) {
    const { ground, units, depth } = this.model, rows = units.ownersOf(cell, depth);
    const place = this.#place(cell), households = this.#count(this.model.households(ground.atomsIn(cell)));
    const last = [place, households].filter(Boolean).join(" · ");
    if (rows.length < 2) return [...this.unit(rows[0]), last];
    return [this.say("stack_title", { n: rows.length, level: this.levels[depth]?.name ?? "" }), ...this.#stacked(cell, rows), last];
  }

  // A unit's name and how its households lie to the bounds; of nobody's land that it is so.
  unit(row) {
    if (!(row >= 0)) return [this.say("nobodys")];
    const { model } = this, { households } = model.unitFigures(row), status = model.statusOf(row, households);
    const lock = model.locked.has(row) ? " · " + this.say("locked") : "";
    return [this.names(model.units.get(row))[0] + lock, this.#count(households) + (SIGNS[status] ? SIGNS[status] + this.say(status) : "")];
  }

  #place(cell) {
    const { ground, buildings } = this.model, building = buildings.find(each => each.id === ground.cell.building[cell]), n = ground.cell.entrance[cell];
    return [building && (building.address || building.id), n ? this.say("entrance", { n }) : ""].filter(Boolean).join(" ");
  }

  #stacked(cell, rows) {
    const { ground, units, depth } = this.model, { floor_from, floor_to } = ground.atom;
    const floors = rows.map(row => {
      const own = [...ground.atomsIn(cell)].filter(atom => units.owner(atom, depth) === row);
      return { row, from: Math.min(...own.map(atom => floor_from[atom])), to: Math.max(...own.map(atom => floor_to[atom])) };
    });
    return floors.sort((a, b) => b.from - a.from).map(({ row, from, to }) => {
      const name = row >= 0 ? this.names(units.get(row)).at(-1) + " · " + this.#count(this.model.unitFigures(row).households) : this.say("nobodys");
      return this.say(from === to ? "floor" : "floors", { from, to }) + " " + name;
    });
  }

  #count(n) { return this.model.isCounted ? this.say("households", { n }) : ""; }
}
