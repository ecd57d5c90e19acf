// The units of the area as a tree, and who owns which atom at each level. Rows only ever are appended; a retired unit is `gone`.
export const NONE = -1;
const MIXED = -2; // a cell whose atoms have several owners at a level

const FIELDS = { name: "", kind: "base", households: 0, area_m2: 0, perimeter_m: 0, part: false, reason: "", note: "", status: "", hue: null };

export class Units {
  constructor(area, ground) {
    this.ground = ground;
    this.levels = area.levels;
    this.depth = new Map(area.levels.map((level, i) => [level.id, i]));
    const { code, level, parent } = area.units, row = i => ({ row: i, code: code[i], level: this.depth.get(level[i]), parent: parent[i], gone: false });
    this.rows = code.map((_, i) => ({ ...row(i), ...fields(area.units, i) }));
    this.leaf = Int32Array.from(area.atoms.leaf);
    this.reindex();
  }

  get(row) { return this.rows[row]; }

  rowOf(code) { return this.byCode.has(code) ? this.byCode.get(code) : NONE; }

  live(level) { return this.rows.filter(unit => !unit.gone && (level === undefined || unit.level === level)); }

  // Codes, owners and the lists of each unit's atoms: all of it anew, a millisecond for ten thousand atoms.
  reindex() {
    this.byCode = new Map(this.live().map(unit => [unit.code, unit.row]));
    this.owners = this.levels.map(() => new Int32Array(this.leaf.length).fill(NONE));
    for (let atom = 0; atom < this.leaf.length; atom++) {
      if (this.ground.gone.has(this.ground.cellOf[atom])) continue;
      for (let at = this.leaf[atom], steps = 0; at >= 0 && steps <= this.levels.length; at = this.rows[at].parent, steps++) this.owners[this.rows[at].level][atom] = at;
    }
    this.atomLists = new Map();
    this.owners.forEach(owner => {
      for (let atom = 0; atom < owner.length; atom++)
        if (owner[atom] >= 0) {
          if (!this.atomLists.has(owner[atom])) this.atomLists.set(owner[atom], []);
          this.atomLists.get(owner[atom]).push(atom);
        }
    });
    this.cellOwners = this.owners.map(owner => this.#cellOwner(owner));
  }

  #cellOwner(owner) {
    const { ground } = this, out = new Int32Array(ground.size).fill(NONE);
    for (let cell = 0; cell < ground.size; cell++) {
      const atoms = ground.atomsIn(cell);
      if (atoms.length) out[cell] = atoms.every(atom => owner[atom] === owner[atoms[0]]) ? owner[atoms[0]] : MIXED;
    }
    return out;
  }

  // The unit that owns an atom at a level, or NONE.
  owner(atom, level) { return this.owners[level][atom]; }

  // The one unit that owns a cell at a level; NONE where nobody does, less than that where several share it.
  cellOwner(cell, level) { return this.cellOwners[level][cell]; }

  ownersOf(cell, level) { return [...new Set([...this.ground.atomsIn(cell)].map(atom => this.owners[level][atom]))]; }

  atoms(row) { return this.atomLists.get(row) || []; }

  children(row) { return this.rows.filter(unit => !unit.gone && unit.parent === row); }

  chain(atom) {
    const found = [];
    for (let at = this.leaf[atom]; at >= 0 && found.length <= this.levels.length; at = this.rows[at].parent) found.push(at);
    return found;
  }

  // Takes in the units of a delta, then who owns which atom. Units that have nothing in this area, before and after, are left out.
  apply({ units = [], retired = [], atoms = [] }) {
    const mine = this.#concerned(units, atoms), rows = mine.map(unit => this.#known(unit));
    mine.forEach((unit, i) => {
      if (rows[i] < 0) rows[i] = this.rows.push({ row: this.rows.length, gone: false, parent: NONE, ...FIELDS }) - 1;
      const to = this.rows[rows[i]];
      Object.assign(to, { code: unit.code, level: this.depth.get(unit.level), gone: false });
      for (const name of Object.keys(FIELDS)) if (unit[name] !== undefined && unit[name] !== null) to[name] = unit[name];
    });
    for (const code of retired) {
      const row = this.rowOf(code);
      if (row >= 0 && !rows.includes(row)) this.rows[row].gone = true;
    }
    const now = new Map(this.live().map(unit => [unit.code, unit.row]));
    mine.forEach((unit, i) => { this.rows[rows[i]].parent = unit.parent && now.has(unit.parent) ? now.get(unit.parent) : NONE; });
    this.#assign(atoms, now);
    return rows;
  }

  #known(unit) {
    const before = unit.code_before ? this.rowOf(unit.code_before) : NONE;
    return before >= 0 ? before : this.rowOf(unit.code);
  }

  // Those of a delta's units that the area has, or that atoms or units of the area come to.
  #concerned(units, atoms) {
    const byCode = new Map(units.map(unit => [unit.code, unit])), found = new Set(), take = code => {
      for (let unit = byCode.get(code); unit && !found.has(unit); unit = byCode.get(unit.parent)) found.add(unit);
    };
    for (const [code, unit] of atoms) if (this.ground.atomOf.has(code)) take(unit);
    for (const unit of units) if (this.#known(unit) >= 0) take(unit.code);
    return units.filter(unit => found.has(unit));
  }

  #assign(atoms, now) {
    if (this.leaf.length < this.ground.cellOf.length) {
      const longer = new Int32Array(this.ground.cellOf.length).fill(NONE);
      longer.set(this.leaf);
      this.leaf = longer;
    }
    for (const [code, unit] of atoms) {
      const atom = this.ground.atomOf.get(code);
      if (atom !== undefined) this.leaf[atom] = unit === null || !now.has(unit) ? NONE : now.get(unit);
    }
    this.reindex();
  }
}

function fields(units, i) {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, otherwise]) => [name, units[name] ? units[name][i] : otherwise]));
}

// Is a unit of this level and kind held to bounds, and how does a number of households lie to them?
export function statusOf(level, kind, households) {
  if (level.lower === null || level.lower === undefined) return "";
  const rule = (level.kinds || {})[kind], bound = rule && typeof rule === "object" ? rule.bounds : rule;
  if (bound === false) return "dedicated";
  return households < level.lower ? "below" : level.upper !== null && households > level.upper ? "above" : "in";
}
