// One market for the whole run: a fresh folder, the demo at the journeys' pace, a free port; all gone at the end.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PACE } from "./pace.ts";

const target = fileURLToPath(new URL("../../target", import.meta.url));
const log = fileURLToPath(new URL("../results/server.log", import.meta.url));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Starts a command of the server, in its own folder and with its words going to the log. */
function start(folder: string, command: string[], environment: NodeJS.ProcessEnv, output: number): ChildProcess {
  return spawn(join(folder, "server"), command, { cwd: folder, env: environment, stdio: ["ignore", output, output] });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

async function isReady(url: string, server: ChildProcess): Promise<void> {
  const patience = Date.now() + 60_000;
  while (Date.now() < patience && server.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resume) => setTimeout(resume, 200));
  }
  throw new Error(`the server did not become ready:\n${readFileSync(log, "utf8")}`);
}

/** What the log says of faults: a page may look right while something behind it broke. */
function faults(): string[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes(" ERROR "));
}

export default async function setUp(): Promise<() => Promise<void>> {
  mkdirSync(join(log, ".."), { recursive: true });
  const output = openSync(log, "w");
  const folder = mkdtempSync(join(tmpdir(), "market-end2end-"));
  // PostgreSQL, which never runs as root, must be able to come by.
  chmodSync(folder, 0o711);
  const port = await freePort();
  // By this name and not by number: browsers and the test's own requests both trust it with Secure cookies.
  const url = `http://localhost:${port}`;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    MARKET_DATA: join(folder, "data"),
    MARKET_SITE: join(folder, "site"),
    MARKET_LISTEN: `127.0.0.1:${port}`,
    MARKET_PUBLIC_URL: url,
    MARKET_DEMO_ACCOUNTS: "true",
    MARKET_LOG: "warn",
    // All journeys come from one address.
    MARKET_LIMIT_ACCOUNTS: "off off",
    MARKET_LIMIT_FORMS: "off off",
    MARKET_LIMIT_SEARCHES: "off off",
    NO_COLOR: "1",
  };
  delete environment.DATABASE_URL;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let server: ChildProcess | undefined;
  try {
    // Copies, so that a build meanwhile does not change what is being looked at.
    copyFileSync(join(target, "debug/server"), join(folder, "server"));
    cpSync(join(target, "site"), join(folder, "site"), { recursive: true });
    const seeded = await ended(start(folder, ["seed", "--demo", "--pace", String(PACE)], environment, output));
    if (seeded !== 0) throw new Error(`the demo could not be filled:\n${readFileSync(log, "utf8")}`);
    server = start(folder, ["serve"], environment, output);
    await isReady(url, server);
  } catch (error) {
    server?.kill("SIGTERM");
    if (server) await ended(server);
    remove();
    throw error;
  }
  process.env.MARKET_URL = url;
  process.env.MARKET_PROGRAM = join(folder, "server");
  const serving = server;
  return async () => {
    serving.kill("SIGTERM");
    const code = await ended(serving);
    remove();
    if (code !== 0) throw new Error(`the server ended with ${code}`);
    const found = faults();
    if (found.length > 0) throw new Error(`the server logged faults:\n${found.join("\n")}`);
  };
}
