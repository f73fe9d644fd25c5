import { expect, test } from "vitest";
import { trustedProxies } from "./trusted-proxies.js";

test("addresses, networks and their names are taken as they are", () => {
  for (const text of ["10.0.0.2", "10.0.0.0/8, loopback", "fd00::/8", "::1"]) expect(trustedProxies(text)).toBe(text);
});

test.each(["", "proxy.example", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.2,"])("%j is no address of a proxy", (text) => {
  expect(() => trustedProxies(text)).toThrow(
    /^--trust-proxy: no address of a proxy: expected addresses such as 10\.0\.0\.2/,
  );
});
