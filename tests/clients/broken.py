"""A feed that fails, to see what clients do then."""
import contextlib
import sqlite3


@contextlib.contextmanager
def broken(feed):
    """A record that the feed can't read meanwhile."""
    def rename(old, new):
        with contextlib.closing(sqlite3.connect(feed.daemon.state / 'postroom.db')) as database:
            database.execute(f'ALTER TABLE {old} RENAME TO {new}')
            database.commit()
    feed.daemon.expected.add('page-failed')
    rename('task', 'task_gone')
    yield
    rename('task_gone', 'task')
