/** Users whose sessions changed, in order. SQLite alone has this table: see `changes-table.ts`. */
export const CHANGES_TABLE = 'session_changes'

/** The names of the triggers, without the prefix. Without one of them the table is not believed. */
export const CHANGES_TRIGGERS = [
  'session_inserted',
  'session_updated',
  'session_deleted',
  'user_inserted',
  'user_updated',
  'user_deleted',
  'session_changes_pruned',
] as const
