// What else one click means: all cells of a building, of a compound, of one side of a street; and the neighbour in a direction, for keys.
const DIRECTIONS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

const all = ground => Array.from({ length: ground.size }, (_, cell) => cell).filter(cell => !ground.gone.has(cell));

export const REACH = {
  cell: (ground, cell) => [cell],

  building(ground, cell) {
    const id = ground.cell.building[cell];
    return id ? all(ground).filter(other => ground.cell.building[other] === id) : [cell];
  },

  compound(ground, cell) {
    const compound = ground.cell.compound[cell];
    return compound === null || compound === undefined || compound < 0 || compound === "" ? [cell] : all(ground).filter(other => ground.cell.compound[other] === compound);
  },

  // Cells of the same block (enclosure) that border the same other block: the one with which this cell shares most.
  street(ground, cell) {
    const across = acrossStreet(ground, cell), own = ground.cell.enclosure[cell];
    if (across === null) return [cell];
    const borders = other => [...ground.neighbours(other)].some(next => ground.cell.enclosure[next] === across);
    return all(ground).filter(other => ground.cell.enclosure[other] === own && borders(other));
  },
};

function acrossStreet(ground, cell) {
  const length = new Map(), own = ground.cell.enclosure[cell];
  for (let i = ground.first[cell]; i < ground.first[cell + 1]; i++) {
    const other = ground.cell.enclosure[ground.to[i]];
    if (other !== own) length.set(other, (length.get(other) || 0) + ground.length[i]);
  }
  return [...length].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(pair => pair[0])[0] ?? null;
}

// The neighbour that lies most in a direction ("left" "right" "up" "down"), or the cell itself at the edge of the area.
export function neighbourTowards(ground, cell, direction) {
  const [dx, dy] = DIRECTIONS[direction];
  let best = cell, most = 0.35; // not those that lie rather to the side
  for (const other of ground.neighbours(cell)) {
    const x = ground.x[other] - ground.x[cell], y = ground.y[other] - ground.y[cell], along = (x * dx + y * dy) / (Math.hypot(x, y) || 1);
    if (along > most) [best, most] = [other, along];
  }
  return best;
}

// Units of the level that border some cells, the one with the longest common border first; those that own them are left out.
export function borderingUnits({ ground, units, depth }, cells) {
  const chosen = new Set(cells), own = new Set(cells.flatMap(cell => units.ownersOf(cell, depth))), length = new Map();
  for (const cell of chosen)
    for (let i = ground.first[cell]; i < ground.first[cell + 1]; i++)
      if (!chosen.has(ground.to[i]))
        for (const unit of units.ownersOf(ground.to[i], depth)) if (unit >= 0 && !own.has(unit)) length.set(unit, (length.get(unit) || 0) + ground.length[i]);
  return [...length].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(pair => pair[0]);
}
