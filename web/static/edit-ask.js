// One dialog for all questions: fields, a reason, a button. What was typed stays when the answer is refused.
import { button, element } from "./edit-facts.js";
import { Refused } from "./ask.js";
import { keepReason, lastReason } from "./edit-reason.js";

export class Ask {
  constructor(desk) {
    this.desk = desk;
    this.dialog = document.getElementById("edit-dialog");
    this.dialog.addEventListener("close", () => { this.last?.focus?.(); this.stopped?.(); this.stopped = null; });
  }

  get isOpen() { return this.dialog.open; }

  // `fields`: {id, label, value, type, options: [[value, text]], many, one, optional}; `done(values)` sends; `content` stands above the fields.
  open({ title, text = "", content = [], fields = [], withReason = true, ok = "", wide = false, always = false, check = () => true, done }) {
    if (!always && !this.desk.canChange) return this.desk.tell("cannot");
    const { desk } = this, inputs = new Map();
    this.last = document.activeElement;
    const all = withReason ? [...fields, { id: "reason", label: desk.say("reason"), act: lastOffered(desk) }] : fields;
    const problem = element("p", { class: "problem", role: "alert", hidden: true });
    const rows = all.map(field => this.#field(field, inputs));
    const send = button(ok || desk.say("d_ok"), () => {}, { primary: true, small: false });
    send.type = "submit";
    const form = element("form", { method: "dialog", novalidate: true }, ...rows, problem, element("div", { class: "buttons" }, button(desk.say("d_cancel"), () => this.close(), { key: "Esc", small: false }), done ? send : ""));
    form.addEventListener("submit", event => {
      event.preventDefault();
      this.#submit({ all, inputs, problem, send, check, done });
    });
    form.addEventListener("keydown", event => { if (event.key === "Enter" && event.target.matches("select, [type=radio], [type=checkbox]")) { event.preventDefault(); form.requestSubmit(); } });
    this.#only(all, inputs, form);
    this.show(title, [text ? element("p", {}, text) : "", ...content, form], wide);
    (form.querySelector("input, select") || send).focus();
  }

  show(title, content, wide = false) {
    this.dialog.classList.toggle("wide", wide);
    this.dialog.replaceChildren(element("h2", { id: "edit-dialog-title" }, title), ...content.filter(Boolean));
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() { this.dialog.close(); }

  // Sends what was filled in. What leads on to another dialog has put that in place of this one; what is refused stays, with the reason why.
  async #submit({ all, inputs, problem, send, check, done }) {
    const values = Object.fromEntries([...inputs].map(([id, read]) => [id, read()]));
    const missing = all.find(field => !field.optional && !field.many && !String(values[field.id]).trim());
    problem.hidden = !missing && check(values);
    if (!problem.hidden) {
      problem.textContent = missing?.id === "reason" ? this.desk.say("reason_missing") : (missing || all[0]).label;
      return undefined;
    }
    if (values.reason) keepReason(values.reason);
    send.disabled = true;
    try {
      const title = this.dialog.firstChild, answer = await done(values);
      if (this.dialog.firstChild !== title || !this.dialog.open) return;
      if (answer !== null) return this.close();
      problem.textContent = this.desk.say("refused", { why: this.desk.refusal });
      problem.hidden = false;
    } catch (error) {
      problem.textContent = error instanceof Refused ? error.message : this.desk.say("offline");
      problem.hidden = false;
    } finally {
      send.disabled = false;
    }
    return undefined;
  }

  #field(field, inputs) {
    const id = "ask-" + field.id;
    if (field.many || field.one) return this.#choices(field, inputs);
    const input = field.options ? element("select", { id }, ...field.options.map(([value, text]) => element("option", { value }, text))) : element("input", { id, class: "text", type: field.type || "text", min: field.min, max: field.max, maxlength: "500", autocomplete: "off" });
    if (field.value !== undefined) input.value = field.value;
    inputs.set(field.id, () => input.value);
    return element("div", { class: "field" }, element("label", { for: id }, field.label), input, field.act || "");
  }

  // Boxes to tick, or with `one` a choice of which the first is made.
  #choices(field, inputs) {
    const boxes = field.options.map(([value, text], i) => {
      const box = element("input", { type: field.one ? "radio" : "checkbox", name: "ask-" + field.id, id: `ask-${field.id}-${i}`, value });
      box.checked = field.one ? i === 0 : (field.value || []).includes(value);
      return [box, element("label", {}, box, element("span", {}, text))];
    });
    const chosen = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    inputs.set(field.id, () => (field.one ? chosen()[0] : chosen()));
    return element("fieldset", { class: "choices" }, element("legend", { class: "visually-hidden" }, field.label), ...boxes.map(([, label]) => label));
  }

  // A choice may depend on the others: what does not fit is not offered.
  #only(all, inputs, form) {
    const bound = all.filter(field => field.only);
    if (!bound.length) return;
    const limit = () => {
      const values = Object.fromEntries([...inputs].map(([id, read]) => [id, read()]));
      for (const field of bound) {
        const select = form.querySelector("#ask-" + field.id), fits = field.only(values);
        for (const option of select.options) option.hidden = option.disabled = !fits.includes(option.value);
        if (select.selectedOptions[0]?.disabled) select.value = [...select.options].find(option => !option.disabled)?.value ?? "";
      }
    };
    form.addEventListener("change", limit);
    limit();
  }
}

// The last reason is offered, never filled in: Enter would record what was said of something else.
function lastOffered(desk) {
  const text = lastReason();
  if (!text) return "";
  const last = element("button", { type: "button", class: "last" }, desk.say("reason_last", { text }));
  last.addEventListener("click", () => { const input = last.parentNode.querySelector("input"); input.value = text; input.focus(); });
  return last;
}
