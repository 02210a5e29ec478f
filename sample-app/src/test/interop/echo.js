// Sends messages of many sizes to an echo and compares what comes back. Usage: node echo.js ws://host:port/echo
import { createRequire } from "node:module";
import { once } from "node:events";
import WebSocket from "ws";

const SIZES = [0, 125, 126, 65_535, 65_536, 16 * 1024 * 1024];
const WORDS = Buffer.from("Grüße, 世界 😀 and plain words. ");
const DEADLINE_MILLIS = 120_000;
// What is offered; false offers nothing. Thresholds at 0, so that each message is compressed.
const OFFERS = [
  false,
  {},
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  { serverMaxWindowBits: 10, serverNoContextTakeover: true },
  { clientMaxWindowBits: 12, clientNoContextTakeover: true },
];
const { version } = createRequire(import.meta.url)("ws/package.json");

// Text of exactly so many bytes, with characters of one to four bytes.
function textOf(size) {
  const words = Math.floor(size / WORDS.length);
  return Buffer.concat([...Array(words).fill(WORDS), Buffer.alloc(size - words * WORDS.length, ".")]);
}

function bytesOf(size) {
  return Buffer.from({ length: size }, (_, i) => (i * 7) % 251);
}

// Frames end wherever the step ends, also inside a character.
function send(socket, payload, binary, step) {
  if (payload.length <= step) {
    socket.send(payload, { binary, compress: socket.extensions !== "" });
    return;
  }
  for (let at = 0; at < payload.length; at += step) {
    const end = Math.min(payload.length, at + step);
    socket.send(payload.subarray(at, end), { binary, fin: end === payload.length, compress: socket.extensions !== "" });
  }
}

async function check(url, offer) {
  const perMessageDeflate = offer && { threshold: 0, ...offer };
  const socket = new WebSocket(url, { perMessageDeflate, maxPayload: 0 });
  let rows = 0;
  let failures = 0;
  await once(socket, "open");
  if ((socket.extensions !== "") !== (offer !== false)) {
    failures++;
    console.log(`FAILED ${JSON.stringify(offer)}: ${socket.extensions}`);
  }
  for (const size of SIZES) {
    for (const binary of [false, true]) {
      const payload = binary ? bytesOf(size) : textOf(size);
      for (const step of size ? [Infinity, Math.max(1, Math.min(Math.floor(size / 7), 65_521))] : [Infinity]) {
        const answer = once(socket, "message");
        send(socket, payload, binary, step);
        const [back, isBinary] = await answer;
        rows++;
        if (isBinary !== binary || Buffer.compare(back, payload) !== 0) {
          failures++;
          console.log(`FAILED ${binary ? "binary" : "text"} of ${size} B in frames of ${step} B`);
        }
      }
    }
  }
  const pong = once(socket, "pong");
  socket.ping("are you there");
  await pong;
  const closed = once(socket, "close");
  socket.close(1000);
  const [code] = await closed;
  if (code !== 1000) {
    failures++;
    console.log(`FAILED close: ${code}`);
  }
  const how = offer ? JSON.stringify(offer) : "uncompressed";
  console.log(`npm ws ${version}, ${how}: ${rows} messages, ${failures} failures`);
  return failures;
}

const deadline = setTimeout(() => {
  console.log("FAILED: no answer in time");
  process.exit(1);
}, DEADLINE_MILLIS);
let failures = 0;
for (const offer of OFFERS) {
  failures += await check(process.argv[2], offer);
}
clearTimeout(deadline);
process.exit(failures ? 1 : 0);
