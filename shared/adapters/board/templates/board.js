
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const [form, q, env, state] = ["controls", "q", "env", "state"].map(at);
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => ({
    row,
    name: row.cells[0].textContent.toLowerCase(),
    marks: [...row.cells].slice(1).map((cell) => cell.dataset.is.split(" ")),
  }));
  const fits = (marks) => (state.value ? marks.includes(state.value) : env.value === "" || !(marks.includes("absent") || marks[0] === ""));
  const show = () => {
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, name, marks } of rows) {
      const places = env.value === "" ? marks : [marks[env.value]];
      row.hidden = !(words.every((word) => name.includes(word)) && (places.some(fits) || !(env.value || state.value)));
      count += !row.hidden;
    }
    at("shown").textContent = `${count} of ${rows.length} shown`;
    at("none").hidden = count > 0;
  };
  const remember = () => {
    const said = Object.entries({ q: q.value, env: env.value, state: state.value }).filter(([, value]) => value);
    history.replaceState(null, "", `#${new URLSearchParams(said)}`);
    show();
  };
  const recall = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const each of [q, env, state]) each.value = said.get(each.id) ?? "";
    for (const each of [env, state]) if (each.selectedIndex < 0) each.value = "";
    show();
  };
  form.hidden = false;
  form.addEventListener("input", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); q.value = env.value = state.value = ""; remember(); });
  addEventListener("hashchange", () => { recall(); form.scrollIntoView(); });
  recall();
})();
