import { createHash } from 'node:crypto';

/** The condition that decides which rows of a table a statement on behalf of an owner may see and write. */
export interface RowPolicy {
  table: string;
  /** SQL expression over the table's columns; {@link currentOwner} is the owner's name. */
  condition: string;
}

/** Runs SQL without parameters and returns its rows. */
export type RunSql = (sql: string) => Promise<unknown>;

/** SQL expression for the owner of the current statement, or NULL. A subselect, so that PostgreSQL evaluates it once per statement. */
export const currentOwner = `(SELECT nullif(current_setting('parley.owner', true), ''))`;

/** Whether and how row-level security applies to the server's own database user. */
export interface RowSecurityState {
  /** A statement without an owner sees no rows. */
  isActive: boolean;
  /** The roles for owners and for the system exist and are used. False if the database user may not create roles. */
  hasRoles: boolean;
}

/**
 * Enables row-level security on the tables, also for the table owner (FORCE), with the policy `rows_of_owner`, and calls
 * {@link updateRowSecurityRoles}. Idempotent. Must run in a transaction.
 */
export async function enableRowSecurity(run: RunSql, policies: readonly RowPolicy[]): Promise<void> {
  for (const { table, condition } of policies) {
    await run(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    await run(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
    await run(`DROP POLICY IF EXISTS rows_of_owner ON ${table}`);
    await run(`CREATE POLICY rows_of_owner ON ${table} USING (${condition})`);
  }
  await updateRowSecurityRoles(run);
}

/**
 * Creates the SQL function `parley_scope(owner)`, which limits the rest of a transaction to the rows of one owner; ''
 * limits it to no rows, NULL removes the limit. Covers all tables that {@link enableRowSecurity} was applied to.
 *
 * The function switches to one of two roles that own nothing and cannot log in: one sees the rows of the current owner,
 * the other all rows, without a condition in its query plans. Their names derive from the database user, so that two users
 * of one server never share them. A user that may not create roles keeps its own role; then the condition for the system
 * is part of every policy.
 *
 * Idempotent: may run at every start, and repairs a database that was restored on another server or is used by another
 * user. Must run in a transaction.
 */
export async function updateRowSecurityRoles(run: RunSql): Promise<void> {
  const roles = await createRoles(run);
  const source = scopeSource(roles);
  const tables = await protectedTables(run);
  const [{ isUpToDate }] = (await run(`
    SELECT coalesce((SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('parley_scope(text)')) = ${literal(source)}, false)
      AS "isUpToDate"`)) as [{ isUpToDate: boolean }];
  if (isUpToDate && tables.every(({ isComplete }) => isComplete)) return;
  const system = 'rows_of_system';
  for (const { table } of tables) {
    await run(`DROP POLICY IF EXISTS ${system} ON ${table}`);
    await run(
      roles === undefined
        ? `CREATE POLICY ${system} ON ${table} USING ((SELECT current_setting('parley.every_owner', true)) = 'on')`
        : `CREATE POLICY ${system} ON ${table} TO ${identifier(roles.system)} USING (true)`,
    );
  }
  if (roles !== undefined) await grantRights(run, roles, tables);
  await run(
    `CREATE OR REPLACE FUNCTION parley_scope(owner text) RETURNS text LANGUAGE sql AS ${literal(source)}`,
  );
}

interface ProtectedTable {
  /** A quoted identifier. */
  table: string;
  /** Whether the table has both policies. */
  isComplete: boolean;
}

async function protectedTables(run: RunSql): Promise<ProtectedTable[]> {
  return (await run(`
    SELECT format('%I', tablename) AS table, count(*) = 2 AS "isComplete" FROM pg_policies
    WHERE schemaname = current_schema() AND policyname IN ('rows_of_owner', 'rows_of_system')
    GROUP BY tablename HAVING bool_or(policyname = 'rows_of_owner') ORDER BY tablename`)) as ProtectedTable[];
}

async function grantRights(run: RunSql, roles: Roles, tables: readonly ProtectedTable[]): Promise<void> {
  const both = `${identifier(roles.owner)}, ${identifier(roles.system)}`;
  const [{ schema }] = (await run('SELECT current_schema() AS schema')) as [{ schema: string }];
  await run(`GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${both}`);
  await run(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.map(({ table }) => table).join(', ')} TO ${both}`,
  );
}

/** Reverts {@link enableRowSecurity}. The roles are kept, as tables of other databases may use them. */
export async function removeRowSecurity(run: RunSql, policies: readonly RowPolicy[]): Promise<void> {
  await run('DROP FUNCTION IF EXISTS parley_scope(text)');
  for (const { table } of policies) {
    await run(`DROP POLICY IF EXISTS rows_of_owner ON ${table}`);
    await run(`DROP POLICY IF EXISTS rows_of_system ON ${table}`);
    await run(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await run(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
  }
}

/** Returns the row-level security that applies to the user of this connection. Must run in a separate transaction. */
export async function rowSecurityState(run: RunSql): Promise<RowSecurityState> {
  const [before] = (await run('SELECT current_user AS "user"')) as [{ user: string }];
  await run(`SELECT parley_scope('')`);
  const [state] = (await run(
    `SELECT current_user AS "user", bool_and(row_security_active(tablename)) IS TRUE AS "isActive"
     FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'rows_of_owner'`,
  )) as [{ user: string; isActive: boolean }];
  return { isActive: state.isActive, hasRoles: state.user !== before.user };
}

interface Roles {
  owner: string;
  system: string;
}

/** Creates the roles if needed. @returns undefined if the user may neither create them nor switch to existing ones */
async function createRoles(run: RunSql): Promise<Roles | undefined> {
  const [{ user, isSuperuser, version }] = (await run(`
    SELECT current_user AS "user", rolsuper AS "isSuperuser", current_setting('server_version_num')::integer AS version
    FROM pg_roles WHERE rolname = current_user`)) as [
    { user: string; isSuperuser: boolean; version: number },
  ];
  const roles = rolesOf(user);
  // Without INHERIT the user has the rights of a role only after it switches to it. PostgreSQL 15 has no such option.
  const [right, grant] = version >= 160_000 ? ['SET', 'WITH INHERIT FALSE, SET TRUE'] : ['MEMBER', ''];
  for (const role of [roles.owner, roles.system]) {
    // A migration of another database may create the same role concurrently.
    await run(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) THEN CREATE ROLE ${identifier(role)}; END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$`);
    if (isSuperuser) continue;
    await run(`
      DO $$ BEGIN
        IF NOT ${hasRight(role, right)} THEN GRANT ${identifier(role)} TO CURRENT_USER ${grant}; END IF;
      EXCEPTION WHEN undefined_object OR unique_violation OR insufficient_privilege THEN NULL; END $$`);
  }
  const [{ isUsable }] = (await run(`
    SELECT count(*) = 2 AND bool_and(NOT rolsuper AND NOT rolbypassrls AND pg_has_role(oid, '${right}')) AS "isUsable"
    FROM pg_roles WHERE rolname IN (${literal(roles.owner)}, ${literal(roles.system)})`)) as [
    { isUsable: boolean },
  ];
  return isUsable ? roles : undefined;
}

function hasRight(role: string, right: string): string {
  return `coalesce((SELECT pg_has_role(oid, '${right}') FROM pg_roles WHERE rolname = ${literal(role)}), false)`;
}

/** The role names for a user. PostgreSQL truncates identifiers to 63 bytes, so a long user name is replaced by a hash. */
function rolesOf(user: string): Roles {
  const short = Buffer.byteLength(user) <= 40;
  const name = short ? user : createHash('sha256').update(user).digest('hex').slice(0, 40);
  return { owner: `${name}_parley_owner`, system: `${name}_parley_system` };
}

/** The body of `parley_scope`. `set_config(…, true)` lasts until the end of the transaction. */
function scopeSource(roles: Roles | undefined): string {
  const setRole =
    roles === undefined
      ? `set_config('parley.every_owner', CASE WHEN owner IS NULL THEN 'on' ELSE 'off' END, true)`
      : `set_config('role', CASE WHEN owner IS NULL THEN ${literal(roles.system)} ELSE ${literal(roles.owner)} END, true)`;
  return `SELECT ${setRole} || set_config('parley.owner', coalesce(owner, ''), true)`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
