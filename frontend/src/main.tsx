import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { RouterProvider } from 'react-router'
import { ProblemError } from './api/problem'
import { router } from './app/router'
import { theme } from './app/theme'
import { i18n, useLang } from './i18n'
import { keepPage } from './offline/page'
import { Toast } from './ui/toast'
import './app/app.css'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // navigator.onLine says nothing about an intranet.
      networkMode: 'always',
      staleTime: 10_000,
      retry: (count, error) => count < 2 && !(error instanceof ProblemError && error.status < 500),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

function App() {
  const lang = useLang()
  return (
    <ConfigProvider
      theme={theme}
      locale={lang === 'en' ? enUS : zhCN}
      componentSize="small"
      button={{ autoInsertSpace: false }}
    >
      <RouterProvider router={router} />
      <Toast />
    </ConfigProvider>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
)

void keepPage()
