import type { ReactNode } from "react"

interface IconProps {
  readonly children: ReactNode
  readonly strokeWidth?: number
  readonly stroke?: string
}

/** A drawing of 16 by 16 for the eye only: words beside it say the same. */
function Icon({ children, strokeWidth = 1.6, stroke = "currentColor" }: IconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke={stroke}
      strokeWidth={strokeWidth}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}

export const Mark = () => (
  <Icon strokeWidth={2.4} stroke="var(--accent)">
    <circle cx="8" cy="8" r="5.8" />
    <path d="M8 8 L8 2.2" stroke="var(--ink)" />
  </Icon>
)
export const Copy = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </Icon>
)
export const Tick = () => (
  <Icon strokeWidth={2}>
    <path d="M3 8.5 6.5 12 13 4.5" />
  </Icon>
)
export const Cross = () => (
  <Icon strokeWidth={2}>
    <path d="M4 4l8 8M12 4l-8 8" />
  </Icon>
)
export const Unknown = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.8" strokeDasharray="2.5 2.5" />
  </Icon>
)
export const Sun = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" />
  </Icon>
)
export const Moon = () => (
  <Icon>
    <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />
  </Icon>
)
