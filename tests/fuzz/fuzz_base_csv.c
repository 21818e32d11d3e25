/* Every cell that was read is UTF-8, is written without a formula, and is read back the same. */
#include "base/csv.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static void check_row(const struct csv_row *row)
{
	struct buffer written = {0};
	struct arena arena = {0};
	struct csv_reader reader;
	struct csv_row again;
	struct error err;

	csv_append(&written, true, SPAN("a"));
	csv_append(&written, false, SPAN("b"));
	csv_end_row(&written);
	for (size_t i = 0; i < row->count; i++) {
		size_t from = written.size;

		fuzz_must(text_is_utf8(row->cells[i]));
		csv_append(&written, true, row->cells[i]);
		fuzz_must(written.size == from || !strchr("=+-@\t\r\n", written.data[from]));
		csv_append(&written, false, SPAN("."));
		csv_end_row(&written);
	}
	fuzz_must(csv_open(&reader, buffer_span(&written), &err));
	fuzz_must(csv_next(&reader, &arena, &again));
	for (size_t i = 0; i < row->count; i++) {
		struct buffer first = {0}, second = {0};

		fuzz_must(csv_next(&reader, &arena, &again));
		if (again.fault)
			continue; /* escapes made it longer than a cell may be */
		fuzz_must(again.count == 2);
		csv_append(&first, true, row->cells[i]);
		csv_append(&second, true, again.cells[0]);
		fuzz_must(span_equal(buffer_span(&first), buffer_span(&second)));
		buffer_done(&first);
		buffer_done(&second);
	}
	arena_done(&arena);
	buffer_done(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	struct arena arena = {0};
	struct csv_reader reader;
	struct csv_row row;
	struct error err;
	size_t line = 0;

	if (!csv_open(&reader, text, &err))
		return 0;
	while (csv_next(&reader, &arena, &row)) {
		fuzz_must(row.line > line);
		line = row.line;
		check_row(&row);
	}
	arena_done(&arena);
	return 0;
}
