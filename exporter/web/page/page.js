// Keeps the page as fresh as /api/v1/status, while somebody looks at it. All words come from there.
"use strict";

const kEvery = 5000;     // milliseconds from one answer to the next question
const kTooOld = 30;      // seconds; what is older is not shown
const kSlow = 10000;     // milliseconds; an answer that takes longer is missed on the page
const kLongest = 60000;  // milliseconds; and this is none any more

const lost = document.getElementById("lost");
const sections = [...document.querySelectorAll(".inverter")];
const names = sections.map((section) => section.querySelector("h2").textContent);
// In seconds, at the time of the last answer; null where nothing was read.
let ages = sections.map((section) => {
  const { seconds } = section.querySelector(".age").dataset;
  return seconds === "" ? null : Number(seconds);
});
let answered = performance.now();
let timer = 0;
let asking = false;

const at = (object, path) => path.split(".").reduce((part, key) => part?.[key], object);
const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

// In the time zone of who looks, which need not be that of the exporter.
function clock(seconds) {
  const when = new Date(seconds * 1000);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`;
  if (when.toDateString() === new Date().toDateString()) return time;
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())} ${time}`;
}

function row(container, cells) {
  const list = container.tagName === "UL";
  const whole = document.createElement(list ? "li" : "tr");
  if (list) whole.dataset.kind = cells[0];
  cells.forEach((cell, i) => {
    const part = document.createElement(list ? "span" : i === 0 ? "th" : "td");
    if (!list && i === 0) part.scope = "row";
    part.textContent = cell;
    if (i > 0) whole.append(" ");
    whole.append(part);
  });
  return whole;
}

function fill(root, values) {
  for (const element of root.querySelectorAll("[data-text]")) {
    setText(element, at(values, element.dataset.text) ?? "");
  }
  for (const element of root.querySelectorAll("[data-time]")) {
    const seconds = at(values, element.dataset.time);
    setText(element, seconds == null ? "" : clock(seconds));
    if (seconds != null) element.dateTime = new Date(seconds * 1000).toISOString();
  }
  for (const element of root.querySelectorAll("[data-flow-of]")) {
    element.dataset.flow = values[element.dataset.flowOf].flow ?? "";
  }
  for (const element of root.querySelectorAll("[data-level]")) {
    element.dataset.level = values.words.level;
    element.querySelector(".full").setAttribute("width", values.words.level || "0");
  }
  for (const element of root.querySelectorAll("[data-rows]")) {
    const rows = at(values, element.dataset.rows);
    const key = JSON.stringify(rows);
    if (element.dataset.shown === key) continue;
    element.dataset.shown = key;
    element.replaceChildren(...rows.map((cells) => row(element, cells)));
  }
}

function show(status) {
  const now = status.inverters.map((inverter) => inverter.name);
  if (JSON.stringify(now) !== JSON.stringify(names)) {
    location.reload();  // the exporter has another config than when the page was made
    return;
  }
  setText(document.querySelector(".top p"), status.words.overview);
  const news = [];
  status.inverters.forEach((inverter, i) => {
    const section = sections[i];
    section.dataset.answers = inverter.answers;
    fill(section, inverter);
    const summary = inverter.words.summary;
    if (section.dataset.summary !== summary) news.push(summary);
    section.dataset.summary = summary;
  });
  ages = status.inverters.map((inverter) => inverter.age_seconds);
  answered = performance.now();
  // Numbers change all the time and are not read out; this is.
  if (news.length > 0) setText(document.getElementById("news"), `${news.join(". ")}.`);
}

function grow() {
  const since = (performance.now() - answered) / 1000;
  document.body.classList.toggle("old", since > kTooOld);
  sections.forEach((section, i) => {
    if (ages[i] == null) return;
    const age = ages[i] + since;
    const words = age < 60 ? `${Math.round(age)} s` : `${Math.floor(age / 60)} min`;
    setText(section.querySelector(".age"), `Read ${words} ago`);
  });
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden || asking) return;
  asking = true;
  const slow = setTimeout(() => { lost.hidden = false; }, kSlow);
  let status = null;
  try {
    const answer = await fetch("/api/v1/status", {
      cache: "no-store", signal: AbortSignal.timeout?.(kLongest),
    });
    if (answer.ok) status = await answer.json();
  } catch {
    // The exporter or the way to it is gone: that is said on the page.
  }
  clearTimeout(slow);
  asking = false;
  lost.hidden = status !== null;
  timer = setTimeout(refresh, kEvery);
  if (status !== null) show(status);
  grow();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  grow();
  refresh();
});
setInterval(() => {
  if (!document.hidden) grow();
}, 1000);
timer = setTimeout(refresh, kEvery);
// The times are there in the zone of the exporter.
for (const element of document.querySelectorAll("time[datetime]")) {
  setText(element, clock(Date.parse(element.dateTime) / 1000));
}
