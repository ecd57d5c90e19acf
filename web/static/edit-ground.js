// The ground of the editor: cells, who borders whom, and their atoms, as typed arrays. Rows only ever are appended; a cell that was cut is `gone`.
const RIM_M = 0.05; // a cell with more outline than its neighbours share stands on the rim of what the page knows

// Longitude and latitude (degrees) as parts of the web Mercator square, 0 … 1 from its north-west corner.
export const worldX = lon => lon / 360 + 0.5;
export const worldY = lat => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
export const lonOf = x => (x - 0.5) * 360;
export const latOf = y => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;

const CELLS = ["id", "area_m2", "perimeter_m", "kind", "building", "entrance", "enclosure", "compound", "x", "y", "rings"];
const ATOMS = ["code", "cell", "floor_from", "floor_to", "part", "households"];

export class Ground {
  constructor(area) {
    this.cell = Object.fromEntries(CELLS.map(name => [name, area.cells[name].slice()]));
    this.atom = Object.fromEntries(ATOMS.map(name => [name, area.atoms[name].slice()]));
    this.edge = { a: area.edges.a.slice(), b: area.edges.b.slice(), length_m: area.edges.length_m.slice(), barrier: area.edges.barrier.slice() };
    this.gone = new Set();
    this.index();
  }

  get size() { return this.cell.id.length; }

  // Builds everything that is computed from the columns: once, and again after a cut.
  index() {
    const n = this.size;
    this.rowOf = new Map(this.cell.id.map((id, row) => [id, row]));
    this.atomOf = new Map(this.atom.code.map((code, row) => [code, row]));
    this.households = Int32Array.from(this.atom.households);
    this.cellOf = Int32Array.from(this.atom.cell);
    this.area = Float64Array.from(this.cell.area_m2);
    this.perimeter = Float64Array.from(this.cell.perimeter_m);
    this.x = Float64Array.from(this.cell.x, worldX);
    this.y = Float64Array.from(this.cell.y, worldY);
    this.rings = this.cell.rings.map((rings, row) => (this.rings && row < this.rings.length ? this.rings[row] : rings.map(projected)));
    this.box = boxes(this.rings, n);
    this.#link(n);
    this.#stack(n);
  }

  // Neighbours of a cell as a slice [from, to) of `to`, with `length` (m) and `barrier` (0 … 3).
  #link(n) {
    const { a, b, length_m, barrier } = this.edge, alive = row => !this.gone.has(row);
    const count = new Int32Array(n + 1), rows = [];
    for (let i = 0; i < a.length; i++) if (alive(a[i]) && alive(b[i])) { rows.push(i); count[a[i] + 1]++; count[b[i] + 1]++; }
    for (let i = 0; i < n; i++) count[i + 1] += count[i];
    const next = count.slice();
    this.first = count;
    this.to = new Int32Array(2 * rows.length);
    this.length = new Float64Array(2 * rows.length);
    this.barrier = new Int8Array(2 * rows.length);
    this.rim = Float64Array.from(this.perimeter);
    for (const i of rows)
      for (const [from, to] of [[a[i], b[i]], [b[i], a[i]]]) {
        const at = next[from]++;
        this.to[at] = to;
        this.length[at] = length_m[i];
        this.barrier[at] = barrier[i];
        this.rim[from] -= length_m[i];
      }
    this.onRim = Uint8Array.from(this.rim, left => (left > RIM_M ? 1 : 0));
  }

  #stack(n) {
    this.firstAtom = new Int32Array(n + 1);
    for (const cell of this.cellOf) this.firstAtom[cell + 1]++;
    for (let i = 0; i < n; i++) this.firstAtom[i + 1] += this.firstAtom[i];
    const next = this.firstAtom.slice();
    this.atomRows = new Int32Array(this.cellOf.length);
    for (let row = 0; row < this.cellOf.length; row++) this.atomRows[next[this.cellOf[row]]++] = row;
  }

  atomsIn(cell) { return this.gone.has(cell) ? this.atomRows.subarray(0, 0) : this.atomRows.subarray(this.firstAtom[cell], this.firstAtom[cell + 1]); }

  atomsOfCells(cells) {
    const found = [];
    for (const cell of cells) for (const atom of this.atomsIn(cell)) found.push(atom);
    return found;
  }

  cellsOfAtoms(atoms) { return [...new Set([...atoms].map(atom => this.cellOf[atom]))]; }

  neighbours(cell) { return this.to.subarray(this.first[cell], this.first[cell + 1]); }

  // Takes cells out of force and appends new ones, or ones that were there before. Edges name cells by id, atoms too.
  cut({ retired = [], new: made = null }) {
    for (const id of retired) if (this.rowOf.has(id)) this.gone.add(this.rowOf.get(id));
    if (made) this.#append(made);
    this.index();
  }

  #append(made) {
    made.id.forEach((id, i) => {
      if (this.rowOf.has(id)) return this.gone.delete(this.rowOf.get(id));
      this.rowOf.set(id, this.size);
      for (const name of CELLS) this.cell[name].push(made[name] ? made[name][i] : name === "compound" ? -1 : "");
    });
    const { a, b, length_m, barrier } = made.edges || { a: [] }, known = new Set(this.edge.a.map((row, i) => row + ":" + this.edge.b[i]));
    a.forEach((id, i) => {
      const from = this.rowOf.get(id), to = this.rowOf.get(b[i]);
      if (from === undefined || to === undefined || known.has(from + ":" + to) || known.has(to + ":" + from)) return;
      this.edge.a.push(from);
      this.edge.b.push(to);
      this.edge.length_m.push(length_m[i]);
      this.edge.barrier.push(barrier ? barrier[i] : 0);
    });
    const atoms = made.atoms || { code: [] };
    atoms.code.forEach((code, i) => {
      if (this.atomOf.has(code) || !this.rowOf.has(atoms.cell[i])) return;
      for (const name of ATOMS) this.atom[name].push(name === "cell" ? this.rowOf.get(atoms.cell[i]) : atoms[name][i]);
    });
  }
}

function projected(ring) {
  const out = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    out[i] = worldX(ring[i]);
    out[i + 1] = worldY(ring[i + 1]);
  }
  return out;
}

export const project = rings => rings.map(projected);

// West, north, east, south of each cell, in the Mercator square.
function boxes(rings, n) {
  const box = new Float64Array(4 * n);
  for (let row = 0; row < n; row++) box.set(boxOf(rings[row]), 4 * row);
  return box;
}

export function boxOf(rings) {
  let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  for (const ring of rings)
    for (let i = 0; i < ring.length; i += 2) {
      if (ring[i] < west) west = ring[i];
      if (ring[i] > east) east = ring[i];
      if (ring[i + 1] < north) north = ring[i + 1];
      if (ring[i + 1] > south) south = ring[i + 1];
    }
  return [west, north, east, south];
}
