// The draw, computed a third time: by the words of the help page alone, with nothing of the market's own code.
import { createHash, createHmac } from "node:crypto";

interface Entrant {
  seq: number;
  uscc: string;
  weight: number;
  nonce: string;
}

export interface Evidence {
  notice_no: string;
  purpose: string;
  server_seed: string;
  seed_commitment: string;
  beacon: string;
  entrants_hash: string;
  entrants: Entrant[];
  picks: { uscc: string; counter: number; word: string; ticket: number; total: number }[];
}

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

const counted = (number: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};

/** What the evidence should say: the commitment, the hash of the list, and who is drawn in which order. */
export function replayed(evidence: Evidence): { commitment: string; list: string; drawn: string[] } {
  const seed = Buffer.from(evidence.server_seed, "hex");
  const lines = evidence.entrants.map(({ seq, uscc, weight, nonce }) => `${seq}|${uscc}|${weight}|${nonce}`);
  const list = sha256(lines.join("\n"));
  const value = createHmac("sha256", seed)
    .update(`${evidence.notice_no}|${evidence.purpose}|${list}|${evidence.beacon}`)
    .digest();
  const left = [...evidence.entrants];
  const drawn: string[] = [];
  for (let counter = 0; drawn.length < evidence.picks.length; counter += 1) {
    const total = BigInt(left.reduce((sum, { weight }) => sum + weight, 0));
    const word = createHmac("sha256", value).update(counted(counter)).digest().readBigUInt64BE();
    if (word >= ((1n << 64n) / total) * total) continue;
    let ticket = word % total;
    const place = left.findIndex(({ weight }) => (ticket -= BigInt(weight)) < 0n);
    drawn.push(...left.splice(place, 1).map(({ uscc }) => uscc));
  }
  return { commitment: sha256(seed), list, drawn };
}
