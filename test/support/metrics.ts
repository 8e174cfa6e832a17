/** The samples of a Prometheus text: `name{label="value",…}`, with the labels in order, and the value. */
export function series (text: string): Map<string, number> {
  return new Map(text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(line => {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const sorted = (labels.match(/\w+="[^"]*"/g) ?? []).sort()
    return [sorted.length > 0 ? `${name}{${sorted.join()}}` : name, Number(value)]
  }))
}
