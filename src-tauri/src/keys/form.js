// Hands what the person typed to the native side, which keeps it in the system's keychain.

const byId = (id) => document.getElementById(id);
const invoke = window.__TAURI__.core.invoke;
const problem = byId("problem");

byId("environment").textContent = new URLSearchParams(location.search).get("environment");

function leave() {
  invoke("leave_keys").catch(tell);
}

function tell(error) {
  const parts = [error?.message ?? String(error), error?.help].filter(Boolean);
  const text = parts.join(": ");
  problem.textContent = text.charAt(0).toUpperCase() + text.slice(1);
  problem.hidden = false;
}

byId("leave").addEventListener("click", leave);
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    leave();
  }
});

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  byId("keep").disabled = true;
  try {
    await invoke("keep_keys", { id: byId("id").value, secret: byId("secret").value, token: byId("token").value });
  } catch (error) {
    tell(error);
    byId("keep").disabled = false;
    byId("id").focus();
  }
});
