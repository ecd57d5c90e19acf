// Quiet lines above the map: what others did, what was done, that the connection is gone.
import { button, element } from "./edit-facts.js";

export class Notices {
  constructor(desk) {
    Object.assign(this, { desk, place: document.getElementById("notices"), shown: new Map() });
    desk.on("away", () => this.show("net", desk.say(desk.busy ? "offline_edit" : "offline"), { kind: "warn", act: [desk.say("retry"), () => desk.net.retry()] }));
    desk.on("back", () => this.show("net", desk.say("online"), { kind: "good", for_ms: 3000 }));
  }

  // One line a name: a new one takes the place of the old.
  show(name, text, { kind = "", act = null, for_ms = 0 } = {}) {
    this.hide(name);
    const close = element("button", { type: "button", class: "close", "aria-label": this.desk.page.words.close }, "✕");
    close.addEventListener("click", () => this.hide(name));
    const node = element("div", { class: `edit-notice ${kind}`, "data-notice": name }, element("span", {}, text), act ? button(...act) : "", close);
    const timer = for_ms ? setTimeout(() => this.hide(name), for_ms) : 0;
    this.shown.set(name, { node, timer });
    this.place.append(node);
  }

  hide(name) {
    const { node, timer } = this.shown.get(name) || {};
    clearTimeout(timer);
    node?.remove();
    this.shown.delete(name);
  }
}
