import { isIP } from "node:net";
import { MmdinError } from "../../errors.js";

const NAMES = ["loopback", "linklocal", "uniquelocal"];

/**
 * Checks a list of addresses of proxies: `10.0.0.2, 192.168.0.0/16, loopback`.
 *
 * @throws MmdinError CONFIG for what is none.
 */
export function trustedProxies(text: string): string {
  for (const part of text.split(",").map((word) => word.trim())) {
    const [address = "", prefix, ...rest] = part.split("/");
    const most = isIP(address) === 6 ? 128 : 32;
    const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
    if (NAMES.includes(part) || (isIP(address) !== 0 && fits && rest.length === 0)) continue;
    const expected = `addresses such as 10.0.0.2 or 10.0.0.0/8, or ${NAMES.join(", ")}`;
    throw new MmdinError("CONFIG", "no address of a proxy", {
      where: "--trust-proxy",
      expected,
      got: JSON.stringify(part),
    });
  }
  return text;
}
