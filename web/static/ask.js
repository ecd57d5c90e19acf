// Ask the service; a refusal is an error told in the language of the page.
export class Refused extends Error {
  constructor(status, answer, lang) {
    super((lang === "zh" ? answer.message_zh : answer.message) || answer.message || String(status));
    this.status = status;
    this.code = answer.error || "";
    this.details = answer.details || {};
  }
}

export async function answer(page, address, options) {
  const got = await fetch(address, options);
  if (!got.ok) throw new Refused(got.status, await got.json().catch(() => ({})), page.lang);
  return got;
}

export const ask = async (page, address, options) => (await answer(page, address, options)).json();
