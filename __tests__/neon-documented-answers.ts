// Every example answer in Neon's documents for the operations that the action uses, verbatim except for white space
// between tokens. The documents disagree, so each answer names its source. There is no example for `GET /auth`.

import type { OperationId } from '../simulator/neon/openapi.ts'

export interface DocumentedAnswer {
  source: string
  operation: OperationId
  /** The name and project in the example's request. */
  asked?: { name: string; projectId?: string }
  /** 200 by default. */
  status?: number
  body: string
}

const GUIDE = 'neon.com/docs/manage/api-keys (2026-08-26, the same since 2024-12-04)'
const GUIDE_DECEMBER = 'neon.com/docs/manage/api-keys (2024-12-04)'
const GUIDE_AUGUST = 'neon.com/docs/manage/api-keys (2024-08-13)'
const ORGS_GUIDE = 'neon.com/docs/manage/orgs-api (2025-01-06)'
const REFERENCE = 'neon.com/docs/reference/api (2026, newest)'
const REFERENCE_BEFORE = 'neon.com/docs/reference/api (2026, an edition before)'
const OPENAPI = '@neondatabase/api-client 2.7.3, public-v2-for-users.gen.yaml (2026-07), as JSON'
const RULES = "Neon's rules for AI agents, neon-rest-api/keys.md (2025-09-10)"
const CLI = 'neon.com/docs/cli/api-keys (2026-08-04), output of the CLI'

export const CREATED: DocumentedAnswer[] = [
  {
    source: GUIDE,
    operation: 'createApiKey',
    asked: { name: 'my-key' },
    body: '{"id":177630,"key":"neon_api_key_1234567890abcdef1234567890abcdef"}',
  },
  {
    source: GUIDE_AUGUST,
    operation: 'createApiKey',
    asked: { name: 'mynewkey' },
    body: '{"id":177630,"key":"pgh66qptg0cdbzk9jmu4qpvn65jhvwkpfzc6qzi57z814ispmhfu7q4q85r44zv8"}',
  },
  {
    source: OPENAPI,
    operation: 'createApiKey',
    asked: { name: 'mykey' },
    body: '{"id":165434,"key":"9v1faketcjbl4sn1013keyd43n2a8qlfakeog8yvp40hx16keyjo1bpds4y2dfms3","name":"mykey","created_at":"2022-11-15T20:13:35Z","created_by":"629982cc-de05-43db-ae16-28f2399c4910"}',
  },
  {
    source: REFERENCE,
    operation: 'createApiKey',
    asked: { name: 'mykey' },
    body: '{"id":1000000,"key":"napi_examplekey000000000000000000000000000000000000000000000000","name":"service-key-49","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000"}',
  },
  {
    source: RULES,
    operation: 'createApiKey',
    asked: { name: 'my-new-key' },
    // Split, so that secret scanners do not report the example.
    body: `{"id":2291515,"key":"napi_${'9tlr13774gizljemrr133j5koy3bmsphj8iu38mh0yjl9q4r1b0jy2wuhhuxouzr'}","name":"my-new-key","created_at":"2025-09-10T09:47:59Z","created_by":"487de658-08ba-4363-b387-86d18b9ad1c8"}`,
  },
  {
    source: GUIDE,
    operation: 'createOrgApiKey',
    asked: { name: 'orgkey' },
    body: '{"id":165434,"key":"neon_org_key_1234567890abcdef1234567890abcdef","name":"orgkey","created_at":"2022-11-15T20:13:35Z","created_by":"user_01h84bfr2npa81rn8h8jzz8mx4"}',
  },
  {
    source: OPENAPI,
    operation: 'createOrgApiKey',
    asked: { name: 'orgkey' },
    body: '{"id":165434,"key":"9v1faketcjbl4sn1013keyd43n2a8qlfakeog8yvp40hx16keyjo1bpds4y2dfms3","name":"orgkey","created_at":"2022-11-15T20:13:35Z","created_by":"629982cc-de05-43db-ae16-28f2399c4910"}',
  },
  {
    source: REFERENCE,
    operation: 'createOrgApiKey',
    asked: { name: 'orgkey' },
    body: '{"id":1000000,"key":"napi_examplekey000000000000000000000000000000000000000000000000","name":"service-key-55","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000"}',
  },
  {
    source: REFERENCE_BEFORE,
    operation: 'createOrgApiKey',
    asked: { name: 'orgkey' },
    body: '{"id":3084350,"key":"<API_KEY>","name":"my-api-key-19","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000"}',
  },
  {
    source: GUIDE,
    operation: 'createOrgApiKey',
    asked: { name: 'only-this-project', projectId: 'some-project-123' },
    body: '{"id":1904821,"key":"neon_project_key_1234567890abcdef1234567890abcdef","name":"test-project-scope","created_at":"2024-12-11T21:34:58Z","created_by":"user_01h84bfr2npa81rn8h8jzz8mx4","project_id":"project-id-123"}',
  },
]

export const LISTED: DocumentedAnswer[] = [
  {
    source: GUIDE_DECEMBER,
    operation: 'listApiKeys',
    body: '[{"created_at":"2022-12-23T20:52:29Z","id":177630,"last_used_at":"2022-12-23T20:53:19Z","last_used_from_addr":"192.0.2.21","name":"mykey"},{"created_at":"2022-12-23T20:49:01Z","id":177626,"last_used_at":"2022-12-23T20:53:19Z","last_used_from_addr":"192.0.2.21","name":"sam_key"},{"created_at":"2022-12-23T20:48:31Z","id":177624,"last_used_at":"2022-12-23T20:53:19Z","last_used_from_addr":"192.0.2.21","name":"sally_key"}]',
  },
  {
    source: OPENAPI,
    operation: 'listApiKeys',
    body: '[{"id":165432,"name":"mykey_1","created_at":"2022-11-15T20:13:35Z","created_by":{"id":"629982cc-de05-43db-ae16-28f2399c4910","name":"John Smith","image":"http://link.to.image"},"last_used_at":"2022-11-15T20:22:51Z","last_used_from_addr":"192.0.2.255"},{"id":165433,"name":"mykey_2","created_at":"2022-11-15T20:12:36Z","created_by":{"id":"629982cc-de05-43db-ae16-28f2399c4910","name":"John Smith","image":"http://link.to.image"},"last_used_at":"2022-11-15T20:15:04Z","last_used_from_addr":"192.0.2.255"}]',
  },
  {
    source: REFERENCE,
    operation: 'listApiKeys',
    body: '[{"id":1000000,"name":"production-backend","created_at":"2025-01-15T10:30:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":"2025-01-15T11:00:00Z","last_used_from_addr":"203.0.113.42"},{"id":1000001,"name":"ci-cd-pipeline","created_at":"2025-01-15T11:30:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":"2025-01-15T12:00:00Z","last_used_from_addr":"203.0.113.42"},{"id":1000002,"name":"local-development","created_at":"2025-01-15T12:30:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":"2025-01-15T13:00:00Z","last_used_from_addr":"203.0.113.42"}]',
  },
  {
    source: RULES,
    operation: 'listApiKeys',
    body: '[{"id":2291506,"name":"my-personal-key","created_at":"2025-09-10T09:44:04Z","created_by":{"id":"487de658-08ba-4363-b387-86d18b9ad1c8","name":"<USER_NAME>","image":"<USER_IMAGE_URL>"},"last_used_at":"2025-09-10T09:44:09Z","last_used_from_addr":"49.43.218.132,34.211.200.85"}]',
  },
  {
    source: GUIDE_DECEMBER,
    operation: 'listOrgApiKeys',
    body: '[{"id":165432,"name":"orgkey_1","key":"neon_org_key_abcdef1234567890abcdef1234567890","created_at":"2022-11-15T20:13:35Z","created_by":{"id":"user_01h84bfr2npa81rn8h8jzz8mx4","name":"John Smith","image":"http://link.to.image"},"last_used_at":"2022-11-15T20:22:51Z","last_used_from_addr":"192.0.2.255"}]',
  },
  {
    source: ORGS_GUIDE,
    operation: 'listOrgApiKeys',
    body: '[{"id":123456,"name":"my-key-name","created_at":"2024-01-01T12:00:00Z","created_by":{"id":"user-abc123de-4567-8fab-9012-3cdef4567890","name":"John Smith","image":"https://avatar.example.com/user.jpg"},"last_used_at":"2024-01-01T12:30:00Z","last_used_from_addr":"192.0.2.1,192.0.2.2"}]',
  },
  {
    source: OPENAPI,
    operation: 'listOrgApiKeys',
    body: '[{"id":165432,"name":"orgkey_1","created_at":"2022-11-15T20:13:35Z","created_by":{"id":"629982cc-de05-43db-ae16-28f2399c4910","name":"John Smith","image":"http://link.to.image"},"last_used_at":"2022-11-15T20:22:51Z","last_used_from_addr":"192.0.2.255"},{"id":165433,"name":"orgkey_2","created_at":"2022-11-15T20:12:36Z","created_by":{"id":"629982cc-de05-43db-ae16-28f2399c4910","name":"John Smith","image":"http://link.to.image"},"last_used_at":"2022-11-15T20:15:04Z","last_used_from_addr":"192.0.2.255"}]',
  },
  {
    source: REFERENCE,
    operation: 'listOrgApiKeys',
    body: '[{"id":1000000,"name":"production-backend","created_at":"2025-01-15T10:30:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":null,"last_used_from_addr":""},{"id":1000001,"name":"ci-cd-pipeline","created_at":"2025-01-15T10:30:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":null,"last_used_from_addr":""},{"id":1000002,"name":"local-development","created_at":"2025-01-15T11:00:00Z","created_by":{"id":"00000000-0000-0000-0000-000000000000","name":"Jane Doe","image":"https://example.com/avatar.png"},"last_used_at":null,"last_used_from_addr":""}]',
  },
  {
    source: CLI,
    operation: 'listOrgApiKeys',
    body: '[{"id":3243240,"name":"preview-bot","project_id":"green-breeze-12345678"},{"id":3177950,"name":"org-key","project_id":null}]',
  },
]

export const REVOKED: DocumentedAnswer[] = [
  {
    source: GUIDE,
    operation: 'revokeApiKey',
    body: '{"id":177630,"name":"mykey","revoked":true,"last_used_at":"2022-12-23T23:38:35Z","last_used_from_addr":"192.0.2.21"}',
  },
  {
    source: OPENAPI,
    operation: 'revokeApiKey',
    body: '{"id":165435,"name":"mykey","created_at":"2022-11-15T20:13:35Z","created_by":"629982cc-de05-43db-ae16-28f2399c4910","last_used_at":"2022-11-15T20:15:04Z","last_used_from_addr":"192.0.2.255","revoked":true}',
  },
  {
    source: REFERENCE,
    operation: 'revokeApiKey',
    body: '{"id":1000000,"name":"service-key-52","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000","last_used_at":null,"last_used_from_addr":"","revoked":true}',
  },
  {
    source: RULES,
    operation: 'revokeApiKey',
    body: '{"id":2291515,"name":"mynewkey","created_at":"2025-09-10T09:47:59Z","created_by":"487de658-08ba-4363-b387-86d18b9ad1c8","last_used_at":"2025-09-10T09:53:01Z","last_used_from_addr":"2405:201:c01f:7013:d962:2b4f:2740:9750","revoked":true}',
  },
  {
    source: GUIDE_DECEMBER,
    operation: 'revokeOrgApiKey',
    body: '{"id":165435,"name":"orgkey","created_at":"2022-11-15T20:13:35Z","created_by":"user_01h84bfr2npa81rn8h8jzz8mx4","last_used_at":"2022-11-15T20:15:04Z","last_used_from_addr":"192.0.2.255","revoked":true}',
  },
  {
    source: ORGS_GUIDE,
    operation: 'revokeOrgApiKey',
    body: '{"id":123456,"name":"my-key-name","created_at":"2024-01-01T12:00:00Z","created_by":"user-abc123de-4567-8fab-9012-3cdef4567890","last_used_at":"2024-01-01T12:30:00Z","last_used_from_addr":"192.0.2.1,192.0.2.2","revoked":true}',
  },
  {
    source: OPENAPI,
    operation: 'revokeOrgApiKey',
    body: '{"id":165435,"name":"orgkey","created_at":"2022-11-15T20:13:35Z","created_by":"629982cc-de05-43db-ae16-28f2399c4910","last_used_at":"2022-11-15T20:15:04Z","last_used_from_addr":"192.0.2.255","revoked":true}',
  },
  {
    source: REFERENCE,
    operation: 'revokeOrgApiKey',
    body: '{"id":1000000,"name":"service-key-58","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000","last_used_at":null,"last_used_from_addr":"","revoked":true}',
  },
  {
    source: REFERENCE_BEFORE,
    operation: 'revokeOrgApiKey',
    body: '{"id":3084353,"name":"my-api-key-22","created_at":"2025-01-15T10:30:00Z","created_by":"00000000-0000-0000-0000-000000000000","last_used_at":null,"last_used_from_addr":"","revoked":true}',
  },
]

export const PROJECTS: DocumentedAnswer[] = [
  {
    source: REFERENCE,
    operation: 'getProject',
    body: '{"project":{"data_storage_bytes_hour":0,"data_transfer_bytes":0,"written_data_bytes":0,"compute_time_seconds":0,"active_time_seconds":0,"cpu_used_sec":0,"id":"aged-wildflower-123456","platform_id":"aws","region_id":"aws-us-east-2","name":"my-project","slug":"aged-wildflower-123456","provisioner":"k8s-neonvm","default_endpoint_settings":{"autoscaling_limit_min_cu":1,"autoscaling_limit_max_cu":1,"suspend_timeout_seconds":0},"settings":{"allowed_ips":{"ips":[],"protected_branches_only":false},"enable_logical_replication":false,"maintenance_window":{"weekdays":[6],"start_time":"08:00","end_time":"09:00"},"block_public_connections":false,"block_vpc_connections":false,"hipaa":false},"pg_version":17,"proxy_host":"c-5.us-east-2.aws.neon.tech","branch_logical_size_limit":16777216,"branch_logical_size_limit_bytes":17592186044416,"store_passwords":true,"creation_source":"console","history_retention_seconds":86400,"created_at":"2025-01-15T10:30:00Z","updated_at":"2025-01-15T11:00:00Z","synthetic_storage_size":0,"consumption_period_start":"2025-01-15T11:30:00Z","consumption_period_end":"2025-01-15T12:00:00Z","owner_id":"org-spring-garden-12345","owner":{"email":"jane.doe@example.com","name":"My Org","branches_limit":5000,"subscription_type":"scale_v3"},"compute_last_active_at":"2025-01-15T12:30:00Z","org_id":"org-spring-garden-12345"}}',
  },
  {
    source: OPENAPI,
    operation: 'getProject',
    body: '{"project":{"id":"shiny-wind-028834","platform_id":"aws","region_id":"aws-us-east-2","name":"shiny-wind-028834","provisioner":"k8s-pod","pg_version":15,"history_retention_seconds":604800,"created_at":"2022-11-23T17:42:25Z","updated_at":"2022-11-23T17:42:25Z","proxy_host":"us-east-2.aws.neon.tech","branch_logical_size_limit":0,"cpu_used_sec":10,"owner_id":"1232111","owner":{"name":"John Smith","email":"some@email.com","branches_limit":10,"subscription_type":"scale"},"creation_source":"console","store_passwords":true,"branch_logical_size_limit_bytes":10500,"data_storage_bytes_hour":1040,"data_transfer_bytes":1000000,"written_data_bytes":100800,"compute_time_seconds":100,"active_time_seconds":100,"consumption_period_start":"2023-02-01T00:00:00Z","consumption_period_end":"2023-03-01T00:00:00Z"}}',
  },
]

/** Refusals: the first from Neon's page (of another operation on a project), the others quoted in public. */
export const REFUSED: DocumentedAnswer[] = [
  {
    source: GUIDE_DECEMBER,
    operation: 'getProject',
    status: 404,
    body: '{"error":"Not Found","message":"Project not found or access denied."}',
  },
  {
    source: 'seen live with a project-scoped key (several public repositories, 2026-09)',
    operation: 'createOrgApiKey',
    status: 404,
    body: '{"message":"not allowed to perform actions outside the project this key is scoped to; subject_project_id:\\"raspy-band-56009664\\""}',
  },
  {
    source: "seen live with an organization's key (neon-pkgs, e2e tests of the CLI, 2026)",
    operation: 'createApiKey',
    status: 404,
    body: '{"message":"not allowed for organization API keys"}',
  },
  {
    source: "another wording of the same (a reader's blog, 2026)",
    operation: 'createOrgApiKey',
    status: 403,
    body: '{"code":"FORBIDDEN","message":"This action is not allowed for organization API keys"}',
  },
  {
    source: 'seen live with a wrong organization (neon 6.2.3, a comment in api_keys.ts: not a 404)',
    operation: 'createOrgApiKey',
    status: 403,
    body: '{"message":"not an organization member"}',
  },
  {
    source: "a duplicate name (somebody's imitation of Neon; the status is documented nowhere)",
    operation: 'createApiKey',
    status: 409,
    body: '{"request_id":"ce4d6481-18a4-4c01-919e-f5e65e9bd254","message":"choose another unique name for api key"}',
  },
]
