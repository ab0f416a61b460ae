import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, Link, RouterProvider } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import StandardEdit from '../../pages/StandardEdit'

const line = (id: string) => ({
  id,
  title: { zh: '未经审批，每名' },
  form: 'each',
  method: 'reading',
  deduct: '5',
})
const told = (id: string) => ({
  id,
  where: { zh: '伙房' },
  steps: [{ zh: '逐名核对' }],
  evidence: { zh: '编号' },
})
const indicator = (code: string) => ({
  code,
  title: { zh: `指标${code}` },
  points: '30',
  ledgers: [],
  criteria: { zh: '每名扣 5' },
})
const artefacts = () => ({
  standard: {
    id: 'kitchen',
    version: 2,
    title: { zh: '伙房标准' },
    unit: { kind: 'functional' },
    points: '60',
    line: '57',
    months: 6,
    not_applicable: 'rescale',
    domains: [
      {
        id: 'XF',
        title: { zh: '刑罚执行' },
        points: '60',
        indicators: [indicator('HF-01'), indicator('HF-02')],
      },
    ],
  },
  rules: {
    standard: 'kitchen',
    version: 2,
    indicators: ['HF-01', 'HF-02'].map((code) => ({ code, lines: [line(`${code}.1`)] })),
  },
  guide: { standard: 'kitchen', version: 2, lines: [told('HF-01.1'), told('HF-02.1')] },
})

type Sent = ReturnType<typeof artefacts>

/** A server of one draft, at the network. */
class Server {
  revision = 3
  whole = artefacts()
  saved: Sent[] = []
  mistakes: (sent: Sent) => { pointer: string; code: string; text: { zh: string } }[] = () => []

  view() {
    const { standard, version, title, unit, points } = {
      ...this.whole.standard,
      standard: 'kitchen',
    }
    return {
      version: {
        standard,
        version,
        title,
        unit,
        unofficial: true,
        points,
        line: '57',
        state: 'draft',
        revision: this.revision,
        digest: 'sha256:ab',
        author: '李四',
      },
      actions: ['edit'],
      ...this.whole,
    }
  }

  fetch = async (url: string, init: RequestInit = {}) => {
    const path = url.replace('/api/v1', '')
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Sent) : undefined
    const json = (data: unknown, status = 200) => new Response(JSON.stringify(data), { status })
    if (path === '/standards/check')
      return json({
        mistakes: this.mistakes(body!),
        warnings: [],
        coverage: { domains: [], departments: [], ledgers: [] },
      })
    if (path === '/standards/kitchen/versions/2') {
      if (init.method !== 'PUT') return json(this.view())
      const match = new Headers(init.headers).get('If-Match')
      if (match !== `"${this.revision}"`)
        return json({ code: 'changed_meanwhile', title: '内容已被更改' }, 412)
      this.revision++
      this.whole = body!
      this.saved.push(body!)
      return json(this.view().version)
    }
    if (path === '/measures')
      return json({
        every: ['due', 'filled'],
        ledgers: [
          {
            id: 'talk',
            title: { zh: '谈话台账' },
            measures: [{ id: 'm', title: { zh: '谈话次数' } }],
          },
        ],
      })
    if (path === '/organisation')
      return json({ prisons: [], departments: [{ code: 'dept_life', title: { zh: '生活科' } }] })
    if (path === '/basis') return json({ documents: [], actions: [] })
    return json({ ledgers: [], ended: [], lists: [] })
  }
}

let server: Server

async function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const page = (
    <>
      <Link to="/elsewhere">别处</Link>
      <StandardEdit />
    </>
  )
  const router = createMemoryRouter(
    [
      { path: '/standards/:standard/v/:version/edit', element: page },
      { path: '/standards/:standard/v/:version', element: <h1>标准页</h1> },
      { path: '/elsewhere', element: <h1>别的页</h1> },
    ],
    { initialEntries: ['/standards/kitchen/v/2/edit'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  await screen.findByRole('tree')
}

const row = (name: RegExp) => screen.getByRole('treeitem', { name })
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })

beforeEach(() => {
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
})
afterEach(() => vi.unstubAllGlobals())

it('shows a wrong sum beside its field and in the list, from which one jumps to it', async () => {
  server.mistakes = ({ standard }) =>
    standard.domains[0]?.points === '60'
      ? []
      : [{ pointer: '/domains/0/points', code: 'standard', text: { zh: '指标分值之和应等于 61' } }]
  await open()
  fireEvent.click(row(/XF/))
  type('分值', '61')
  expect(screen.getByText('合计 60 / 61 · 还缺 1 分')).toBeTruthy()
  expect(row(/XF/).querySelector('.danger')?.textContent).toBe('合计 60 / 61')
  await waitFor(() =>
    expect(screen.getByLabelText('分值').getAttribute('aria-invalid')).toBe('true'),
  )
  expect(screen.getByRole('button', { name: '保存并送审' })).toHaveProperty('disabled', true)
  fireEvent.click(row(/标准总体/))
  fireEvent.click(
    within(screen.getByRole('list', { name: '须改正' })).getByRole('button', { name: /应等于 61/ }),
  )
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('分值')))
  type('分值', '60')
  await waitFor(() =>
    expect(screen.getByRole('button', { name: '保存并送审' })).toHaveProperty('disabled', false),
  )
  press('保存并送审')
  await screen.findByText('标准页')
  expect(server.saved[0]).toEqual(artefacts())
})

it('asks of a line only what its form and method know', async () => {
  await open()
  fireEvent.click(row(/XF/))
  fireEvent.click(row(/HF-01/))
  press(/HF-01\.1/)
  expect(screen.queryByLabelText('目标')).toBeNull()
  expect(screen.getByLabelText('每名对象最多扣')).toBeTruthy()
  type('扣分方式', 'below')
  type('方法', 'ledger')
  expect(screen.queryByLabelText('每名对象最多扣')).toBeNull()
  type('目标', '98')
  press('加一项数据 分母（应达到的）')
  type('分母（应达到的） 1 台账', 'talk')
  type('分母（应达到的） 1 统计项', 'm')
  press('保存草案')
  await waitFor(() => expect(server.saved).toHaveLength(1))
  expect(server.saved[0]?.rules.indicators[0]?.lines[0]).toEqual({
    ...line('HF-01.1'),
    form: 'below',
    method: 'ledger',
    target: '98',
    per: [{ ledger: 'talk', measure: 'm' }],
  })
})

it('adds, copies, moves and removes by keys, and undoes', async () => {
  await open()
  const tree = screen.getByRole('tree')
  const key = (key: string, more = {}) => fireEvent.keyDown(tree, { key, ...more })
  const codes = () =>
    screen.getAllByRole('treeitem').map((r) => r.querySelector('.name')?.textContent?.slice(0, 5))
  fireEvent.click(row(/XF/))
  key('ArrowDown')
  expect(row(/HF-01/).getAttribute('aria-selected')).toBe('true')
  key('c', { altKey: true })
  expect(codes()).toEqual(['标准总体', 'XF 刑罚', 'HF-01', 'HF-03', 'HF-02'])
  key('ArrowDown', { altKey: true })
  expect(codes().slice(2)).toEqual(['HF-01', 'HF-02', 'HF-03'])
  key('n', { altKey: true })
  expect(codes().slice(2)).toEqual(['HF-01', 'HF-02', 'HF-03', 'HF-04'])
  key('ArrowLeft')
  key('Delete')
  expect(codes()).toEqual(['标准总体'])
  fireEvent.keyDown(window, { key: 'z', ctrlKey: true })
  fireEvent.click(row(/XF/))
  expect(codes().slice(2)).toEqual(['HF-01', 'HF-02', 'HF-03', 'HF-04'])
  for (let n = 0; n < 3; n++) fireEvent.keyDown(window, { key: 'z', ctrlKey: true })
  expect(codes().slice(2)).toEqual(['HF-01', 'HF-02'])
  expect(screen.queryByText(/有未保存的修改/)).toBeNull()
})

it('takes in what another saved meanwhile, and loses nothing of either', async () => {
  await open()
  fireEvent.click(row(/XF/))
  type('分值', '61')
  const theirs = artefacts()
  theirs.standard.title.zh = '伙房新标准'
  theirs.standard.domains[0]!.points = '62'
  Object.assign(server, { whole: theirs, revision: 4 })
  press('保存草案')
  await screen.findByText('他人也保存了修改，已并入')
  expect(screen.getByText(/李四 在您之后保存了第 4 次修改/)).toBeTruthy()
  expect(screen.getByText('XF 刑罚执行 · 分值：双方都改了，现保留您写的')).toBeTruthy()
  expect(screen.getByLabelText('分值')).toHaveProperty('value', '61')
  expect(server.saved).toEqual([])
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull())
  fireEvent.keyDown(window, { key: 's', ctrlKey: true })
  await waitFor(() => expect(server.saved).toHaveLength(1))
  expect(server.saved[0]?.standard.title.zh).toBe('伙房新标准')
  expect(server.saved[0]?.standard.domains[0]?.points).toBe('61')
})

it('takes in what another saved before what was typed while it was saved', async () => {
  await open()
  fireEvent.click(row(/XF/))
  type('分值', '61')
  const theirs = artefacts()
  theirs.standard.title.zh = '伙房新标准'
  Object.assign(server, { whole: theirs, revision: 4 })
  press('保存草案')
  type('分值', '63')
  await screen.findByText('他人也保存了修改，已并入')
  expect(screen.getByLabelText('分值')).toHaveProperty('value', '63')
  expect(screen.getByText(/有未保存的修改/)).toBeTruthy()
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull())
  fireEvent.keyDown(window, { key: 's', ctrlKey: true })
  await waitFor(() => expect(server.saved).toHaveLength(1))
  expect(server.saved[0]?.standard.title.zh).toBe('伙房新标准')
  expect(server.saved[0]?.standard.domains[0]?.points).toBe('63')
})

it('keeps what is typed while it is saved, and asks before that is left', async () => {
  await open()
  fireEvent.click(row(/XF/))
  type('分值', '61')
  await waitFor(() =>
    expect(screen.getByRole('button', { name: '保存并送审' })).toHaveProperty('disabled', false),
  )
  press('保存并送审')
  type('分值', '62')
  await waitFor(() => expect(server.saved.length).toBe(1))
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /保存并送审/ }).className).not.toContain('loading'),
  )
  expect(screen.queryByText('标准页')).toBeNull()
  expect(screen.getByLabelText('分值')).toHaveProperty('value', '62')
  await act(async () => fireEvent.click(screen.getByRole('link', { name: '别处' })))
  await screen.findByText('还有没保存的修改')
  expect(screen.queryByText('别的页')).toBeNull()
})

it('asks before what is not saved is left', async () => {
  await open()
  fireEvent.click(row(/XF/))
  type('名称', '刑罚')
  await act(async () => fireEvent.click(screen.getByRole('link', { name: '别处' })))
  await screen.findByText('还有没保存的修改')
  press('留在此页')
  expect(screen.getByLabelText('名称')).toHaveProperty('value', '刑罚')
  await act(async () => fireEvent.click(screen.getByRole('link', { name: '别处' })))
  press('离开，不保存')
  await screen.findByText('别的页')
})

it('names a number that is none before the server is asked', async () => {
  await open()
  fireEvent.click(row(/XF/))
  type('分值', '六十')
  expect(screen.getByText('请填数字，如 2 或 0.5')).toBeTruthy()
  press('保存草案')
  expect(server.saved).toEqual([])
  expect(screen.getByRole('alert').textContent).toContain('请先填好标红的数字')
})

it('takes no text of the source while it is saved', async () => {
  await open()
  fireEvent.click(screen.getByRole('tab', { name: '源文本' }))
  const box = await screen.findByRole('textbox', { name: '标准' })
  const text = JSON.stringify({ ...artefacts().standard, label: '制度落实年' })
  fireEvent.change(box, { target: { value: text } })
  press('保存草案')
  expect(box).toHaveProperty('readOnly', true)
  await waitFor(() => expect(server.saved).toHaveLength(1))
  await waitFor(() => expect(box).toHaveProperty('readOnly', false))
})

it('keeps the source for those who know it, and takes no half of it', async () => {
  await open()
  fireEvent.click(screen.getByRole('tab', { name: '源文本' }))
  const box = await screen.findByRole('textbox', { name: '标准' })
  fireEvent.change(box, { target: { value: '{' } })
  expect(screen.getByRole('alert').textContent).toContain('JSON')
  expect(screen.getByRole('button', { name: '保存草案' })).toHaveProperty('disabled', true)
  fireEvent.click(screen.getByRole('tab', { name: '按字段编辑' }))
  await screen.findByText('源文本有误，改好后才能按字段编辑')
  fireEvent.click(screen.getByRole('tab', { name: '源文本' }))
  const again = await screen.findByRole('textbox', { name: '标准' })
  expect(again).toHaveProperty('value', '{')
  const text = JSON.stringify({ ...artefacts().standard, label: '制度落实年' })
  fireEvent.change(again, { target: { value: text } })
  fireEvent.click(screen.getByRole('tab', { name: '按字段编辑' }))
  await waitFor(() =>
    expect(screen.getByLabelText('年度名称')).toHaveProperty('value', '制度落实年'),
  )
})
