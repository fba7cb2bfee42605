// Files that people upload.

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
