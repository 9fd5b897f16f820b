import { randomBytes } from 'node:crypto'
import type { Project } from './accounts.ts'
import { type Example, Refusal } from './answers.ts'

/** A branch of a project as in Neon's API, with one compute. */
export interface Branch {
  id: string
  name: string
  project_id: string
  /** Absent for the default branch, the first of a project. */
  parent_id?: string
}

/** The one role and one database that Neon creates on every branch. */
export const ROLE = 'neondb_owner'
export const DATABASE = 'neondb'

/** The branches of all projects. They share their data: the same Postgres server answers for all of them. */
export class Branches {
  /** The password of {@link ROLE} on every branch. */
  readonly password = `npg_${randomBytes(12).toString('hex')}`
  readonly #example: Example
  readonly #byProject = new Map<string, Branch[]>()

  constructor(example: Example) {
    this.#example = example
  }

  /** Oldest first, starting with the default branch. */
  of(project: Project): Branch[] {
    const branches = this.#byProject.get(project.id) ?? [this.#make(project, { name: 'main' })]
    this.#byProject.set(project.id, branches)
    return branches
  }

  /** A branch without a name is named after its ID; its parent is the default branch unless specified. */
  create(project: Project, { name, parent_id }: Partial<Branch>): Branch {
    const branches = this.of(project)
    if (branches.some((branch) => branch.name === name)) throw new Refusal(409, 'branch name already exists')
    const branch = this.#make(project, { name, parent_id: parent_id ?? branches[0]?.id })
    branches.push(branch)
    return branch
  }

  delete(project: Project, branch: Branch): void {
    const others = this.of(project).filter((one) => one !== branch)
    this.#byProject.set(project.id, others)
  }

  /** Removes all but the default branches. */
  reset(): void {
    this.#byProject.clear()
  }

  #make(project: Project, given: { name: string | undefined; parent_id?: string | undefined }): Branch {
    const id = `br-quiet-river-${randomBytes(4).toString('hex')}`
    const { branch } = this.#example('getProjectBranch')
    const isDefault = given.parent_id === undefined
    return { ...branch, ...given, id, name: given.name ?? id, project_id: project.id, default: isDefault }
  }
}
