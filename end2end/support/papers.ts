// Files that people upload.
import { crc32, deflateSync } from "node:zlib";

/** A small PDF. `kilobytes` makes it larger without changing what it is. */
export function pdf(name: string, kilobytes = 1) {
  const body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n";
  const filling = `%${name}\n`.padEnd(Math.max(kilobytes * 1_024 - body.length - 6, 8), ".");
  return { name, mimeType: "application/pdf", buffer: Buffer.from(`${body}${filling}\n%%EOF\n`) };
}

/** A page that calls itself a PDF. */
export const disguised = {
  name: "冒充.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.from("<!DOCTYPE html><script>alert(1)</script>"),
};

/** A part of a PNG: its length, its name, what is in it, its check sum. */
function part(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A small picture, as a telephone or a scanner makes them. */
export function picture(name: string, width = 40, height = 60) {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Each row begins with the way it is packed: not at all.
  const rows = Buffer.alloc((width + 1) * height).map((_, i) => (i % (width + 1) === 0 ? 0 : (i * 7) % 251));
  const parts = [part("IHDR", head), part("IDAT", deflateSync(rows)), part("IEND", Buffer.alloc(0))];
  const buffer = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
  return { name, mimeType: "image/png", buffer };
}
