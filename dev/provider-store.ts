import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Entry {
  readonly payload: AdapterPayload
  readonly expires: number
}

/** Where the provider keeps clients, sessions, grants and codes: in memory, until they expire or the process ends. */
export function createStore (): AdapterFactory {
  const entries = new Map<string, Entry>()

  function find (key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    return entry && entry.expires > Date.now() ? entry.payload : undefined
  }

  function sweep (): void {
    for (const key of entries.keys()) if (!find(key)) entries.delete(key)
  }

  return model => ({
    async upsert (id, payload, seconds = Infinity) {
      sweep()
      entries.set(`${model}:${id}`, { payload, expires: Date.now() + seconds * 1000 })
    },

    async find (id) {
      return find(`${model}:${id}`)
    },

    async findByUid (uid) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.uid === uid) return find(key)
      }
    },

    // Asked by the device flow only, which is off.
    async findByUserCode () {},

    async consume (id) {
      const payload = find(`${model}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
    },

    async destroy (id) {
      entries.delete(`${model}:${id}`)
    },

    async revokeByGrantId (grantId) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) entries.delete(key)
      }
    }
  })
}
