import { configure, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { login } from '../api/login'
import { E, officer, ok, openForm, P, pressed, refused, Server, type } from '../testing/server'

configure({ asyncUtilTimeout: 6000 })

let server: Server
beforeEach(() => {
  server = new Server()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  login.leave()
})

const saved = () => waitFor(() => screen.getByText('草稿已保存'))
const dialog = () => screen.findByRole('dialog')
const edit = `/prisons/${P}/entries/${E}/edit`

describe('a login that ends while somebody fills', () => {
  it('keeps the form under a dialog, asks nothing more, and goes on for the same person', async () => {
    const { router, field } = await openForm()
    server.token = ''
    type('谈话内容', '情绪稳定')
    await dialog()
    expect(await axe.run(await dialog())).toMatchObject({ violations: [] })
    expect(screen.getByLabelText('密码')).toHaveFocus()
    const puts = server.of('PUT', '/draft').length
    type('谈话内容', '情绪稳定，无异常')
    type('密码', 'wrong')
    pressed('登录并继续')
    await screen.findByText('警号或密码不正确')
    expect(server.of('PUT', '/draft')).toHaveLength(puts)
    type('密码', 'right')
    pressed(/登录并继续/)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await waitFor(() => expect(server.body).toMatchObject({ said: '情绪稳定，无异常' }))
    expect(server.of('PUT', '/draft').at(-1)).toMatchObject({ token: 't2' })
    expect(field('谈话内容')).toHaveValue('情绪稳定，无异常')
    expect(router.state.location.pathname).toBe(edit)
  })

  it('goes on by itself where another window signed in again', async () => {
    await openForm()
    server.token = 't9'
    type('谈话内容', '情绪稳定')
    await waitFor(() => expect(server.body).toMatchObject({ said: '情绪稳定' }))
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(server.of('PUT', '/draft').at(-1)).toMatchObject({ token: 't9' })
  })

  it('sends nothing in the name of another, and is left with clear words', async () => {
    vi.spyOn(window, 'confirm').mockReturnValue(true)
    const { router } = await openForm()
    server.token = 't9'
    server.who = { person: 'p2', name: '李四', number: '0000002' }
    type('谈话内容', '情绪稳定')
    await screen.findByText(/已由 李四 登录/)
    pressed('离开此页，换人登录')
    await screen.findByRole('heading', { name: '我的工作台' })
    expect(router.state.location.pathname).toBe('/')
    expect(window.confirm).toHaveBeenCalledWith(expect.stringContaining(officer.name))
    expect(server.of('PUT', '/draft').every((a) => a.token !== 't9')).toBe(true)
    expect(server.body).toEqual({ place: '谈话室' })
    await screen.findByText('李四 0000002')
  })
})

describe('a version that is executed while somebody fills', () => {
  const moves = (current: Record<string, string>, by: number) => {
    let moved = false
    server.first = (method, path) => {
      if (method !== 'PUT' || !path.includes('version=1')) return undefined
      if (!moved) Object.assign(server, { version: 2, etag: server.etag + by, body: current })
      moved = true
      const typed = server.of('PUT', '/draft').at(-1)!.body as Record<string, string>
      const body = { told: typed.said, place: typed.place }
      const dropped = [{ title: { zh: '旁听人', en: 'Heard by' }, value: typed.heard }]
      const { version, etag } = server
      const members = { version, etag, current, moved: { body, dropped, held: [] } }
      return refused(409, 'version_moved', '台账已改版', members)
    }
  }

  it('says so, carries over what was typed, and names what found no place', async () => {
    const { field } = await openForm()
    moves({ place: '谈话室' }, 1)
    type('谈话内容', '情绪稳定')
    type('旁听人', '李四')
    await screen.findByText(/台账已改版/)
    await waitFor(() => expect(field('谈话要点')).toHaveValue('情绪稳定'))
    expect(screen.getByText('旁听人').closest('li')).toHaveTextContent('李四')
    expect(screen.queryByText(/在别处被改过/)).toBeNull()
    await waitFor(() => expect(server.body).toEqual({ told: '情绪稳定', place: '谈话室' }))
    await saved()
    type('谈话要点', '情绪平稳')
    await waitFor(() => expect(server.body).toMatchObject({ told: '情绪平稳' }))
  })

  it('shows the difference in the new form where somebody else wrote too', async () => {
    await openForm()
    moves({ told: '别处写的', place: '谈话室' }, 2)
    type('谈话内容', '情绪稳定')
    await screen.findByText(/台账已改版/)
    await screen.findByText('这份草稿在别处被改过。')
    expect(document.querySelector('.changes')).toHaveTextContent('旁听人')
    pressed('以本页内容为准')
    await waitFor(() => expect(server.body).toMatchObject({ told: '情绪稳定' }))
    expect(server.of('PUT', 'version=2').at(-1)!.body).not.toHaveProperty('said')
  })
})

describe('an entry that goes on elsewhere', () => {
  it('is said to be submitted, with what differs and the way back', async () => {
    const { field } = await openForm()
    server.end('submitted', { place: '谈话室', said: '另一窗口写的' })
    server.actions = ['withdraw']
    type('谈话内容', '情绪稳定')
    await screen.findByText(/已在另一窗口提交审批/)
    expect(screen.getByRole('link', { name: '查看条目' })).toHaveAttribute(
      'href',
      `/prisons/${P}/entries/${E}`,
    )
    expect(document.querySelector('.changes')).toHaveTextContent('另一窗口写的')
    server.first = (method, path) => {
      if (!path.endsWith('/withdraw') || method !== 'POST') return undefined
      Object.assign(server, { state: 'draft', body: server.document, etag: server.etag + 1 })
      return ok({ entry: server.view().entry, warnings: [], retaken: false })
    }
    pressed('撤回，并带入本页内容')
    await screen.findByText('这份草稿在别处被改过。')
    expect(field('谈话内容')).toHaveValue('情绪稳定')
    pressed('以本页内容为准')
    await waitFor(() => expect(server.body).toMatchObject({ said: '情绪稳定' }))
  })

  it('stays under the hands when it was discarded elsewhere and the page reads it again', async () => {
    const { queries, router, field } = await openForm()
    type('谈话内容', '情绪稳定')
    server.end('discarded')
    await queries.invalidateQueries()
    await screen.findByText(/已在别处弃用/)
    expect(router.state.location.pathname).toBe(edit)
    expect(field('谈话内容')).toHaveValue('情绪稳定')
    const begun = { ...server.view().entry, id: 'new', etag: 1, version: 2 }
    const made: unknown[] = []
    server.first = (method, path, body) => {
      if (method === 'POST' && path === `/prisons/${P}/entries`)
        return ok({ entry: begun, warnings: [] })
      if (!path.includes('/entries/new')) return undefined
      if (path.includes('version=1')) {
        const moved = { body: { told: (body as { said: string }).said }, dropped: [], held: [] }
        return refused(409, 'version_moved', '', { moved })
      }
      made.push(body)
      return ok({ ...server.view(), entry: begun, draft: { body, remarks: [], pins: [] } })
    }
    pressed('以本页内容新建一份')
    await waitFor(() => expect(made[0]).toEqual({ told: '情绪稳定' }))
    await waitFor(() => expect(router.state.location.pathname).toContain('/entries/new/edit'))
  })

  it('says why a submission did not leave', async () => {
    const { queries } = await openForm()
    server.first = (method) => (method === 'PUT' ? refused(413, 'big', '内容过大') : undefined)
    type('谈话内容', '情绪稳定')
    pressed('提交审批')
    expect(await screen.findByText(/没有保存：.*内容过大/)).toBeInTheDocument()
    expect(server.of('POST', '/submit')).toHaveLength(0)
    queries.clear()
  })
})

describe('throwing a draft away', () => {
  it('asks first where anything was typed, and leaves when it is done', async () => {
    const confirm = vi.spyOn(window, 'confirm').mockReturnValue(false)
    const { queries } = await openForm()
    type('谈话内容', '情绪稳定')
    pressed('放弃草稿')
    expect(confirm).toHaveBeenCalledOnce()
    expect(server.of('POST', '/discard')).toHaveLength(0)
    confirm.mockReturnValue(true)
    // The entry is read again without its draft before the answer comes: nobody lands on its page.
    server.first = (method, path) => {
      if (method === 'POST' && path.endsWith('/discard')) void queries.invalidateQueries()
      return undefined
    }
    pressed('放弃草稿')
    await screen.findByRole('heading', { name: '我的工作台' })
    expect(server.state).toBe('discarded')
  })

  it('asks nothing of an empty one', async () => {
    const confirm = vi.spyOn(window, 'confirm')
    await openForm()
    pressed('放弃草稿')
    await screen.findByRole('heading', { name: '我的工作台' })
    expect(confirm).not.toHaveBeenCalled()
  })

  it('stays, and says why, where the server refuses', async () => {
    vi.spyOn(window, 'confirm').mockReturnValue(true)
    const { field, router } = await openForm()
    server.first = (_, path) =>
      path.endsWith('/discard') ? refused(503, 'database_unavailable', '暂时不可用') : undefined
    pressed('放弃草稿')
    await waitFor(() => expect(server.of('POST', '/discard')).toHaveLength(1))
    await waitFor(() => expect(screen.getByRole('button', { name: '放弃草稿' })).toBeEnabled())
    expect(router.state.location.pathname).toBe(edit)
    expect(field('地点')).toHaveValue('谈话室')
  })

  it('asks again where somebody wrote in between, and then does it', async () => {
    const confirm = vi.spyOn(window, 'confirm').mockReturnValue(true)
    await openForm()
    server.etag += 3
    server.body = { place: '别处' }
    type('谈话内容', '情绪稳定')
    await screen.findByText('这份草稿在别处被改过。')
    pressed('放弃草稿')
    await screen.findByRole('heading', { name: '我的工作台' })
    expect(confirm).toHaveBeenCalledTimes(2)
    expect(server.state).toBe('discarded')
  })

  it('asks for the reason where it was submitted before', async () => {
    server.revision = 1
    await openForm()
    pressed('放弃草稿')
    const reason = screen.getByLabelText(/弃用理由/)
    expect(reason).toHaveFocus()
    expect(await axe.run(document.body, { rules: { region: { enabled: false } } })).toMatchObject({
      violations: [],
    })
    type('弃用理由（如：重复填报）', '重复填报')
    pressed('放弃草稿')
    await screen.findByRole('heading', { name: '我的工作台' })
    expect(server.of('POST', '/discard')[0]!.body).toEqual({ reason: '重复填报' })
  })
})

it('offers to begin anew with what was written offline for a discarded entry', async () => {
  server.end('discarded')
  server.branches = [
    {
      id: 'b1',
      written_by: officer.person,
      written_by_name: officer.name,
      version: 1,
      base_etag: 1,
      body: { said: '离线写的' },
      recorded_at: '2026-11-24T08:00:00Z',
    },
  ]
  const { openAt } = await import('../testing/server')
  openAt(`/prisons/${P}/entries/${E}`)
  await screen.findByText(/条目已弃用，不能并入/)
  const begun = { ...server.view().entry, id: 'new', etag: 1 }
  server.first = (method, path, body) => {
    if (method === 'POST' && path === `/prisons/${P}/entries`)
      return ok({ entry: begun, warnings: [] })
    if (!path.includes('/entries/new')) return undefined
    return ok({ ...server.view(), entry: begun, draft: { body, remarks: [], pins: [] } })
  }
  pressed('以离线内容新建一份')
  await waitFor(() => expect(server.of('POST', '/branches/b1/resolution')).toHaveLength(1))
  expect(server.of('PUT', '/entries/new/draft')[0]!.body).toEqual({ said: '离线写的' })
  expect(server.of('POST', '/resolution')[0]!.body).toEqual({
    reason: expect.stringContaining('new'),
  })
})
