// What a set of cells amounts to as a unit: households, area, outline, compactness, in how many pieces. Microseconds for a grid.
export class Figures {
  constructor(ground) {
    this.ground = ground;
    this.mark = new Int32Array(ground.size);
    this.turn = 0;
  }

  // {households, area_m2, perimeter_m, pieces}: of some atoms. `isPart`: cells on the rim hang together outside of what the page knows.
  of(atoms, isPart = false) {
    const { ground } = this, cells = [], turn = this.#next();
    let households = 0, area = 0, perimeter = 0;
    for (const atom of atoms) {
      const cell = ground.cellOf[atom];
      households += ground.households[atom];
      if (this.mark[cell] === turn) continue;
      this.mark[cell] = turn;
      cells.push(cell);
      area += ground.area[cell];
      perimeter += ground.perimeter[cell];
    }
    for (const cell of cells)
      for (let i = ground.first[cell]; i < ground.first[cell + 1]; i++) if (this.mark[ground.to[i]] === turn) perimeter -= ground.length[i];
    return { households, area_m2: area, perimeter_m: perimeter, pieces: this.pieces(cells, isPart).length, cells: cells.length };
  }

  // The connected pieces of some cells, as lists of cells, in the order of their first cells.
  pieces(cells, isPart = false) {
    const { ground } = this, inside = this.#next(), done = this.#next(), found = [];
    let rim = null;
    for (const cell of cells) this.mark[cell] = inside;
    for (const start of cells) {
      if (this.mark[start] !== inside) continue;
      const piece = [start];
      this.mark[start] = done;
      for (let k = 0; k < piece.length; k++)
        for (let i = ground.first[piece[k]]; i < ground.first[piece[k] + 1]; i++)
          if (this.mark[ground.to[i]] === inside) {
            this.mark[ground.to[i]] = done;
            piece.push(ground.to[i]);
          }
      const open = isPart && piece.some(cell => ground.onRim[cell]);
      if (open && rim) rim.push(...piece);
      else found.push(piece);
      if (open && !rim) rim = piece;
    }
    return found;
  }

  #next() {
    if (this.mark.length < this.ground.size) this.mark = new Int32Array(this.ground.size);
    return ++this.turn;
  }
}

// Polsby–Popper: 4π area / outline², 1 for a disc (Polsby and Popper 1991); 0 for nothing.
export const compactness = (area_m2, perimeter_m) => (perimeter_m > 0 ? (4 * Math.PI * area_m2) / perimeter_m ** 2 : 0);
