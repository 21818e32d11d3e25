#include "config/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <yaml.h>
#pragma GCC diagnostic pop

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/check.h"
#include "config/read.h"

/* 5,000 users with five addresses each take 1 MiB. */
#define FILE_MAX_BYTES (4 << 20) /* some KB are usual; it travels in one frame */
/* The deepest key of the table lies 6 levels down. */
#define DEPTH_MAX 16

/* A document that is being read, and where faults are told. */
struct loading {
	const char *path;
	yaml_parser_t parser;
	struct span text;
	struct arena *arena; /* of the nodes */
	struct error *err;
};

static bool fault(struct loading *loading, yaml_mark_t mark, const char *text)
{
	return error_set(loading->err, ERROR_INPUT, "%s:%zu:%zu: %s", loading->path, mark.line + 1,
		mark.column + 1, text);
}

/* Line and column of a byte in the text, which is UTF-8 up to there. */
static yaml_mark_t mark_of(const struct loading *loading, size_t offset)
{
	yaml_mark_t mark = {.index = offset};

	for (size_t i = 0; i < offset && i < loading->text.size; i++) {
		char byte = loading->text.data[i];

		if (byte == '\n') {
			mark.line++;
			mark.column = 0;
		} else if ((byte & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

/* The first place of a character that may stand nowhere; libyaml tells only its number. */
static yaml_mark_t mark_of_character(const struct loading *loading, int character)
{
	char bytes[3] = {(char)character};
	struct span needle = {bytes, 1};
	ptrdiff_t offset;

	if (character >= 0x800) {
		bytes[0] = (char)(0xe0 | (character >> 12 & 0x0f));
		bytes[1] = (char)(0x80 | (character >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (character & 0x3f));
		needle.size = 3;
	} else if (character >= 0x80) {
		bytes[0] = (char)(0xc0 | character >> 6);
		bytes[1] = (char)(0x80 | (character & 0x3f));
		needle.size = 2;
	}
	offset = span_find(loading->text, needle);
	return mark_of(loading, offset > 0 ? (size_t)offset : 0);
}

static bool fault_of_parser(struct loading *loading)
{
	const yaml_parser_t *parser = &loading->parser;
	yaml_mark_t mark = parser->problem_mark;

	if (parser->error == YAML_MEMORY_ERROR)
		memory_exhausted();
	if (parser->error == YAML_READER_ERROR)
		return fault(loading, mark_of_character(loading, parser->problem_value),
			"has a control character that YAML does not allow");
	if (mark.index < loading->text.size && loading->text.data[mark.index] == '\t')
		return fault(loading, mark, "has a tab; YAML is indented with spaces only");
	return error_set(loading->err, ERROR_INPUT, "%s:%zu:%zu: is no valid YAML: %s%s%s",
		loading->path, mark.line + 1, mark.column + 1, parser->problem,
		parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
}

static bool next_event(struct loading *loading, yaml_event_t *event)
{
	return yaml_parser_parse(&loading->parser, event) == 1 || fault_of_parser(loading);
}

/* Anchors are what alias bombs are made of, and tags change types behind the reader's back. */
static bool check_event(struct loading *loading, const yaml_event_t *event, int depth)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return fault(loading, event->start_mark,
			"aliases (*name) are not supported; write the value again");
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor != NULL)
		return fault(loading, event->start_mark,
			"anchors (&name) are not supported; a value that begins with & needs "
			"quotes");
	if (tag != NULL)
		return fault(loading, event->start_mark,
			"tags (!name) are not supported; a value that begins with ! needs quotes");
	if (depth > DEPTH_MAX)
		return fault(loading, event->start_mark, "is nested too deeply");
	return true;
}

static void append_child(struct node *parent, struct node *child)
{
	child->parent = parent;
	child->index = (int)parent->count++;
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->children = child;
	parent->last = child;
}

static bool build_node(
	struct loading *loading, const yaml_event_t *event, int depth, struct node **result);

static bool build_child(struct loading *loading, struct node *parent, const yaml_event_t *event,
	const struct node *key, int depth)
{
	struct node *child;

	if (!build_node(loading, event, depth, &child))
		return false;
	if (key != NULL) {
		child->key = key->text;
		child->key_line = key->line;
		child->key_column = key->column;
	}
	append_child(parent, child);
	return true;
}

/* A key, and then the event of its value. */
static bool build_pair(
	struct loading *loading, struct node *parent, const yaml_event_t *key_event, int depth)
{
	yaml_event_t event;
	struct node *key;
	bool built;

	if (key_event->type != YAML_SCALAR_EVENT && key_event->type != YAML_ALIAS_EVENT)
		return fault(loading, key_event->start_mark,
			"a key must be a word, not a list or a mapping");
	if (!build_node(loading, key_event, depth, &key) || !next_event(loading, &event))
		return false;
	built = build_child(loading, parent, &event, key, depth);
	yaml_event_delete(&event);
	return built;
}

static bool build_children(
	struct loading *loading, struct node *parent, yaml_event_type_t end, int depth)
{
	for (bool built = true; built;) {
		yaml_event_t event;

		if (!next_event(loading, &event))
			return false;
		if (event.type == end) {
			yaml_event_delete(&event);
			return true;
		}
		built = parent->type == NODE_MAPPING
				? build_pair(loading, parent, &event, depth)
				: build_child(loading, parent, &event, NULL, depth);
		yaml_event_delete(&event);
	}
	return false;
}

static bool build_node(
	struct loading *loading, const yaml_event_t *event, int depth, struct node **result)
{
	struct node *node = arena_alloc(loading->arena, sizeof *node);

	*result = node;
	if (!check_event(loading, event, depth))
		return false;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		node->type = NODE_LIST;
		return build_children(loading, node, YAML_SEQUENCE_END_EVENT, depth + 1);
	}
	if (event->type == YAML_MAPPING_START_EVENT) {
		node->type = NODE_MAPPING;
		return build_children(loading, node, YAML_MAPPING_END_EVENT, depth + 1);
	}
	node->type = NODE_SCALAR;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = arena_copy(loading->arena,
		(struct span){(const char *)event->data.scalar.value, event->data.scalar.length});
	return true;
}

/* One event of a kind that has no content. */
static bool skip_event(struct loading *loading, yaml_event_type_t *type, yaml_mark_t *mark)
{
	yaml_event_t event;

	if (!next_event(loading, &event))
		return false;
	*type = event.type;
	*mark = event.start_mark;
	yaml_event_delete(&event);
	return true;
}

static bool fault_empty(struct loading *loading)
{
	return error_set(loading->err, ERROR_INPUT,
		"%s: the file is empty; 'postroom config example' prints one to start from",
		loading->path);
}

static bool build_document(struct loading *loading, struct node **document)
{
	yaml_event_type_t type;
	yaml_mark_t mark;
	yaml_event_t event;
	bool built;

	if (!skip_event(loading, &type, &mark) || !skip_event(loading, &type, &mark))
		return false;
	if (type == YAML_STREAM_END_EVENT)
		return fault_empty(loading);
	if (!next_event(loading, &event))
		return false;
	built = build_node(loading, &event, 0, document);
	yaml_event_delete(&event);
	if (built && (*document)->type == NODE_SCALAR && (*document)->text.size == 0)
		return fault_empty(loading);
	if (!built || !skip_event(loading, &type, &mark) || !skip_event(loading, &type, &mark))
		return false;
	if (type != YAML_STREAM_END_EVENT)
		return fault(loading, mark,
			"a second document begins here; the file must hold only one");
	return true;
}

/* Size of the code point that the text begins with; 0 when that is no UTF-8. */
static size_t code_point_size(struct span text)
{
	for (size_t size = 1; size <= 4; size++)
		if (text_is_utf8(span_part(text, 0, size)))
			return size;
	return 0;
}

/* libyaml names no line for bytes that are no UTF-8. */
static bool check_encoding(struct loading *loading)
{
	size_t good = 0, size;

	if (text_is_utf8(loading->text))
		return true;
	while ((size = code_point_size(span_after(loading->text, good))) > 0)
		good += size;
	return fault(
		loading, mark_of(loading, good), "is no UTF-8; save the file in that encoding");
}

static bool load_nodes(struct loading *loading, struct node **document)
{
	bool built;

	if (loading->text.size > FILE_MAX_BYTES)
		return error_set(loading->err, ERROR_INPUT, "%s: the file is larger than %d MiB",
			loading->path, FILE_MAX_BYTES >> 20);
	if (!check_encoding(loading))
		return false;
	if (yaml_parser_initialize(&loading->parser) != 1)
		memory_exhausted();
	yaml_parser_set_encoding(&loading->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&loading->parser, (const unsigned char *)loading->text.data, loading->text.size);
	built = build_document(loading, document);
	yaml_parser_delete(&loading->parser);
	return built;
}

bool config_load_text(const char *path, struct span text, struct config **config, struct error *err)
{
	CLEANUP(arena_done) struct arena scratch = {0};
	struct loading loading = {.path = path, .text = text, .arena = &scratch, .err = err};
	struct reading reading = {.path = path, .scratch = &scratch};
	struct node *document;

	*config = NULL;
	if (!load_nodes(&loading, &document))
		return false;
	reading.config = memory_alloc(sizeof *reading.config);
	*reading.config = (struct config){0};
	reading.config->path = arena_string(&reading.config->arena, span_from(path));
	if (!read_document(&reading, document, err) || !check_config(&reading, err)) {
		config_free(reading.config);
		return false;
	}
	*config = reading.config;
	return true;
}

static bool read_all(int file, struct buffer *text)
{
	for (;;) {
		ssize_t got = read(file, buffer_reserve(text, 65536), 65536);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		text->size += (size_t)got;
		if (text->size > FILE_MAX_BYTES)
			return true;
	}
}

static bool read_file(int file, const char *path, struct buffer *text, struct error *err)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s: cannot be read", path);
	if (S_ISDIR(status.st_mode))
		return error_set(err, ERROR_INPUT, "%s: is a folder, not a file", path);
	/* It names commands that the daemon runs. */
	if (S_ISREG(status.st_mode) && (status.st_mode & S_IWOTH) != 0)
		return error_set(err, ERROR_INPUT,
			"%s: everybody on this machine can change the file; run: chmod o-w %s",
			path, path);
	if (!read_all(file, text))
		return error_set_errno(err, ERROR_INPUT, errno, "%s: cannot be read", path);
	return true;
}

bool config_read(const char *path, struct buffer *text, struct error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (file < 0 && errno == ENOENT)
		return error_set(err, ERROR_INPUT,
			"%s: there is no such file; 'postroom config example' prints one to start "
			"from",
			path);
	if (file < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s: cannot be opened", path);
	ok = read_file(file, path, text, err);
	close(file);
	return ok;
}

bool config_load(const char *path, struct config **config, struct error *err)
{
	CLEANUP(buffer_done) struct buffer text = {0};

	*config = NULL;
	return config_read(path, &text, err) &&
	       config_load_text(path, buffer_span(&text), config, err);
}
