/**
 * SQL that makes triggers record every change of runs, messages and pieces of text in the same transaction: the row before, the
 * run after the statement, and the writer, by the `application_name` of its connection. The trigger function runs with the
 * rights of the superuser, because replicas may not write to its table.
 */
export const installAudit = `
  CREATE TABLE chaos_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction text NOT NULL DEFAULT pg_current_xact_id()::text,
    writer text NOT NULL DEFAULT current_setting('application_name'),
    table_name text NOT NULL,
    operation text NOT NULL,
    run_id uuid NOT NULL,
    changed text[] NOT NULL,
    status_before text,
    fence_before integer,
    lease_before timestamptz,
    run_status text,
    fence integer
  );

  CREATE FUNCTION chaos_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $function$
  DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    row_now jsonb := coalesce(after, before);
    id_of_run uuid := row_now ->> CASE WHEN TG_TABLE_NAME = 'runs' THEN 'id' ELSE 'run_id' END;
    run runs;
  BEGIN
    IF id_of_run IS NULL THEN
      RETURN NULL;
    END IF;
    SELECT * INTO run FROM runs WHERE id = id_of_run;
    INSERT INTO chaos_audit
      (table_name, operation, run_id, changed, status_before, fence_before, lease_before, run_status, fence)
    VALUES (
      TG_TABLE_NAME, TG_OP, id_of_run,
      CASE WHEN TG_OP = 'UPDATE' THEN ARRAY(
        SELECT key FROM jsonb_each(after) WHERE value IS DISTINCT FROM before -> key ORDER BY key
      ) ELSE '{}' END,
      before ->> 'status', (before ->> 'fence')::integer, (before ->> 'lease_until')::timestamptz,
      CASE WHEN TG_TABLE_NAME = 'runs' THEN row_now ->> 'status' ELSE run.status END,
      CASE WHEN TG_TABLE_NAME = 'runs' THEN (row_now ->> 'fence')::integer ELSE run.fence END);
    RETURN NULL;
  END
  $function$;

  CREATE TRIGGER chaos_audit AFTER INSERT OR UPDATE OR DELETE ON runs FOR EACH ROW EXECUTE FUNCTION chaos_audit();
  CREATE TRIGGER chaos_audit AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION chaos_audit();
  CREATE TRIGGER chaos_audit AFTER INSERT ON run_pieces FOR EACH ROW EXECUTE FUNCTION chaos_audit();`;
