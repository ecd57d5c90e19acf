// Keys of the desk: one letter each, never while something is typed, never over a dialog.
import { typing } from "./chrome.js";

const WALKED = new Set(["enter", " ", "arrowleft", "arrowright", "arrowup", "arrowdown", "backspace"]); // belong to what has the focus, where that answers to them

export function keys({ desk, rail, panel, dialogs, history, elevation, areas }) {
  const tools = new Map(desk.told.tools.map(tool => [tool.key.toLowerCase(), tool.id]));
  const on = {
    enter: () => desk.view.finish() || panel.confirm(),
    escape: () => escape(),
    backspace: () => desk.view.back(),
    j: event => desk.view.stepTarget(event.shiftKey ? -1 : 1),
    " ": () => space(),
    ...Object.fromEntries(["left", "right", "up", "down"].map(to => ["arrow" + to, event => desk.view.step(to, { mode: event.shiftKey ? "add" : null })])),
    t: () => panel.target.focus(),
    u: () => dialogs.create(),
    d: () => dialogs.split(dialogs.current()),
    a: () => dialogs.rename(dialogs.current()),
    e: () => elevation.focus(),
    n: () => rail.next(),
    f: () => rail.repair(),
    g: () => rail.fill(),
    ",": () => rail.step(-1),
    ".": () => rail.step(1),
  };

  // Selects the place that was walked to; while a line is drawn, it is the line's next point.
  function space() {
    const { view, model } = desk, cell = view.cursor;
    if (!view.tool.point) return view.take("toggle");
    return cell >= 0 && view.tool.point({ x: model.ground.x[cell], y: model.ground.y[cell] });
  }

  function escape() {
    if (areas.isOpen && desk.model) return areas.close();
    if (desk.view?.cancel()) return undefined;
    if (desk.model?.selection.size) return panel.giveUp();
    if (!elevation.place.hidden) return elevation.close();
    return desk.setFocus(-1);
  }

  // Ctrl+Z and Ctrl+Y also work in an empty field, where there is nothing of its own to take back.
  function history_(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const field = event.target.closest?.("input, textarea"), key = event.key.toLowerCase();
    if ((field && field.type !== "checkbox" && field.value) || !["z", "y"].includes(key)) return false;
    if (key === "y" || event.shiftKey) history.again();
    else history.takeBack();
    event.preventDefault();
    return true;
  }

  document.addEventListener("keydown", event => {
    if (document.querySelector("dialog[open]")) return undefined;
    if (event.key === "/" && !typing(event)) { event.preventDefault(); return areas.open(); }
    if (event.defaultPrevented || (desk.model && history_(event))) return undefined;
    if (event.key === "Escape" && event.target.closest?.("#reason, #target")) { event.target.blur(); return escape(); }
    if (typing(event) || !desk.model) return undefined;
    const key = event.key.toLowerCase();
    if (WALKED.has(key) && event.target.closest?.("button, a, summary, [role=listbox], [role=toolbar], [tabindex]:not(.leaflet-container):not([tabindex='-1'])")) return undefined;
    const then = on[key] || (tools.has(key) && !event.shiftKey ? () => rail.setTool(tools.get(key)) : null);
    if (!then) return undefined;
    event.preventDefault();
    return then(event);
  });
}
