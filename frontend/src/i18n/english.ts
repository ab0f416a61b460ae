export default import.meta.glob<{ [space: string]: { [key: string]: string } }>(
  ['./en.json', './*.en.json'],
  { eager: true, import: 'default' },
)
