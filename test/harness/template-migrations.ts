import type { MigrationClass } from '#database';

/** What makes the schema of the template. */
export async function templateMigrations(): Promise<MigrationClass[]> {
  const room = '#chat';
  try {
    const { chatMigrations } = (await import(room)) as { chatMigrations: MigrationClass[] };
    return chatMigrations;
  } catch {
    return [];
  }
}
