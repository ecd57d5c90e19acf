// Bar and panels: large text, the list of keys, the rail that folds and, on a phone, is a sheet of three heights.
const root = document.documentElement;
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a narrow phone the pages' names are scrolled

function keep(name, on) {
  try { localStorage.setItem("geogrid." + name, on ? "1" : "0"); } catch (error) { /* not kept */ }
}

function resized() {
  window.dispatchEvent(new Event("resize"));
}

function toggle(name, button, pressed) {
  const on = root.classList.toggle(name);
  keep(name, on);
  button.setAttribute(pressed, String(pressed === "aria-expanded" ? !on : on));
  resized();
}

export function typing(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]");
}

// An open menu of the bar closes when something else is pressed, and with Escape.
function menus() {
  const open = () => document.querySelector(".tabs details[open]");
  document.addEventListener("click", event => { if (open() && !open().contains(event.target)) open().open = false; });
  document.addEventListener("keydown", event => {
    const menu = event.key === "Escape" && open();
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  });
}

export function chrome() {
  menus();
  const large = document.getElementById("large"), fold = document.getElementById("fold"), help = document.getElementById("help"), keys = document.getElementById("keys");
  large.setAttribute("aria-pressed", String(root.classList.contains("large")));
  large.addEventListener("click", () => toggle("large", large, "aria-pressed"));
  help.addEventListener("click", () => keys.showModal());
  if (fold) {
    fold.setAttribute("aria-expanded", String(!root.classList.contains("folded")));
    fold.addEventListener("click", () => toggle("folded", fold, "aria-expanded"));
  }
  document.addEventListener("keydown", event => {
    if (typing(event) || keys.open) return;
    if (event.key === "?") { keys.showModal(); event.preventDefault(); }
    if (event.key === "[" && fold) { fold.click(); event.preventDefault(); }
  });
  sheet();
}

// On a phone the handle goes half -> full -> low -> half; a drag up or down does the same.
function sheet() {
  const rail = document.getElementById("rail"), handle = document.getElementById("handle");
  if (!handle) return;
  const heights = ["low", "half", "full"];
  let at = 1, from = null;
  const set = next => {
    at = Math.max(0, Math.min(2, next));
    rail.dataset.sheet = heights[at];
    handle.setAttribute("aria-expanded", String(at > 0));
    resized();
  };
  handle.addEventListener("click", () => set(at === 2 ? 0 : at + 1));
  handle.addEventListener("touchstart", event => { from = event.touches[0].clientY; }, { passive: true });
  handle.addEventListener("touchend", event => {
    const moved = event.changedTouches[0].clientY - from;
    if (Math.abs(moved) > 24) { set(at + (moved < 0 ? 1 : -1)); event.preventDefault(); }
  });
  set(1);
}
