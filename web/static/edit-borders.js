// Borders between cells, found by matching the segments of their rings: every outline on the map is a choice of them, so none waits for the server.
const STEP = 1e7, HALF = 2 ** 25; // coordinates come with seven digits, and cells that touch share theirs; an area spans less than three degrees

// [{a, b, line}]: rows of the cells on both sides (b is -1 on the rim of what is known), line a flat Float64Array of Mercator places.
export function bordersOf(ground) {
  const users = segmentUsers(ground), found = [];
  for (let cell = 0; cell < ground.size; cell++) {
    if (ground.gone.has(cell)) continue;
    ground.cell.rings[cell].forEach((ring, k) => {
      const other = sides(users, ring, cell), mine = runs(other).filter(([from]) => other[from] < 0 || other[from] > cell);
      for (const [from, to] of mine) found.push({ a: cell, b: other[from], line: piece(ground.rings[cell][k], from, to) });
    });
  }
  return found;
}

// Numbers the vertices, and keeps for each segment the cells that use it.
function segmentUsers(ground) {
  const numbers = new Map(), users = new Map(), corner = ground.size ? ground.cell.rings[0][0] : [0, 0];
  const number = (lon, lat) => {
    const place = (Math.round((lon - corner[0]) * STEP) + HALF) * 2 * HALF + Math.round((lat - corner[1]) * STEP) + HALF;
    let at = numbers.get(place);
    if (at === undefined) numbers.set(place, (at = numbers.size));
    return at;
  };
  const key = (ring, i) => {
    const j = (i + 2) % ring.length, p = number(ring[i], ring[i + 1]), q = number(ring[j], ring[j + 1]);
    return p < q ? p * 2 * HALF + q : q * 2 * HALF + p;
  };
  for (let cell = 0; cell < ground.size; cell++)
    if (!ground.gone.has(cell)) for (const ring of ground.cell.rings[cell])
      for (let i = 0; i < ring.length; i += 2) {
        const at = key(ring, i), first = users.get(at);
        users.set(at, first === undefined ? [cell] : [...first, cell]);
      }
  return { users, key };
}

// For each segment of a ring the cell on its other side, or -1.
function sides({ users, key }, ring, cell) {
  const out = new Int32Array(ring.length / 2);
  for (let i = 0; i < out.length; i++) {
    const other = users.get(key(ring, 2 * i)).find(row => row !== cell);
    out[i] = other === undefined ? -1 : other;
  }
  return out;
}

// Runs of segments with the same other side, as [first, last] segment; one that goes through the ring's start is one run.
function runs(other) {
  const n = other.length, starts = [];
  for (let i = 0; i < n; i++) if (other[i] !== other[(i + n - 1) % n]) starts.push(i);
  if (!starts.length) return [[0, n - 1]];
  return starts.map((start, k) => [start, (k + 1 < starts.length ? starts[k + 1] : starts[0] + n) - 1]);
}

function piece(ring, from, to) {
  const n = ring.length / 2, line = new Float64Array(2 * (to - from + 2));
  for (let k = 0; k < to - from + 2; k++) {
    line[2 * k] = ring[2 * ((from + k) % n)];
    line[2 * k + 1] = ring[2 * ((from + k) % n) + 1];
  }
  return line;
}
