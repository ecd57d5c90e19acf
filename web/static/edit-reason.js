// The foot of the drawer: the reason, which every change needs, with the last one offered; confirm and give up; or why nothing can be changed.
import { button, element } from "./edit-facts.js";

const KEPT = "geogrid.reason";

// The reason given last, for whoever offers it; "" where there was none or the browser keeps nothing.
export function lastReason() {
  try { return localStorage.getItem(KEPT) || ""; } catch (error) { return ""; }
}

export function keepReason(text) {
  try { localStorage.setItem(KEPT, text); } catch (error) { /* not kept */ }
}

export class Reason {
  constructor(desk, { confirm, giveUp }) {
    this.desk = desk;
    this.input = element("input", { type: "text", class: "text", id: "reason", maxlength: "500", autocomplete: "off", required: true });
    this.problem = element("p", { class: "problem", id: "reason-problem", role: "alert", hidden: true });
    this.last = element("button", { type: "button", class: "last", hidden: true });
    this.last.addEventListener("click", () => { this.input.value = lastReason(); this.input.focus(); });
    this.input.addEventListener("keydown", event => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); confirm(); } });
    this.input.addEventListener("input", () => this.#fine());
    this.send = button(desk.say("confirm"), confirm, { key: "Enter", primary: true, small: false, id: "confirm" });
    this.stop = button(desk.say("give_up"), giveUp, { key: "Esc", small: false, id: "give-up" });
    this.form = element("div", {}, element("label", { for: "reason" }, desk.say("reason")), this.input, this.problem, this.last, element("div", { class: "confirm-row" }, this.send, this.stop));
    this.why = element("div", { class: "warning-panel", hidden: true });
    this.node = element("section", { class: "drawer-foot" }, this.why, this.form);
  }

  // `state`: ready, no_target, busy, away, viewer, adopted.
  show(chosen, state) {
    const closed = state === "viewer" || state === "adopted";
    this.node.hidden = !chosen && !closed;
    this.form.hidden = !chosen || closed;
    this.why.hidden = !closed;
    this.send.disabled = state === "busy" || state === "away";
    if (closed && this.state !== state) this.why.replaceChildren(element("p", {}, this.desk.say(state === "viewer" ? "viewer" : "is_adopted")), state === "adopted" && this.desk.mayEdit ? element("div", { class: "button-row" }, button(this.desk.say("c_do_fork"), () => this.desk.tell("fork"))) : "");
    this.state = state;
    const kept = lastReason();
    this.last.hidden = !kept || kept === this.input.value || !chosen;
    this.last.textContent = this.desk.say("reason_last", { text: kept });
  }

  // The reason, or "" after leading to the field.
  check() {
    const text = this.input.value.trim();
    if (text) {
      keepReason(text);
      return text;
    }
    this.problem.textContent = this.desk.say("reason_missing");
    this.problem.hidden = false;
    this.input.setAttribute("aria-invalid", "true");
    this.input.setAttribute("aria-describedby", "reason-problem");
    this.focus();
    return "";
  }

  #fine() {
    this.problem.hidden = true;
    this.input.removeAttribute("aria-invalid");
    this.input.removeAttribute("aria-describedby");
  }

  focus() { this.input.focus(); }

  clear() {
    this.input.value = "";
    this.#fine();
  }
}
