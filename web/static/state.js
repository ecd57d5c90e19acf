// The address holds the state: what is chosen here is written there, so that a copied link shows the same.
export function state(names) {
  const asked = new URLSearchParams(location.search), values = {};
  for (const name of names) values[name] = asked.get(name) || "";
  return {
    values,
    set(changes) {
      Object.assign(values, changes);
      const query = new URLSearchParams(location.search);
      for (const name of names) values[name] ? query.set(name, values[name]) : query.delete(name);
      history.replaceState(null, "", location.pathname + (query.size ? "?" + query : "") + location.hash);
    },
  };
}
