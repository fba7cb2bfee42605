// Puts .br and .gz beside every text and wasm file of a folder, so that the server only has to send them.
import { readdirSync, readFileSync, writeFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";

const walk = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

for (const path of walk(process.argv[2])) {
  if (!/\.(css|js|wasm|svg)$/.test(path)) continue;
  const bytes = readFileSync(path);
  writeFileSync(path + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(path + ".gz", gzipSync(bytes, { level: 9 }));
}
