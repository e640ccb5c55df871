// The key of the run, from the address, which is then without it.
const given = new URLSearchParams(location.hash.slice(1)).get("key");
if (given) {
  sessionStorage.setItem("key", given);
  history.replaceState(null, "", location.pathname);
}
const answer = await fetch("/v1/status", {
  headers: { "Sessiond-Key": sessionStorage.getItem("key") ?? "" },
});
const status = await answer.json();
document.getElementById("main").textContent = answer.ok
  ? `${status.sessions} sessions in ${status.root}`
  : status.detail;
