// The page's side of review.js: rows come from its own server, and decisions go there
import { mount } from "./review.js";

const state = await (await fetch("state")).json();
const send = async (message) => {
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch("answer", { method: "POST", headers, body: JSON.stringify(message) });
  return reply.ok ? reply.json() : { error: `The page's server refused it (${reply.status}).` };
};
const root = document.getElementById("review");
mount(root, { state, send });
root.querySelector(".text").focus();
