// The inputs and outputs in action.yml and sweep/action.yml, in the same order; a test compares them.
// https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax

export const INPUT_NAMES = [
  'api_key',
  'scope',
  'org_id',
  'project_id',
  'env_name',
  'job_id',
  'on_revoke_failure',
  'api_host',
] as const
export const OUTPUT_NAMES = ['api_key', 'api_key_id', 'api_key_name'] as const

export const SWEEP_INPUT_NAMES = [
  'api_key',
  'scope',
  'org_id',
  'project_id',
  'job_id',
  'api_host',
  'github_token',
  'repositories',
  'max_age_hours',
  'dry_run',
] as const
export const SWEEP_OUTPUT_NAMES = ['revoked_count', 'kept_count', 'failed_count'] as const

/** An input of either action. */
export type InputName = (typeof INPUT_NAMES)[number] | (typeof SWEEP_INPUT_NAMES)[number]

/** An output of either action. */
export type OutputName = (typeof OUTPUT_NAMES)[number] | (typeof SWEEP_OUTPUT_NAMES)[number]
