import { expect, test } from "vitest";
import { parseRedisAddress } from "./redis-address.js";

test("an address is taken apart, and shown without its password", () => {
  expect(parseRedisAddress("redis://ann:p%40ss%2F@shop:7000/3?prefix=shop:")).toEqual({
    place: "redis://ann@shop:7000/3?prefix=shop:",
    prefix: "shop:",
    connection: { host: "shop", port: 7000, db: 3, username: "ann", password: "p@ss/" },
  });
  expect(parseRedisAddress("rediss://:secret@[::1]")).toEqual({
    place: "rediss://[::1]:6379/0",
    prefix: "mmdin:",
    connection: { host: "::1", port: 6379, db: 0, password: "secret", tls: {} },
  });
});

test("what is no address is refused, and its password is not said", () => {
  const wrong: [string, string][] = [
    ["redis://:secret@host:port", "an address that cannot be read"],
    ["redis:", "an address that cannot be read"],
    ["redis://:secret@host/one", 'the database "one"'],
    ["redis://:secret@host/0?password=secret", 'the parameter "password"'],
    ["redis://:secret%zz@host/0", "a user or password with a % that is no %XX"],
  ];
  for (const [address, got] of wrong) {
    const message = messageOf(() => parseRedisAddress(address));
    expect(message).toContain(`store: not the address of a Redis: expected redis://`);
    expect(message).toContain(`got ${got}`);
    expect(message).not.toContain("secret");
  }
});

function messageOf(act: () => unknown): string {
  try {
    act();
    return "nothing was thrown";
  } catch (error) {
    return String(error);
  }
}
