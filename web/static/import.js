// The import page: files go up one after another, each choice is sent at once, and what changed comes back as parts of the page.
import { element, say } from "./dom.js";
import { drawPreview } from "./import-map.js";
import { gather, grouped } from "./import-files.js";

const root = document.getElementById("import"), words = JSON.parse(root.dataset.words), language = root.dataset.lang ? "?lang=" + root.dataset.lang : "";
const steps = document.getElementById("rail"), work = document.getElementById("work"), picker = document.getElementById("picker");
let id = root.dataset.id, shown = "", timer = 0, asked = 0, sending = false, held = Promise.resolve(), release = () => {};
const waiting = [], troubles = [];

const page = () => root.dataset.page.replace(/x$/, id), api = rest => `${root.dataset.api}/${id}${rest}`;
const english = document.documentElement.lang === "en";

async function ask(method, address, body) {
  const headers = { "X-Geogrid-Token": root.dataset.token };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(english ? told.message : told.message_zh) , { told, status: answer.status });
  return told;
}

const spoken = error => (error instanceof TypeError ? words.lost : error.message || words.lost);

function tell(error) {
  const place = document.getElementById("said") || work;
  place.querySelector(".warning-panel.said")?.remove();
  place.prepend(element("p", { class: "warning-panel said" }, spoken(error)));
  place.scrollIntoView({ block: "nearest" });
}

/* ---- what changes on the page ---- */
async function refresh() {
  clearTimeout(timer);
  if (!id) return;
  const turn = ++asked;
  let text;
  try {
    const answer = await fetch(page() + "/panel" + language, { headers: { Accept: "text/html" } });
    if (answer.status === 404) { location.href = root.dataset.page.replace(/\/x$/, "") + language; return; }
    if (!answer.ok) throw new Error(words.lost);
    text = await answer.text();
    await held;
    if (turn !== asked) return; // a later look has begun since, and shows what is newer
  } catch (error) {
    if (turn !== asked) return;
    timer = setTimeout(refresh, 3000);
    return tell(error);
  }
  const parsed = new DOMParser().parseFromString(text, "text/html"), told = parsed.getElementById("new-steps").dataset;
  if (told.shows !== root.dataset.shows) { sessionStorage.setItem("geogrid.import", "build"); location.href = location.pathname + location.search; return; }
  put(steps, parsed.getElementById("new-steps"));
  put(work, parsed.getElementById("new-work"));
  if (told.digest && told.digest !== shown && root.dataset.shows === "files") { shown = told.digest; drawPreview(api("/preview.json"), words, english); }
  if (told.busy) timer = setTimeout(refresh, told.busy === "build" ? 1000 : 400);
}

// While a button is held down nothing is replaced under it, or its click would be nobody's; a press that never ends waits no longer than this.
root.addEventListener("pointerdown", () => { held = new Promise(done => { release = done; setTimeout(done, 5000); }); });
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(release)); // after the click that follows

// Put new parts in and keep what the reader has: open lists, what is being typed, the uploads that run, the place of the focus.
function put(place, fresh) {
  const open = new Set([...place.querySelectorAll("details[open]")].map(one => one.id)), closed = new Set([...place.querySelectorAll("details:not([open])")].map(one => one.id));
  const focus = document.activeElement, named = focus && place.contains(focus) ? focus.id || selector(focus) : "", uploads = place.querySelector("#uploads"), said = place.querySelector(".said");
  const typed = named && focus.matches("input[type=text], input[type=number]") ? focus.value : null;
  place.replaceChildren(...fresh.childNodes);
  for (const one of place.querySelectorAll("details")) { if (open.has(one.id)) one.open = true; if (closed.has(one.id)) one.open = false; }
  if (uploads) place.querySelector("#uploads")?.replaceWith(uploads);
  if (said) place.querySelector("#said")?.append(said);
  const again = named && (document.getElementById(named) || place.querySelector(named));
  if (again) { again.focus({ preventScroll: true }); if (typed !== null) again.value = typed; }
}

function selector(one) {
  const parts = ["data-do", "data-choose", "data-key", "data-file", "data-column", "data-level", "value"].filter(name => one.hasAttribute(name) && (name !== "value" || one.type === "radio" || one.type === "checkbox"));
  return parts.length ? one.localName + parts.map(name => `[${name}="${CSS.escape(one.getAttribute(name))}"]`).join("") : "";
}

/* ---- choices ---- */
async function choose(control) {
  const { choose: what, key } = control.dataset;
  document.querySelector(".said")?.remove();
  try {
    await ask("PATCH", api(""), changes(control, what, key));
  } catch (error) { tell(error); }
  refresh();
}

function changes(control, what, key) {
  const layer = choice => ({ layers: { [key]: choice } });
  if (what === "name" || what === "scheme") return { [what]: control.value };
  if (what === "role") return layer({ role: control.value });
  if (what === "encoding") return layer({ encoding: control.value || null });
  if (what === "datum") return layer({ crs: control.value || null });
  if (what === "crs") return layer({ crs: control.value.trim() || null, swap: control.dataset.swap ? true : null });
  if (what === "homes") return layer({ homes: [...document.querySelectorAll(`[data-choose=homes][data-key="${CSS.escape(key)}"]`)].filter(one => one.checked).map(one => one.value) });
  if (what === "column") return layer({ columns: columns(key) });
  const bounds = {};
  for (const one of document.querySelectorAll("[data-choose=bounds]")) (bounds[one.dataset.level] = bounds[one.dataset.level] || []).push(Number(one.value));
  return { bounds };
}

// All columns of a layer as they now stand; ours that no column plays any more are told as "", so that none is taken by its heading.
function columns(key) {
  const chosen = {}, all = [...document.querySelectorAll(`[data-choose=column][data-key="${CSS.escape(key)}"]`)];
  for (const one of all) if (one.dataset.was) chosen[one.dataset.was] = "";
  for (const one of all) if (one.value && one.value === one.dataset.was) chosen[one.value] = one.dataset.column;
  for (const one of all) if (one.value && one.value !== one.dataset.was) chosen[one.value] = one.dataset.column;
  return chosen;
}

/* ---- buttons ---- */
function sure(text, yes) {
  const dialog = document.getElementById("sure");
  document.getElementById("sure-text").textContent = text;
  document.getElementById("sure-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(done => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

const acts = {
  pick: () => picker.click(),
  remove: async button => { await ask("DELETE", api("/files/" + encodeURIComponent(button.dataset.file))); },
  build: async button => { await ask("POST", api("/build"), { accept: Boolean(button.dataset.accept) }); document.getElementById("build")?.scrollIntoView({ block: "start" }); },
  convert: async button => { await ask("PATCH", api(""), { layers: { [button.dataset.key]: { crs: button.dataset.datum } } }); },
  mend: async button => { await ask("PATCH", api(""), { layers: { [button.dataset.key]: { mend: button.dataset.back ? null : Number(button.parentElement.querySelector("select").value) } } }); },
  stop: async () => { await ask("POST", api("/stop")); },
  use: async () => {
    if (root.dataset.replaces && !await sure(words.use, words.yes_use)) return;
    let told;
    try {
      told = await ask("POST", api("/use"), {});
    } catch (error) {
      if (error.told?.error !== "edits_kept" || !await sure(error.message, words.yes_use)) throw error;
      told = await ask("POST", api("/use"), { force: true });
    }
    location.href = told.page + language;
  },
  delete: async button => {
    if (!await sure(words.delete, words.yes_delete)) return;
    await ask("DELETE", `${root.dataset.api}/${button.dataset.id}`);
    location.reload();
  },
  show: button => {
    for (const one of root.querySelectorAll(".items li[aria-current]")) one.removeAttribute("aria-current");
    button.parentElement.setAttribute("aria-current", "true");
    window.geogrid?.showFinding(Number(button.dataset.at));
  },
};

root.addEventListener("click", async event => {
  const step = event.target.closest(".step a, a[href='#crs']");
  if (step) {
    event.preventDefault();
    const place = document.querySelector(step.getAttribute("href"));
    place?.scrollIntoView({ block: "start" });
    place?.querySelector("select, input, summary, a, button")?.focus({ preventScroll: true });
    return;
  }
  const button = event.target.closest("[data-do]");
  if (!button || button.disabled) return;
  try {
    await acts[button.dataset.do](button);
  } catch (error) { tell(error); }
  if (!["pick", "show", "use", "delete"].includes(button.dataset.do)) refresh();
});
root.addEventListener("change", event => { if (event.target.dataset.choose) choose(event.target); });

/* ---- files ---- */
root.addEventListener("dragover", event => { event.preventDefault(); document.getElementById("drop")?.classList.add("over"); });
root.addEventListener("dragleave", event => { if (!root.contains(event.relatedTarget)) document.getElementById("drop")?.classList.remove("over"); });
root.addEventListener("drop", async event => {
  event.preventDefault();
  document.getElementById("drop")?.classList.remove("over");
  send(await gather(event.dataTransfer));
});
picker.addEventListener("change", () => { const files = [...picker.files]; picker.value = ""; send(files); });

// What is dropped while others go up waits its turn; a file that is refused is told, and keeps no other from coming.
async function send(files) {
  const { groups, unknown } = grouped(files, picker.accept.split(","));
  waiting.push(...groups);
  troubles.push(...unknown.map(name => say(words.no_ending, { name })));
  if (sending) return;
  sending = true;
  while (waiting.length) {
    try {
      if (!id) {
        id = (await ask("POST", root.dataset.api)).id;
        history.replaceState(null, "", page() + language);
      }
      await upload(waiting.shift());
    } catch (error) {
      troubles.push(spoken(error));
      if (!id) waiting.length = 0;
    }
  }
  sending = false;
  const said = troubles.splice(0).join(" ");
  if (id && !root.dataset.id) {
    sessionStorage.setItem("geogrid.import.said", said); // it is told by the page that comes
    location.href = page() + language;
    return;
  }
  if (said) tell(new Error(said));
  refresh();
}
window.addEventListener("beforeunload", event => { if (sending) event.preventDefault(); });

function upload(files) {
  const name = files[0].name, limit = Number(root.dataset.limit), size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > limit) return Promise.reject(new Error(say(words.too_large, { name, limit: Math.floor(limit / 1e6) })));
  const bar = element("progress", { max: 1, value: 0, "aria-label": name }), text = element("span", {}, name), line = element("li", {}, text, bar);
  document.getElementById("uploads").append(line);
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", api("/files"));
    request.setRequestHeader("X-Geogrid-Token", root.dataset.token);
    request.upload.addEventListener("progress", event => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("error", () => { line.remove(); failed(new Error(words.lost)); });
    request.addEventListener("load", () => {
      line.remove();
      if (request.status < 300) return done();
      let told = {};
      try { told = JSON.parse(request.responseText); } catch (error) { /* refused before it came to us */ }
      failed(new Error((english ? told.message : told.message_zh) || say(words.too_large, { name, limit: Math.floor(limit / 1e6) })));
    });
    request.send(form);
  });
}

for (const one of document.querySelectorAll("time")) one.textContent = new Date(one.dateTime).toLocaleString(english ? "en-GB" : "zh-CN", { dateStyle: "medium", timeStyle: "short" });
if (id) refresh().then(() => {
  const said = sessionStorage.getItem("geogrid.import.said");
  sessionStorage.removeItem("geogrid.import.said");
  if (said) tell(new Error(said));
  if (sessionStorage.getItem("geogrid.import") === "build") document.getElementById("build")?.scrollIntoView({ block: "start" });
  sessionStorage.removeItem("geogrid.import");
});
