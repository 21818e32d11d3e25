#include "parser/pdf.h"

#include <qpdf/qpdf-c.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/gzip.h"
#include "base/memory.h"
#include "base/text.h"
#include "parser/limits.h"
#include "parser/scan.h"

#define TREE_DEPTH_MAX	 10
#define NAME_BYTES_LIMIT 1000
#define TREE_ITEMS_MAX	 1000

struct search {
	qpdf_data pdf;
	struct arena *arena;
	struct pdf_file *files;
	size_t count, items;
	size_t bytes; /* of all files so far */
};

static struct span string_of(struct search *search, qpdf_oh object)
{
	struct span text = span_from(qpdf_oh_get_utf8_value(search->pdf, object));

	memory_limit_end();
	text = text_clean(
		search->arena, arena_copy(search->arena, span_part(text, 0, NAME_BYTES_LIMIT)));
	memory_limit_resume();
	return text;
}

/* The stream's filter: *flate, or none at all. What else there is, no invoice has. */
static bool is_readable(struct search *search, qpdf_oh stream, bool *flate)
{
	qpdf_oh dictionary = qpdf_oh_get_dict(search->pdf, stream);
	qpdf_oh filter = qpdf_oh_get_key(search->pdf, dictionary, "/Filter");
	qpdf_oh parameters = qpdf_oh_get_key(search->pdf, dictionary, "/DecodeParms");

	if (qpdf_oh_is_array(search->pdf, filter) &&
		qpdf_oh_get_array_n_items(search->pdf, filter) == 1)
		filter = qpdf_oh_get_array_item(search->pdf, filter, 0);
	*flate = qpdf_oh_is_name(search->pdf, filter) &&
		 span_equal(span_from(qpdf_oh_get_name(search->pdf, filter)), SPAN("/FlateDecode"));
	if (qpdf_oh_is_dictionary(search->pdf, parameters) &&
		qpdf_oh_has_key(search->pdf, parameters, "/Predictor"))
		return false;
	return *flate || qpdf_oh_is_null(search->pdf, filter);
}

/*
 * The content of a stream, in the arena: empty when it can't be read. qpdf has no limit on what it
 * unpacks, so it only decrypts, and what is packed is unpacked here.
 */
static struct span content_of(struct search *search, qpdf_oh stream)
{
	size_t left = PDF_FILES_BYTES_MAX - search->bytes, size = 0;
	CLEANUP(buffer_done) struct buffer plain = {0};
	unsigned char *raw = NULL;
	struct span content = {0};
	struct error err;
	bool flate;

	if (!is_readable(search, stream, &flate) ||
		(qpdf_oh_get_stream_data(search->pdf, stream, qpdf_dl_none, NULL, &raw, &size) &
			QPDF_ERRORS) != 0) {
		free(raw);
		return content;
	}
	/* ours must not fail */
	memory_limit_end();
	content = (struct span){(const char *)raw, size};
	if (flate)
		content = gzip_inflate(&plain, content, left, &err) ? buffer_span(&plain)
								    : (struct span){0};
	content = content.size <= left ? arena_copy(search->arena, content) : (struct span){0};
	free(raw);
	search->bytes += content.size;
	memory_limit_resume();
	return content;
}

/* A file specification: its stream is /EF/F (or /UF), its name /UF (or /F). */
static void add_file(struct search *search, qpdf_oh specification)
{
	static const char *const keys[] = {"/F", "/UF"};
	struct span bytes = {0};

	if (search->count >= PDF_FILES_MAX || !qpdf_oh_is_dictionary(search->pdf, specification))
		return;
	qpdf_oh files = qpdf_oh_get_key(search->pdf, specification, "/EF");
	if (!qpdf_oh_is_dictionary(search->pdf, files))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(keys) && bytes.size == 0; i++) {
		qpdf_oh stream = qpdf_oh_get_key(search->pdf, files, keys[i]);

		if (qpdf_oh_is_stream(search->pdf, stream))
			bytes = content_of(search, stream);
	}
	if (bytes.size > 0) {
		struct pdf_file *file = &search->files[search->count++];
		qpdf_oh name = qpdf_oh_get_key(search->pdf, specification, "/UF");

		if (!qpdf_oh_is_string(search->pdf, name))
			name = qpdf_oh_get_key(search->pdf, specification, "/F");
		file->bytes = bytes;
		if (qpdf_oh_is_string(search->pdf, name))
			file->name = string_of(search, name);
	}
}

/* A name tree (7.9.6): leaves hold [name, specification, …], other nodes kids. */
static void walk_tree(struct search *search, qpdf_oh node, int depth)
{
	if (depth > TREE_DEPTH_MAX || !qpdf_oh_is_dictionary(search->pdf, node))
		return;
	qpdf_oh names = qpdf_oh_get_key(search->pdf, node, "/Names");
	qpdf_oh kids = qpdf_oh_get_key(search->pdf, node, "/Kids");
	int count = qpdf_oh_is_array(search->pdf, names)
			    ? qpdf_oh_get_array_n_items(search->pdf, names)
			    : 0;
	for (int i = 1; i < count && search->items++ < TREE_ITEMS_MAX; i += 2)
		add_file(search, qpdf_oh_get_array_item(search->pdf, names, i));
	count = qpdf_oh_is_array(search->pdf, kids) ? qpdf_oh_get_array_n_items(search->pdf, kids)
						    : 0;
	for (int i = 0; i < count && search->items++ < TREE_ITEMS_MAX; i++)
		walk_tree(search, qpdf_oh_get_array_item(search->pdf, kids, i), depth + 1);
}

/* PDF/A-3 lists the same files in /AF; some producers only there. */
static void walk_associated(struct search *search, qpdf_oh root)
{
	qpdf_oh list = qpdf_oh_get_key(search->pdf, root, "/AF");
	int count = qpdf_oh_is_array(search->pdf, list)
			    ? qpdf_oh_get_array_n_items(search->pdf, list)
			    : 0;

	for (int i = 0; i < count && search->items++ < TREE_ITEMS_MAX; i++)
		add_file(search, qpdf_oh_get_array_item(search->pdf, list, i));
}

/*
 * A file specification has the key /EF. It can stand in an object stream, compressed; a PDF with
 * neither has no files, and need not be read.
 */
static bool may_have_files(struct span pdf)
{
	struct span rest = pdf;

	for (ptrdiff_t at; (at = span_find_byte(rest, '/')) >= 0;) {
		rest = span_after(rest, (size_t)at + 1);
		if (span_starts(rest, SPAN("EF")) || span_starts(rest, SPAN("ObjStm")))
			return true;
	}
	return false;
}

/* qpdf looks from the beginning of every line for what stands next, to the end if need be. */
static bool may_be_repaired(struct span pdf, size_t looked_bytes)
{
	size_t bytes = looked_bytes + pdf.size;

	return bytes <= PDF_REPAIRED_BYTES_MAX &&
	       (scan_count(pdf, '\n') + scan_count(pdf, '\r')) * bytes <= PDF_REPAIR_STEPS_MAX;
}

struct pdf_file *pdf_embedded(
	struct span pdf, size_t looked_bytes, struct arena *arena, size_t *count)
{
	struct search search = {.arena = arena};

	*count = 0;
	search.files = arena_array(arena, struct pdf_file, PDF_FILES_MAX);
	if (looked_bytes + pdf.size > PDF_BYTES_MAX || !may_have_files(pdf))
		return search.files;
	search.pdf = qpdf_init();
	qpdf_set_suppress_warnings(search.pdf, QPDF_TRUE);
	qpdf_silence_errors(search.pdf);
	qpdf_set_attempt_recovery(search.pdf, may_be_repaired(pdf, looked_bytes));
	memory_limit_begin(QPDF_MEMORY_BYTES);
	if ((qpdf_read_memory(search.pdf, "attachment", pdf.data, pdf.size, NULL) & QPDF_ERRORS) ==
		0) {
		qpdf_oh root = qpdf_get_root(search.pdf);
		qpdf_oh names = qpdf_oh_get_key(search.pdf, root, "/Names");

		if (qpdf_oh_is_dictionary(search.pdf, names))
			walk_tree(&search, qpdf_oh_get_key(search.pdf, names, "/EmbeddedFiles"), 0);
		if (search.count == 0)
			walk_associated(&search, root);
	}
	/* an error that nobody asked for is written to stderr */
	if (qpdf_has_error(search.pdf))
		(void)qpdf_get_error(search.pdf);
	qpdf_cleanup(&search.pdf);
	memory_limit_end();
	*count = search.count;
	return search.files;
}
