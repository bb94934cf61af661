import { connect } from './connection.js';
import { checkIdentity } from './sqlite-reader.js';
import { explain } from './store-errors.js';

/**
 * Writes all that an archive holds at one moment to a new file, while others read and write it. SQLite does it
 * (`VACUUM INTO`): the copy is one whole file without a journal. Throws a {@link BadInputError} where the file is not an archive,
 * or the disk does not take the copy.
 */
export function copyArchive(from: string, to: string): void {
  const connection = connect(from, 'read');
  try {
    checkIdentity(connection, from);
    connection.rows('VACUUM INTO ?', to);
  } catch (error) {
    throw explain(error, to);
  } finally {
    connection.close();
  }
}
