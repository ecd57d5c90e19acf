// The what-if page: fetch the computed part when the page has been asked for some, and say so while it takes.
const results = document.getElementById("results"), form = document.getElementById("ask");

async function show() {
  try {
    const answer = await fetch(results.dataset.src, { headers: { Accept: "text/html" } });
    const text = await answer.text();
    const parsed = new DOMParser().parseFromString(text, "text/html");
    if (!answer.ok) throw new Error(parsed.querySelector("main p")?.textContent || answer.statusText);
    results.replaceChildren(...parsed.body.childNodes);
  } catch (error) {
    const said = document.createElement("p");
    said.className = "empty";
    said.textContent = results.dataset.failed + " " + error.message;
    results.replaceChildren(said);
  } finally {
    results.removeAttribute("aria-busy");
  }
}

if (results) show();
form?.addEventListener("submit", () => {
  for (const field of form.querySelectorAll("input[name=households]")) if (!field.value.trim()) field.disabled = true;
});
window.addEventListener("pageshow", () => form?.querySelectorAll("input:disabled").forEach(field => { field.disabled = false; }));
