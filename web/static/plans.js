// Forking and adopting: a dialog asks, the service answers, and what stands in the way is listed with its place.
import { element, say } from "./dom.js";

const page = JSON.parse(document.getElementById("plans-data").textContent);
const fork = document.getElementById("fork"), adopt = document.getElementById("adopt");

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-Geogrid-Token": page.token }, body: JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, told };
}

const message = told => (page.lang === "zh" ? told.message_zh : told.message) || told.message || "";
const said = (dialog, text) => { dialog.querySelector(".said").textContent = text; };

/* A dialog stays open until the service has said yes. */
function ask(dialog, press) {
  dialog.querySelector("form").addEventListener("submit", async event => {
    if (event.submitter?.value !== "go") return;
    event.preventDefault();
    const button = event.submitter;
    button.disabled = true;
    try {
      await press(new FormData(event.target));
    } catch (error) {
      said(dialog, say(page.words.failed, { message: error.message }));
    } finally {
      button.disabled = false;
    }
  });
}

let from = "", address = "";

for (const button of document.querySelectorAll("[data-fork]")) button.addEventListener("click", () => {
  from = button.dataset.fork;
  document.getElementById("fork-title").textContent = say(page.words.beside, { plan: button.dataset.title });
  said(fork, "");
  fork.showModal();
});

ask(fork, async form => {
  const { ok, told } = await send(page.fork, { from, name: form.get("name").trim() });
  if (!ok) return said(fork, say(page.words.failed, { message: message(told) }));
  location.assign(page.plans);
});

for (const button of document.querySelectorAll("[data-adopt]")) button.addEventListener("click", () => {
  address = button.dataset.adopt;
  adopt.querySelector("h2 span").textContent = button.dataset.title;
  said(adopt, "");
  adopt.querySelector(".stands").hidden = true;
  adopt.showModal();
});

ask(adopt, async form => {
  const stands = adopt.querySelector(".stands"), accept = !stands.hidden && form.get("accept") === "on", reason = (form.get("reason") || "").trim();
  if (accept && !reason) return said(adopt, page.words.reason);
  const { ok, status, told } = await send(address, { valid_from: form.get("valid_from"), accept, reason });
  if (ok) return location.assign(page.plans);
  const findings = told.details?.findings;
  if (status === 422 && Array.isArray(findings) && findings.length) list(stands, findings);
  said(adopt, say(page.words.failed, { message: message(told) }));
});

function list(stands, findings) {
  stands.querySelector(".warning-panel").textContent = say(page.words.stands, { n: findings.length });
  stands.querySelector("ul").replaceChildren(...findings.map(one => {
    const text = page.lang === "zh" ? one.message_zh : one.message;
    const unit = one.units?.[0], link = unit && element("a", { href: page.unit + encodeURIComponent(unit) + page.query, target: "_blank" }, page.words.open);
    return element("li", {}, text + " ", link);
  }));
  stands.hidden = false;
}
