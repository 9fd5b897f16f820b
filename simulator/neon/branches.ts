import { randomBytes } from 'node:crypto'
import type { Project } from './accounts.ts'

/** A branch of a project, with one compute that serves it. */
export interface Branch {
  id: string
  name: string
  projectId: string
  /** Absent for the first branch of a project, its default. */
  parentId?: string
  endpointId: string
  createdAt: string
}

/** The one role and the one database that every branch has, as Neon makes them. */
export const ROLE = 'neondb_owner'
export const DATABASE = 'neondb'

/** A name that another branch of the project has already. */
export class BranchNameTaken extends Error {}

/** The branches of all projects. None has data of its own: whatever Postgres its tools are led to answers for them all. */
export class Branches {
  /** Of {@link ROLE}, everywhere. */
  readonly password = `npg_${randomBytes(12).toString('hex')}`
  readonly #now: () => number
  readonly #byProject = new Map<string, Branch[]>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** The oldest, the default branch, first. */
  of(project: Project): Branch[] {
    const branches = this.#byProject.get(project.id) ?? [this.#make(project, 'main')]
    this.#byProject.set(project.id, branches)
    return branches
  }

  /** @throws {BranchNameTaken} */
  create(project: Project, name: string | undefined, parentId: string | undefined): Branch {
    const branches = this.of(project)
    if (branches.some((branch) => branch.name === name)) throw new BranchNameTaken(name)
    const branch = this.#make(project, name, parentId ?? branches[0]?.id)
    branches.push(branch)
    return branch
  }

  delete(project: Project, branch: Branch): void {
    this.#byProject.set(
      project.id,
      this.of(project).filter((one) => one !== branch),
    )
  }

  /** Forgets all but the default branches. */
  reset(): void {
    this.#byProject.clear()
  }

  /** A branch that nobody names is named after its ID. */
  #make(project: Project, name: string | undefined, parentId?: string): Branch {
    const id = `br-quiet-river-${randomBytes(4).toString('hex')}`
    return {
      id,
      name: name ?? id,
      projectId: project.id,
      ...(parentId !== undefined && { parentId }),
      endpointId: `ep-quiet-river-${randomBytes(4).toString('hex')}`,
      createdAt: new Date(this.#now()).toISOString(),
    }
  }
}
