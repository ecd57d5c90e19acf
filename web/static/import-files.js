// What was dropped, as files: folders are walked, the parts of a shapefile stay together, what has another ending is told.
const PARTS = /\.(shp|shx|dbf|prj|cpg|qpj|sbn|sbx|qix)$/i, UNSEEN = /^\.|^thumbs\.db$|^desktop\.ini$/i;

export async function gather(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(entry => entry.isDirectory)) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walk(entry, found, 0);
  return found;
}

async function walk(entry, found, depth) {
  if (UNSEEN.test(entry.name) || depth > 5 || found.length > 500) return;
  if (entry.isFile) found.push(await new Promise((done, failed) => entry.file(done, failed)));
  if (!entry.isDirectory) return;
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const one of some) await walk(one, found, depth + 1);
  }
}

export function grouped(files, endings) {
  const groups = new Map(), unknown = [];
  for (const file of files) {
    if (UNSEEN.test(file.name)) continue;
    if (!endings.some(ending => file.name.toLowerCase().endsWith(ending))) { unknown.push(file.name); continue; }
    const key = PARTS.test(file.name) ? file.name.replace(PARTS, "").toLowerCase() + ".shp" : file.name;
    groups.set(key, [...(groups.get(key) || []), file]);
  }
  return { groups: [...groups.values()], unknown };
}
