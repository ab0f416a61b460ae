export default import.meta.glob<{ [space: string]: { [key: string]: string } }>(
  ['./zh.json', './*.zh.json'],
  { eager: true, import: 'default' },
)
