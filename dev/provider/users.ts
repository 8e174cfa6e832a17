import type { Account } from 'oidc-provider'

/** A person who can sign in at the development issuer. */
export interface User {
  /** The `sub` of the user's tokens, in Auth0's form. */
  readonly id: string
  readonly email: string
  readonly name: string
  /** The description of the user on the login page. */
  readonly about: string
  /** Selects the permissions of an API that this user has. */
  permissions (defined: readonly string[]): readonly string[]
}

/** The password of every user. It is public, since the server listens on loopback and guards nothing. */
export const PASSWORD = 'password'

/** All users: one with every permission and one with none. */
export const users: readonly User[] = [
  {
    id: 'auth0|a11ce0000000000000000001',
    email: 'alice@example.com',
    name: 'Alice',
    about: 'has every permission',
    permissions: defined => defined
  },
  {
    id: 'auth0|b0b000000000000000000002',
    email: 'bob@example.com',
    name: 'Bob',
    about: 'has no permission',
    permissions: () => []
  }
]

/** The user with this name and password; undefined if they are wrong. */
export function signIn (email: string | null, password: string | null): User | undefined {
  return password === PASSWORD ? users.find(user => user.email === email) : undefined
}

/** The user with this `sub`. It always exists, since only a user who has signed in has a `sub`. */
export function findUser (id: string): User {
  return users.find(user => user.id === id) as User
}

/** The user in the form that oidc-provider expects: claims for ID tokens and for `/userinfo`. */
export function findAccount (_ctx: unknown, id: string): Account {
  const user = findUser(id)
  return {
    accountId: user.id,
    claims: () => ({ sub: user.id, name: user.name, nickname: user.name.toLowerCase(), email: user.email, email_verified: true })
  }
}
