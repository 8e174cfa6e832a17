/**
 * The decision about one use, in Lua, so that Redis takes it in one step whatever other processes do. It does what
 * limits/memory.ts does, by the clock of Redis. KEYS are those of the rates, of the places and of the request state, in
 * this order. ARGV[1] is an `Ask` as JSON.
 *
 * Times that lie ahead are from before the clock of Redis was set back, and do not count: they would stay for as long as
 * it was set back.
 *
 * A rate is a list of the times of its uses, oldest first. A place is a sorted set of leases by the time they expire.
 * Returns 0 if the use may run; -i if there is no place in the i-th set; else the milliseconds to wait, times the number
 * of rates, plus the number of rates before the one to wait for.
 */
export const DECIDE = `
local ask = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for i, max in ipairs(ask.places) do
  local leases = KEYS[#ask.rates + i]
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
  if redis.call('ZCARD', leases) >= max then
    -- A lease lies less far ahead, unless the clock was set back.
    redis.call('ZREMRANGEBYSCORE', leases, now + 2 * ask.leaseMs, '+inf')
    if redis.call('ZCARD', leases) >= max then return -i end
  end
end

local state = KEYS[#ask.rates + #ask.places + 1]
if not (state and redis.call('SET', state, 1, 'NX', 'PX', ask.stateMs)) then
  local wait, longest = 0, 0
  for i, rate in ipairs(ask.rates) do
    local oldest = tonumber(redis.call('LINDEX', KEYS[i], 0))
    while oldest and (oldest <= now - rate.window or oldest > now) do
      redis.call('LPOP', KEYS[i])
      oldest = tonumber(redis.call('LINDEX', KEYS[i], 0))
    end
    if redis.call('LLEN', KEYS[i]) >= rate.max then
      local own = oldest - now + rate.window
      if own > wait then wait, longest = own, i end
    end
  end
  if wait > 0 then return wait * #ask.rates + longest - 1 end
  for i, rate in ipairs(ask.rates) do
    redis.call('RPUSH', KEYS[i], now)
    redis.call('PEXPIRE', KEYS[i], rate.window)
  end
end

for i = 1, #ask.places do
  local leases = KEYS[#ask.rates + i]
  redis.call('ZADD', leases, now + ask.leaseMs, ask.lease)
  redis.call('PEXPIRE', leases, ask.leaseMs)
end
return 0
`

/** Marks the only one of KEYS for ARGV[1] milliseconds. Returns 0 if it was not marked before, else 1. */
export const SPEND = `
if redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then return 0 end
return 1
`

/** Renews a lease in every set of KEYS. ARGV: the lease, its milliseconds. */
export const RENEW = `
local time = redis.call('TIME')
for _, leases in ipairs(KEYS) do
  redis.call('ZADD', leases, time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', leases, ARGV[2])
end
return 0
`

/** The argument of DECIDE. Times in milliseconds. */
export interface Ask {
  readonly rates: ReadonlyArray<{ readonly max: number, readonly window: number }>
  /** The maximum of each place. */
  readonly places: readonly number[]
  /** The name of the lease that the use takes in each place, and how long it lasts unless it is renewed. */
  readonly lease: string
  readonly leaseMs: number
  /** How long a request state is remembered. */
  readonly stateMs: number
}
