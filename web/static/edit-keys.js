// Keys of the desk: one letter each, never while something is typed, never over a dialog.
import { typing } from "./chrome.js";

export function keys({ desk, rail, panel, dialogs, history, elevation, areas }) {
  const tools = new Map(desk.told.tools.map(tool => [tool.key.toLowerCase(), tool.id]));
  const on = {
    enter: () => panel.confirm(),
    escape: () => escape(),
    t: () => panel.target.focus(),
    u: () => dialogs.create(),
    d: () => dialogs.split(dialogs.current()),
    a: () => dialogs.rename(dialogs.current()),
    e: () => elevation.focus(),
    n: () => rail.next(),
    f: () => rail.repair(),
    g: () => dialogs.proposals.fill(),
    ",": () => rail.step(-1),
    ".": () => rail.step(1),
  };

  function escape() {
    if (areas.isOpen && desk.model) return areas.close();
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
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    if (desk.model && history_(event)) return;
    if (event.key === "/" && !typing(event)) return areas.open();
    if (event.key === "Escape" && event.target.closest?.("#reason, #target")) { event.target.blur(); return escape(); }
    if (typing(event) || !desk.model) return undefined;
    const key = event.key.toLowerCase();
    if (key === "enter" && event.target.closest?.("button, a, summary, [role=button]")) return undefined;
    const then = on[key] || (tools.has(key) && !event.shiftKey ? () => rail.setTool(tools.get(key)) : null);
    if (!then) return undefined;
    event.preventDefault();
    return then();
  });
}
