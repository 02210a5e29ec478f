// The page of the sample: an echo, a chat room and the engine's meters. No framework, nothing from elsewhere.
// Whatever a peer said goes into the page through textContent only, never as markup.

const $ = (id) => document.getElementById(id);
const socketUrl = (path) => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
const RECONNECT_MILLIS = 2000;
const LOG_LINES = 200;

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function show(state, text, mood) {
  state.textContent = text;
  state.className = `state ${mood}`;
}

function append(log, parts) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const line = document.createElement("li");
  line.append(...parts);
  log.append(line);
  while (log.children.length > LOG_LINES) {
    log.firstChild.remove();
  }
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}

// ---- echo: one message in flight at a time would hide the latency of a queue, so each carries the moment it left ----

function startEcho() {
  const waiting = [];
  let socket;

  function connect() {
    socket = new WebSocket(socketUrl("/echo"));
    socket.onopen = () => show($("echo-state"), "connected", "good");
    socket.onmessage = (event) => {
      const sent = waiting.shift();
      const millis = (performance.now() - sent).toFixed(1);
      append($("echo-log"), [element("span", "words", event.data), element("span", "aside", `${millis} ms`)]);
    };
    socket.onclose = (event) => {
      waiting.length = 0;
      show($("echo-state"), `closed ${event.code}`, "bad");
      setTimeout(connect, RECONNECT_MILLIS);
    };
  }

  $("echo-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.OPEN) {
      waiting.push(performance.now());
      socket.send($("echo-text").value);
    }
  });
  connect();
}

// ---- chat ----

function startChat() {
  let socket = null;

  function joined(yes) {
    $("join-form").hidden = yes;
    $("chat-form").hidden = !yes;
    $("chat-names").hidden = !yes;
  }

  function say(event) {
    const time = new Date(event.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    append($("chat-log"), [element("span", "who", event.name), element("span", "words", event.text), element("span", "aside", time)]);
  }

  function note(text) {
    append($("chat-log"), [element("span", "words system", text)]);
  }

  const hear = {
    welcome(event) {
      $("chat-log").replaceChildren();
      event.history.forEach(say);
      show($("chat-state"), `joined as ${event.name}`, "good");
      joined(true);
      $("chat-text").focus();
    },
    joined: (event) => note(`${event.name} joined`),
    left: (event) => note(`${event.name} left`),
    message: say,
    error: (event) => note(event.text),
  };

  function join(name) {
    socket?.close();
    const mine = new WebSocket(socketUrl("/chat"));
    socket = mine;
    mine.onopen = () => mine.send(JSON.stringify({ type: "join", name }));
    mine.onmessage = (message) => {
      const event = JSON.parse(message.data);
      hear[event.type]?.(event);
      if (event.names) {
        $("chat-names").textContent = `In the room: ${event.names.join(", ")}`;
      }
    };
    mine.onclose = (event) => {
      if (socket === mine) {
        show($("chat-state"), `closed ${event.code}`, "bad");
        joined(false);
      }
    };
  }

  $("join-form").addEventListener("submit", (event) => {
    event.preventDefault();
    join($("chat-name").value);
  });
  $("chat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: "say", text: $("chat-text").value }));
      $("chat-text").value = "";
    }
  });
}

// ---- charts: lines over the last minute on a plain canvas ----

class Chart {
  static SECONDS = 60;
  static GAP_MILLIS = 3000;

  // A scale turns the largest value into { top, ticks, height(value) }, heights being 0 to 1.
  constructor(canvas, legend, scale) {
    this.canvas = canvas;
    this.legend = legend;
    this.scale = scale;
    this.series = new Map();
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  add(name, at, value) {
    if (!this.series.has(name)) {
      const swatch = `--series-${(this.series.size % 4) + 1}`;
      this.series.set(name, { swatch, points: [] });
      const label = element("span", "", name);
      label.style.setProperty("--swatch", `var(${swatch})`);
      this.legend.append(label);
    }
    const { points } = this.series.get(name);
    points.push({ at, value });
    while (points.length && points[0].at < at - Chart.SECONDS * 1000 - 2000) {
      points.shift();
    }
  }

  draw() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const density = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    const pen = this.canvas.getContext("2d");
    pen.scale(density, density);
    const box = { left: 44, top: 8, right: width - 6, bottom: height - 22 };
    const peak = Math.max(1, ...[...this.series.values()].flatMap((line) => line.points.map((point) => point.value)));
    const scale = this.scale(peak);
    this.grid(pen, box, scale, color("--line"), color("--quiet"));
    const now = performance.now();
    for (const { swatch, points } of this.series.values()) {
      pen.strokeStyle = color(swatch);
      pen.lineWidth = 2;
      pen.lineJoin = "round";
      pen.beginPath();
      points.forEach((point, index) => {
        const x = box.right - ((now - point.at) / (Chart.SECONDS * 1000)) * (box.right - box.left);
        const y = box.bottom - scale.height(point.value) * (box.bottom - box.top);
        const joined = index && point.at - points[index - 1].at < Chart.GAP_MILLIS;
        pen[joined ? "lineTo" : "moveTo"](Math.max(box.left, x), y);
      });
      pen.stroke();
    }
  }

  grid(pen, box, scale, line, ink) {
    pen.font = "11px system-ui, sans-serif";
    pen.fillStyle = ink;
    pen.strokeStyle = line;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of scale.ticks) {
      const y = Math.round(box.bottom - scale.height(tick) * (box.bottom - box.top)) + 0.5;
      pen.beginPath();
      pen.moveTo(box.left, y);
      pen.lineTo(box.right, y);
      pen.stroke();
      pen.fillText(short(tick), box.left - 6, y);
    }
    pen.textBaseline = "top";
    pen.textAlign = "left";
    pen.fillText(`${Chart.SECONDS} s ago`, box.left, box.bottom + 6);
    pen.textAlign = "right";
    pen.fillText("now", box.right, box.bottom + 6);
  }
}

function linear(peak) {
  const power = 10 ** Math.floor(Math.log10(Math.max(peak, 4)));
  const top = [1, 2, 4, 8, 10].map((factor) => factor * power).find((candidate) => candidate >= Math.max(peak, 4));
  return { ticks: [0, 1, 2, 3, 4].map((step) => (step * top) / 4), height: (value) => value / top };
}

// Powers of ten from 1: a slow moment leaves the usual ones readable.
function logarithmic(peak) {
  const decades = Math.max(2, Math.ceil(Math.log10(peak)));
  return {
    ticks: Array.from({ length: decades + 1 }, (_, step) => 10 ** step),
    height: (value) => Math.log10(Math.max(1, value)) / decades,
  };
}

function short(value) {
  if (value >= 1e6) return `${+(value / 1e6).toFixed(2)}M`;
  if (value >= 1e3 && value % 100 === 0 || value >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
  return `${+value.toFixed(value < 10 ? 2 : 0)}`;
}

function duration(micros) {
  if (micros >= 1e6) return `${(micros / 1e6).toFixed(2)} s`;
  return micros >= 1e3 ? `${(micros / 1e3).toFixed(2)} ms` : `${micros.toFixed(1)} µs`;
}

// ---- meters ----

function startMeters() {
  const POLL_MILLIS = 500;
  const depth = new Chart($("depth-chart"), $("depth-legend"), linear);
  const latency = new Chart($("latency-chart"), $("latency-legend"), logarithmic);
  let before = null;

  function byName(actions) {
    const sums = new Map();
    for (const action of actions.filter((candidate) => candidate.role === "server")) {
      const name = action.action.replaceAll("_", " ");
      const sum = sums.get(name) ?? { timed: 0, total: 0 };
      sum.timed += action.timed;
      sum.total += action.totalMicros;
      sums.set(name, sum);
    }
    return sums;
  }

  function update(meters, at) {
    const actions = byName(meters.actions);
    const queues = meters.queues.filter((queue) => queue.role === "server");
    const queued = queues.reduce((sum, queue) => sum + queue.depth, 0);
    const deepest = Math.max(0, ...queues.map((queue) => queue.deepest));
    // A queue that empties between two looks is seen by its deepest moment only.
    for (const queue of queues) {
      depth.add(queue.queue, at, queue.depth);
      depth.add(`${queue.queue}, deepest of a minute`, at, queue.deepest);
    }
    if (before) {
      let timed = 0;
      let total = 0;
      for (const [name, action] of actions) {
        const earlier = before.actions.get(name) ?? { timed: 0, total: 0 };
        const fresh = action.timed - earlier.timed;
        timed += fresh;
        total += action.total - earlier.total;
        if (fresh) {
          latency.add(name, at, (action.total - earlier.total) / fresh);
        }
      }
      $("figure-rate").textContent = short(((meters.done - before.done) * 1000) / (at - before.at));
      $("figure-mean").textContent = timed ? duration(total / timed) : "idle";
    }
    $("figure-actions").textContent = meters.done.toLocaleString("en");
    $("figure-max").textContent = duration(Math.max(0, ...meters.actions.map((action) => action.maxMicros)));
    $("figure-depth").textContent = short(queued);
    $("figure-deepest").textContent = short(deepest);
    $("figures").dataset.actions = meters.done;
    $("figures").dataset.deepest = deepest;
    $("meters-note").textContent = meters.actions.length
      ? ""
      : "There are no ws.protocol meters: the starter is absent or its metrics are switched off.";
    before = { at, done: meters.done, actions };
    depth.draw();
    latency.draw();
  }

  function endpoints(status) {
    $("versions").textContent = `Spring Boot ${status.springBoot} on Java ${status.java}`;
    $("endpoints").replaceChildren(
      ...status.endpoints.map((endpoint) => {
        const pill = document.createElement("li");
        pill.append(
          element("b", "", endpoint.path),
          element("span", endpoint.engine === "ws-protocol" ? "good" : "", ` ${endpoint.engine}`),
          ` · ${endpoint.open} open`,
        );
        return pill;
      }),
    );
  }

  async function json(path) {
    const response = await fetch(path, { cache: "no-store" });
    if (!response.ok) {
      throw new Error(`${path} answered ${response.status}`);
    }
    return response.json();
  }

  async function poll() {
    try {
      const [meters, status] = await Promise.all([json("/api/meters"), json("/api/status")]);
      update(meters, performance.now());
      endpoints(status);
    } catch (error) {
      $("meters-note").textContent = `The server does not answer: ${error.message}`;
    }
    setTimeout(poll, POLL_MILLIS);
  }
  poll();
}

// ---- load: some connections that send as fast as the browser takes it, for a few seconds ----

function startLoad() {
  const CONNECTIONS = 4;
  const MILLIS = 6000;
  const PAYLOAD = new Uint8Array(16 * 1024).map((_, index) => index);
  const MAX_BUFFERED = 8 << 20;
  const BURST = 256;

  function run() {
    return new Promise((resolve) => {
      const socket = new WebSocket(socketUrl("/echo"));
      const end = performance.now() + MILLIS;
      socket.binaryType = "arraybuffer";
      socket.onopen = function burst() {
        for (let i = 0; i < BURST && socket.bufferedAmount < MAX_BUFFERED; i++) {
          socket.send(PAYLOAD);
        }
        if (socket.readyState !== WebSocket.OPEN) {
          return;
        }
        if (performance.now() < end) {
          setTimeout(burst, 20);
        } else {
          socket.close(1000);
        }
      };
      socket.onclose = resolve;
    });
  }

  $("load").addEventListener("click", async () => {
    $("load").disabled = true;
    $("load").textContent = "Running…";
    await Promise.all(Array.from({ length: CONNECTIONS }, run));
    $("load").disabled = false;
    $("load").textContent = "Run load";
  });
}

startEcho();
startChat();
startMeters();
startLoad();
