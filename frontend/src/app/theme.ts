import type { ThemeConfig } from 'antd'

/**
 * antd's own colours miss WCAG AA on tags, placeholders and secondary text;
 * these reach it. The *Bg tokens are given because those derived from dark
 * seeds turn muddy. app.css repeats the few that plain CSS needs.
 */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: '#1a4f9c',
    colorInfo: '#1a4f9c',
    colorSuccess: '#216e39',
    colorWarning: '#8a5300',
    colorError: '#b3261e',
    colorPrimaryBg: '#e8f0fb',
    colorInfoBg: '#e8f0fb',
    colorSuccessBg: '#e8f5ea',
    colorWarningBg: '#fff6e0',
    colorErrorBg: '#fdecea',
    colorLink: '#1a4f9c',
    colorTextPlaceholder: '#646b76',
    colorTextDescription: '#50565f',
    colorTextDisabled: '#4a4f57',
    colorBorder: '#b6bdc8',
    colorBgLayout: '#f2f4f7',
    borderRadius: 3,
    fontSize: 14,
    controlHeight: 30,
    motion: false,
    fontFamily:
      '"Microsoft YaHei","PingFang SC","Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC",sans-serif',
  },
}
