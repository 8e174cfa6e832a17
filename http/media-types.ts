/** The content type of every JSON answer of a route. */
export const JSON_TYPE = 'application/json; charset=utf-8'
