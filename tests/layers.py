#!/usr/bin/python3
"""Checks what no compiler checks: which folder may include which, which file alone may use a
library, the SQL that SQLite and PostgreSQL share, calls that are not to be made, and sizes.

    layers.py [ROOT]      prints FILE:LINE: what is wrong, exit 1 when there is anything
    layers.py --self-test plants each violation in a folder of its own and sees it found
"""
import collections
import fnmatch
import pathlib
import re
import sys
import tempfile

LAYERS = {  # folder -> the folders that it may include, beside itself
    'base': [],
    'config': ['base'],
    'parser': ['base'],
    'store': ['base'],
    'calendar': ['base', 'config', 'store'],
    'ingest': ['base', 'config', 'store', 'parser'],
    'daemon': ['base', 'config', 'parser', 'store', 'calendar', 'ingest'],
    'cli': ['base', 'config', 'parser', 'store', 'calendar', 'ingest'],
}
# What other folders may know of parser/: the facts and how they travel.
PARSER_PUBLIC = ['parser/facts*.h', 'parser/protocol.h']
LOGGERS = ['daemon/*', 'cli/*', 'base/log.c']

DOORS = {  # header -> the files that may include it
    'sqlite3.h': ['store/db.c', 'store/db_copy.c', 'store/db_error.c'],
    'yaml.h': ['config/load.c'],
    'libical/*': ['calendar/timezone.c', 'parser/invite.c'],
    'libetpan/*': ['daemon/imap.c', 'daemon/imap_session.h', 'daemon/transport.c'],
    'gmime/*': ['parser/mime*.c', 'parser/mime_stream.h'],
    'event2/*': ['daemon/feed.c'],
    'systemd/sd-daemon.h': ['daemon/notify.c'],
    'utf8proc.h': ['base/text.c'],
    'idn2.h': ['base/text.c'],
    'seccomp.h': ['base/sandbox.c'],
    'curl/*': ['daemon/token_http.c'],
    'zstd.h': ['base/compress.c'],
    'zlib.h': ['base/gzip.c'],
    'openssl/*': ['base/base64.c', 'base/digest.c', 'daemon/peer.c', 'daemon/transport.c',
                  'parser/cms.c'],
}
SINGLE_DOORS = {  # header -> the folders in which one file, whichever, may include it
    'qpdf/*': ['parser'],
    'libxml/*': ['parser'],
    'gumbo.h': ['parser'],
    'pcre2.h': ['base', 'parser'],
    'libpsl.h': ['base', 'config', 'ingest'],
    'sodium.h': ['base', 'daemon', 'store'],
    'histedit.h': ['cli'],
    'editline/*': ['cli'],
}

FORBIDDEN_CALLS = {
    'strcpy': 'memcpy with the size, or a buffer',
    'strcat': 'a buffer',
    'sprintf': 'snprintf or buffer_format',
    'vsprintf': 'vsnprintf',
    'atoi': 'span_to_u64', 'atol': 'span_to_u64', 'atoll': 'span_to_u64', 'atof': 'strtod',
    'strtok': 'span_next', 'strtok_r': 'span_next',
    'gets': 'getline',
    'alloca': 'an arena',
    'system': 'process_run', 'popen': 'process_run',
}

SQL_RULES = [  # pattern, reason; looked for in every string of store/ and in the migrations
    (r'(?i)\bINSERT\s+OR\s+\w+', 'INSERT OR … is SQLite only: ON CONFLICT … DO'),
    (r'(?i)\bREPLACE\s+INTO\b', 'REPLACE is SQLite only: ON CONFLICT … DO UPDATE'),
    (r'(?i)\biif\s*\(', 'iif() is SQLite only: CASE'),
    (r'(?i)\bgroup_concat\s*\(', 'group_concat() is SQLite only: collect in C'),
    (r'(?i)\bifnull\s*\(', 'ifnull() is SQLite only: coalesce()'),
    (r'(?i)\blast_insert_rowid\s*\(', 'last_insert_rowid() is SQLite only: RETURNING'),
    (r'(?i)\b(datetime|julianday|strftime|unixepoch)\s*\(', 'times are computed in C'),
    (r'\bCURRENT_(TIMESTAMP|DATE|TIME)\b', 'times are computed in C'),
    (r'(?i)\bAUTOINCREMENT\b', 'AUTOINCREMENT is SQLite only'),
    (r'(?i)\bCOLLATE\s+NOCASE\b', 'folded columns are computed in C'),
    (r'(?i)\bUPDATE\s+OR\s+\w+\s', 'UPDATE OR … is SQLite only'),
    (r'(?i)\b(instr|printf|hex|typeof|zeroblob|total|julianday)\s*\(', 'a function of SQLite only'),
]
SQL_ONLY_RULES = [  # the same for what is surely SQL
    (r'\b(LIKE|GLOB|ILIKE)\b', 'LIKE folds differently in each database: folded columns'),
    (r'(?i)\b(lower|upper)\s*\(', 'lower() folds ASCII only: folded columns'),
    (r'(?i)(?<![\w.])(date|time)\s*\(', 'times are computed in C'),
    (r'"', 'a double-quoted string is an identifier elsewhere: single quotes'),
    (r'==', '== is SQLite only: ='),
    (r'\?(?!\d)', 'placeholders are numbered: ?1'),
    (r'(?i)\bIS\s+(?:NOT\s+)?(?!(?:NOT|NULL|TRUE|FALSE|DISTINCT)\b)[\w?]',
     'IS compares with NULL only: IS NOT DISTINCT FROM'),
    (r'(?i)\b(max|min)\s*\((?:[^()]|\([^()]*\))*,', 'max() of two is SQLite only: CASE'),
    (r'(?i)\bLIMIT\s+[\w?]+\s*,', 'LIMIT a, b is SQLite only: LIMIT … OFFSET …'),
    (r'(?i)\bWITHOUT\s+ROWID\b', 'WITHOUT ROWID is SQLite only: a token that schema.c expands'),
    (r'(?i)\bINDEXED\s+BY\b', 'INDEXED BY is SQLite only'),
]
SQL_START = re.compile(r'\s*(SELECT|INSERT\s+INTO|INSERT\s+OR|REPLACE\s+INTO|UPDATE\s+\w+\s+SET|'
                       r'DELETE\s+FROM|CREATE\s+(TABLE|UNIQUE|INDEX|VIEW|TRIGGER|VIRTUAL)|'
                       r'WITH\s+(RECURSIVE\s+)?\w+.*\bAS\b|ALTER\s+TABLE|DROP\s+(TABLE|INDEX))')

CONSTRAINTS = ('UNIQUE', 'PRIMARY', 'FOREIGN', 'CHECK', 'CONSTRAINT')

LINES_WARN, LINES_MAX = 500, 600

Finding = collections.namedtuple('Finding', 'path line text')
STRING = r'"(?:[^"\\\n]|\\.)*"'
TOKENS = re.compile(r"//[^\n]*|/\*.*?\*/|%s|'(?:[^'\\\n]|\\.)+'" % STRING, re.S)


def blank(text):
    return re.sub(r'[^\n]', ' ', text)


def without_comments(text, strings=True):
    """The same text, position by position, comments (and strings, unless kept) as spaces."""
    def replace(match):
        token = match.group(0)
        if token[0] == '/' or not strings:
            return blank(token)
        return token
    return TOKENS.sub(replace, text)


def line_of(text, position):
    return text.count('\n', 0, position) + 1


def matches(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def includes(text):
    code = without_comments(text)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', code, re.M):
        yield line_of(code, match.start()), match.group(1) == '"', match.group(2)


def check_layer(path, text):
    layer = path.split('/')[0]
    for line, _, name in includes(text):
        other = name.split('/')[0]
        if other not in LAYERS or '/' not in name:
            continue
        if other != layer and other not in LAYERS[layer]:
            yield Finding(path, line, f'{layer}/ must not know {name}')
        elif other == 'parser' and layer != 'parser' and not matches(name, PARSER_PUBLIC):
            yield Finding(path, line, f'{layer}/ may know only the facts of parser/, not {name}')
        elif name == 'base/log.h' and not matches(path, LOGGERS):
            yield Finding(path, line, 'only daemon/ and cli/ log: return the error')


def check_doors(path, text, single_users):
    for line, _, name in includes(text):
        for header, doors in DOORS.items():
            if fnmatch.fnmatchcase(name, header) and not matches(path, doors):
                yield Finding(path, line, f'{name} belongs to {" and ".join(doors)} alone')
        for header, folders in SINGLE_DOORS.items():
            if not fnmatch.fnmatchcase(name, header):
                continue
            first = single_users.setdefault(header, path)
            if path.split('/')[0] not in folders:
                yield Finding(path, line, f'{name} belongs into {" or ".join(folders)}')
            elif first != path:
                yield Finding(path, line, f'{name} is used by {first} already: one file each')


def check_calls(path, text):
    code = without_comments(text, strings=False)
    for match in re.finditer(r'(?<![\w.>])(\w+)\s*\(', code):
        instead = FORBIDDEN_CALLS.get(match.group(1))
        if instead:
            yield Finding(path, line_of(code, match.start()),
                          f'{match.group(1)}() is not to be used: {instead}')


def check_size(path, text):
    lines = text.count('\n')
    if lines > LINES_MAX:
        yield Finding(path, lines, f'{lines} lines, at most {LINES_MAX}: it holds two nouns')
    elif lines > LINES_WARN:
        print(f'warning: {path}: {lines} lines, should stay below {LINES_WARN}', file=sys.stderr)


def unescape(literal):
    return literal[1:-1].replace('\\n', '\n').replace('\\t', '\t').replace('\\"', '"')


def literals(text):
    """(line, string) of each run of adjacent literals; macros between them become a space."""
    code = without_comments(text)
    code = re.sub(r'^[ \t]*#[ \t]*include.*$', '', code, flags=re.M)
    run = re.compile(r'%s(?:\s*(?:\b[A-Z][A-Z0-9_]*\b\s*)?%s)*' % (STRING, STRING))
    for match in run.finditer(code):
        parts = re.findall(STRING + r'|\b[A-Z][A-Z0-9_]*\b(?=\s*")', match.group(0))
        joined = ''.join(unescape(p) if p[0] == '"' else ' ' for p in parts)
        yield line_of(code, match.start()), joined


def columns_of(migrations):
    """{table: {column: may be NULL}} by all CREATE TABLE of the migrations."""
    tables = {}
    for text in migrations:
        text = re.sub(r'--[^\n]*', '', text)
        for match in re.finditer(r'CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*?)\)\s*'
                                 r'(?:\{\w+\}|STRICT)?\s*;', text, re.S):
            columns = tables.setdefault(match.group(1), {})
            for part in re.split(r',(?![^()]*\))', match.group(2)):
                words = part.split()
                if not words or words[0] in CONSTRAINTS:
                    continue
                columns[words[0]] = not re.search(r'NOT\s+NULL|\{id\}|PRIMARY\s+KEY', part)
    return tables


def may_be_null(item, sql, tables):
    match = re.fullmatch(r'(?:(\w+)\.)?(\w+)', item)
    if not match:
        return False
    alias, column = match.groups()
    used = {}
    for table in tables:
        for found in re.finditer(r'\b(?:FROM|JOIN|UPDATE|INTO|,)\s+%s\b(?:\s+(?:AS\s+)?(\w+))?' %
                                 table, sql):
            used[found.group(1) or table] = table
            used[table] = table
    if alias:
        return tables.get(used.get(alias), {}).get(column, False)
    return any(tables[table].get(column, False) for table in set(used.values()))


def check_order(sql, tables):
    for match in re.finditer(r'\bORDER\s+BY\s+(.*?)(?=\bLIMIT\b|\bOFFSET\b|\)|;|$)', sql, re.S):
        for item in match.group(1).split(','):
            words = item.split()
            if words and not re.search(r'\bNULLS\s+(FIRST|LAST)\b', item) and \
                    may_be_null(words[0], sql, tables):
                yield f'ORDER BY {words[0]}: may be NULL, write NULLS FIRST or LAST'


def sql_faults(sql, surely, tables):
    bare = re.sub(r"'(?:[^']|'')*'", "''", sql)
    for pattern, reason in SQL_RULES + (SQL_ONLY_RULES if surely else []):
        if re.search(pattern, bare):
            yield reason
    if surely:
        yield from check_order(bare, tables)


def check_sql(path, text, tables):
    if path.startswith('store/'):
        for line, string in literals(text):
            for fault in sql_faults(string, bool(SQL_START.match(string)), tables):
                yield Finding(path, line, fault)
    else:
        for line, string in literals(text):
            if SQL_START.match(string):
                yield Finding(path, line, 'SQL belongs into store/')


def type_faults(statement):
    """Columns whose type is no token in braces: db.c expands those for each database."""
    match = re.match(r'\s*CREATE\s+TABLE\s+\w+\s*\((.*)\)', statement, re.S)
    for part in re.split(r',(?![^()]*\))', match.group(1)) if match else []:
        words = part.split()
        if len(words) > 1 and words[0] not in CONSTRAINTS and words[1][0] != '{':
            yield f'the type of {words[0]} is no token: {{int}}, {{text}}, …'


def check_migration(path, text, tables):
    statements = re.sub(r'--[^\n]*', lambda m: blank(m.group(0)), text)
    position = 0
    for statement in statements.split(';'):
        start = position + len(statement) - len(statement.lstrip())
        for fault in [*sql_faults(statement, True, tables), *type_faults(statement)]:
            yield Finding(path, line_of(statements, start), fault)
        position += len(statement) + 1


def check(root):
    sources = {}
    for layer in [*LAYERS, 'tests']:
        for pattern in ('*.c', '*.h'):
            for file in sorted((root / layer).rglob(pattern)):
                sources[str(file.relative_to(root))] = file.read_text(encoding='utf-8')
    migrations = {str(file.relative_to(root)): file.read_text(encoding='utf-8')
                  for file in sorted((root / 'store/migrations').glob('*.sql'))}
    tables = columns_of(migrations.values())
    single_users, findings = {}, []
    for path, text in sources.items():
        findings += check_calls(path, text)
        if path.startswith('tests/'):
            continue
        findings += check_layer(path, text)
        findings += check_doors(path, text, single_users)
        findings += check_size(path, text)
        findings += check_sql(path, text, tables)
    for path, text in migrations.items():
        findings += check_migration(path, text, tables)
    return len(sources) + len(migrations), findings


SCHEMA = '''-- "quoted" LIKE in a comment is nothing
CREATE TABLE thing (
	id {id},
	name {text} NOT NULL DEFAULT 'LIKE ""',
	due_ms {ms},
	UNIQUE (name, due_ms)
) {strict};
'''
PLANTED = [  # path, content, what the finding says (None: there is none)
    ('base/a.c', '#include "store/db.h"', 'base/ must not know'),
    ('config/a.c', '#include "parser/facts.h"', 'config/ must not know'),
    ('parser/a.c', '#include "config/config.h"', 'parser/ must not know'),
    ('store/a.c', '#include "config/config.h"', 'store/ must not know'),
    ('calendar/a.c', '#include "ingest/route.h"', 'calendar/ must not know'),
    ('ingest/a.c', '#include "calendar/feed.h"', 'ingest/ must not know'),
    ('ingest/a.c', '#include "parser/mime.h"', 'only the facts'),
    ('ingest/a.c', '#include "parser/facts_json.h"', None),
    ('daemon/a.c', '#include "cli/output.h"', 'daemon/ must not know'),
    ('cli/a.c', '#include "daemon/reader.h"', 'cli/ must not know'),
    ('cli/a.c', '// #include "daemon/reader.h"', None),
    ('ingest/a.c', '#include "base/log.h"', 'only daemon/ and cli/ log'),
    ('daemon/a.c', '#include "base/log.h"', None),
    ('store/a.c', '#include <sqlite3.h>', 'belongs to store/db.c'),
    ('store/db.c', '#include <sqlite3.h>', None),
    ('daemon/a.c', '# include <libetpan/mailimap.h>', 'belongs to daemon/imap.c and'),
    ('base/a.c', '#include <openssl/evp.h>', 'belongs to base/base64.c and'),
    ('calendar/timezone.c', '#include <libical/ical.h>', None),
    ('cli/a.c', '#include <qpdf/qpdf-c.h>', 'belongs into parser'),
    ('parser/b.c', '#include <libxml/SAX2.h>', None),
    ('base/a.c', 'void f(void) { strcpy(a, b); }', 'strcpy()'),
    ('tests/unit/a.c', 'int x = atoi (text);', 'atoi()'),
    ('base/a.c', '/* strcpy(a, b) */ char *s = "sprintf(x)"; x->system(1);', None),
    ('base/a.c', 'int x;\n' * 600, '601 lines'),
    ('base/a.c', 'int x;\n' * 499, None),
    ('cli/a.c', 'char *s = "SELECT name FROM thing";', 'SQL belongs into store/'),
    ('cli/a.c', 'char *s = "select a contact";', None),
    ('store/a.c', 'q("INSERT OR IGNORE INTO thing (name) VALUES (?1)");', 'INSERT OR'),
    ('store/a.c', 'q("INSERT "\n"OR ABORT INTO thing");', 'INSERT OR'),
    ('store/a.c', '#define X "iif(a, b, c)"', 'iif()'),
    ('store/a.c', 'q("SELECT group_concat(name) FROM thing");', 'group_concat()'),
    ('store/a.c', 'q("SELECT " COLUMNS\n" FROM thing WHERE name LIKE ?1");', 'LIKE'),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE lower(name) = ?1");', 'lower()'),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name = \\"a\\"");', 'double-quoted'),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name = \'x LIKE y\'");', None),
    ('store/a.c', 'error("say \\"x\\" to lower(ing)");', None),
    ('store/a.c', 'q("SELECT datetime(due_ms) FROM thing");', 'computed in C'),
    ('store/a.c', 'q("SELECT name FROM thing ORDER BY due_ms");', 'may be NULL'),
    ('store/a.c', 'q("SELECT name FROM thing t ORDER BY t.name, t.due_ms DESC");', 'may be NULL'),
    ('store/a.c', 'q("SELECT name FROM thing ORDER BY due_ms NULLS LAST, name");', None),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name = ?");', 'numbered'),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name IS ?1");', 'IS NOT DISTINCT FROM'),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name IS NOT DISTINCT FROM ?1");', None),
    ('store/a.c', 'q("SELECT 1 FROM thing WHERE name IS NOT NULL");', None),
    ('store/a.c', 'q("SELECT max(coalesce(a, 0), ?1) FROM thing");', 'max() of two'),
    ('store/a.c', 'q("SELECT max(coalesce(a, 0)) FROM thing");', None),
    ('store/a.c', 'q("SELECT 1 FROM thing LIMIT ?1, ?2");', 'LIMIT a, b'),
    ('store/a.c', 'q("SELECT hex(name) FROM thing");', 'SQLite only'),
    ('store/migrations/0002_a.sql', 'CREATE TABLE x (id {id}, y INTEGER);', 'type of y'),
    ('store/migrations/0002_a.sql', 'CREATE TABLE x (id {int} AUTOINCREMENT);', 'AUTOINCREMENT'),
    ('store/migrations/0002_a.sql', 'CREATE TABLE x (name {text} NOT NULL DEFAULT "a") {strict};',
     'double-quoted'),
]


def plant(path, content):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        files = {'store/migrations/0001_a.sql': SCHEMA, path: content + '\n'}
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding='utf-8')
        return check(root)[1]


def self_test():
    failures = 0
    for path, content, expected in PLANTED:
        findings = plant(path, content)
        found = [finding for finding in findings
                 if finding.path == path and expected and expected in finding.text]
        if len(findings) != (1 if expected else 0) or len(found) != len(findings):
            failures += 1
            print(f'{path}: {content[:60]!r}: expected {expected!r}, found {findings}')
    two = list(check_doors('parser/z.c', '#include <qpdf/a.h>', {'qpdf/*': 'parser/a.c'}))
    if len(two) != 1:
        failures += 1
        print('a second file with qpdf was not found')
    print(f'{len(PLANTED) + 1 - failures} of {len(PLANTED) + 1} planted cases behaved')
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ['--self-test']:
        return self_test()
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]
    count, findings = check(root)
    for finding in findings:
        print(f'{finding.path}:{finding.line}: {finding.text}')
    print(f'{count} files, {len(findings)} findings')
    return 1 if findings or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
