import { Component, type ReactNode } from "react"
import { Problem } from "./parts.tsx"

interface BoundaryState {
  readonly problem?: unknown
}

/** Keeps what breaks on one page from taking the others with it: what pages show was written by strangers. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = {}

  static getDerivedStateFromError(problem: unknown): BoundaryState {
    return { problem }
  }

  override render() {
    const { problem } = this.state
    if (problem === undefined) return this.props.children
    return (
      <>
        <h1>This page cannot be shown</h1>
        <Problem problem={problem} />
      </>
    )
  }
}
