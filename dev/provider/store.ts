import type { AdapterFactory, AdapterPayload } from 'oidc-provider'
import type { State } from '../state.ts'

/** Keeps the provider's clients, sessions, grants and tokens until they expire. */
export function createStore ({ entries, save }: Pick<State, 'entries' | 'save'>): AdapterFactory {
  function find (key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    return entry && (entry.expires ?? Infinity) > Date.now() ? entry.payload : undefined
  }

  function sweep (): void {
    for (const key of entries.keys()) if (!find(key)) entries.delete(key)
  }

  return model => ({
    async upsert (id, payload, seconds) {
      sweep()
      entries.set(`${model}:${id}`, { payload, expires: seconds === undefined ? null : Date.now() + seconds * 1000 })
      save()
    },

    async find (id) {
      return find(`${model}:${id}`)
    },

    async findByUid (uid) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.uid === uid) return find(key)
      }
    },

    // Only the device flow calls this, and it is off.
    async findByUserCode () {},

    async consume (id) {
      const payload = find(`${model}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      save()
    },

    async destroy (id) {
      entries.delete(`${model}:${id}`)
      save()
    },

    async revokeByGrantId (grantId) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) entries.delete(key)
      }
      save()
    }
  })
}
