import { createHash } from "node:crypto";
import { PUT_STEP } from "./put-moment.js";
import { FORMAT_REPLY } from "./redis-errors.js";

/** A script that Redis runs whole, with nothing between its commands. */
export interface RedisScript {
  text: string;
  sha: string;
}

function script(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** Refuses data of another format before anything is changed; KEYS[1] holds the format, ARGV[1] is ours. */
const CHECK_FORMAT = `
local format = redis.call('GET', KEYS[1])
if format and format ~= ARGV[1] then return redis.error_reply('${FORMAT_REPLY} ' .. format) end
`;

const WRITE_FORMAT = `${CHECK_FORMAT}
if not format then redis.call('SET', KEYS[1], ARGV[1]) end
`;

/** Reads and writes a tally as tally.ts does. Sums are doubles here too, and %.17g keeps all of their digits. */
const TALLY = `
local function read(text)
  local tally = { count = 0, positives = 0, names = {}, means = {} }
  for line in string.gmatch(text or '', '[^\\n]+') do
    local count, sum, name = string.match(line, '^(%S+) (%S+) (".*")$')
    if name then
      table.insert(tally.names, name)
      tally.means[name] = { count = tonumber(count), sum = tonumber(sum) }
    else
      count, sum = string.match(line, '^(%S+) (%S+)$')
      tally.count, tally.positives = tonumber(count), tonumber(sum)
    end
  end
  return tally
end
local function write(tally)
  local lines = { string.format('%.0f %.0f', tally.count, tally.positives) }
  for _, name in ipairs(tally.names) do
    local mean = tally.means[name]
    table.insert(lines, string.format('%.0f %.17g ', mean.count, mean.sum) .. name)
  end
  return table.concat(lines, '\\n')
end
local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end
local function add(tally)
  tally.count = tally.count + 1
  tally.positives = tally.positives + tonumber(take())
  for _ = 1, tonumber(take()) do
    local name, value = take(), tonumber(take())
    local mean = tally.means[name]
    if not mean then
      mean = { count = 0, sum = 0 }
      tally.means[name] = mean
      table.insert(tally.names, name)
    end
    mean.count, mean.sum = mean.count + 1, mean.sum + value
  end
end
`;

/**
 * KEYS: format; of each person their counters and their events; of each item its counters.
 * ARGV: our format, the cap, the time to live in ms (0: for ever), people, items; of each person the number of events, and of each
 * event its time, item, text, label, number of averaged values, and those by name; of each item likewise, from the label on.
 *
 * A member of a person's events is \`item \\0 sequence \\0 text\`: members of one score stand in the order of their bytes, which makes
 * the order (time, item id), and no two events are the same member.
 */
export const APPEND = script(`${WRITE_FORMAT}${TALLY}
at = 1
local cap, ttl, people, items = tonumber(take()), tonumber(take()), tonumber(take()), tonumber(take())
local key = 1
for _ = 1, people do
  local counters, events = KEYS[key + 1], KEYS[key + 2]
  key = key + 2
  local tally = read(redis.call('GET', counters))
  for _ = 1, tonumber(take()) do
    local time, item, text = take(), take(), take()
    redis.call('ZADD', events, time, item .. '\\0' .. string.format('%016.0f', tally.count) .. '\\0' .. text)
    add(tally)
  end
  local excess = redis.call('ZCARD', events) - cap
  if excess > 0 then redis.call('ZREMRANGEBYRANK', events, 0, excess - 1) end
  redis.call('SET', counters, write(tally))
  if ttl > 0 then
    redis.call('PEXPIRE', counters, ttl)
    redis.call('PEXPIRE', events, ttl)
  else
    redis.call('PERSIST', events)
  end
end
for _ = 1, items do
  key = key + 1
  local tally = read(redis.call('GET', KEYS[key]))
  for _ = 1, tonumber(take()) do add(tally) end
  redis.call('SET', KEYS[key], write(tally))
end
return redis.status_reply('OK')
`);

/** KEYS: format, counters and events of a person. ARGV: our format, how many events at most. Gives the counters and the members. */
export const READ_USER = script(`${CHECK_FORMAT}
return { redis.call('GET', KEYS[2]), redis.call('ZRANGE', KEYS[3], -tonumber(ARGV[2]), -1) }
`);

/** KEYS: format, counters and events of a person. ARGV: our format. Gives how many events were kept. */
export const FORGET = script(`${CHECK_FORMAT}
local kept = redis.call('ZCARD', KEYS[3])
redis.call('DEL', KEYS[2], KEYS[3])
return kept
`);

/**
 * KEYS: format, the item, the order of items, its pictures. ARGV: our format, when it was put, its id, the item as JSON that ends before
 * its moment, then field and bytes of each picture. Gives the moment: as asked, or just after that of the last one.
 */
export const PUT_ITEM = script(`${WRITE_FORMAT}
local at = tonumber(ARGV[2])
local last = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if last[2] and at <= tonumber(last[2]) then at = tonumber(last[2]) + ${PUT_STEP} end
local moment = string.format('%.17g', at)
redis.call('SET', KEYS[2], ARGV[4] .. moment .. '}')
redis.call('ZADD', KEYS[3], moment, ARGV[3])
redis.call('DEL', KEYS[4])
for word = 5, #ARGV, 2 do redis.call('HSET', KEYS[4], ARGV[word], ARGV[word + 1]) end
return moment
`);

/** KEYS: format. ARGV: our format. */
export const CHECK = script(`${CHECK_FORMAT}
return redis.status_reply('OK')
`);
