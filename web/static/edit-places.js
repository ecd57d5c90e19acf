// Which cells are where: a grid of buckets over the ground's boxes, so that a pointer asks a handful of cells, not all.
const CELLS_A_BUCKET = 3;

export class Places {
  constructor(ground) {
    this.ground = ground;
    this.index();
  }

  index() {
    const { ground } = this, n = ground.size, box = ground.box;
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      west = Math.min(west, box[4 * i]);
      north = Math.min(north, box[4 * i + 1]);
      east = Math.max(east, box[4 * i + 2]);
      south = Math.max(south, box[4 * i + 3]);
    }
    this.extent = [west, north, east, south];
    this.side = Math.sqrt(Math.max((east - west) * (south - north), 1e-18) / Math.max(1, n / CELLS_A_BUCKET));
    this.columns = Math.max(1, Math.ceil((east - west) / this.side) || 1);
    this.buckets = new Map();
    for (let cell = 0; cell < n; cell++)
      if (!ground.gone.has(cell)) for (const key of this.#keys(box.subarray(4 * cell, 4 * cell + 4))) {
        if (!this.buckets.has(key)) this.buckets.set(key, []);
        this.buckets.get(key).push(cell);
      }
    this.seen = new Int32Array(n);
    this.turn = 0;
  }

  *#keys([west, north, east, south]) {
    const [left, top, right, bottom] = this.extent, column = x => Math.floor((x - left) / this.side), row = y => Math.floor((y - top) / this.side);
    if (east < left || west > right || south < top || north > bottom) return;
    for (let y = row(Math.max(north, top)); y <= row(Math.min(south, bottom)); y++)
      for (let x = column(Math.max(west, left)); x <= column(Math.min(east, right)); x++) yield y * (this.columns + 1) + x;
  }

  // Cells whose box meets a box of the Mercator square.
  near(wanted) {
    const found = [], box = this.ground.box, turn = ++this.turn;
    for (const key of this.#keys(wanted))
      for (const cell of this.buckets.get(key) || []) {
        if (this.seen[cell] === turn) continue;
        this.seen[cell] = turn;
        const at = 4 * cell;
        if (box[at] <= wanted[2] && box[at + 2] >= wanted[0] && box[at + 1] <= wanted[3] && box[at + 3] >= wanted[1]) found.push(cell);
      }
    return found;
  }

  // The cell that holds a place, or -1.
  at(x, y) {
    for (const cell of this.near([x, y, x, y])) if (isInside(this.ground.rings[cell], x, y)) return cell;
    return -1;
  }

  // Cells whose point (where their people live) lies in a ring, a flat list of x, y.
  inRing(ring) {
    const { x, y } = this.ground;
    let box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < ring.length; i += 2) box = [Math.min(box[0], ring[i]), Math.min(box[1], ring[i + 1]), Math.max(box[2], ring[i]), Math.max(box[3], ring[i + 1])];
    return this.near(box).filter(cell => isInside([ring], x[cell], y[cell]));
  }

  inBox(box) {
    const { x, y } = this.ground;
    return this.near(box).filter(cell => x[cell] >= box[0] && x[cell] <= box[2] && y[cell] >= box[1] && y[cell] <= box[3]);
  }

  // Cells that a disc touches.
  inDisc(x, y, radius) {
    return this.near([x - radius, y - radius, x + radius, y + radius]).filter(cell => {
      const rings = this.ground.rings[cell];
      return isInside(rings, x, y) || rings.some(ring => distanceTo(ring, x, y) <= radius);
    });
  }
}

export function isInside(rings, x, y) {
  let odd = false;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
      if (ring[i + 1] > y !== ring[j + 1] > y && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) odd = !odd;
  return odd;
}

function distanceTo(ring, x, y) {
  let best = Infinity;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) best = Math.min(best, nearestOn(ring[j], ring[j + 1], ring[i], ring[i + 1], x, y).distance);
  return best;
}

// The place of the segment a–b that is nearest to (x, y).
export function nearestOn(ax, ay, bx, by, x, y) {
  const dx = bx - ax, dy = by - ay, long = dx * dx + dy * dy;
  const t = long > 0 ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long)) : 0;
  const at = { x: ax + t * dx, y: ay + t * dy };
  return { ...at, distance: Math.hypot(x - at.x, y - at.y) };
}
