import { expect, test } from "vitest";
import { padding, repeated, skipDigits, skipToEnd } from "../../../../src/etl/connectors/file/four-bytes.ts";
import { generator } from "../../../support/random.ts";

test("searches of four bytes at a time find what a search of one finds", () => {
  const random = generator(5);
  const usual = [0x30, 0x31, 0x39, 0x2f, 0x3a, 0x2c, 0x2d, 0x0a, 0x0d, 0x0b, 0x09, 0x0c, 0x00, 0x80, 0xac, 0xff, 0x8a];
  const byte = () => (random() < 0.7 ? usual[Math.floor(random() * usual.length)]! : Math.floor(random() * 256));
  for (let i = 0; i < 100_000; i++) {
    const bytes = Uint8Array.from({ length: 12 }, byte);
    const whole = Uint8Array.from([...bytes, 0x0a, ...Array<number>(padding).fill(0x30)]);
    const view = new DataView(whole.buffer);
    const digits = whole.findIndex((it) => it < 0x30 || it > 0x39);
    const end = whole.findIndex((it) => it === 0x2c || it === 0x0a || it === 0x0d);
    expect([...bytes, skipDigits(view, 0), skipToEnd(view, 0, repeated(0x2c))]).toEqual([...bytes, digits, end]);
  }
});
