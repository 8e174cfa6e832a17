import type { Account } from 'oidc-provider'

/** Somebody who can sign in at the development issuer. */
export interface User {
  /** The `sub` of the user's tokens, in Auth0's form. */
  readonly id: string
  readonly email: string
  readonly name: string
  /** What the login page says of the user. */
  readonly about: string
  /** Of the permissions an API defines, those that this user has. */
  permissions (defined: readonly string[]): readonly string[]
}

/** The password of every user: this server listens on loopback and guards nothing. */
export const PASSWORD = 'password'

/** The users there are: one who may do everything and one who may do nothing. */
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

/** The user with these credentials, if they are right. */
export function signIn (email: string | null, password: string | null): User | undefined {
  return password === PASSWORD ? users.find(user => user.email === email) : undefined
}

/** The user with this `sub`; there is one, as whoever has a `sub` here has signed in. */
export function findUser (id: string): User {
  return users.find(user => user.id === id) as User
}

/** The user as the provider wants one: claims for ID tokens and for `/userinfo`. */
export function findAccount (_ctx: unknown, id: string): Account {
  const user = findUser(id)
  return {
    accountId: user.id,
    claims: () => ({ sub: user.id, name: user.name, nickname: user.name.toLowerCase(), email: user.email, email_verified: true })
  }
}
