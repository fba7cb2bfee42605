// Fills a fresh installation to each size, puts load on the server and on a bare handler beside it, and writes what
// was measured to target/bench/report.md. Load stays on this machine and ends by itself.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const sizes = process.argv[2].split(" ").map(Number);
const SECONDS = 5;
const CONNECTIONS = 8;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const data = mkdtempSync(join(tmpdir(), "market-bench-"));
const environment = (port) => ({
  ...process.env,
  MARKET_DATA: data,
  MARKET_LISTEN: `127.0.0.1:${port}`,
  MARKET_LOG: "error",
  // One visitor asks for thousands of pages here.
  MARKET_LIMIT_SEARCHES: "off off",
  MARKET_LIMIT_OPEN_DATA: "off off",
  MARKET_LIMIT_FORMS: "off off",
  DATABASE_URL: "",
});
const run = (program, args, port = 0) => execFileSync(program, args, { encoding: "utf8", env: environment(port || 3999) });
const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));

async function serve(program, args, port, path) {
  const child = spawn(program, args, { env: environment(port), stdio: "ignore" });
  for (let i = 0; i < 600; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    if (answer?.ok) return child;
    await sleep(100);
  }
  throw new Error(`${program} does not serve`);
}

async function stop(child, signal) {
  const ended = new Promise((resume) => child.once("exit", resume));
  child.kill(signal);
  await ended;
}

/** Processor time that a process has used so far, in seconds. */
function used(child) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const memory = (child, key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024;

/** Puts load on an address; answers what wrk saw and what the process used. */
function load(child, port, path) {
  const url = `http://127.0.0.1:${port}${path}`;
  execFileSync("wrk", ["-t1", `-c${CONNECTIONS}`, "-d1s", url]);
  const before = used(child);
  const said = execFileSync("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, "--latency", url], { encoding: "utf8" });
  const spent = used(child) - before;
  if (/Non-2xx/.test(said)) throw new Error(`${path}: ${said}`);
  const milliseconds = (percent) => {
    const [, value, unit] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(said);
    return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
  };
  const requests = Number(/(\d+) requests in/.exec(said)[1]);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]),
    p50: milliseconds(50),
    p99: milliseconds(99),
    cpu: (spent / requests) * 1e6,
  };
}

const lines = [];
const row = (size, what, m) =>
  lines.push(`| ${size.toLocaleString("en")} | ${what} | ${Math.round(m.rate).toLocaleString("en")} | ${m.p50.toFixed(2)} | ${m.p99.toFixed(2)} | ${Math.round(m.cpu)} |`);
const notes = [];
try {
  let filled = 0;
  for (const size of sizes) {
    console.error(`· ${size}: filling`);
    run("target/release/server", ["seed", "--scale", String(size - filled)]);
    filled = size;
    const server = await serve("target/release/server", ["serve"], 3990, "/readyz");
    const bare = await serve("target/release/examples/measure", ["bare"], 3991, "/hello");
    const requirements = await (await fetch("http://127.0.0.1:3990/api/v1/requirements?state=published")).json();
    const late = "an5100_00000000-0000-0000-0000-000000000000";
    const plan = [
      [bare, 3991, "/hello", "bare axum handler"],
      [bare, 3991, "/agencies", "bare query through sqlx, JSON"],
      [server, 3990, "/api/v1/agencies", "agencies, page 1, JSON"],
      [server, 3990, `/api/v1/agencies?at=${late}`, "agencies, a late page, JSON"],
      [server, 3990, "/agencies", "agencies, page 1, HTML"],
      [server, 3990, `/agencies?at=${late}`, "agencies, a late page, HTML"],
      [server, 3990, `/requirements/${requirements.rows[0].id}`, "a requirement, HTML"],
      [server, 3990, `/api/v1/search?q=${encodeURIComponent("隆中")}`, "search for two characters, JSON"],
      ...[
        ["有限公司", "", "a word in every second name"],
        ["隆中 测绘", "", "two words"],
        ["隆中 岘山", "", "two words that stand nowhere together"],
        ["习家池工程测量", "", "a word in few names"],
        ["火星", "", "a word in none"],
        ["yxgs", "", "initials in every second name"],
        ["有限公司", "agency", "a common word, one kind"],
        ["火星", "agency", "a word in none, one kind"],
      ].map(([q, kind, what]) => [server, 3990, `/api/v1/search?${new URLSearchParams({ q, kind })}`, `search for ${what}, JSON`]),
    ];
    const rates = {};
    for (const [child, port, path, what] of plan) {
      const measured = load(child, port, path);
      rates[what] = measured.rate;
      row(size, what, measured);
    }
    const share = (100 * rates["agencies, page 1, JSON"]) / rates["bare query through sqlx, JSON"];
    notes.push(`${size.toLocaleString("en")}: the JSON list runs at ${share.toFixed(0)} % of the bare query's rate; the server holds ${memory(server, "VmRSS").toFixed(0)} MB (at most ${memory(server, "VmHWM").toFixed(0)} MB).`);
    await stop(bare, "SIGINT");
    const signUps = JSON.parse(run("target/release/examples/measure", ["sign-ups"]));
    notes.push(`${size.toLocaleString("en")}: ${signUps.count} sign-ups one after the other, from the opening of the desk to the commit (durable): p50 ${signUps.p50} ms, p99 ${signUps.p99} ms.`);
    await stop(server, "SIGTERM");
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
const head = `${cpus().length} cores (${cpus()[0].model.trim()}), shared by server, PostgreSQL and load; ${CONNECTIONS} connections, ${SECONDS} s each.`;
const report = `${head}\n\n| rows | what | requests/s | p50 ms | p99 ms | server CPU µs/request |\n|---:|---|---:|---:|---:|---:|\n${lines.join("\n")}\n\n${notes.map((note) => `- ${note}`).join("\n")}\n`;
mkdirSync("target/bench", { recursive: true });
writeFileSync("target/bench/report.md", report);
console.log(report);
