/*
 * sheet.h - rows of JSON objects as CSV, by the columns that a table has. Cells are made harmless
 * for spreadsheets (base/csv.h).
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "cli/output.h"

/* A line of the columns' titles, then a line a row. Borrows the array. */
void sheet_append(
	struct buffer *out, const json_t *array, const struct column *columns, size_t column_count);

#endif
